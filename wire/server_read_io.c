/* One connection: reading requests and running them. */
#include "wire/server_parts_io.h"

#include "wire/log_io.h"

#define REASON_EOF    "closed by the client"
#define REASON_QUERY  "query buffer limit"
#define REASON_BROKEN "protocol error"
#define REASON_MEMORY "out of memory"

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
    conn_limit_output(conn);
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
        conn_fail_limit(conn, &conn->server->stats.closed_query, REASON_QUERY);
    conn_control_reading(conn);
    conn_mark(conn);
}

void conn_run_waiting(struct conn *conn)
{
    conn->resumed = false;
    if (may_run(conn) && buf_used(&conn->in) > 0)
        run(conn, NULL, 0);
    else if (conn->state == CONN_OPEN)
        conn_control_reading(conn);
}

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
        conn_fail_limit(conn, &s->stats.closed_query, REASON_QUERY);
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

void conn_control_reading(struct conn *conn)
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
