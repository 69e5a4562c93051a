/*
 * server_drive: the server on real loopback connections, with a program that obeys a few words.
 * Server and clients share this thread: the clients' sockets are non-blocking, and `await` turns
 * the loop until a condition holds. All of it is inline.
 */
#ifndef TESTS_UNIT_SERVER_DRIVE_H
#define TESTS_UNIT_SERVER_DRIVE_H

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

#include "tests/unit/unit.h"
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

static inline void on_stopped(void *arg)
{
    (void)arg;
    stopped = true;
}

static inline void run_ping(struct client *c, const struct resp_request *r)
{
    client_ping(c, r->argc, r->argv);
}

static inline void run_echo(struct client *c, const struct resp_request *r)
{
    resp_bulk(&c->reply, r->argv[1]);
}

static inline void run_block(struct client *c, const struct resp_request *r)
{
    (void)r;
    blocked_id = c->id;
    client_block(c);
}

/* Blocks and is answered within the same request. */
static inline void run_blink(struct client *c, const struct resp_request *r)
{
    (void)r;
    client_block(c);
    resp_ok(&c->reply);
    client_resume(c);
}

static inline void run_big(struct client *c, const struct resp_request *r)
{
    int64_t n = 0;
    slice_to_int64(r->argv[1], &n);
    char *bytes = calloc(1, (size_t)n);
    resp_bulk_bytes(&c->reply, bytes, (size_t)n);
    free(bytes);
}

/* Replies what may not leave yet. */
static inline void run_hold(struct client *c, const struct resp_request *r)
{
    (void)r;
    held_id = c->id;
    client_hold(c, client_reply_at(c));
    resp_simple(&c->reply, "held");
}

static inline void run_quit(struct client *c, const struct resp_request *r)
{
    (void)r;
    resp_ok(&c->reply);
    client_close_after_reply(c);
}

static inline void run_drop(struct client *c, const struct resp_request *r)
{
    (void)r;
    client_close(c);
}

static inline void run_auth(struct client *c, const struct resp_request *r)
{
    (void)r;
    c->flags |= CLIENT_AUTHENTICATED;
    resp_ok(&c->reply);
}

static inline void run_subscribe(struct client *c, const struct resp_request *r)
{
    client_subscribe(ps, c, PUBSUB_CHANNEL, r->argc, r->argv);
}

static inline void run_publish(struct client *c, const struct resp_request *r)
{
    resp_int(&c->reply, (int64_t)pubsub_publish(ps, r->argv[1], r->argv[2]));
}

static inline void run_drained(struct client *c, const struct resp_request *r)
{
    (void)r;
    resp_ok(&c->reply);
    server_want_drained(server, c);
}

static inline void run_kill(struct client *c, const struct resp_request *r)
{
    struct client_filter f;
    if (client_filter_parse(&f, &c->reply, c->id, NULL, r->argc, r->argv))
        resp_int(&c->reply, (int64_t)server_kill(server, &f, c, "killed by request"));
}

static inline void run_stop(struct client *c, const struct resp_request *r)
{
    (void)r;
    resp_ok(&c->reply);
    server_stop(server, on_stopped, NULL);
}

static inline enum server_verdict on_request(void *arg, struct client *c,
                                             const struct resp_request *r)
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

static inline void on_opened(void *arg, struct client *c)
{
    (void)arg;
    opened++;
    c->flags |= CLIENT_AUTHENTICATED;
}

static inline void on_closed(void *arg, struct client *c, const char *why)
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

static inline void on_drained(void *arg, struct client *c)
{
    (void)arg;
    CU_ASSERT_EQUAL(client_unsent_bytes(c), 0);
    drained++;
    if (feed_on) {
        resp_simple(&c->reply, "more");
        server_want_drained(server, c);
    }
}

static inline void on_before_send(void *arg)
{
    (void)arg;
    before_send++;
}

static inline bool on_may_send(void *arg, struct client *c)
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
static inline void peer_read(struct peer *p)
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
static inline void turn(void)
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
static inline bool has(struct peer *p, size_t n)
{
    peer_read(p);
    return buf_used(&p->got) >= n || p->eof || p->error;
}

static inline bool ended(struct peer *p)
{
    peer_read(p);
    return p->eof || p->error;
}

static inline struct peer *connect_peer(void)
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

static inline void peer_close(struct peer *p)
{
    if (p->fd >= 0)
        close(p->fd);
    buf_done(&p->got);
    p->fd = -1;
}

/* Sends all, turning the loop while the socket is full. */
static inline void say_bytes(struct peer *p, const char *bytes, size_t n)
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

static inline void say(struct peer *p, const char *text)
{
    say_bytes(p, text, strlen(text));
}

/* The peer gets exactly this next. */
static inline void hears(struct peer *p, const char *expected)
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
static inline void hears_end(struct peer *p)
{
    await(ended(p));
    CU_ASSERT_EQUAL(p->error, 0);
    CU_ASSERT_EQUAL(buf_used(&p->got), 0);
}

/* --- each case ----------------------------------------------------------------------------- */

static inline void begin_with(const struct server_options *options)
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

static inline void begin(void)
{
    struct server_options options;
    server_options_default(&options);
    begin_with(&options);
}

/* Stops the server if the case did not; all must be closed and freed then. */
static inline void end(void)
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

#endif
