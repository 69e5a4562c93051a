/* Links: coming up, going down, and what they hear. */
#include "tests/unit/link_drive.h"

/* --- coming up and going down --- */

static void test_comes_up(void)
{
    bring_up(polite, LINK_CMD);
    CU_ASSERT_STRING_EQUAL(world.requests, "CLIENT SETNAME sentinel-01234567-cmd|");
    CU_ASSERT_STRING_EQUAL(world.ip, "127.0.0.1");
    char host[HOST_LEN_MAX + 1];

    CU_ASSERT(link_local_host(world.links, ID, host));
    CU_ASSERT_STRING_EQUAL(host, "127.0.0.1");
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG);
    finish();
}

static void test_logs_in(void)
{
    begin(polite);
    link_open(world.links, ID, LINK_CMD, &world.addr, &(struct link_login){ "me", "secret", "" });
    expect(EVIDENCE_CONNECTED);
    link_open(world.links, ID, LINK_CMD, &world.addr, &(struct link_login){ "", "secret", NULL });
    expect(EVIDENCE_CONNECTED);
    CU_ASSERT_STRING_EQUAL(world.requests, "AUTH me secret|CLIENT SETNAME sentinel-01234567-cmd|"
                                           "AUTH secret|CLIENT SETNAME sentinel-01234567-cmd|");
    finish();
}

/* Every command goes out under the node's own name for it, those of the login too. */
static void test_renames(void)
{
    static const struct line_of_script script[] = {
        { "enter", "+OK\r\n" },
        { "CLIENT SETNAME", "+OK\r\n" },
        { "gnip", "+PONG\r\n" },
        { NULL, NULL },
    };

    begin(script);
    link_open(world.links, ID, LINK_CMD, &world.addr,
              &(struct link_login){ "me", "secret", "AUTH=enter PING=gnip" });
    expect(EVIDENCE_CONNECTED);
    order_ping(world.links, ID, LINK_CMD);
    expect(EVIDENCE_PONG);
    CU_ASSERT_STRING_EQUAL(world.requests,
                           "enter me secret|CLIENT SETNAME sentinel-01234567-cmd|gnip|");
    finish();
}

static void test_denied(void)
{
    static const struct line_of_script script[] = {
        { "AUTH", "-WRONGPASS no\r\n" },
        { "CLIENT SETNAME", "-NOAUTH no\r\n" },
        { "SUBSCRIBE", "-NOPERM no\r\n" },
        { "PING", "-NOAUTH Authentication required.\r\n" },
        { NULL, NULL },
    };

    begin(script);
    link_open(world.links, ID, LINK_PUBSUB, &world.addr,
              &(struct link_login){ "me", "secret", "" });
    expect(EVIDENCE_CONNECTED);
    order_ping(world.links, ID, LINK_PUBSUB);
    expect(EVIDENCE_DENIED);
    finish();
}

static void test_refused(void)
{
    begin(polite);
    uv_close((uv_handle_t *)&world.listener, NULL);
    uv_run(&world.loop, UV_RUN_NOWAIT);
    open_link(LINK_CMD);
    expect(EVIDENCE_REFUSED);
    order_ping(world.links, ID, LINK_CMD); /* nothing happens, and it does no harm */
    expect_nothing();
    finish();
}

static void test_names(void)
{
    begin(polite);
    strcpy(world.addr.host, "127.1"); /* takes the resolver, but no name server */
    open_link(LINK_CMD);
    expect(EVIDENCE_CONNECTED);
    strcpy(world.addr.host, "two..dots");
    open_link(LINK_CMD);
    expect(EVIDENCE_UNREACHABLE);
    strcpy(world.addr.host, "127.1");
    open_link(LINK_CMD);
    link_close(world.links, ID, LINK_CMD); /* while it is looked up */
    expect_nothing();
    finish();
}

static void test_ends(void)
{
    bring_up(polite, LINK_CMD);
    close_conn(any_conn());
    expect(EVIDENCE_RESET);
    open_link(LINK_CMD);
    expect(EVIDENCE_CONNECTED);
    uv_tcp_close_reset(&any_conn()->tcp, on_conn_closed);
    expect(EVIDENCE_RESET);
    expect_nothing();
    finish();
}

static void test_closed_is_silent(void)
{
    bring_up(polite, LINK_CMD);
    order_ping(world.links, ID, LINK_CMD);
    link_close(world.links, ID, LINK_CMD);
    open_link(LINK_CMD);
    link_forget(world.links, ID);
    expect_nothing();
    CU_ASSERT_FALSE(link_local_host(world.links, ID, (char[HOST_LEN_MAX + 1]){ 0 }));
    finish();
}

/* --- the channel --- */

static void test_channel(void)
{
    static const struct line_of_script script[] = {
        { "PING", "*2\r\n$4\r\npong\r\n$0\r\n\r\n" },
        { "CLIENT SETNAME", "+OK\r\n" },
        { "SUBSCRIBE", "*3\r\n$9\r\nsubscribe\r\n$6\r\n" CHANNEL "\r\n:1\r\n"
                       "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n$2\r\nhi\r\n" },
        { NULL, NULL },
    };

    bring_up(script, LINK_PUBSUB);
    CU_ASSERT_STRING_EQUAL(world.requests,
                           "CLIENT SETNAME sentinel-01234567-pubsub|SUBSCRIBE " CHANNEL "|");
    send_text(any_conn(), "*3\r\n$7\r\nmessage\r\n$6\r\nothers\r\n$2\r\nno\r\n"
                          "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n:5\r\n"
                          "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n$3\r\nyes\r\n");
    order_ping(world.links, ID, LINK_PUBSUB);
    expect(EVIDENCE_PONG);
    CU_ASSERT_STRING_EQUAL(world.heard, "hi|yes|");
    finish();
}

