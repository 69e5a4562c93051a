/* Messages of supervisors. */
#include "quorum/peer_io.h"
#include "tests/unit/link_drive.h"

/* A peer answers so: it is taken to have said something, or nothing, but to have answered. */
static void ask(const char *reply, size_t said)
{
    const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" }, { "SENTINEL", reply }, { "PING", "+PONG\r\n" }, { NULL, NULL }
    };
    struct message message = { .kind = MESSAGE_ASK, .peer = ID, .ticket = 77 };

    addr_set(&message.u.ask.primary, "10.0.0.1", 6379);
    message.u.ask.epoch = 12;
    bring_up(script, LINK_CMD);
    struct peer_line *line = peer_line_new(world.links, on_message, NULL);

    peer_send(line, &message);
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG); /* so its reply has been read too */
    CU_ASSERT_PTR_NOT_NULL(
        strstr(world.requests, "|SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 12 *|"));
    CU_ASSERT_EQUAL(world.messages, 1);
    CU_ASSERT_EQUAL(peer_malformed(line), 1 - said);
    finish();
    peer_line_free(line);
}

static void test_ask(void)
{
    ask("*3\r\n:1\r\n$40\r\n" PEER_ID "\r\n:12\r\n", 1);
    CU_ASSERT(world.message.kind == MESSAGE_ANSWER && world.message.peer == ID);
    CU_ASSERT(world.message.ticket == 77 && world.message.u.answer.down);
    CU_ASSERT_STRING_EQUAL(world.message.u.answer.leader, PEER_ID);
    CU_ASSERT_EQUAL(world.message.u.answer.leader_epoch, 12);
    ask("*3\r\n:0\r\n$1\r\n*\r\n:0\r\n", 1);
    CU_ASSERT(!world.message.u.answer.down && world.message.u.answer.leader[0] == '\0');
    ask("*3\r\n:1\r\n$1\r\n*\r\n:-1\r\n", 0);
    ask("*3\r\n:1\r\n$3\r\nabc\r\n:1\r\n", 0);
    ask("*3\r\n$1\r\n1\r\n$1\r\n*\r\n:0\r\n", 0);
    ask("*2\r\n:1\r\n$1\r\n*\r\n", 0);
    ask("*-1\r\n", 0);
    ask("-ERR value is not an integer or out of range\r\n", 0);
}

/* Ask who a peer is and what it holds; it answers so. */
static void ask_where(const char *myid, const char *address, const char *master)
{
    const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" },
        { "SENTINEL MYID", myid },
        { "SENTINEL GET-MASTER-ADDR-BY-NAME g", address },
        { "SENTINEL MASTER g", master },
        { "PING", "+PONG\r\n" },
        { NULL, NULL },
    };
    struct message message = { .kind = MESSAGE_WHERE, .peer = ID, .ticket = 78, .u.group = "g" };

    bring_up(script, LINK_CMD);
    struct peer_line *line = peer_line_new(world.links, on_message, NULL);

    peer_send(line, &message);
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG);
    CU_ASSERT_EQUAL(world.messages, 1);
    CU_ASSERT(world.message.kind == MESSAGE_THERE && world.message.ticket == 78);
    finish();
    peer_line_free(line);
}

static void test_where(void)
{
    const struct there *there = &world.message.u.there;

    ask_where("$40\r\n" PEER_ID "\r\n", "*2\r\n$8\r\n10.0.0.1\r\n$4\r\n6379\r\n",
              "*2\r\n$12\r\nconfig-epoch\r\n$1\r\n7\r\n");
    CU_ASSERT_STRING_EQUAL(there->runid, PEER_ID);
    CU_ASSERT_STRING_EQUAL(there->addr.host, "10.0.0.1");
    CU_ASSERT(there->addr.port == 6379 && there->config_epoch == 7 && !there->denied);
    ask_where("-ERR unknown subcommand\r\n", "*-1\r\n", "-ERR No such master\r\n");
    CU_ASSERT(there->runid[0] == '\0' && !addr_is_set(&there->addr) && !there->denied);
    ask_where("-NOAUTH Authentication required.\r\n", "-NOAUTH x\r\n", "-NOAUTH x\r\n");
    CU_ASSERT(there->runid[0] == '\0' && there->denied);
    ask_where("$3\r\nabc\r\n", ":1\r\n", "$-1\r\n");
    CU_ASSERT(there->runid[0] == '\0' && !addr_is_set(&there->addr));
}

