#include "store/primary_parts_io.h"

#include <stdio.h>
#include <string.h>

#include "store/shell_io.h"
#include "wire/log_io.h"

void primary_end_reading(struct primary *p)
{
    if (!p->reading)
        return;
    p->reading = false;
    rdb_reader_done(&p->rdb);
    keyspace_bury(&p->shell->store.data, &p->fresh);
    shell_wake_chores(p->shell);
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

/* A command that did not do here what it did there: to go on would be to lie about our data. */
static void lose_astray(struct primary *p, struct slice name)
{
    char why[256];
    struct slice error = buf_slice(&p->client.out);

    snprintf(why, sizeof(why), "its stream has a command that fails here: %.*s: %.*s",
             (int)(name.n < 40 ? name.n : 40), name.p, (int)(error.n < 120 ? error.n : 120),
             error.p);
    p->astray = true;
    primary_lose(p, why);
}

/* Runs what is complete; the link may be lost on the way. */
void primary_run_stream(struct primary *p)
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
            lose_astray(p, req.argv[0]);
        if (p->link != link)
            break;
        feed(p, bytes + done, used);
        done += used;
        if (p->ack_soon)
            primary_send_ack(p);
    }
    sh->store.stats.repl_bytes_in += done;
    if (p->link == link)
        buf_consume(&p->in, done);
    if (status == RESP_BROKEN)
        primary_lose(p, p->reader.error);
    replicas_flush(sh);
    aof_flush(sh);
}

/* From here on every byte is a command. */
static void begin_stream(struct primary *p)
{
    struct store *s = &p->shell->store;

    store_move_link(s, LINK_CONNECTED);
    snprintf(p->client.addr, sizeof(p->client.addr), "%.40s:%u", s->options.primary.host,
             s->options.primary.port);
    p->client.opened_ms = p->client.active_ms = (msec)uv_now(p->shell->loop);
    log_notice("following %s:%u from offset %lld", s->options.primary.host, s->options.primary.port,
               (long long)s->repl.offset);
    p->began_ms = s->mono_ms;
    primary_send_ack(p);
}

/* --- full synchronisation -------------------------------------------------------------------- */

void primary_begin_data(struct primary *p)
{
    unsigned char seed[HASH_KEY_SIZE];

    memcpy(seed, &p->shell->store.data.hash_key, sizeof(seed));
    keyspace_init(&p->fresh, seed);
    p->fresh.access_clock = p->shell->store.data.access_clock;
    rdb_reader_init(&p->rdb, &p->fresh, -1);
    p->rdb.limits = p->shell->store.options.limits;
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
    p->astray = false;
    log_notice("data of the primary are complete: %zu keys", keyspace_count_all(&s->data));
    p->client.db = p->rdb.info.stream_db > 0 ? p->rdb.info.stream_db : 0;
    save_stop(sh);
    aof_restart(sh);
    replicas_disconnect(sh, "our data were replaced");
    repl_restart_at(&s->repl, p->follow.id, p->follow.offset);
    s->changes += keyspace_count_all(&s->data) + 1;
    primary_end_reading(p);
    follow_data_read(&p->follow);
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
        primary_lose(p, "its data do not end with their mark");
        return false;
    }
    buf_consume(&p->in, REPL_ID_LEN);
    return true;
}

void primary_take_data(struct primary *p)
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
            primary_lose(p, why);
            return;
        }
        p->data_whole = status == RDB_READ_DONE;
    }
    if (!p->data_whole)
        return;
    if (!p->follow.by_mark && p->data_bytes != p->follow.length) {
        primary_lose(p, "its data end before their length");
        return;
    }
    if (take_mark(p))
        finish_data(p);
}

/* The primary goes on with our history, maybe under a new name. */
void primary_begin_continue(struct primary *p)
{
    struct shell *sh = p->shell;
    struct store *s = &sh->store;

    if (p->follow.id_given && repl_adopt_id(&s->repl, slice_str(p->follow.id)))
        replicas_disconnect(sh, "our history has a new name");
    if (!repl_is_fed(&s->repl))
        backlog_start(&s->repl.backlog, s->repl.backlog_bytes, s->repl.offset + 1);
    begin_stream(p);
}
