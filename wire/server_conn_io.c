#include "wire/server_parts_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define REASON_CLIENTS "too many clients"

void conn_list_add(struct conn_list *list, struct conn *conn)
{
    conn->next = NULL;
    conn->prev = list->last;
    *(list->last ? &list->last->next : &list->first) = conn;
    list->last = conn;
}

void conn_list_remove(struct conn_list *list, struct conn *conn)
{
    *(conn->prev ? &conn->prev->next : &list->first) = conn->next;
    *(conn->next ? &conn->next->prev : &list->last) = conn->prev;
    conn->prev = conn->next = NULL;
}

void conn_mark(struct conn *conn)
{
    struct server *s = conn->server;
    if (conn->dirty || conn->state == CONN_CLOSED)
        return;
    conn->dirty = true;
    conn->dirty_next = NULL;
    *(s->dirty_last ? &s->dirty_last->dirty_next : &s->dirty_first) = conn;
    s->dirty_last = conn;
}

static void client_touched(struct client *c)
{
    conn_mark(conn_of(c));
}

static void client_resumed(struct client *c)
{
    struct conn *conn = conn_of(c);
    conn->resumed = true;
    /* Blocked and resumed within one request: it was never counted. */
    conn->server->stats.blocked -= !conn->running;
}

const struct client_ops conn_client_ops = { client_touched, client_resumed };

void conn_fail(struct conn *conn, const char *why)
{
    if (!conn->why)
        conn->why = why;
    conn->client.flags |= CLIENT_CLOSING;
    conn_mark(conn);
}

static void free_conn(struct conn *conn)
{
    resp_reader_done(&conn->reader);
    buf_done(&conn->in);
    buf_done(&conn->sending);
    client_done(&conn->client);
    free(conn);
}

static void on_closed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;
    struct server *s = conn->server;
    free_conn(conn);
    server_handle_closed(s);
}

/* Takes it off the set of clients and tells the program. Its memory stays. */
static void leave(struct conn *conn)
{
    struct server *s = conn->server;
    if (conn->client.flags & CLIENT_BLOCKED)
        s->stats.blocked--;
    conn->client.flags = (conn->client.flags & ~(unsigned)CLIENT_BLOCKED) | CLIENT_CLOSING;
    conn_list_remove(&s->open, conn);
    if (conn->rejected)
        return;
    table_remove(&s->by_id, &conn->by_id);
    if (s->app->closed)
        s->app->closed(s->arg, &conn->client, conn->why);
    assert(pubsub_member_count(&conn->client.subs) == 0);
}

/*
 * Takes it off the list of those to be looked after, where its memory would be looked at once too
 * often. Rare, so a walk will do. Not in the list though marked: the list is being settled just
 * now, in which its state is enough.
 */
static void unmark(struct conn *conn)
{
    struct server *s = conn->server;
    struct conn *before = NULL, *at = s->dirty_first;
    if (!conn->dirty)
        return;
    for (; at && at != conn; at = at->dirty_next)
        before = at;
    if (!at)
        return;
    *(before ? &before->dirty_next : &s->dirty_first) = conn->dirty_next;
    if (s->dirty_last == conn)
        s->dirty_last = before;
    conn->dirty = false;
}

void conn_cut(struct conn *conn)
{
    struct server *s = conn->server;
    enum conn_state was = conn->state;
    if (was == CONN_CLOSED)
        return;
    conn->state = CONN_CLOSED;
    if (was == CONN_OPEN)
        leave(conn);
    if (was == CONN_LINGERING) {
        conn_list_remove(&s->lingering, conn);
        s->lingering_n--;
    }
    unmark(conn);
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
}

/*
 * All is sent: says so to the other end, and waits a little for it to close. Closing at once while
 * requests lie unread would make the kernel send a reset, which may overtake our last reply.
 */