static void on_filler(void *ctx, uint64_t tag, const redisReply *reply)
{
    (void)ctx;
    (void)tag;
    (void)reply;
}

/* So many requests wait that only the first of its three questions finds a place: it is answered
 * all the same, and says less. */
static void test_where_in_part(void)
{
    const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" },
        { "SENTINEL MYID", "$40\r\n" PEER_ID "\r\n" },
        { "PING", "+PONG\r\n" },
        { NULL, NULL },
    };
    struct message message = { .kind = MESSAGE_WHERE, .peer = ID, .ticket = 79, .u.group = "g" };
    const char *const ping[] = { "PING", NULL };

    bring_up(script, LINK_CMD);
    struct peer_line *line = peer_line_new(world.links, on_message, NULL);

    for (int i = 1; i < WAITERS_MAX; i++)
        CU_ASSERT_FATAL(link_send(world.links, ID, LINK_CMD, ping, on_filler, NULL, 0));
    peer_send(line, &message);
    peer_send(line, &message); /* nothing of this one */
    await(&world.messages, 1);
    CU_ASSERT_STRING_EQUAL(world.message.u.there.runid, PEER_ID);
    CU_ASSERT_FALSE(addr_is_set(&world.message.u.there.addr));
    finish();
    CU_ASSERT_EQUAL(world.messages, 1);
    peer_line_free(line);
}

/* Tell a peer that answers so our opinion, and hello with the address left open. */
static void tell(const char *reply, size_t messages)
{
    const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" }, { "PICKET", reply }, { "PUBLISH", ":1\r\n" },
        { "PING", "+PONG\r\n" }, { NULL, NULL },
    };
    struct message opinion = { .kind = MESSAGE_OPINION, .peer = ID };
    struct message hello = { .kind = MESSAGE_HELLO, .peer = ID };

    strcpy(opinion.u.opinion.runid, RUNID);
    strcpy(opinion.u.opinion.group, "g");
    addr_set(&opinion.u.opinion.primary, "10.0.0.1", 6379);
    opinion.u.opinion.config_epoch = UINT64_MAX;
    opinion.u.opinion.down = true;
    strcpy(hello.u.hello.runid, RUNID);
    strcpy(hello.u.hello.group, "g");
    addr_set(&hello.u.hello.primary, "10.0.0.1", 6379);
    hello.u.hello.sender.port = 26380;
    bring_up(script, LINK_CMD);
    struct peer_line *line = peer_line_new(world.links, on_message, NULL);

    peer_send(line, &opinion);
    peer_send(line, &hello);
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG);
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, "|PICKET OPINION " RUNID
                                                  " g 10.0.0.1 6379 18446744073709551615 1 0|"));
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests,
                                  "|PUBLISH " HELLO_CHANNEL " 127.0.0.1,26380," RUNID
                                  ",0,g,10.0.0.1,6379,0|"));
    CU_ASSERT_EQUAL(world.messages, messages);
    finish();
    peer_line_free(line);
}

static void test_opinion(void)
{
    tell("+OK\r\n", 0);
    tell("-ERR unknown command 'PICKET'\r\n", 1);
    CU_ASSERT(world.message.kind == MESSAGE_STOCK && world.message.peer == ID);
}

static const struct unit_case cases[] = {
    { "answers are read with care", test_ask },
    { "opinions and hellos", test_opinion },
    { "who are you", test_where },
    { "who are you, in part", test_where_in_part },
};

int main(void)
{
    return unit_main("peer_io", cases, sizeof(cases) / sizeof(cases[0]));
}
