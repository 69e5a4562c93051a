#include "store/primary_parts_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/entry.h"
#include "store/failover_io.h"
#include "store/session.h"
#include "store/shell_io.h"
#include "wire/log_io.h"
#include "wire/resp_write.h"

static void on_link_closed(uv_handle_t *handle)
{
    free(handle->data);
}

/* Drops the connection, and what was only good for it. The database of the stream is kept: it may
 * go on. */
void primary_unlink(struct primary *p)
{
    int db = p->client.db;

    primary_end_reading(p);
    session_discard(&p->shell->store, &p->client);
    p->client.db = db;
    buf_reset(&p->in);
    buf_reset(&p->unfed);
    resp_reader_reset(&p->reader);
    if (p->lookup != NULL) {
        uv_cancel((uv_req_t *)p->lookup);
        p->lookup->data = NULL;
        p->lookup = NULL;
    }
    if (p->link == NULL)
        return;
    p->link->primary = NULL;
    uv_close((uv_handle_t *)&p->link->tcp, on_link_closed);
    p->link = NULL;
}

/* The link is gone; the next try comes with the tick. */
void primary_lose(struct primary *p, const char *why)
{
    struct store *s = &p->shell->store;

    if (s->link == LINK_CONNECTED)
        p->down_since_ms = s->mono_ms;
    log_warning("link to primary %s:%u: %s", s->options.primary.host, s->options.primary.port, why);
    primary_unlink(p);
    store_move_link(s, LINK_CONNECT);
}

/* Frees a write request that could not be done at once. */
struct late_write {
    uv_write_t request;
    char bytes[];
};

static void on_written(uv_write_t *request, int status)
{
    (void)status; /* a broken link shows when reading */
    free(request->data);
}

/* Sends a few bytes: handshake and ACKs. */
static void send_bytes(struct primary *p, struct buf *out)
{
    uv_buf_t bytes = uv_buf_init(buf_data(out), (unsigned)buf_used(out));
    int n = p->link != NULL && p->link->open ? uv_try_write((uv_stream_t *)&p->link->tcp, &bytes, 1)
                                             : 0;
    struct late_write *late;

    if (p->link == NULL || !p->link->open || buf_used(out) == 0)
        return;
    if (n > 0)
        buf_consume(out, (size_t)n);
    if (buf_used(out) == 0)
        return;
    late = malloc(sizeof(*late) + buf_used(out));
    assert(late != NULL);
    memcpy(late->bytes, buf_data(out), buf_used(out));
    bytes = uv_buf_init(late->bytes, (unsigned)buf_used(out));
    late->request.data = late;
    if (uv_write(&late->request, (uv_stream_t *)&p->link->tcp, &bytes, 1, on_written) != 0)
        free(late);
}

void primary_send_ack(struct primary *p)
{
    char offset[ENTRY_INT_TEXT_MAX];
    struct buf out = { 0 };
    struct resp_writer w = { .out = &out, .proto = 2 };

    aof_flush(p->shell);
    p->acked_ms = p->shell->store.mono_ms;
    p->ack_soon = false;
    resp_array(&w, 3);
    resp_bulk_str(&w, "REPLCONF");
    resp_bulk_str(&w, "ACK");
    resp_bulk_bytes(&w, offset, entry_int_text(p->shell->store.repl.offset, offset));
    send_bytes(p, &out);
    buf_done(&out);
}

/* --- the handshake --------------------------------------------------------------------------- */

/* Our PSYNC was refused. One that took over at an earlier try, whose answer was lost, is a primary
 * already. */
static void take_refusal(struct primary *p, bool of_psync)
{
    bool is_primary = strstr(p->follow.error, "can't be sent to a master") != NULL;

    if (p->follow.self.failover && of_psync && is_primary && p->handovers > 1)
        failover_done(p->shell);
    else if (p->follow.self.failover && of_psync) {
        failover_refused(p->shell, p->follow.error);
        return;
    }
    primary_lose(p, p->follow.error);
}

/* Data are not thrown away for one that has just come back: it may have lost its own, and its
 * supervisors need a moment to see that. Who has been told to follow since does so. */
static bool keeps_data(const struct primary *p)
{
    const struct store *s = &p->shell->store;

    return !p->astray && s->repl.offset > 0 && p->told_ms < p->down_since_ms &&
           s->mono_ms - p->down_since_ms < PRIMARY_KEEP_MS;
}

static void take_line(struct primary *p, struct slice line)
{
    struct buf out = { 0 };
    bool asked = p->follow.phase == FOLLOW_ASK;

    switch (follow_line(&p->follow, line, &out)) {
    case FOLLOW_STREAM:
        failover_done(p->shell);
        primary_begin_continue(p);
        break;
    case FOLLOW_DATA:
        primary_begin_data(p);
        break;
    case FOLLOW_PREAMBLE:
        if (!asked)
            break; /* an empty line while we wait for the data */
        if (keeps_data(p)) {
            primary_lose(p, "it has another history; it is asked again in a second");
            break;
        }
        failover_done(p->shell);
        store_move_link(&p->shell->store, LINK_SYNC);
        break;
    case FOLLOW_FAILED:
        take_refusal(p, asked);
        break;
    default:
        break;
    }
    send_bytes(p, &out);
    buf_done(&out);
}