void conn_linger(struct conn *conn)
{
    struct server *s = conn->server;
    uv_os_fd_t fd = -1;
    if (s->lingering_n >= SERVER_LINGER_MAX || uv_fileno((uv_handle_t *)&conn->tcp, &fd) != 0 ||
        shutdown(fd, SHUT_WR) != 0) {
        conn_cut(conn);
        return;
    }
    conn->state = CONN_LINGERING;
    leave(conn);
    conn_list_add(&s->lingering, conn);
    s->lingering_n++;
    conn->linger_until_ms = uv_now(s->loop) + SERVER_LINGER_MS;
}

/* --- the beginning ------------------------------------------------------------------------- */

/* "10.0.0.1:4711", "[::1]:4711". */
static void format_addr(const struct sockaddr_storage *addr, char text[CLIENT_ADDR_SIZE])
{
    char host[INET6_ADDRSTRLEN] = "?";
    int port = 0;
    if (addr->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)addr;
        uv_ip6_name(in6, host, sizeof(host));
        port = ntohs(in6->sin6_port);
        snprintf(text, CLIENT_ADDR_SIZE, "[%s]:%d", host, port);
    } else {
        const struct sockaddr_in *in = (const void *)addr;
        if (addr->ss_family == AF_INET) {
            uv_ip4_name(in, host, sizeof(host));
            port = ntohs(in->sin_port);
        }
        snprintf(text, CLIENT_ADDR_SIZE, "%s:%d", host, port);
    }
}

/* Fills in who is at both ends, and how the socket is to behave. */
static void set_up_socket(struct conn *conn)
{
    struct sockaddr_storage addr = { 0 };
    int n = (int)sizeof(addr);
    uv_os_fd_t fd = -1;
    const struct server_options *options = &conn->server->options;
    if (uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&addr, &n) != 0)
        addr.ss_family = AF_UNSPEC;
    format_addr(&addr, conn->client.addr);
    n = (int)sizeof(addr);
    if (uv_tcp_getsockname(&conn->tcp, (struct sockaddr *)&addr, &n) != 0)
        addr.ss_family = AF_UNSPEC;
    format_addr(&addr, conn->client.laddr);
    if (uv_fileno((uv_handle_t *)&conn->tcp, &fd) == 0)
        conn->client.fd = fd;
    uv_tcp_nodelay(&conn->tcp, 1);
    if (options->keepalive_s > 0)
        uv_tcp_keepalive(&conn->tcp, 1, (unsigned)options->keepalive_s);
}

/* One too many: told so and closed. */
static void reject(struct conn *conn)
{
    struct server *s = conn->server;
    s->stats.rejected++;
    conn->rejected = true;
    conn->why = REASON_CLIENTS;
    resp_error(&conn->client.reply, "ERR max number of clients reached");
    client_close_after_reply(&conn->client);
}

/* Becomes a client. */
static void enter(struct conn *conn)
{
    struct server *s = conn->server;
    s->stats.accepted++;
    if (s->app->opened)
        s->app->opened(s->arg, &conn->client);
    conn_mark(conn);
}

void conn_accept(struct server *s, uv_stream_t *listener)
{
    struct conn *conn = calloc(1, sizeof(*conn));
    if (!conn)
        return;
    conn->server = s;
    client_init(&conn->client, s->next_id, &conn_client_ops, (msec)uv_now(s->loop));
    resp_reader_init(&conn->reader, &resp_limits_unauth);
    buf_init(&conn->in, s->options.query_bytes_max);
    bool full = server_count(s) >= s->options.clients_max;
    if (uv_tcp_init(s->loop, &conn->tcp) != 0)
        goto free_memory;
    conn->tcp.data = conn;
    s->handles++;
    conn->state = CONN_CLOSED;
    if (uv_accept(listener, (uv_stream_t *)&conn->tcp) != 0)
        goto close_handle;
    if (!full && !table_add(&s->by_id, &conn->by_id, table_hash_int(s->next_id)))
        goto close_handle;
    s->next_id++;
    conn->state = CONN_OPEN;
    conn_list_add(&s->open, conn);
    set_up_socket(conn);
    conn_limit_output(conn);
    conn_control_reading(conn);
    if (full)
        reject(conn);
    else
        enter(conn);
    return;

close_handle:
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
    return;
free_memory:
    free_conn(conn);
}
