#include "store/primary_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "store/follow.h"
#include "store/keyspace.h"
#include "store/rdb_read.h"
#include "store/session.h"
#include "store/shell_io.h"
#include "store/wait_io.h"
#include "wire/buf.h"
#include "wire/log_io.h"
#include "wire/resp_read.h"

/* One connection. A new try has a new one, so that what comes late from an old one finds nothing.
 */
struct link {
    uv_tcp_t tcp;
    uv_connect_t connect;
    struct primary *primary; /* NULL: given up */
    bool open;               /* connected */
};

struct primary {
    struct shell *shell;
    struct link *link; /* NULL: none */
    uv_getaddrinfo_t *lookup;
    struct follow follow;
    struct client client; /* runs the stream's commands */
    struct buf in;
    struct buf unfed; /* bytes of a transaction that is not complete */
    struct resp_reader reader;
    msec heard_ms; /* the last byte */
    msec acked_ms;
    msec tried_ms;
    msec began_ms; /* the stream */
    msec down_since_ms;
    bool ack_soon;
    bool stopping;

    /* full synchronisation */
    bool reading; /* fresh and rdb are in use */
    bool data_whole;
    uint64_t data_bytes; /* of the data, seen so far */
    struct keyspace fresh;
    struct rdb_reader rdb;
    char read_bytes[PRIMARY_READ_BYTES];
};

static void lose(struct primary *p, const char *why);
static void connect_now(struct primary *p);

/* --- the link -------------------------------------------------------------------------------- */

static void on_link_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void end_reading(struct primary *p)
{
    if (!p->reading)
        return;
    p->reading = false;
    rdb_reader_done(&p->rdb);
    keyspace_bury(&p->shell->store.data, &p->fresh);
    shell_wake_chores(p->shell);
}

/* Drops the connection, and what was only good for it. The database of the stream is kept: it may
 * go on. */
