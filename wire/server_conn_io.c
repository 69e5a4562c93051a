#include "wire/server_parts_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/log_io.h"

#define REASON_EOF     "closed by the client"
#define REASON_QUERY   "query buffer limit"
#define REASON_OUTPUT  "output buffer limit"
#define REASON_SOFT    "soft output buffer limit"
#define REASON_IDLE    "idle for too long"
#define REASON_REPLIED "after the reply"
#define REASON_BROKEN  "protocol error"
#define REASON_CLIENTS "too many clients"
#define REASON_MEMORY  "out of memory"
#define REASON_KILLED  "killed"

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
    conn_mark((struct conn *)(void *)c);
}

static void client_resumed(struct client *c)
{
    struct conn *conn = (struct conn *)(void *)c;
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

/* --- the end ------------------------------------------------------------------------------- */

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

/* Takes it off the list of those to be looked after; rare, so a walk will do. */
static void unmark(struct conn *conn)
{
    struct server *s = conn->server;
    struct conn *before = NULL;
    if (!conn->dirty)
        return;
    for (struct conn *c = s->dirty_first; c != conn; c = c->dirty_next)
        before = c;
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
static void linger(struct conn *conn)
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

/* --- sending ------------------------------------------------------------------------------- */

static const struct server_output_limit *output_limit(const struct conn *conn)
{
    return &conn->server->options.output[client_class(&conn->client)];
}

/* The reply buffer may hold what the hard limit leaves beside the bytes on their way. */
static void set_out_limit(struct conn *conn)
{
    size_t hard = output_limit(conn)->hard_bytes;
    size_t busy = conn->client.sending_bytes;
    buf_set_limit(&conn->client.out, hard == 0 ? 0 : hard > busy ? hard - busy : 1);
}

static void fail_limit(struct conn *conn, uint64_t *count, const char *why)
{
    (*count)++;
    log_warning("client id=%llu addr=%s name=%s closed: %s, %zu bytes unsent, %zu unread",
                (unsigned long long)conn->client.id, conn->client.addr,
                conn->client.name ? conn->client.name : "", why, client_unsent_bytes(&conn->client),
                buf_used(&conn->in));
    conn_fail(conn, why);
}

/* Notes since when the soft limit is exceeded. */
static void note_soft_limit(struct conn *conn)
{
    size_t soft = output_limit(conn)->soft_bytes;
    bool over = soft > 0 && client_unsent_bytes(&conn->client) > soft;
    if (!over)
        conn->soft_since_ms = 0;
    else if (conn->soft_since_ms == 0)
        conn->soft_since_ms = uv_now(conn->server->loop);
}

static void on_written(uv_write_t *request, int status)
{
    struct conn *conn = request->data;
    size_t n = buf_used(&conn->sending);
    conn->writing = false;
    conn->client.sending_bytes = 0;
    buf_reset(&conn->sending);
    if (conn->state != CONN_OPEN)
        return;
    if (status != 0)
        conn_fail(conn, uv_strerror(status));
    else
        conn->server->stats.bytes_out += n;
    conn_mark(conn);
}

/* Hands what the kernel did not take at once to libuv, which waits until it does. */
static void send_rest(struct conn *conn)
{
    buf_swap(&conn->client.out, &conn->sending);
    conn->client.sending_bytes = buf_used(&conn->sending);
    conn->write.data = conn;
    conn->writing = true;
    uv_buf_t rest = { .base = buf_data(&conn->sending), .len = conn->client.sending_bytes };
    int e = uv_write(&conn->write, (uv_stream_t *)&conn->tcp, &rest, 1, on_written);
    if (e == 0)
        return;
    conn->writing = false;
    conn_fail(conn, uv_strerror(e));
}

/* Sends what was replied. */
static void send_out(struct conn *conn)
{
    struct buf *out = &conn->client.out;
    if (buf_used(out) == 0 || conn->writing)
        return;
    uv_buf_t bytes = { .base = buf_data(out), .len = buf_used(out) };
    int n = uv_try_write((uv_stream_t *)&conn->tcp, &bytes, 1);
    if (n < 0 && n != UV_EAGAIN) {
        conn_fail(conn, uv_strerror(n));
        return;
    }
    if (n > 0) {
        buf_consume(out, (size_t)n);
        conn->server->stats.bytes_out += (uint64_t)n;
    }
    if (buf_used(out) > 0)
        send_rest(conn);
    set_out_limit(conn);
}

/* Tells the program, if it asked, that all is sent. */
static void tell_drained(struct conn *conn)
{
    struct server *s = conn->server;
    if (!conn->want_drained)
        return;
    conn->want_drained = false;
    if (s->app->drained)
        s->app->drained(s->arg, &conn->client);
}

void conn_settle(struct conn *conn)
{
    struct client *c = &conn->client;
    if (conn->state != CONN_OPEN)
        return;
    if (c->out.overflow && !(c->flags & CLIENT_CLOSING))
        fail_limit(conn, &conn->server->stats.closed_output, REASON_OUTPUT);
    if (!(c->flags & CLIENT_CLOSING))
        send_out(conn);
    if (c->flags & CLIENT_CLOSING) {
        conn->why = conn->why ? conn->why : REASON_KILLED;
        conn_cut(conn);
        return;
    }
    note_soft_limit(conn);
    if (client_unsent_bytes(c) > 0)
        return;
    tell_drained(conn);
    if ((c->flags & CLIENT_CLOSE_AFTER_REPLY) && client_unsent_bytes(c) == 0) {
        conn->why = conn->why ? conn->why : REASON_REPLIED;
        linger(conn);
    }
}

/* --- running ------------------------------------------------------------------------------- */

static bool may_run(const struct conn *conn)
{
    const unsigned stop = CLIENT_BLOCKED | CLIENT_CLOSING | CLIENT_CLOSE_AFTER_REPLY;
    return conn->state == CONN_OPEN && !(conn->client.flags & stop) && !conn->postponed;
}

/* Keeps a request for later: written anew, since undone quotes cannot be read again. */
static void keep_request(struct conn *conn, const struct resp_request *request,
                         struct buf *ret_kept)
{
    struct resp_writer w = { .out = ret_kept, .proto = 2 };
    resp_array(&w, request->argc);
    for (size_t i = 0; i < request->argc; i++)
        resp_bulk(&w, request->argv[i]);
    if (ret_kept->overflow)
        conn_fail(conn, REASON_MEMORY);
    conn->postponed = true;
}

/* Hands one request to the program. */
static void run_request(struct conn *conn, const struct resp_request *request, struct buf *ret_kept)
{
    struct server *s = conn->server;
    struct client *c = &conn->client;
    conn->running = true;
    enum server_verdict verdict = s->app->request(s->arg, c, request);
    conn->running = false;
    if (verdict == SERVER_AGAIN) {
        keep_request(conn, request, ret_kept);
        return;
    }
    s->stats.requests++;
    s->stats.blocked += (c->flags & CLIENT_BLOCKED) != 0;
    client_request_end(c);
    set_out_limit(conn);
}

/* The bytes are not the protocol: says so, and closes. */
static void refuse_bytes(struct conn *conn)
{
    conn->client.reply.muted = false;
    resp_errorf(&conn->client.reply, "ERR %s", conn->reader.error);
    conn->why = REASON_BROKEN;
    log_notice("client id=%llu addr=%s closed: %s", (unsigned long long)conn->client.id,
               conn->client.addr, conn->reader.error);
    client_close_after_reply(&conn->client);
}

/* Runs the requests in n bytes; returns how many bytes are done with. */
static size_t run_bytes(struct conn *conn, char *bytes, size_t n, struct buf *ret_kept)
{
    size_t done = 0;
    while (may_run(conn)) {
        struct resp_request request;
        size_t used = 0;
        bool known = (conn->client.flags & CLIENT_AUTHENTICATED) != 0;
        conn->reader.limits = known ? &conn->server->options.request : &resp_limits_unauth;
        enum resp_status status =
            resp_reader_next(&conn->reader, bytes + done, n - done, &request, &used);
        done += used;
        if (status == RESP_BROKEN)
            refuse_bytes(conn);
        if (status != RESP_REQUEST)
            break;
        run_request(conn, &request, ret_kept);
    }
    return done;
}

/* Reads on, or stops while enough requests wait for the reply to an earlier one. */
static void control_reading(struct conn *conn);

/* Runs what was read into the server's shared bytes, or lies in `in` (bytes NULL). */
static void run(struct conn *conn, char *bytes, size_t n)
{
    struct buf kept = { 0 };
    bool own = bytes == NULL;
    if (own) {
        bytes = buf_data(&conn->in);
        n = buf_used(&conn->in);
    }
    size_t done = run_bytes(conn, bytes, n, &kept);
    if (own)
        buf_consume(&conn->in, done);
    else if (done < n && !(conn->client.flags & (CLIENT_CLOSING | CLIENT_CLOSE_AFTER_REPLY)))
        buf_append(&conn->in, bytes + done, n - done);
    if (buf_used(&kept) > 0)
        buf_insert(&conn->in, 0, buf_data(&kept), buf_used(&kept));
    buf_done(&kept);
    conn->client.query_bytes = buf_used(&conn->in);
    if (conn->in.overflow && !(conn->client.flags & CLIENT_CLOSING))
        fail_limit(conn, &conn->server->stats.closed_query, REASON_QUERY);
    control_reading(conn);
    conn_mark(conn);
}

void conn_run_waiting(struct conn *conn)
{
    conn->resumed = false;
    if (may_run(conn) && buf_used(&conn->in) > 0)
        run(conn, NULL, 0);
    else if (conn->state == CONN_OPEN)
        control_reading(conn);
}

/* --- reading ------------------------------------------------------------------------------- */

/* Where to read to: the shared bytes, or behind what is left over from earlier. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct conn *conn = handle->data;
    (void)suggested;
    if (conn->state != CONN_OPEN || buf_used(&conn->in) == 0) {
        *ret = uv_buf_init(conn->server->read_bytes, SERVER_READ_BYTES);
        return;
    }
    size_t missing = resp_reader_missing(&conn->reader, buf_used(&conn->in));
    size_t limit = conn->server->options.query_bytes_max, used = buf_used(&conn->in);
    size_t wanted = missing > SERVER_READ_BYTES ? missing : SERVER_READ_BYTES;
    if (limit > 0 && used + wanted > limit)
        wanted = used < limit ? limit - used : 0;
    buf_set_limit(&conn->in, limit);
    char *to = wanted > 0 ? buf_reserve(&conn->in, wanted) : NULL;
    *ret = uv_buf_init(to, to ? (unsigned)wanted : 0);
}

/* A client that is closed already talks on: its bytes go nowhere. */
static void discard(struct conn *conn, ssize_t n)
{
    if (n < 0)
        conn_cut(conn);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *to)
{
    struct conn *conn = stream->data;
    struct server *s = conn->server;
    if (n == 0)
        return;
    if (conn->state != CONN_OPEN) {
        discard(conn, n);
        return;
    }
    if (n == UV_ENOBUFS) {
        fail_limit(conn, &s->stats.closed_query, REASON_QUERY);
        return;
    }
    if (n < 0) {
        conn_fail(conn, n == UV_EOF ? REASON_EOF : uv_strerror((int)n));
        return;
    }
    s->stats.bytes_in += (uint64_t)n;
    conn->client.active_ms = (msec)uv_now(s->loop);
    if (to->base != s->read_bytes) {
        buf_commit(&conn->in, (size_t)n);
        run(conn, NULL, 0);
    } else {
        run(conn, to->base, (size_t)n);
    }
}

static void control_reading(struct conn *conn)
{
    bool waits = (conn->client.flags & CLIENT_BLOCKED) || conn->postponed;
    bool read = !waits || buf_used(&conn->in) < SERVER_BLOCKED_QUERY_BYTES_MAX;
    if (read == conn->reading)
        return;
    conn->reading = read;
    if (!read)
        uv_read_stop((uv_stream_t *)&conn->tcp);
    else if (uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read) != 0)
        conn_fail(conn, REASON_EOF);
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
    set_out_limit(conn);
    control_reading(conn);
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

void conn_check_time(struct conn *conn, uint64_t now_ms)
{
    struct client *c = &conn->client;
    const struct server_options *options = &conn->server->options;
    const struct server_output_limit *output = output_limit(conn);
    if (conn->soft_since_ms > 0 && now_ms - conn->soft_since_ms >= (uint64_t)output->soft_ms) {
        note_soft_limit(conn);
        if (conn->soft_since_ms > 0)
            fail_limit(conn, &conn->server->stats.closed_output, REASON_SOFT);
    }
    bool may_idle = client_class(c) != CLIENT_NORMAL || (c->flags & CLIENT_BLOCKED);
    if (options->idle_ms > 0 && !may_idle && (msec)now_ms - c->active_ms >= options->idle_ms)
        conn_fail(conn, REASON_IDLE);
}