/* The next line, if it is complete. */
static bool next_line(struct primary *p, char *copy, struct slice *ret)
{
    const char *bytes = buf_data(&p->in), *end = memchr(bytes, '\n', buf_used(&p->in));
    size_t n;

    if (end == NULL) {
        if (buf_used(&p->in) > FOLLOW_LINE_MAX)
            primary_lose(p, "it sends a line without an end");
        return false;
    }
    n = (size_t)(end - bytes);
    ret->n = n > 0 && bytes[n - 1] == '\r' ? n - 1 : n;
    if (ret->n > FOLLOW_LINE_MAX) {
        primary_lose(p, "it sends too long a line");
        return false;
    }
    memcpy(copy, bytes, ret->n);
    ret->p = copy;
    buf_consume(&p->in, n + 1);
    return true;
}

/* Whatever has come, by the phase that it belongs to. */
static void take_bytes(struct primary *p)
{
    struct link *link = p->link;
    char copy[FOLLOW_LINE_MAX];
    struct slice line;

    while (p->link == link && p->follow.phase < FOLLOW_DATA && next_line(p, copy, &line))
        take_line(p, line);
    if (p->link == link && p->follow.phase == FOLLOW_DATA)
        primary_take_data(p);
    if (p->link == link && p->follow.phase == FOLLOW_STREAM)
        primary_run_stream(p);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct link *link = handle->data;
    static char nowhere[1024];

    (void)suggested;
    if (link->primary == NULL)
        *ret = uv_buf_init(nowhere, sizeof(nowhere));
    else
        *ret = uv_buf_init(link->primary->read_bytes, PRIMARY_READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    struct link *link = stream->data;
    struct primary *p = link->primary;

    if (p == NULL || n == 0)
        return;
    shell_set_clock(p->shell);
    if (n < 0) {
        primary_lose(p, n == UV_EOF ? "closed by the primary" : uv_strerror((int)n));
        return;
    }
    p->heard_ms = p->shell->store.mono_ms;
    buf_append(&p->in, bytes->base, (size_t)n);
    take_bytes(p);
}

static void greet(struct primary *p)
{
    const struct store *s = &p->shell->store;
    const struct options *o = &s->options;
    int64_t port = option_number(o, OPT_ANNOUNCE_PORT);
    struct follow_self self = {
        .user = option_text(o, OPT_MASTERUSER),
        .password = option_text(o, OPT_MASTERAUTH),
        .port = (uint16_t)(port > 0 ? port : server_port(p->shell->server)),
        .ip = option_text(o, OPT_ANNOUNCE_IP),
        .id = p->astray ? "?" : s->repl.id,
        .offset = p->astray ? -1 : s->repl.offset + 1,
        .failover = s->failover == FAILOVER_HANDOVER,
    };
    struct buf out = { 0 };

    p->handovers += self.failover;
    follow_start(&p->follow, &self, &out);
    send_bytes(p, &out);
    buf_done(&out);
}

static void on_connect(uv_connect_t *connect, int status)
{
    struct link *link = connect->data;
    struct primary *p = link->primary;

    if (p == NULL)
        return;
    shell_set_clock(p->shell);
    if (status != 0) {
        primary_lose(p, uv_strerror(status));
        return;
    }
    link->open = true;
    p->heard_ms = p->shell->store.mono_ms;
    uv_tcp_nodelay(&link->tcp, 1);
    uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read);
    greet(p);
}

static void connect_to(struct primary *p, const struct sockaddr *addr)
{
    struct link *link = calloc(1, sizeof(*link));
    int err;

    assert(link != NULL);
    link->primary = p;
    link->tcp.data = link;
    link->connect.data = link;
    uv_tcp_init(p->shell->loop, &link->tcp);
    p->link = link;
    err = uv_tcp_connect(&link->connect, &link->tcp, addr, on_connect);
    if (err != 0)
        primary_lose(p, uv_strerror(err));
}

static void on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
    struct primary *p = lookup->data;

    free(lookup);
    if (p != NULL) {
        p->lookup = NULL;
        shell_set_clock(p->shell);
        if (status != 0)
            primary_lose(p, uv_strerror(status));
        else
            connect_to(p, found->ai_addr);
    }
    uv_freeaddrinfo(found);
}

static void look_up(struct primary *p, const struct addr *to)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    char port[8];

    snprintf(port, sizeof(port), "%u", to->port);
    p->lookup = calloc(1, sizeof(*p->lookup));
    assert(p->lookup != NULL);
    p->lookup->data = p;
    if (uv_getaddrinfo(p->shell->loop, p->lookup, on_lookup, to->host, port, &hints) != 0) {
        free(p->lookup);
        p->lookup = NULL;
        primary_lose(p, "its name cannot be looked up");
    }
}

void primary_connect(struct primary *p)
{
    struct store *s = &p->shell->store;
    const struct addr *to = &s->options.primary;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    store_move_link(s, LINK_CONNECTING);
    p->tried_ms = s->mono_ms;
    p->heard_ms = s->mono_ms;
    if (uv_ip4_addr(to->host, to->port, &v4) == 0)
        connect_to(p, (const struct sockaddr *)&v4);
    else if (uv_ip6_addr(to->host, to->port, &v6) == 0)
        connect_to(p, (const struct sockaddr *)&v6);
    else
        look_up(p, to);
}
