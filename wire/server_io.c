#include "wire/server_parts_io.h"

#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/client_filter.h"
#include "wire/log_io.h"

#define MIB           ((size_t)1024 * 1024)
#define KEEPALIVE_S   60
#define SOFT_MS       60000
#define ACCEPT_LOG_MS 1000 /* least time between two complaints about accept */

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

/* Sends and closes. What the program does in closed() or drained() may mark others: they follow. */
static void settle_dirty(struct server *s)
{
    while (s->dirty_first) {
        struct conn *conn = s->dirty_first;
        s->dirty_first = conn->dirty_next;
        if (!s->dirty_first)
            s->dirty_last = NULL;
        conn->dirty = false;
        conn_settle(conn);
    }
}

/* Just before the loop waits: all that happened in this turn is answered at once. */
static void on_prepare(uv_prepare_t *handle)
{
    struct server *s = handle->data;
    while (s->dirty_first) {
        run_resumed(s);
        if (s->app->before_send)
            s->app->before_send(s->arg);
        settle_dirty(s);
    }
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
    /* Neither keeps the loop alive, and none of the four calls can fail with valid arguments. */
    uv_prepare_init(loop, &s->prepare);
    uv_timer_init(loop, &s->sweep);
    s->handles = 2;
    s->prepare.data = s->sweep.data = s;
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

static void on_listener_closed(uv_handle_t *handle)
{
    struct server *s = handle->data;
    free(handle);
    server_handle_closed(s);
}

void server_unlisten(struct server *s)
{
    while (s->listeners_n > 0)
        uv_close((uv_handle_t *)s->listeners[--s->listeners_n], on_listener_closed);
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
    uv_close((uv_handle_t *)&s->sweep, on_part_closed);
}

struct server_options *server_options(struct server *s)
{
    return &s->options;
}

/* --- listening ----------------------------------------------------------------------------- */

static void on_connection(uv_stream_t *listener, int status)
{
    struct server *s = listener->data;
    if (status == 0) {
        conn_accept(s, listener);
        return;
    }
    if (uv_now(s->loop) - s->complained_ms >= ACCEPT_LOG_MS) {
        s->complained_ms = uv_now(s->loop);
        log_warning("cannot accept a connection: %s", uv_strerror(status));
    }
}

/* A listener that is not bound yet; NULL: text in ret_error. */
static uv_tcp_t *new_listener(struct server *s, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    if (s->listeners_n == SERVER_LISTENERS_MAX) {
        snprintf(ret_error, SERVER_ERROR_TEXT_MAX, "more than %d addresses to listen on",
                 SERVER_LISTENERS_MAX);
        return NULL;
    }
    uv_tcp_t *tcp = calloc(1, sizeof(*tcp));
    if (!tcp || uv_tcp_init(s->loop, tcp) != 0) {
        snprintf(ret_error, SERVER_ERROR_TEXT_MAX, "out of memory");
        free(tcp);
        return NULL;
    }
    tcp->data = s;
    s->handles++;
    return tcp;
}

/* The last step, bound as it is; on failure closes it. */
static int start_listener(struct server *s, uv_tcp_t *tcp, int e, const char *what, int port,
                          char ret_error[SERVER_ERROR_TEXT_MAX])
{
    if (e == 0)
        e = uv_listen((uv_stream_t *)tcp, SERVER_BACKLOG_MAX, on_connection);
    if (e == 0) {
        s->listeners[s->listeners_n++] = tcp;
        return 0;
    }
    snprintf(ret_error, SERVER_ERROR_TEXT_MAX, "cannot listen on %s port %d: %s", what, port,
             uv_strerror(e));
    uv_close((uv_handle_t *)tcp, on_listener_closed);
    return -1;
}

/* Listens on one numeric address. */
static int listen_addr(struct server *s, const struct sockaddr *addr, const char *host,
                       uint16_t port, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    uv_tcp_t *tcp = new_listener(s, ret_error);
    if (!tcp)
        return -1;
    unsigned flags = addr->sa_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0;
    return start_listener(s, tcp, uv_tcp_bind(tcp, addr, flags), host, port, ret_error);
}

/* Listens on a numeric address of either family. 1: it is not numeric. */
static int listen_numeric(struct server *s, const char *host, uint16_t port,
                          char ret_error[SERVER_ERROR_TEXT_MAX])
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    if (uv_ip4_addr(host, port, &in) == 0)
        return listen_addr(s, (const struct sockaddr *)&in, host, port, ret_error);
    if (uv_ip6_addr(host, port, &in6) == 0)
        return listen_addr(s, (const struct sockaddr *)&in6, host, port, ret_error);
    return 1;
}

/* Listens on all addresses of both families; a machine without IPv6 is fine. */
static int listen_all(struct server *s, uint16_t port, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    char ignored[SERVER_ERROR_TEXT_MAX];
    if (listen_numeric(s, "0.0.0.0", port, ret_error) != 0)
        return -1;
    if (listen_numeric(s, "::", port > 0 ? port : server_port(s), ignored) != 0)
        log_info("%s", ignored);
    return 0;
}

/* Resolves a name and listens on the first address that it has. */
static int listen_name(struct server *s, const char *host, uint16_t port,
                       char ret_error[SERVER_ERROR_TEXT_MAX])
{
    uv_getaddrinfo_t request;
    char service[8];
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    snprintf(service, sizeof(service), "%u", (unsigned)port);
    int e = uv_getaddrinfo(s->loop, &request, NULL, host, service, &hints);
    if (e != 0) {
        snprintf(ret_error, SERVER_ERROR_TEXT_MAX, "cannot listen on %s: %s", host, uv_strerror(e));
        return -1;
    }
    e = listen_addr(s, request.addrinfo->ai_addr, host, port, ret_error);
    uv_freeaddrinfo(request.addrinfo);
    return e;
}

int server_listen(struct server *s, const char *host, uint16_t port,
                  char ret_error[SERVER_ERROR_TEXT_MAX])
{
    if (host[0] == '\0' || strcmp(host, "*") == 0)
        return listen_all(s, port, ret_error);
    int e = listen_numeric(s, host, port, ret_error);
    return e <= 0 ? e : listen_name(s, host, port, ret_error);
}

int server_listen_fd(struct server *s, int fd, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    uv_tcp_t *tcp = new_listener(s, ret_error);
    if (!tcp)
        return -1;
    return start_listener(s, tcp, uv_tcp_open(tcp, fd), "an inherited socket", 0, ret_error);
}

uint16_t server_port(const struct server *s)
{
    struct sockaddr_storage addr = { 0 };
    int n = (int)sizeof(addr);
    if (s->listeners_n == 0 ||
        uv_tcp_getsockname(s->listeners[0], (struct sockaddr *)&addr, &n) != 0)
        return 0;
    if (addr.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&addr)->sin6_port);
    return ntohs(((const struct sockaddr_in *)(const void *)&addr)->sin_port);
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
    struct conn *conn = (struct conn *)(void *)c;
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
    ((struct conn *)(void *)c)->why = killing->why;
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
    struct conn *conn = (struct conn *)(void *)c;
    assert(conn->server == s);
    conn->want_drained = true;
    conn_mark(conn);
}

int server_dup_fd(struct server *s, struct client *c)
{
    struct conn *conn = (struct conn *)(void *)c;
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
