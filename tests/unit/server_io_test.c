/* Requests and replies; closing, killing, pub/sub, stopping. */
#include "tests/unit/server_drive.h"

static void test_pipeline(void)
{
    begin();
    struct peer *p = connect_peer();
    say(p, "PING\r\n*1\r\n$4\r\nPING\r\n*2\r\n$4\r\necho\r\n$2\r\nhi\r\n");
    hears(p, "+PONG\r\n+PONG\r\n$2\r\nhi\r\n");
    for (int i = 0; i < 5000; i++)
        say(p, "*1\r\n$4\r\nPING\r\n");
    for (int i = 0; i < 5000; i++)
        hears(p, "+PONG\r\n");
    CU_ASSERT_EQUAL(requests, 5003);
    CU_ASSERT_EQUAL(server_stats(server)->requests, 5003);
    CU_ASSERT_EQUAL(server_stats(server)->bytes_out, 5002 * 7 + 8);
    CU_ASSERT(before_send > 0);
    end();
}

static void test_pieces(void)
{
    const char *request = "*2\r\n$4\r\necho\r\n$5\r\nhello\r\necho 'x y'\r\n";
    begin();
    struct peer *p = connect_peer();
    for (size_t i = 0; i < strlen(request); i++) {
        say_bytes(p, request + i, 1);
        turn();
    }
    hears(p, "$5\r\nhello\r\n$3\r\nx y\r\n");
    end();
}

/* A request of 8 MiB comes in many reads, its reply leaves in many writes. */
static void test_large(void)
{
    size_t n = 8 * 1024 * 1024;
    struct buf request = { 0 };
    begin();
    struct peer *p = connect_peer();
    buf_printf(&request, "*2\r\n$4\r\necho\r\n$%zu\r\n", n);
    char *at = buf_reserve(&request, n);
    for (size_t i = 0; i < n; i++)
        at[i] = (char)(i * 7 + i / 1000);
    buf_commit(&request, n);
    buf_append_str(&request, "\r\nPING\r\n");
    say_bytes(p, buf_data(&request), buf_used(&request));
    await(has(p, n + 10 + 2 + 7));
    const char *got = buf_data(&p->got);
    CU_ASSERT(memcmp(got, "$8388608\r\n", 10) == 0);
    CU_ASSERT(memcmp(got + 10, buf_data(&request) + 24, n) == 0);
    CU_ASSERT(memcmp(got + 10 + n, "\r\n+PONG\r\n", 9) == 0);
    buf_done(&request);
    end();
}

static void test_block(void)
{
    begin();
    struct peer *p = connect_peer(), *other = connect_peer();
    say(p, "BLINK\r\n");
    hears(p, "+OK\r\n");
    CU_ASSERT_EQUAL(server_stats(server)->blocked, 0);
    say(p, "PING\r\nBLOCK\r\nPING\r\nBLOCK\r\nECHO x\r\n");
    hears(p, "+PONG\r\n");
    await(blocked_id != 0);
    CU_ASSERT_EQUAL(server_stats(server)->blocked, 1);
    say(other, "PING\r\n");
    hears(other, "+PONG\r\n");
    CU_ASSERT_EQUAL(requests, 4);
    for (int i = 0; i < 2; i++) {
        struct client *c = server_find(server, blocked_id);
        CU_ASSERT_PTR_NOT_NULL_FATAL(c);
        resp_simple(&c->reply, "late");
        client_resume(c);
        hears(p, i == 0 ? "+late\r\n+PONG\r\n" : "+late\r\n$1\r\nx\r\n");
    }
    CU_ASSERT_EQUAL(server_stats(server)->blocked, 0);
    end();
}

/* Who waits for a reply and goes is noticed, and its id leads nowhere. */
static void test_gone_while_blocked(void)
{
    begin();
    struct peer *p = connect_peer();
    say(p, "BLOCK\r\n");
    await(blocked_id != 0);
    peer_close(p);
    await(closed == 1);
    CU_ASSERT_PTR_NULL(server_find(server, blocked_id));
    CU_ASSERT_EQUAL(server_count(server), 0);
    CU_ASSERT_EQUAL(server_stats(server)->blocked, 0);
    p = connect_peer();
    say(p, "BLOCK\r\n");
    uint64_t was = blocked_id;
    await(blocked_id != was);
    CU_ASSERT(blocked_id > was);
    end();
}

