#include "wire/server_parts_io.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include "wire/client_filter.h"

#define MIB         ((size_t)1024 * 1024)
#define KEEPALIVE_S 60
#define SOFT_MS     60000

void server_options_default(struct server_options *ret_options)
{
    *ret_options = (struct server_options){
        .clients_max = SERVER_CLIENTS_MAX,
        .query_bytes_max = SERVER_QUERY_BYTES_MAX,
        .output = {
            [CLIENT_NORMAL] = { .hard_bytes = 1024 * MIB },
            [CLIENT_REPLICA] = { .hard_bytes = 256 * MIB, .soft_bytes = 64 * MIB, .soft_ms = SOFT_MS },
            [CLIENT_PUBSUB] = { .hard_bytes = 32 * MIB, .soft_bytes = 8 * MIB, .soft_ms = SOFT_MS },
            [CLIENT_MASTER] = { .hard_bytes = 1024 * MIB },
        },
        .request = resp_limits_default,
        .keepalive_s = KEEPALIVE_S,
    };
}

/* --- each turn of the loop ----------------------------------------------------------------- */

/* Runs what was resumed, until nothing new turns up. */
static void run_resumed(struct server *s)
{
    bool again = true;
    while (again) {
        again = false;
        for (struct conn *conn = s->dirty_first; conn; conn = conn->dirty_next) {
            if (conn->resumed) {
                conn_run_waiting(conn);
                again = true;
            }
        }
    }
}

/*
 * Sends and closes. What the program marks meanwhile (in closed() or drained()) waits for the next
 * round, in which it may have something to run first.
 */
static void settle_dirty(struct server *s)
{
    struct conn *conn = s->dirty_first, *next;
    s->dirty_first = s->dirty_last = NULL;
    for (; conn; conn = next) {
        next = conn->dirty_next;
        conn->dirty = false;
        conn_settle(conn);
    }
}

/* Only keeps the loop from waiting. */
static void on_idle(uv_idle_t *handle)
{
    (void)handle;
}

/*
 * Just before the loop waits: all that happened in this turn is answered at once. What does not
 * come to an end in a few rounds (a program that feeds a fast reader) goes on in the next turn, so
 * that others get theirs.
 */
static void on_prepare(uv_prepare_t *handle)
{
    struct server *s = handle->data;
    for (int round = 0; s->dirty_first && round < SERVER_ROUNDS_MAX; round++) {
        run_resumed(s);
        if (s->app->before_send && !s->stopping)
            s->app->before_send(s->arg);
        settle_dirty(s);
    }
    if (s->stopping)
        return;
    if (s->dirty_first)
        uv_idle_start(&s->idle, on_idle);
    else
        uv_idle_stop(&s->idle);
}

static void on_sweep(uv_timer_t *timer)
{
    struct server *s = timer->data;
    uint64_t now_ms = uv_now(s->loop);
    for (struct conn *conn = s->open.first; conn; conn = conn->next)
        conn_check_time(conn, now_ms);
    for (struct conn *conn = s->lingering.first, *next; conn; conn = next) {
        next = conn->next;
        if (now_ms >= conn->linger_until_ms)
            conn_cut(conn);
    }
}

/* --- life ---------------------------------------------------------------------------------- */

struct server *server_new(uv_loop_t *loop, const struct server_options *options,
                          const struct server_app *app, void *arg)
{
    struct server *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    assert(app->request);
    s->loop = loop;
    s->options = *options;
    s->app = app;
    s->arg = arg;
    s->next_id = 1;
    signal(SIGPIPE, SIG_IGN); /* a client that is gone is an error of write, not of the process */
    /* Neither keeps the loop alive, and none of these calls can fail with valid arguments. */
    uv_prepare_init(loop, &s->prepare);
    uv_idle_init(loop, &s->idle);
    uv_timer_init(loop, &s->sweep);
    s->handles = 3;
    s->prepare.data = s->idle.data = s->sweep.data = s;
    uv_prepare_start(&s->prepare, on_prepare);
    uv_timer_start(&s->sweep, on_sweep, SERVER_SWEEP_MS, SERVER_SWEEP_MS);
    uv_unref((uv_handle_t *)&s->prepare);
    uv_unref((uv_handle_t *)&s->sweep);
    return s;
}