static void drop_link(struct primary *p)
{
    int db = p->client.db;

    end_reading(p);
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
static void lose(struct primary *p, const char *why)
{
    struct store *s = &p->shell->store;

    if (s->link == LINK_CONNECTED)
        p->down_since_ms = s->mono_ms;
    log_warning("link to primary %s:%u: %s", s->options.primary.host, s->options.primary.port, why);
    drop_link(p);
    s->link = LINK_CONNECT;
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

static void send_ack(struct primary *p)
{
    char offset[ENTRY_INT_TEXT_MAX];
    struct buf out = { 0 };
    struct resp_writer w = { .out = &out, .proto = 2 };

    p->acked_ms = p->shell->store.mono_ms;
    p->ack_soon = false;
    resp_array(&w, 3);
    resp_bulk_str(&w, "REPLCONF");
    resp_bulk_str(&w, "ACK");
    resp_bulk_bytes(&w, offset, entry_int_text(p->shell->store.repl.offset, offset));
    send_bytes(p, &out);
    buf_done(&out);
}

/* --- the stream ------------------------------------------------------------------------------ */

/* What has been run is in our history now; of a transaction nothing is before all of it is. */
static void feed(struct primary *p, const char *bytes, size_t n)
{
    struct repl *repl = &p->shell->store.repl;

    if (p->client.flags & CLIENT_IN_MULTI) {
        buf_append(&p->unfed, bytes, n);
        return;
    }
    if (buf_used(&p->unfed) > 0) {
        repl_feed_bytes(repl, buf_data(&p->unfed), buf_used(&p->unfed));
        buf_reset(&p->unfed);
    }
    repl_feed_bytes(repl, bytes, n);
}

/* A command that we do not have: to go on without it would be to lie about our data. */
static void lose_unknown(struct primary *p, struct slice name)
{
    char why[128];

    snprintf(why, sizeof(why), "its stream has a command that is not supported here: %.*s",
             (int)(name.n < 40 ? name.n : 40), name.p);
    lose(p, why);
}

/* Runs what is complete; the link may be lost on the way. */
static void run_stream(struct primary *p)
{
    struct shell *sh = p->shell;
    struct link *link = p->link;
    struct resp_request req;
    enum resp_status status = RESP_REQUEST;
    char *bytes = buf_data(&p->in);
    size_t n = buf_used(&p->in), done = 0, used;

    shell_set_clock(sh);
    while (status == RESP_REQUEST && p->link == link) {
        status = resp_reader_next(&p->reader, bytes + done, n - done, &req, &used);
        if (status == RESP_REQUEST && !shell_run_from_primary(sh, &p->client, req.argc, req.argv))
            lose_unknown(p, req.argv[0]);
        if (p->link != link)
            break;
        feed(p, bytes + done, used);
        done += used;
        if (p->ack_soon)
            send_ack(p);
    }
    sh->store.stats.repl_bytes_in += done;
    if (p->link == link)
        buf_consume(&p->in, done);
    if (status == RESP_BROKEN)
        lose(p, p->reader.error);
    replicas_flush(sh);
}

/* From here on every byte is a command. */
static void begin_stream(struct primary *p)
{
    struct store *s = &p->shell->store;

    s->link = LINK_CONNECTED;
    snprintf(p->client.addr, sizeof(p->client.addr), "%.40s:%u", s->options.primary.host,
             s->options.primary.port);
    p->client.opened_ms = p->client.active_ms = (msec)uv_now(p->shell->loop);
    log_notice("following %s:%u from offset %lld", s->options.primary.host, s->options.primary.port,
               (long long)s->repl.offset);
    p->began_ms = s->mono_ms;
    send_ack(p);
}

/* --- full synchronisation -------------------------------------------------------------------- */

static void begin_data(struct primary *p)
{
    unsigned char seed[HASH_KEY_SIZE];

    memcpy(seed, &p->shell->store.data.hash_key, sizeof(seed));
    keyspace_init(&p->fresh, seed);
    rdb_reader_init(&p->rdb, &p->fresh, -1);
    p->reading = true;
    p->data_whole = false;
    p->data_bytes = 0;
    if (p->follow.by_mark)
        log_notice("receiving the primary's data");
    else
        log_notice("receiving %llu bytes of the primary's data",
                   (unsigned long long)p->follow.length);
}

/* The new data take the place of the old ones, with their history. */
static void finish_data(struct primary *p)
{
    struct shell *sh = p->shell;
    struct store *s = &sh->store;

    store_replace_data(s, &p->fresh);
    log_notice("data of the primary are complete: %zu keys", keyspace_count_all(&s->data));
    p->client.db = p->rdb.info.stream_db > 0 ? p->rdb.info.stream_db : 0;
    save_stop(sh);
    replicas_disconnect(sh, "our data were replaced");
    repl_restart_at(&s->repl, p->follow.id, p->follow.offset);
    s->changes += keyspace_count_all(&s->data) + 1;
    end_reading(p);
    p->follow.phase = FOLLOW_STREAM;
    begin_stream(p);
}

/* False when it is not the mark, or not there yet; then the link may be lost. */
static bool take_mark(struct primary *p)
{
    if (!p->follow.by_mark)
        return true;
    if (buf_used(&p->in) < REPL_ID_LEN)
        return false;
    if (memcmp(buf_data(&p->in), p->follow.mark, REPL_ID_LEN) != 0) {
        lose(p, "its data do not end with their mark");
        return false;
    }
    buf_consume(&p->in, REPL_ID_LEN);
    return true;
}

static void take_data(struct primary *p)
{
    size_t n = buf_used(&p->in), used;
    char why[RDB_ERROR_TEXT_MAX + 32];

    if (!p->follow.by_mark && n > p->follow.length - p->data_bytes)
        n = (size_t)(p->follow.length - p->data_bytes);
    if (!p->data_whole) {
        enum rdb_read_status status = rdb_read(&p->rdb, buf_data(&p->in), n, &used);

        buf_consume(&p->in, used);
        p->data_bytes += used;
        if (status == RDB_READ_BROKEN) {
            snprintf(why, sizeof(why), "its data cannot be read: %s", p->rdb.error);
            lose(p, why);
            return;
        }
        p->data_whole = status == RDB_READ_DONE;
    }
    if (!p->data_whole)
        return;
    if (!p->follow.by_mark && p->data_bytes != p->follow.length) {
        lose(p, "its data end before their length");
        return;
    }
    if (take_mark(p))
        finish_data(p);
}

/* --- the handshake --------------------------------------------------------------------------- */

/* The primary goes on with our history, maybe under a new name. */
static void begin_continue(struct primary *p)
{
    struct shell *sh = p->shell;
    struct store *s = &sh->store;

    if (p->follow.id_given && repl_adopt_id(&s->repl, slice_str(p->follow.id)))
        replicas_disconnect(sh, "our history has a new name");
    if (!repl_is_fed(&s->repl))
        backlog_start(&s->repl.backlog, s->repl.backlog_bytes, s->repl.offset + 1);
    begin_stream(p);
}

static void take_line(struct primary *p, struct slice line)
{
    struct buf out = { 0 };

    switch (follow_line(&p->follow, line, &out)) {
    case FOLLOW_STREAM:
        begin_continue(p);
        break;
    case FOLLOW_DATA:
        begin_data(p);
        break;
    case FOLLOW_PREAMBLE:
        p->shell->store.link = LINK_SYNC;
        break;
    case FOLLOW_FAILED:
        lose(p, p->follow.error);
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
            lose(p, "it sends a line without an end");
        return false;
    }
    n = (size_t)(end - bytes);
    ret->n = n > 0 && bytes[n - 1] == '\r' ? n - 1 : n;
    if (ret->n > FOLLOW_LINE_MAX) {
        lose(p, "it sends too long a line");
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
        take_data(p);
    if (p->link == link && p->follow.phase == FOLLOW_STREAM)
        run_stream(p);
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
        lose(p, n == UV_EOF ? "closed by the primary" : uv_strerror((int)n));
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
        .id = s->repl.id,
        .offset = s->repl.offset + 1,
    };
    struct buf out = { 0 };

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
        lose(p, uv_strerror(status));
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
        lose(p, uv_strerror(err));
}

static void on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
    struct primary *p = lookup->data;

    free(lookup);
    if (p != NULL) {
        p->lookup = NULL;
        shell_set_clock(p->shell);
        if (status != 0)
            lose(p, uv_strerror(status));
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
        lose(p, "its name cannot be looked up");
    }
}

static void connect_now(struct primary *p)
{
    struct store *s = &p->shell->store;
    const struct addr *to = &s->options.primary;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    s->link = LINK_CONNECTING;
    p->tried_ms = s->mono_ms;
    p->heard_ms = s->mono_ms;
    if (uv_ip4_addr(to->host, to->port, &v4) == 0)
        connect_to(p, (const struct sockaddr *)&v4);
    else if (uv_ip6_addr(to->host, to->port, &v6) == 0)
        connect_to(p, (const struct sockaddr *)&v6);
    else
        look_up(p, to);
}

/* --- from outside ---------------------------------------------------------------------------- */

struct primary *primary_new(struct shell *sh)
{
    struct primary *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return NULL;
    p->shell = sh;
    client_init(&p->client, 0, NULL, sh->store.mono_ms);
    p->client.flags |= CLIENT_IS_MASTER | CLIENT_AUTHENTICATED;
    p->client.reply.muted = true;
    session_open(&p->client);
    resp_reader_init(&p->reader, NULL);
    p->down_since_ms = sh->store.mono_ms;
    return p;
}

void primary_free(struct primary *p)
{
    if (p == NULL)
        return;
    drop_link(p);
    session_close(&p->shell->store, &p->client);
    client_done(&p->client);
    resp_reader_done(&p->reader);
    buf_done(&p->in);
    buf_done(&p->unfed);
    free(p);
}

void primary_follow(struct primary *p)
{
    struct store *s = &p->shell->store;

    drop_link(p);
    if (!store_is_replica(s)) {
        p->client.db = 0;
        wait_end_all(p->shell);
    }
    if (s->link == LINK_CONNECTED || s->link == LINK_NONE)
        p->down_since_ms = s->mono_ms;
    connect_now(p);
}

void primary_leave(struct primary *p)
{
    struct store *s = &p->shell->store;

    if (!store_is_replica(s))
        return;
    drop_link(p);
    s->link = LINK_NONE;
    repl_promote(&s->repl, &s->prng);
    p->shell->replicas.empty_since_ms = s->mono_ms;
    replicas_disconnect(p->shell, "our history has a new name");
}

/* A primary holds the stream back until it knows that its data have been read, and may overlook the
 * first ACK. */
static bool ack_is_due(const struct primary *p)
{
    msec now_ms = p->shell->store.mono_ms;

    return now_ms - p->acked_ms >= PRIMARY_ACK_MS || now_ms - p->began_ms < PRIMARY_EAGER_MS;
}

void primary_tick(struct primary *p)
{
    struct store *s = &p->shell->store;
    msec limit_ms = option_number(&s->options, OPT_REPL_TIMEOUT) * 1000;

    if (!store_is_replica(s) || s->phase != STORE_READY)
        return;
    if (s->link == LINK_CONNECT && s->mono_ms - p->tried_ms >= PRIMARY_RETRY_MS)
        connect_now(p);
    else if (s->link != LINK_CONNECT && s->mono_ms - p->heard_ms > limit_ms)
        lose(p, "it is silent");
    else if (s->link == LINK_CONNECTED && ack_is_due(p))
        send_ack(p);
}

void primary_ack_soon(struct primary *p)
{
    p->ack_soon = true;
}

int primary_stream_db(const struct primary *p)
{
    return p->client.db;
}

void primary_set_stream_db(struct primary *p, int db)
{
    p->client.db = db > 0 ? db : 0;
}

int64_t primary_silent_s(const struct primary *p)
{
    const struct store *s = &p->shell->store;

    return s->link == LINK_CONNECTED ? (s->mono_ms - p->heard_ms) / 1000 : -1;
}

int64_t primary_down_s(const struct primary *p)
{
    return (p->shell->store.mono_ms - p->down_since_ms) / 1000;
}

bool primary_is_syncing(const struct primary *p)
{
    return p->shell->store.link == LINK_SYNC;
}

uint64_t primary_sync_bytes(const struct primary *p)
{
    return p->data_bytes;
}

struct client *primary_client(struct primary *p)
{
    return p->shell->store.link == LINK_CONNECTED ? &p->client : NULL;
}

void primary_drop(struct primary *p, const char *why)
{
    if (p->link != NULL)
        lose(p, why);
}

/* Puts a new primary (empty: none) into the options, where CONFIG REWRITE finds it. */
static bool set_primary(struct store *s, const char *text)
{
    char error[OPTION_ERROR_TEXT_MAX];

    if (!options_set(&s->options, OPT_REPLICAOF, slice_str(text), error))
        return false;
    s->options.values[OPT_REPLICAOF].changed = true;
    return true;
}

void cmd_replicaof(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    struct addr addr;
    char text[ADDR_TEXT_MAX];
    int64_t port;

    (void)argc;
    if (slice_is_nocase(argv[1], "no") && slice_is_nocase(argv[2], "one")) {
        if (store_is_replica(s)) {
            log_notice("following nobody now, as client %s asked", c->addr);
            primary_leave(sh->primary);
        }
        set_primary(s, "");
        resp_ok(&c->reply);
        return;
    }
    if (c->flags & CLIENT_IS_REPLICA) {
        resp_error(&c->reply, "ERR Command is not valid when client is a replica.");
        return;
    }
    if (!slice_to_int64(argv[2], &port) || port < 0 || port > UINT16_MAX ||
        !addr_set_slice(&addr, argv[1].p, argv[1].n, port)) {
        resp_error(&c->reply, "ERR Invalid master port");
        return;
    }
    if (store_is_replica(s) && addr_equal(&addr, &s->options.primary)) {
        resp_simple(&c->reply, "OK Already connected to specified master");
        return;
    }
    snprintf(text, sizeof(text), "%s %u", addr.host, addr.port);
    set_primary(s, text);
    log_notice("following %s:%u now, as client %s asked", addr.host, addr.port, c->addr);
    primary_follow(sh->primary);
    resp_ok(&c->reply);
}
