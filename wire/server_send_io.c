/* One connection: sending, and closing once all is sent or too much is not. */
#include "wire/server_parts_io.h"

#include "wire/log_io.h"

/* Most bytes of one write: what goes into one packet. Of much larger ones the kernel takes about
 * twice the time for each byte (seen on loopback with replies of 100 KiB). */
#define WRITE_BYTES_MAX ((size_t)64 * 1024)

#define REASON_OUTPUT  "output buffer limit"
#define REASON_SOFT    "soft output buffer limit"
#define REASON_IDLE    "idle for too long"
#define REASON_REPLIED "after the reply"
#define REASON_REFUSED "its replies may not be sent any more"
#define REASON_KILLED  "killed"

static const struct server_output_limit *output_limit(const struct conn *conn)
{
    return &conn->server->options.output[client_class(&conn->client)];
}

/* The reply buffer may hold what the hard limit leaves beside the bytes on their way. */
void conn_limit_output(struct conn *conn)
{
    size_t hard = output_limit(conn)->hard_bytes;
    size_t busy = conn->client.sending_bytes;
    buf_set_limit(&conn->client.out, hard == 0 ? 0 : hard > busy ? hard - busy : 1);
}

void conn_fail_limit(struct conn *conn, uint64_t *count, const char *why)
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
    struct client *c = &conn->client;
    size_t n = client_sendable_bytes(c);
    if (n == buf_used(&c->out)) {
        buf_swap(&c->out, &conn->sending);
        c->out_at += n;
    } else {
        buf_set_limit(&conn->sending, 0);
        if (!buf_append(&conn->sending, buf_data(&c->out), n)) {
            conn_fail(conn, REASON_OUTPUT);
            return;
        }
        client_sent(c, n);
    }
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

/* Writes what the kernel takes at once; 0, or the error. */
static int write_some(struct conn *conn, size_t sendable)
{
    struct client *c = &conn->client;
    size_t n;
    int written;
    do {
        n = sendable < WRITE_BYTES_MAX ? sendable : WRITE_BYTES_MAX;
        uv_buf_t bytes = { .base = buf_data(&c->out), .len = n };
        written = uv_try_write((uv_stream_t *)&conn->tcp, &bytes, 1);
        if (written < 0)
            return written == UV_EAGAIN ? 0 : written;
        client_sent(c, (size_t)written);
        conn->server->stats.bytes_out += (uint64_t)written;
        sendable -= (size_t)written;
    } while ((size_t)written == n && sendable > 0);
    return 0;
}

/* Sends what was replied. */
static void send_out(struct conn *conn)
{
    struct server *s = conn->server;
    size_t sendable = client_sendable_bytes(&conn->client);
    if (sendable == 0 || conn->writing)
        return;
    if (s->app->may_send && !conn->rejected && !s->stopping &&
        !s->app->may_send(s->arg, &conn->client)) {
        conn_fail(conn, REASON_REFUSED);
        return;
    }
    int e = write_some(conn, sendable);
    if (e != 0) {
        conn_fail(conn, uv_strerror(e));
        return;
    }
    if (client_sendable_bytes(&conn->client) > 0)
        send_rest(conn);
    conn_limit_output(conn);
}

/* Tells the program, if it asked, that all is sent. */
static void tell_drained(struct conn *conn)
{
    struct server *s = conn->server;
    if (!conn->want_drained)
        return;
    conn->want_drained = false;
    if (s->app->drained && !s->stopping)
        s->app->drained(s->arg, &conn->client);
}

void conn_settle(struct conn *conn)
{
    struct client *c = &conn->client;
    if (conn->state != CONN_OPEN)
        return;
    if (c->out.overflow && !(c->flags & CLIENT_CLOSING))
        conn_fail_limit(conn, &conn->server->stats.closed_output, REASON_OUTPUT);
    if (!(c->flags & CLIENT_CLOSING))
        send_out(conn);
    if (c->flags & CLIENT_CLOSING) {
        conn->why = conn->why ? conn->why : REASON_KILLED;
        conn_cut(conn);
        return;
    }
    if (conn->resumed)
        conn_mark(conn);
    note_soft_limit(conn);
    if (client_unsent_bytes(c) > 0)
        return;
    tell_drained(conn);
    if ((c->flags & CLIENT_CLOSE_AFTER_REPLY) && client_unsent_bytes(c) == 0) {
        conn->why = conn->why ? conn->why : REASON_REPLIED;
        conn_linger(conn);
    }
}

void conn_check_time(struct conn *conn, uint64_t now_ms)
{
    struct client *c = &conn->client;
    const struct server_options *options = &conn->server->options;
    const struct server_output_limit *output = output_limit(conn);
    if (conn->soft_since_ms > 0 && now_ms - conn->soft_since_ms >= (uint64_t)output->soft_ms) {
        note_soft_limit(conn);
        if (conn->soft_since_ms > 0)
            conn_fail_limit(conn, &conn->server->stats.closed_output, REASON_SOFT);
    }
    bool may_idle = client_class(c) != CLIENT_NORMAL || (c->flags & CLIENT_BLOCKED);
    if (options->idle_ms > 0 && !may_idle && (msec)now_ms - c->active_ms >= options->idle_ms)
        conn_fail(conn, REASON_IDLE);
}
