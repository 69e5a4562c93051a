/* Orders to nodes: what is sent, and what becomes of it. */
#include "probes/command_io.h"
#include "tests/unit/link_drive.h"

#define QUEUED     "+QUEUED\r\n"
#define SLAVE_ROLE "*2\r\n$5\r\nslave\r\n$4\r\nmore\r\n"

static void change_role(uint64_t ticket, const struct addr *primary, unsigned without)
{
    const struct role_change change = { .primary = primary, .without = without };

    order_role(world.links, ID, ticket, &change, on_settled, NULL);
}

/* Order node ID to follow somebody, under that script, and wait for the end. */
static void follow(const struct line_of_script *script)
{
    struct addr primary = { "10.0.0.9", 6400 };

    bring_up(script, LINK_CMD);
    change_role(42, &primary, 0);
    await(&world.settled, 1);
    CU_ASSERT_EQUAL(world.settled, 1);
    CU_ASSERT(world.result.ticket == 42 && world.result.id == ID);
}

/* A command of which only success counts: taken, refused, and on a link that is not there. */
static void test_command(void)
{
    static const struct line_of_script script[] = { { "SCRIPT KILL", "+OK\r\n" },
                                                    { "FUNCTION KILL", "-NOTBUSY no\r\n" },
                                                    { "CLIENT SETNAME", "+OK\r\n" },
                                                    { NULL, NULL } };

    bring_up(script, LINK_CMD);
    order_command(world.links, ID, LINK_CMD, 7, (const char *[]){ "SCRIPT", "KILL", NULL },
                  on_settled, NULL);
    await(&world.settled, 1);
    CU_ASSERT(world.result.ok && world.result.ticket == 7 && world.result.id == ID);
    order_command(world.links, ID, LINK_CMD, 8, (const char *[]){ "FUNCTION", "KILL", NULL },
                  on_settled, NULL);
    await(&world.settled, 2);
    CU_ASSERT(!world.result.ok && !world.result.lost);
    CU_ASSERT_STRING_EQUAL(world.result.error, "NOTBUSY no");
    order_command(world.links, ID, LINK_PUBSUB, 9, (const char *[]){ "SCRIPT", "KILL", NULL },
                  on_settled, NULL);
    CU_ASSERT(world.settled == 3 && world.result.lost && world.result.ticket == 9);
    finish();
}

static void test_follow(void)
{
    static const struct line_of_script script[] = {
        { "MULTI", "+OK\r\n" }, { "EXEC", "*3\r\n+OK\r\n+OK\r\n:2\r\n" },
        { "ROLE", SLAVE_ROLE }, { "CLIENT SETNAME", "+OK\r\n" },
        { "", QUEUED },         { NULL, NULL },
    };

    follow(script);
    CU_ASSERT(world.result.ok && !world.result.lost && world.result.role == ROLE_REPLICA);
    CU_ASSERT(world.result.error[0] == '\0' && world.result.refused == 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, "|MULTI|SLAVEOF 10.0.0.9 6400|CONFIG REWRITE|"
                                                  "CLIENT KILL TYPE normal|EXEC|ROLE|"));
    change_role(43, NULL, 0);
    await(&world.settled, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, "|MULTI|SLAVEOF NO ONE|"));
    finish();
}

static void test_follow_with_a_warning(void)
{
    static const struct line_of_script script[] = {
        { "MULTI", "+OK\r\n" },
        { "EXEC", "*3\r\n+OK Already connected\r\n-ERR no config file\r\n:0\r\n" },
        { "ROLE", "-NOPERM role\r\n" },
        { "CLIENT SETNAME", "+OK\r\n" },
        { "", QUEUED },
        { NULL, NULL },
    };

    follow(script);
    CU_ASSERT(world.result.ok && world.result.role == ROLE_UNKNOWN);
    CU_ASSERT_EQUAL(world.result.refused, PART_REWRITE);
    CU_ASSERT_STRING_EQUAL(world.result.error, "CONFIG REWRITE: ERR no config file");
    finish();
}

/* The order ended, with that part refused, and went well or not. */
static void refuses(const struct line_of_script *script, bool ok, unsigned part, const char *error)
{
    follow(script);
    CU_ASSERT(world.result.ok == ok && !world.result.lost);
    CU_ASSERT_EQUAL(world.result.refused, part);
    CU_ASSERT_STRING_EQUAL(world.result.error, error);
    finish();
}

/* A node that has no such command, or gives no right to it, ends the whole transaction. */
static void test_parts_refused(void)
{
    static const struct line_of_script no_config[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "CONFIG", "-ERR unknown command 'CONFIG'\r\n" },
        { "EXEC", "-EXECABORT Transaction discarded\r\n" },
        { "ROLE", SLAVE_ROLE },
        { "", QUEUED },
        { NULL, NULL },
    };
    static const struct line_of_script no_multi[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "-NOPERM multi\r\n" },
        { "SLAVEOF", "+OK\r\n" },
        { "CONFIG", "+OK\r\n" },
        { "CLIENT KILL", ":1\r\n" },
        { "EXEC", "-ERR EXEC without MULTI\r\n" },
        { "ROLE", SLAVE_ROLE },
        { "", "+OK\r\n" },
        { NULL, NULL },
    };
    static const struct line_of_script no_exec[] = {
        { "CLIENT SETNAME", "+OK\r\n" }, { "MULTI", "+OK\r\n" }, { "EXEC", "-NOPERM exec\r\n" },
        { "DISCARD", "+OK\r\n" },        { "", QUEUED },         { NULL, NULL },
    };

    refuses(no_config, false, PART_REWRITE, "CONFIG REWRITE: ERR unknown command 'CONFIG'");
    refuses(no_multi, true, PART_MULTI, "MULTI: NOPERM multi");
    refuses(no_exec, false, PART_MULTI, "EXEC: NOPERM exec");
    CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, "|DISCARD|"));
}

