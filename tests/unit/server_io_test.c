/*
 * The server on real loopback connections. Server and clients share this thread: the clients'
 * sockets are non-blocking, and `await` turns the loop until a condition holds.
 */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "wire/client_filter.h"
#include "wire/client_pubsub.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"
#include "wire/server_io.h"

#define AWAIT_MAX_MS 20000
#define PEERS_MAX    8

/* --- the program --------------------------------------------------------------------------- */

static uv_loop_t loop;
static struct server *server;
static struct pubsub *ps;
static uint64_t blocked_id; /* the client that sent BLOCK last */
static uint64_t held_id;    /* the one that sent HOLD last */
static uint64_t unheard_id; /* the one whose replies may not be sent */
static bool not_now;        /* every request is answered SERVER_AGAIN */
static int opened, closed, drained, requests, before_send;
static const char *closed_why;
static bool stopped;
static bool feed_on;              /* drained() asks for itself again */
static bool answer_when_one_goes; /* closed() answers the blocked client */

static void on_stopped(void *arg)
{
    (void)arg;
    stopped = true;
}

static void run_ping(struct client *c, const struct resp_request *r)
{
    client_ping(c, r->argc, r->argv);
}

static void run_echo(struct client *c, const struct resp_request *r)
{
    resp_bulk(&c->reply, r->argv[1]);
}

static void run_block(struct client *c, const struct resp_request *r)
{
    (void)r;
    blocked_id = c->id;
    client_block(c);
}

/* Blocks and is answered within the same request. */
static void run_blink(struct client *c, const struct resp_request *r)
{
    (void)r;
    client_block(c);
    resp_ok(&c->reply);
    client_resume(c);
}

static void run_big(struct client *c, const struct resp_request *r)
{
    int64_t n = 0;
    slice_to_int64(r->argv[1], &n);
    char *bytes = calloc(1, (size_t)n);
    resp_bulk_bytes(&c->reply, bytes, (size_t)n);
    free(bytes);
}

/* Replies what may not leave yet. */
static void run_hold(struct client *c, const struct resp_request *r)
{
    (void)r;
    held_id = c->id;
    client_hold(c, client_reply_at(c));
    resp_simple(&c->reply, "held");
}

static void run_quit(struct client *c, const struct resp_request *r)
{
    (void)r;
    resp_ok(&c->reply);
    client_close_after_reply(c);
}

static void run_drop(struct client *c, const struct resp_request *r)
{
    (void)r;
    client_close(c);
}

static void run_auth(struct client *c, const struct resp_request *r)
{
    (void)r;
    c->flags |= CLIENT_AUTHENTICATED;
    resp_ok(&c->reply);
}

static void run_subscribe(struct client *c, const struct resp_request *r)
{
    client_subscribe(ps, c, PUBSUB_CHANNEL, r->argc, r->argv);
}

static void run_publish(struct client *c, const struct resp_request *r)
{
    resp_int(&c->reply, (int64_t)pubsub_publish(ps, r->argv[1], r->argv[2]));
}

static void run_drained(struct client *c, const struct resp_request *r)
{
    (void)r;
    resp_ok(&c->reply);
    server_want_drained(server, c);
}

static void run_kill(struct client *c, const struct resp_request *r)
{
    struct client_filter f;
    if (client_filter_parse(&f, &c->reply, c->id, NULL, r->argc, r->argv))
        resp_int(&c->reply, (int64_t)server_kill(server, &f, c, "killed by request"));
}

static void run_stop(struct client *c, const struct resp_request *r)
{
    (void)r;
    resp_ok(&c->reply);
    server_stop(server, on_stopped, NULL);
}

static enum server_verdict on_request(void *arg, struct client *c, const struct resp_request *r)
{
    static const struct {
        const char *name;
        void (*run)(struct client *c, const struct resp_request *r);
    } commands[] = {
        { "ping", run_ping },       { "echo", run_echo },       { "block", run_block },
        { "blink", run_blink },     { "big", run_big },         { "quit", run_quit },
        { "drop", run_drop },       { "auth", run_auth },       { "subscribe", run_subscribe },
        { "publish", run_publish }, { "drained", run_drained }, { "client", run_kill },
        { "stop", run_stop },       { "hold", run_hold },
    };
    CU_ASSERT_PTR_EQUAL(arg, &loop);
    if (not_now)
        return SERVER_AGAIN;
    requests++;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (slice_is_nocase(r->argv[0], commands[i].name)) {
            commands[i].run(c, r);
            return SERVER_DONE;
        }
    }
    resp_error(&c->reply, "ERR unknown");
    return SERVER_DONE;
}

static void on_opened(void *arg, struct client *c)
{
    (void)arg;
    opened++;
    c->flags |= CLIENT_AUTHENTICATED;
}

static void on_closed(void *arg, struct client *c, const char *why)
{
    (void)arg;
    closed++;
    closed_why = why;
    pubsub_leave(ps, &c->subs);
    struct client *other = answer_when_one_goes ? server_find(server, blocked_id) : NULL;
    if (other) {
        resp_simple(&other->reply, "gone");
        client_resume(other);
    }
}

static void on_drained(void *arg, struct client *c)
{
    (void)arg;
    CU_ASSERT_EQUAL(client_unsent_bytes(c), 0);
    drained++;
    if (feed_on) {
        resp_simple(&c->reply, "more");
        server_want_drained(server, c);
    }
}