void server_handle_closed(struct server *s)
{
    assert(s->handles > 0);
    s->handles--;
    if (s->handles > 0 || !s->stopping)
        return;
    void (*stopped)(void *arg) = s->stopped;
    void *arg = s->stopped_arg;
    table_done(&s->by_id);
    free(s);
    if (stopped)
        stopped(arg);
}

static void on_part_closed(uv_handle_t *handle)
{
    server_handle_closed(handle->data);
}

void server_stop(struct server *s, void (*done)(void *arg), void *arg)
{
    s->stopping = true;
    s->stopped = done;
    s->stopped_arg = arg;
    for (struct conn *conn = s->open.first; conn; conn = conn->next)
        conn_mark(conn);
    settle_dirty(s);
    while (s->open.first) {
        struct conn *conn = s->open.first;
        conn->why = conn->why ? conn->why : "the server stops";
        conn_cut(conn);
    }
    while (s->lingering.first)
        conn_cut(s->lingering.first);
    server_unlisten(s);
    uv_close((uv_handle_t *)&s->prepare, on_part_closed);
    uv_close((uv_handle_t *)&s->idle, on_part_closed);
    uv_close((uv_handle_t *)&s->sweep, on_part_closed);
}

struct server_options *server_options(struct server *s)
{
    return &s->options;
}

/* --- the set of clients -------------------------------------------------------------------- */

static bool is_client(const struct conn *conn)
{
    return !conn->rejected && !(conn->client.flags & CLIENT_CLOSING);
}

struct client *server_find(struct server *s, uint64_t id)
{
    struct table_node *node = table_first(&s->by_id, table_hash_int(id));
    for (; node; node = table_next(node)) {
        struct conn *conn = table_entry(node, struct conn, by_id);
        if (conn->client.id == id)
            return is_client(conn) ? &conn->client : NULL;
    }
    return NULL;
}

void server_each(struct server *s, void (*fn)(void *ctx, struct client *c), void *ctx)
{
    /* Closing only marks, so the list holds still. */
    for (struct conn *conn = s->open.first; conn; conn = conn->next) {
        if (is_client(conn))
            fn(ctx, &conn->client);
    }
}

size_t server_count(const struct server *s)
{
    return s->by_id.used;
}

void server_close(struct server *s, struct client *c, const char *why)
{
    struct conn *conn = conn_of(c);
    assert(conn->server == s);
    conn_fail(conn, why);
}

struct killing {
    struct server *server;
    const struct client_filter *filter;
    const struct client *asks;
    const char *why;
    size_t n;
};

static void kill_one(void *ctx, struct client *c)
{
    struct killing *killing = ctx;
    if (!client_filter_matches(killing->filter, c))
        return;
    killing->n++;
    if (c != killing->asks) {
        server_close(killing->server, c, killing->why);
        return;
    }
    conn_of(c)->why = killing->why;
    client_close_after_reply(c);
}

size_t server_kill(struct server *s, const struct client_filter *f, struct client *asks,
                   const char *why)
{
    struct killing killing = { s, f, asks, why, 0 };
    server_each(s, kill_one, &killing);
    return killing.n;
}

void server_retry(struct server *s)
{
    for (struct conn *conn = s->open.first; conn; conn = conn->next) {
        if (!conn->postponed)
            continue;
        conn->postponed = false;
        conn->resumed = true;
        conn_mark(conn);
    }
}

void server_want_drained(struct server *s, struct client *c)
{
    struct conn *conn = conn_of(c);
    assert(conn->server == s);
    conn->want_drained = true;
    conn_mark(conn);
}

int server_dup_fd(struct server *s, struct client *c)
{
    struct conn *conn = conn_of(c);
    uv_os_fd_t fd = -1;
    assert(conn->server == s);
    if (uv_fileno((uv_handle_t *)&conn->tcp, &fd) != 0)
        return -1;
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

const struct server_stats *server_stats(const struct server *s)
{
    return &s->stats;
}