/* What is known to be refused is not sent. */
static void test_parts_left_out(void)
{
    static const struct {
        unsigned without;
        const char *exec, *requests;
    } rows[] = {
        { PART_REWRITE, "*2\r\n+OK\r\n:0\r\n",
          "|MULTI|SLAVEOF NO ONE|CLIENT KILL TYPE normal|EXEC|ROLE|" },
        { PART_KILL | PART_REWRITE, "*1\r\n+OK\r\n", "|MULTI|SLAVEOF NO ONE|EXEC|ROLE|" },
        { PART_MULTI, "", "|SLAVEOF NO ONE|CONFIG REWRITE|CLIENT KILL TYPE normal|ROLE|" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct line_of_script script[] = {
            { "CLIENT SETNAME", "+OK\r\n" },
            { "EXEC", rows[i].exec },
            { "SLAVEOF", rows[i].without & PART_MULTI ? "+OK\r\n" : QUEUED },
            { "", "+OK\r\n" },
            { NULL, NULL },
        };

        bring_up(script, LINK_CMD);
        change_role(42, NULL, rows[i].without);
        await(&world.settled, 1);
        CU_ASSERT(world.result.ok && world.result.refused == 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(world.requests, rows[i].requests));
        finish();
    }
}

/* The order must fail with that text. */
static void fails(const struct line_of_script *script, const char *error)
{
    follow(script);
    CU_ASSERT(!world.result.ok && !world.result.lost);
    CU_ASSERT_STRING_EQUAL(world.result.error, error);
    finish();
}

static void test_follow_refused(void)
{
    static const struct line_of_script denied[] = {
        { "CLIENT SETNAME", "+OK\r\n" }, { "ROLE", SLAVE_ROLE }, { "MULTI", "-NOPERM multi\r\n" },
        { "", "-ERR no\r\n" },           { NULL, NULL },
    };
    static const struct line_of_script unknown[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "SLAVEOF", "-ERR unknown command 'SLAVEOF'\r\n" },
        { "EXEC", "-EXECABORT Transaction discarded\r\n" },
        { "ROLE", SLAVE_ROLE },
        { "", QUEUED },
        { NULL, NULL },
    };
    static const struct line_of_script inside[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "EXEC", "*3\r\n-ERR not now\r\n+OK\r\n:0\r\n" },
        { "ROLE", SLAVE_ROLE },
        { "", QUEUED },
        { NULL, NULL },
    };
    static const struct line_of_script odd[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "EXEC", "*1\r\n+OK\r\n" },
        { "ROLE", "*0\r\n" },
        { "", QUEUED },
        { NULL, NULL },
    };

    fails(denied, "ERR no");
    CU_ASSERT_EQUAL(world.result.refused, PART_MULTI | PART_REWRITE | PART_KILL);
    fails(unknown, "ERR unknown command 'SLAVEOF'");
    fails(inside, "ERR not now");
    fails(odd, "unexpected reply to EXEC");
}

static void test_follow_lost(void)
{
    static const struct line_of_script at_exec[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "EXEC", NULL },
        { "", QUEUED },
        { NULL, NULL },
    };
    static const struct line_of_script at_role[] = {
        { "CLIENT SETNAME", "+OK\r\n" },
        { "MULTI", "+OK\r\n" },
        { "EXEC", "*3\r\n+OK\r\n+OK\r\n:2\r\n" },
        { "ROLE", NULL },
        { "", QUEUED },
        { NULL, NULL },
    };

    follow(at_exec);
    CU_ASSERT(world.result.lost && !world.result.ok);
    expect(EVIDENCE_RESET);
    change_role(43, NULL, 0); /* no link: at once */
    CU_ASSERT(world.settled == 2 && world.result.lost && world.result.ticket == 43);
    finish();
    follow(at_role);
    CU_ASSERT(!world.result.lost && world.result.ok && world.result.role == ROLE_UNKNOWN);
    finish();
}

static void test_follow_closed(void)
{
    bring_up(polite, LINK_CMD);
    change_role(44, NULL, 0);
    link_close(world.links, ID, LINK_CMD);
    CU_ASSERT(world.settled == 1 && world.result.lost);
    finish();
}

static void test_too_many(void)
{
    static const struct line_of_script mute[] = { { "CLIENT", "+OK\r\n" },
                                                  { "", "" },
                                                  { NULL, NULL } };

    bring_up(mute, LINK_CMD);
    for (int i = 0; i < WAITERS_MAX - 2; i++)
        order_ping(world.links, ID, LINK_CMD);
    change_role(45, NULL, 0); /* only two steps of six fit */
    CU_ASSERT(world.settled == 1 && world.result.lost);
    expect(EVIDENCE_RESET); /* not left within a transaction */
    finish();
}

static const struct unit_case cases[] = {
    { "a command that settles its ticket", test_command },
    { "a change of role", test_follow },
    { "a side effect that fails is a warning", test_follow_with_a_warning },
    { "parts of a change refused", test_parts_refused },
    { "parts of a change left out", test_parts_left_out },
    { "a refused change tells the first error", test_follow_refused },
    { "a link that goes first loses the order, or not", test_follow_lost },
    { "closing the link loses the order", test_follow_closed },
    { "no half of a transaction is sent", test_too_many },
};

int main(void)
{
    return unit_main("order_io", cases, sizeof(cases) / sizeof(cases[0]));
}