static void test_closed_by_a_message(void)
{
    bring_up(polite, LINK_PUBSUB);
    world.close_when_heard = true;
    order_ping(world.links, ID, LINK_PUBSUB);
    send_text(any_conn(), "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n$1\r\na\r\n"
                          "*3\r\n$7\r\nmessage\r\n$6\r\n" CHANNEL "\r\n$1\r\nb\r\n");
    expect_nothing();
    CU_ASSERT_STRING_EQUAL(world.heard, "a|");
    finish();
}

/* --- replies that no node should give --- */

static void test_hostile(void)
{
    static const char *const texts[] = {
        "*1\r\n$9\r\nsubscribe\r\n",
        "*0\r\n",
        "*-1\r\n",
        "$-1\r\n",
        ":5\r\n",
        "*2\r\n:1\r\n:2\r\n",
        "*3\r\n:1\r\n:2\r\n:3\r\n",
        "*3\r\n$7\r\nmessage\r\n*0\r\n*0\r\n",
        "+PONG\r\n+PONG\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "*2147483647\r\n",
        "$99999999999999999999\r\n",
    };

    for (size_t kind = 0; kind < LINK_COUNT; kind++) {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            bring_up(polite, (enum link_kind)kind);
            send_text(any_conn(), texts[i]); /* nobody asked for it */
            close_conn(any_conn());
            expect(EVIDENCE_RESET);
            finish();
        }
    }
}

static void test_odd_replies(void)
{
    static const char *const texts[] = { ":1\r\n", "$-1\r\n", "*-1\r\n",
                                         "*0\r\n", "+\r\n",   "$0\r\n\r\n" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct line_of_script script[] = { { "CLIENT", "+OK\r\n" },
                                                 { "", texts[i] },
                                                 { NULL, NULL } };

        bring_up(script, LINK_CMD);
        order_ping(world.links, ID, LINK_CMD);
        expect(EVIDENCE_ERROR);
        order_info(world.links, ID);
        expect(EVIDENCE_INFO_FAILED);
        order_publish(world.links, ID, CHANNEL, "text");
        expect(EVIDENCE_HELLO_SENT);
        expect_nothing();
        finish();
    }
}

static void test_errors(void)
{
    static const struct {
        const char *reply;
        enum evidence evidence;
    } errors[] = {
        { "-LOADING wait\r\n", EVIDENCE_LOADING }, { "-MASTERDOWN link\r\n", EVIDENCE_MASTERDOWN },
        { "-BUSY script\r\n", EVIDENCE_BUSY },     { "-MISCONF disk\r\n", EVIDENCE_MISCONF },
        { "-NOPERM no\r\n", EVIDENCE_DENIED },     { "-ERR what\r\n", EVIDENCE_ERROR },
    };

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const struct line_of_script script[] = { { "CLIENT", "+OK\r\n" },
                                                 { "PING", errors[i].reply },
                                                 { NULL, NULL } };

        bring_up(script, LINK_CMD);
        order_ping(world.links, ID, LINK_CMD);
        expect(errors[i].evidence);
        finish();
    }
}

static void test_info(void)
{
    static const struct line_of_script script[] = {
        { "CLIENT", "+OK\r\n" },
        { "INFO", "$12\r\nrole:slave\r\n\r\n" },
        { NULL, NULL },
    };

    bring_up(script, LINK_CMD);
    order_info(world.links, ID);
    expect(EVIDENCE_INFO);
    CU_ASSERT_EQUAL(world.info_role, ROLE_REPLICA);

    /* Its text is kept, with the link or without it, until the node is forgotten. */
    CU_ASSERT_PTR_NULL(link_kept_info(world.links, ID + 1).p);
    CU_ASSERT_PTR_NULL(link_kept_info(world.links, 1000000).p);
    link_close(world.links, ID, LINK_CMD);
    CU_ASSERT(slice_is(link_kept_info(world.links, ID), "role:slave\r\n"));
    link_keep_info(world.links, ID, "a long", 1);
    CU_ASSERT(slice_is(link_kept_info(world.links, ID), "a"));
    link_keep_info(world.links, 999, "x", 1);
    link_forget(world.links, ID);
    CU_ASSERT_PTR_NULL(link_kept_info(world.links, ID).p);
    finish();
}

static const struct unit_case cases[] = {
    { "a link comes up, named, and knows its addresses", test_comes_up },
    { "credentials are given", test_logs_in },
    { "commands go out under other names", test_renames },
    { "what is denied keeps no link down, PING tells", test_denied },
    { "nobody listens: refused", test_refused },
    { "names are looked up", test_names },
    { "an end and a reset are told", test_ends },
    { "a closed link is silent", test_closed_is_silent },
    { "messages come between replies", test_channel },
    { "a message may close its link", test_closed_by_a_message },
    { "what nobody asked for ends the link, no more", test_hostile },
    { "replies of the wrong kind are errors", test_odd_replies },
    { "errors are told apart", test_errors },
    { "INFO is read", test_info },
};

int main(void)
{
    return unit_main("link_io", cases, sizeof(cases) / sizeof(cases[0]));
}