/* A blocked client that sends on: its requests wait, in bounded memory, and none is lost. */
static void test_read_ahead(void)
{
    enum { PINGS = 600000, BYTES = PINGS * 6 };
    begin();
    struct peer *p = connect_peer();
    say(p, "BLOCK\r\n");
    await(blocked_id != 0);
    char *pings = malloc(BYTES);
    for (size_t i = 0; i < PINGS; i++)
        memcpy(pings + i * 6, "PING\r\n", 6);
    size_t sent = 0;
    for (int idle = 0; idle < 100 && sent < BYTES;) {
        ssize_t n = send(p->fd, pings + sent, BYTES - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        idle = n > 0 ? 0 : idle + 1;
        sent += n > 0 ? (size_t)n : 0;
        turn();
    }
    struct client *c = server_find(server, blocked_id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    await(c->query_bytes >= SERVER_BLOCKED_QUERY_BYTES_MAX);
    for (int i = 0; i < 100; i++)
        turn();
    CU_ASSERT(c->query_bytes < SERVER_BLOCKED_QUERY_BYTES_MAX + 256 * 1024);
    CU_ASSERT_EQUAL(requests, 1);
    client_resume(c);
    say_bytes(p, pings + sent, BYTES - sent);
    await(has(p, (size_t)PINGS * 7));
    CU_ASSERT_EQUAL(requests, PINGS + 1);
    free(pings);
    end();
}

static void test_again(void)
{
    begin();
    struct peer *p = connect_peer(), *quiet = connect_peer();
    await(opened == 2);
    not_now = true;
    say(p, "echo \"a \\\"b\\\" c\"\r\nPING\r\n");
    say(quiet, "*2\r\n$4\r\necho\r\n$1\r\nz\r\n*1\r\n$4\r\nPI");
    for (int i = 0; i < 50; i++)
        turn();
    server_retry(server); /* still not now */
    for (int i = 0; i < 50; i++)
        turn();
    CU_ASSERT_EQUAL(requests, 0);
    CU_ASSERT_FALSE(has(p, 1));
    say(quiet, "NG\r\n");
    not_now = false;
    server_retry(server);
    hears(p, "$7\r\na \"b\" c\r\n+PONG\r\n");
    hears(quiet, "$1\r\nz\r\n+PONG\r\n");
    end();
}

/* What follows QUIT is not run, and does not turn the proper end into a reset. */
static void test_quit(void)
{
    begin();
    struct peer *p = connect_peer(), *q = connect_peer();
    say(p, "PING\r\nQUIT\r\nPING\r\n");
    say(p, "PING\r\n");
    hears(p, "+PONG\r\n+OK\r\n");
    hears_end(p);
    CU_ASSERT_EQUAL(requests, 2);
    say(q, "PING\r\nDROP\r\nPING\r\n");
    await(closed == 2);
    CU_ASSERT_EQUAL(requests, 4);
    end();
}

static void count_client(void *ctx, struct client *c)
{
    (void)c;
    (*(int *)ctx)++;
}

static void test_kill(void)
{
    int seen = 0;
    begin();
    struct peer *a = connect_peer(), *b = connect_peer(), *c = connect_peer();
    await(opened == 3);
    say(b, "SUBSCRIBE c\r\n");
    hears(b, "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
    server_each(server, count_client, &seen);
    CU_ASSERT_EQUAL(seen, 3);
    say(a, "CLIENT KILL TYPE pubsub\r\n");
    hears(a, ":1\r\n");
    hears_end(b);
    CU_ASSERT_STRING_EQUAL(closed_why, "killed by request");
    say(a, "CLIENT KILL TYPE normal SKIPME no\r\nPING\r\n");
    hears(a, ":2\r\n");
    hears_end(a);
    hears_end(c);
    await(server_count(server) == 0);
    end();
}

static void test_messages(void)
{
    begin();
    struct peer *a = connect_peer(), *b = connect_peer();
    say(a, "SUBSCRIBE c\r\n");
    hears(a, "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
    say(b, "PUBLISH c hello\r\n");
    hears(b, ":1\r\n");
    hears(a, "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$5\r\nhello\r\n");
    /* From outside of any request, too. */
    pubsub_publish(ps, slice_str("c"), slice_str("x"));
    hears(a, "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n");
    end();
}

/* What is held back stays behind what may leave, however large that is, and holds up nobody else.
 */
static void test_hold(void)
{
    begin();
    struct peer *p = connect_peer(), *other = connect_peer();
    say(p, "BIG 10000000\r\nHOLD\r\nPING\r\n");
    await(has(p, 10000000 + 13));
    for (int i = 0; i < 10; i++)
        turn();
    peer_read(p);
    CU_ASSERT_EQUAL(buf_used(&p->got), 10000000 + 13);
    buf_reset(&p->got);
    say(other, "PING\r\n");
    hears(other, "+PONG\r\n");
    struct client *c = server_find(server, held_id);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL(client_unsent_bytes(c), 14);
    client_hold(c, client_reply_at(c) - 7);
    client_touch(c);
    hears(p, "+held\r\n");
    client_hold(c, CLIENT_HOLD_NOTHING);
    say(p, "QUIT\r\n");
    hears(p, "+PONG\r\n+OK\r\n");
    hears_end(p);
    end();
}

/* The program's last word before replies leave. */
static void test_may_send(void)
{
    begin();
    struct peer *p = connect_peer(), *other = connect_peer();
    say(p, "HOLD\r\n");
    await(held_id != 0);
    unheard_id = held_id;
    client_hold(server_find(server, held_id), CLIENT_HOLD_NOTHING);
    say(p, "PING\r\n");
    await(ended(p));
    CU_ASSERT_EQUAL(buf_used(&p->got), 0);
    say(other, "PING\r\n");
    hears(other, "+PONG\r\n");
    end();
}

static void test_drained(void)
{
    begin();
    struct peer *p = connect_peer();
    say(p, "BIG 10000000\r\nDRAINED\r\n");
    await(requests == 2);
    CU_ASSERT_EQUAL(drained, 0);
    await(has(p, 10000000 + 18));
    await(drained == 1);
    for (int i = 0; i < 10; i++)
        turn();
    CU_ASSERT_EQUAL(drained, 1);
    end();
}

/* A client that is fed without end does not keep others waiting. */
static void test_feeding(void)
{
    begin();
    struct peer *greedy = connect_peer(), *p = connect_peer();
    feed_on = true;
    say(greedy, "DRAINED\r\n");
    hears(greedy, "+OK\r\n+more\r\n+more\r\n");
    for (int i = 0; i < 100; i++) {
        say(p, "PING\r\n");
        hears(p, "+PONG\r\n");
        peer_read(greedy);
    }
    int before = drained;
    await(drained > before + 100);
    end();
}

/* What closed() sets off for another client, run and sent, in the same turn or the next. */
static void test_one_goes(void)
{
    begin();
    struct peer *waiting = connect_peer(), *p = connect_peer();
    say(waiting, "BLOCK\r\nPING\r\nECHO x\r\n");
    say(p, "PING\r\n");
    hears(p, "+PONG\r\n");
    answer_when_one_goes = true;
    /* Both are to be looked after in this turn, the one that goes first. */
    server_close(server, server_find(server, 2), "test");
    client_touch(server_find(server, blocked_id));
    hears(waiting, "+gone\r\n+PONG\r\n$1\r\nx\r\n");
    end();
}

/* Stopping frees all at once: in the middle of requests, writes, blocked clients. */
static void test_stop(void)
{
    begin();
    struct peer *a = connect_peer(), *b = connect_peer(), *c = connect_peer();
    send(a->fd, "BIG 15000000\r\n", 14, 0);
    say(b, "BLOCK\r\n");
    await(requests == 2);
    say(c, "PING\r\nSTOP\r\n");
    hears(c, "+PONG\r\n+OK\r\n");
    await(ended(b));
    await(stopped);
    CU_ASSERT_EQUAL(closed, 3);
    end();
}

static void test_listen(void)
{
    char error[SERVER_ERROR_TEXT_MAX] = "";
    begin();
    uint16_t port = server_port(server);
    CU_ASSERT(port > 0);
    CU_ASSERT_EQUAL(server_listen(server, "127.0.0.1", port, error), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "address already in use"));
    CU_ASSERT_EQUAL(server_listen(server, "203.0.113.1", 0, error), -1);
    CU_ASSERT_EQUAL(server_listen(server, "no such host", 0, error), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "no such host"));
    /* Not numeric for us, a name of this machine wherever there is no name service. */
    CU_ASSERT_EQUAL(server_listen(server, "127.1", 0, error), 0);
    CU_ASSERT_EQUAL(server_port(server), port);
    server_unlisten(server);
    CU_ASSERT_EQUAL(server_port(server), 0);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
    CU_ASSERT_EQUAL(server_listen_fd(server, fd, error), 0);
    struct peer *p = connect_peer();
    say(p, "PING\r\n");
    hears(p, "+PONG\r\n");
    struct client *c = server_find(server, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT(strncmp(c->addr, "127.0.0.1:", 10) == 0);
    CU_ASSERT(strncmp(c->laddr, "127.0.0.1:", 10) == 0);
    int copy = server_dup_fd(server, c);
    CU_ASSERT(copy >= 0);
    close(copy);
    end();
}

static const struct unit_case cases[] = {
    { "pipelined requests", test_pipeline },
    { "requests in pieces", test_pieces },
    { "large requests and replies", test_large },
    { "late replies keep their order", test_block },
    { "a blocked client that goes", test_gone_while_blocked },
    { "a blocked client that sends on", test_read_ahead },
    { "requests put off", test_again },
    { "closing after the reply, and at once", test_quit },
    { "killing by filter", test_kill },
    { "messages", test_messages },
    { "hold", test_hold },
    { "may send", test_may_send },
    { "drained", test_drained },
    { "feeding without end", test_feeding },
    { "one goes, another is answered", test_one_goes },
    { "stopping in the middle of everything", test_stop },
    { "listening", test_listen },
};

int main(void)
{
    log_set_level(LOG_LEVEL_ERROR);
    return unit_main("server_io", cases, sizeof(cases) / sizeof(cases[0]));
}
