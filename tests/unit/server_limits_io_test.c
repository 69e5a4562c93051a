/* What the server refuses, and whom it throws out. */
#include "tests/unit/server_drive.h"

static void test_too_many(void)
{
    struct server_options options;
    server_options_default(&options);
    options.clients_max = 2;
    begin_with(&options);
    struct peer *a = connect_peer(), *b = connect_peer(), *c = connect_peer();
    say(c, "PING\r\n");
    hears(c, "-ERR max number of clients reached\r\n");
    hears_end(c);
    CU_ASSERT_EQUAL(opened, 2);
    CU_ASSERT_EQUAL(server_count(server), 2);
    CU_ASSERT_EQUAL(server_stats(server)->rejected, 1);
    peer_close(a);
    await(closed == 1);
    struct peer *d = connect_peer();
    say(d, "PING\r\n");
    hears(d, "+PONG\r\n");
    say(b, "PING\r\n");
    hears(b, "+PONG\r\n");
    end();
}

/* The error arrives although more of the client's bytes are under way, and then the end. */
static void test_protocol_error(void)
{
    char noise[20000];
    begin();
    memset(noise, 'x', sizeof(noise));
    struct peer *p = connect_peer();
    say(p, "PING\r\n*1\r\n:1\r\n");
    say_bytes(p, noise, sizeof(noise));
    hears(p, "+PONG\r\n-ERR Protocol error: expected '$', got ':'\r\n");
    hears_end(p);
    CU_ASSERT_EQUAL(closed, 1);
    CU_ASSERT_EQUAL(server_count(server), 0);
    end();
}

static void test_unauthenticated(void)
{
    begin();
    struct peer *p = connect_peer();
    await(opened == 1);
    struct client *c = server_find(server, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    c->flags &= ~(unsigned)CLIENT_AUTHENTICATED;
    say(p, "AUTH\r\n*2\r\n$4\r\necho\r\n$17000\r\n");
    hears(p, "+OK\r\n");
    c->flags &= ~(unsigned)CLIENT_AUTHENTICATED;
    struct peer *q = connect_peer();
    await(opened == 2);
    server_find(server, 2)->flags &= ~(unsigned)CLIENT_AUTHENTICATED;
    say(q, "*2\r\n$4\r\necho\r\n$17000\r\n");
    hears(q, "-ERR Protocol error: unauthenticated bulk length\r\n");
    hears_end(q);
    end();
}

static void test_query_limit(void)
{
    struct server_options options;
    char bytes[5000];
    server_options_default(&options);
    options.query_bytes_max = 100000;
    begin_with(&options);
    memset(bytes, 'q', sizeof(bytes));
    struct peer *p = connect_peer();
    say(p, "*2\r\n$4\r\necho\r\n$200000\r\n");
    for (int i = 0; i < 40 && closed == 0; i++)
        say_bytes(p, bytes, sizeof(bytes));
    await(closed == 1);
    CU_ASSERT_STRING_EQUAL(closed_why, "query buffer limit");
    CU_ASSERT_EQUAL(server_stats(server)->closed_query, 1);
    end();
}

static void test_output_limit(void)
{
    struct server_options options;
    server_options_default(&options);
    options.output[CLIENT_NORMAL].hard_bytes = 20 * 1024 * 1024;
    begin_with(&options);
    struct peer *p = connect_peer();
    send(p->fd, "BIG 15000000\r\n", 14, 0);
    await(requests == 1);
    for (int i = 0; i < 5; i++)
        turn();
    CU_ASSERT_EQUAL(closed, 0);
    send(p->fd, "BIG 15000000\r\n", 14, 0);
    await(closed == 1);
    CU_ASSERT_STRING_EQUAL(closed_why, "output buffer limit");
    CU_ASSERT_EQUAL(server_stats(server)->closed_output, 1);
    end();
}

static void test_soft_limit(void)
{
    struct server_options options;
    server_options_default(&options);
    options.output[CLIENT_NORMAL] = (struct server_output_limit){ 0, 100000, 1 };
    begin_with(&options);
    struct peer *reader = connect_peer(), *p = connect_peer();
    send(p->fd, "BIG 15000000\r\n", 14, 0);
    say(reader, "BIG 1000000\r\n");
    await(has(reader, 1000000));
    await(closed == 1);
    CU_ASSERT_STRING_EQUAL(closed_why, "soft output buffer limit");
    CU_ASSERT_EQUAL(server_count(server), 1);
    end();
}

static void test_idle(void)
{
    struct server_options options;
    server_options_default(&options);
    options.idle_ms = 1;
    begin_with(&options);
    struct peer *quiet = connect_peer(), *blocked = connect_peer(), *listener = connect_peer();
    say(quiet, "PING\r\n");
    say(blocked, "BLOCK\r\n");
    say(listener, "SUBSCRIBE c\r\n");
    await(closed == 1);
    CU_ASSERT_STRING_EQUAL(closed_why, "idle for too long");
    hears(quiet, "+PONG\r\n");
    hears_end(quiet);
    CU_ASSERT_EQUAL(server_count(server), 2);
    end();
}

static const struct unit_case cases[] = {
    { "too many clients", test_too_many },
    { "what is not the protocol", test_protocol_error },
    { "limits of unauthenticated clients", test_unauthenticated },
    { "query buffer limit", test_query_limit },
    { "output buffer limit, hard", test_output_limit },
    { "output buffer limit, soft", test_soft_limit },
    { "idle clients", test_idle },
};

int main(void)
{
    log_set_level(LOG_LEVEL_ERROR);
    return unit_main("server_limits_io", cases, sizeof(cases) / sizeof(cases[0]));
}