static void on_before_send(void *arg)
{
    (void)arg;
    before_send++;
}

static bool on_may_send(void *arg, struct client *c)
{
    (void)arg;
    return c->id != unheard_id;
}

static const struct server_app app = { .request = on_request,
                                       .opened = on_opened,
                                       .closed = on_closed,
                                       .drained = on_drained,
                                       .may_send = on_may_send,
                                       .before_send = on_before_send };

/* --- its clients --------------------------------------------------------------------------- */

struct peer {
    int fd;
    struct buf got;
    bool eof;
    int error;
};
static struct peer peers[PEERS_MAX];

/* Reads what has come. */
static void peer_read(struct peer *p)
{
    char *to = buf_reserve(&p->got, 65536);
    ssize_t n = recv(p->fd, to, 65536, MSG_DONTWAIT);
    if (n > 0)
        buf_commit(&p->got, (size_t)n);
    else if (n == 0)
        p->eof = true;
    else if (errno != EAGAIN)
        p->error = errno;
}

/* Turns the loop once, without waiting. */
static void turn(void)
{
    uv_run(&loop, UV_RUN_NOWAIT);
}

/* Turns the loop until the expression holds; a failed assertion when it never does. */
#define await(expression)                                                                          \
    do {                                                                                           \
        msec until_ms = loop_now_ms() + AWAIT_MAX_MS;                                              \
        while (!(expression) && loop_now_ms() < until_ms)                                          \
            turn();                                                                                \
        CU_ASSERT(expression);                                                                     \
    } while (0)

/* What awaits bytes reads them first. */
static bool has(struct peer *p, size_t n)
{
    peer_read(p);
    return buf_used(&p->got) >= n || p->eof || p->error;
}

static bool ended(struct peer *p)
{
    peer_read(p);
    return p->eof || p->error;
}

static struct peer *connect_peer(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(server_port(server)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct peer *p = peers;
    while (p->fd >= 0)
        p++;
    CU_ASSERT_FATAL(p < peers + PEERS_MAX);
    memset(p, 0, sizeof(*p));
    p->fd = socket(AF_INET, SOCK_STREAM, 0);
    CU_ASSERT_EQUAL_FATAL(connect(p->fd, (struct sockaddr *)&to, sizeof(to)), 0);
    fcntl(p->fd, F_SETFL, O_NONBLOCK);
    return p;
}

static void peer_close(struct peer *p)
{
    if (p->fd >= 0)
        close(p->fd);
    buf_done(&p->got);
    p->fd = -1;
}

/* Sends all, turning the loop while the socket is full. */
static void say_bytes(struct peer *p, const char *bytes, size_t n)
{
    msec until_ms = loop_now_ms() + AWAIT_MAX_MS;
    while (n > 0 && loop_now_ms() < until_ms) {
        ssize_t done = send(p->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (done < 0 && errno != EAGAIN)
            return;
        if (done > 0) {
            bytes += done;
            n -= (size_t)done;
        }
        turn();
        peer_read(p);
    }
    CU_ASSERT_EQUAL(n, 0);
}

static void say(struct peer *p, const char *text)
{
    say_bytes(p, text, strlen(text));
}

/* The peer gets exactly this next. */
static void hears(struct peer *p, const char *expected)
{
    size_t n = strlen(expected);
    await(has(p, n));
    bool same = buf_used(&p->got) >= n && memcmp(buf_data(&p->got), expected, n) == 0;
    if (!same)
        printf("heard %.*s\nnot   %s\n", (int)buf_used(&p->got), buf_data(&p->got), expected);
    CU_ASSERT_FATAL(same);
    buf_consume(&p->got, n);
}

/* The connection ends properly, with nothing more said. */
static void hears_end(struct peer *p)
{
    await(ended(p));
    CU_ASSERT_EQUAL(p->error, 0);
    CU_ASSERT_EQUAL(buf_used(&p->got), 0);
}

/* --- each case ----------------------------------------------------------------------------- */

static void begin_with(const struct server_options *options)
{
    char error[SERVER_ERROR_TEXT_MAX];
    uv_loop_init(&loop);
    ps = pubsub_new();
    server = server_new(&loop, options, &app, &loop);
    CU_ASSERT_EQUAL_FATAL(server_listen(server, "127.0.0.1", 0, error), 0);
    for (int i = 0; i < PEERS_MAX; i++)
        peers[i].fd = -1;
    blocked_id = held_id = unheard_id = 0;
    not_now = stopped = feed_on = answer_when_one_goes = false;
    opened = closed = drained = requests = before_send = 0;
    closed_why = NULL;
}

static void begin(void)
{
    struct server_options options;
    server_options_default(&options);
    begin_with(&options);
}

/* Stops the server if the case did not; all must be closed and freed then. */
static void end(void)
{
    if (!stopped)
        server_stop(server, on_stopped, NULL);
    await(stopped);
    CU_ASSERT_EQUAL(closed, opened);
    for (int i = 0; i < PEERS_MAX; i++)
        peer_close(&peers[i]);
    pubsub_free(ps);
    CU_ASSERT_EQUAL(loop_run(&loop), 0);
}

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
    { "too many clients", test_too_many },
    { "what is not the protocol", test_protocol_error },
    { "limits of unauthenticated clients", test_unauthenticated },
    { "query buffer limit", test_query_limit },
    { "output buffer limit, hard", test_output_limit },
    { "output buffer limit, soft", test_soft_limit },
    { "idle clients", test_idle },
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
