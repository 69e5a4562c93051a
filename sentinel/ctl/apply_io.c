#include "sentinel/ctl/apply_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sentinel/ctl/elements.h"
#include "sentinel/ctl/progress_io.h"
#include "store/dump.h"
#include "store/entry.h"
#include "wire/glob.h"
#include "wire/resp_write.h"
#include "wire/loop_io.h"

#define RESTORE_VERSION_MIN 7 /* of Redis: what takes our payloads */
#define KEY_SHOWN_MAX       64
#define RATE_STEP_MS        50

/* --- connection ------------------------------------------------------------------------------- */

/* Whether the node is a primary, and takes payloads of ours. */
static bool look_at(struct apply *a)
{
    char text[NODE_FIELD_TEXT_MAX];

    if (!node_info(a->link, a->node, "replication", "role", text))
        return false;
    if (strcmp(text, "slave") == 0) {
        node_complain(a->node, "READONLY it is a replica");
        return false;
    }
    if (!node_info(a->link, a->node, "server", "redis_version", text))
        return false;
    a->by_commands = a->options->commands || atoi(text) < RESTORE_VERSION_MIN;
    return true;
}

bool apply_open(struct apply *a, const struct data_options *o)
{
    memset(a, 0, sizeof(*a));
    a->node = &o->to;
    a->options = o;
    a->db = -1;
    a->started_ms = loop_now_ms();
    a->link = node_connect(a->node);
    return a->link && look_at(a);
}

void apply_close(struct apply *a)
{
    if (a->link)
        redisFree(a->link);
    buf_done(&a->out);
    buf_done(&a->words);
}

/* --- replies ---------------------------------------------------------------------------------- */

/* Says what became of a key. */
static bool refuse(const struct apply *a, unsigned db, const struct entry *e, const char *why)
{
    char text[600], shown[KEY_SHOWN_MAX + 1] = "";
    struct slice key = e ? entry_key(e) : slice_str("");
    size_t n = key.n < KEY_SHOWN_MAX ? key.n : KEY_SHOWN_MAX;

    for (size_t i = 0; i < n; i++)
        shown[i] = key.p[i] >= ' ' && key.p[i] <= '~' ? key.p[i] : '?';
    shown[n] = '\0';
    if (e)
        snprintf(text, sizeof(text), "%.400s (key '%s' of database %u)", why, shown, db);
    else
        snprintf(text, sizeof(text), "%.400s", why);
    node_complain(a->node, text);
    return false;
}

bool apply_digest(redisContext *link, const struct node *node, struct slice key, bool *ret_there,
                  uint64_t *ret)
{
    const char *argv[] = { "DUMP", key.p };
    const size_t lens[] = { 4, key.n };
    redisReply *reply = redisCommandArgv(link, 2, argv, lens);
    bool ok = reply && (reply->type == REDIS_REPLY_NIL || reply->type == REDIS_REPLY_STRING);

    *ret_there = ok && reply->type == REDIS_REPLY_STRING;
    if (!ok) {
        node_complain(node, reply ? reply->str ? reply->str : "no payload" : link->errstr);
    } else if (*ret_there) {
        struct slice payload = { reply->str, (size_t)reply->len };

        ok = elements_digest_payload(payload, ret);
        if (!ok)
            node_complain(node, "a payload of DUMP cannot be read");
    }
    freeReplyObject(reply);
    return ok;
}

/* The key is there. Another run may have written it just before it died; else it is somebody's. */
static bool found_busy(struct apply *a, unsigned db, const struct entry *e, bool *ret_ours)
{
    uint64_t digest = 0;
    bool there;

    *ret_ours = false;
    if (a->options->policy == DATA_SKIP)
        return true;
    if (a->again) {
        if (!apply_digest(a->link, a->node, entry_key(e), &there, &digest))
            return false;
        *ret_ours = there && digest == elements_digest(e);
    }
    return *ret_ours || refuse(a, db, e, "BUSYKEY the key is there already");
}

static const char *error_in(const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR)
        return reply->str;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        if (reply->element[i]->type == REDIS_REPLY_ERROR)
            return reply->element[i]->str;
    return NULL;
}

/* Takes one reply; *ret_busy: the key is there already. */
static bool take_reply(struct apply *a, size_t i, bool *ret_busy)
{
    redisReply *reply;
    const char *error;
    bool ok = true;

    *ret_busy = false;
    if (redisGetReply(a->link, (void **)&reply) != REDIS_OK)
        return refuse(a, 0, NULL, a->link->errstr);
    error = error_in(reply);
    if (error && a->pending[i].kind == APPLY_RESTORE && strncmp(error, "BUSYKEY", 7) == 0)
        *ret_busy = true;
    else if (error)
        ok = refuse(a, a->pending[i].db, a->pending[i].entry, error);
    if (ok && !error && a->pending[i].kind != APPLY_PLAIN)
        a->written++;
    freeReplyObject(reply);
    return ok;
}

/* Selects a database now; nothing is pending. */
static bool select_now(struct apply *a, int db)
{
    char number[16];
    const char *argv[] = { "SELECT", number };
    redisReply *reply;

    if (a->db == db)
        return true;
    snprintf(number, sizeof(number), "%d", db);
    reply = node_call(a->link, a->node, 2, argv);
    a->db = db;
    freeReplyObject(reply);
    return reply != NULL;
}

/* What the keys that were there already make of it; all replies are in. */
static bool settle_busy(struct apply *a, const bool *busy, size_t n)
{
    int db = a->db;

    for (size_t i = 0; i < n; i++) {
        bool ours;

        if (!busy[i])
            continue;
        if (!select_now(a, (int)a->pending[i].db) ||
            !found_busy(a, a->pending[i].db, a->pending[i].entry, &ours))
            return false;
        a->written += ours;
        a->skipped += !ours;
    }
    return select_now(a, db);
}

/* Sleeps as long as the rate demands. */
static bool keep_rate(struct apply *a)
{
    for (;;) {
        int64_t spent_ms = loop_now_ms() - a->started_ms;
        struct timespec step = { 0, RATE_STEP_MS * 1000000L };

        if (a->tick && !a->tick(a->tick_arg))
            return false;
        if (a->options->rate == 0 || progress_interrupted() ||
            a->written * 1000 <= (uint64_t)a->options->rate * (uint64_t)(spent_ms + 1))
            return true;
        nanosleep(&step, NULL);
    }
}

bool apply_flush(struct apply *a)
{
    bool busy[APPLY_PENDING_MAX] = { false }, ok = true;
    size_t n = a->pending_count;

    if (buf_used(&a->out) > 0 &&
        redisAppendFormattedCommand(a->link, buf_data(&a->out), buf_used(&a->out)) != REDIS_OK)
        return refuse(a, 0, NULL, a->link->errstr);
    buf_reset(&a->out);
    for (size_t i = 0; i < n && ok; i++)
        ok = take_reply(a, i, &busy[i]);
    a->pending_count = 0;
    return ok && settle_busy(a, busy, n) && keep_rate(a);
}

/* --- requests --------------------------------------------------------------------------------- */

/* A request stands at the end of `out`. */
static bool sent(struct apply *a, enum apply_kind kind, unsigned db, const struct entry *e)
{
    long rate = a->options->rate;
    size_t most = rate > 0 && rate < 10 * APPLY_PENDING_MAX ? (size_t)rate / 10 + 1
                                                            : (size_t)APPLY_PENDING_MAX;

    if (a->out.overflow)
        return refuse(a, db, e, "memory is out");
    a->pending[a->pending_count].kind = kind;
    a->pending[a->pending_count].db = db;
    a->pending[a->pending_count].entry = e;
    a->pending_count++;
    if (a->pending_count < most && buf_used(&a->out) < APPLY_PENDING_BYTES)
        return true;
    return apply_flush(a);
}

bool apply_raw(struct apply *a, struct slice request)
{
    buf_append(&a->out, request.p, request.n);
    return sent(a, APPLY_PLAIN, 0, NULL);
}

/* A short command: a verb, the key unless it is NULL, a number unless it is negative. */
static bool send_short(struct apply *a, enum apply_kind kind, const char *verb, unsigned db,
                       const struct entry *e, bool with_key, int64_t number)
{
    struct resp_writer w = { &a->out, 2, false };

    resp_array(&w, 1 + (size_t)with_key + (number >= 0));
    resp_bulk_str(&w, verb);
    if (with_key)
        resp_bulk(&w, entry_key(e));
    if (number >= 0)
        resp_bulk_int(&w, number);
    return sent(a, kind, db, e);
}

static bool send_restore(struct apply *a, unsigned db, const struct entry *e, struct slice payload)
{
    struct resp_writer w = { &a->out, 2, false };
    bool replace = a->options->policy == DATA_REPLACE, expires = entry_is_volatile(e);

    resp_array(&w, 4 + (size_t)replace + (size_t)expires);
    resp_bulk_str(&w, "RESTORE");
    resp_bulk(&w, entry_key(e));
    resp_bulk_int(&w, expires ? entry_expires_at(e) : 0);
    resp_bulk(&w, payload);
    if (replace)
        resp_bulk_str(&w, "REPLACE");
    if (expires)
        resp_bulk_str(&w, "ABSTTL");
    return sent(a, APPLY_RESTORE, db, e);
}

/* A command with elements that grows. */
struct growing {
    struct apply *a;
    unsigned db;
    const struct entry *e;
    size_t words;
};

static bool send_elements(struct growing *g)
{
    struct resp_writer w = { &g->a->out, 2, false };
    bool ok;

    resp_array(&w, 2 + g->words);
    resp_bulk_str(&w, elements_verb(g->e));
    resp_bulk(&w, entry_key(g->e));
    ok = buf_append(&g->a->out, buf_data(&g->a->words), buf_used(&g->a->words)) &&
         !g->a->words.overflow;
    buf_reset(&g->a->words);
    g->words = 0;
    return ok ? sent(g->a, APPLY_PLAIN, g->db, g->e) : refuse(g->a, g->db, g->e, "memory is out");
}

static bool add_element(void *arg, const struct slice *words, size_t n)
{
    struct growing *g = arg;
    struct resp_writer w = { &g->a->words, 2, false };

    for (size_t i = 0; i < n; i++)
        resp_bulk(&w, words[i]);
    g->words += n;
    return (g->words < APPLY_WORDS_MAX && buf_used(&g->a->words) < APPLY_PENDING_BYTES) ||
           send_elements(g);
}

/* Whether the key is there; RESTORE would have told. */
static bool is_there(struct apply *a, const struct entry *e, bool *ret)
{
    struct slice key = entry_key(e);
    const char *argv[] = { "EXISTS", key.p };
    const size_t lens[] = { 6, key.n };
    redisReply *reply;

    if (!apply_flush(a))
        return false;
    reply = redisCommandArgv(a->link, 2, argv, lens);
    if (!reply || reply->type != REDIS_REPLY_INTEGER) {
        node_complain(a->node, reply && reply->str ? reply->str : a->link->errstr);
        freeReplyObject(reply);
        return false;
    }
    *ret = reply->integer != 0;
    freeReplyObject(reply);
    return true;
}

/* By ordinary commands, all of them or none. */
static bool write_by_commands(struct apply *a, unsigned db, const struct entry *e)
{
    struct growing g = { a, db, e, 0 };
    bool there = false, ours;

    if (a->options->policy != DATA_REPLACE && !is_there(a, e, &there))
        return false;
    if (there) {
        if (!found_busy(a, db, e, &ours))
            return false;
        a->written += ours;
        a->skipped += !ours;
        return true;
    }
    return send_short(a, APPLY_PLAIN, "MULTI", db, e, false, -1) &&
           send_short(a, APPLY_PLAIN, "DEL", db, e, true, -1) &&
           elements_each(e, add_element, &g) && (g.words == 0 || send_elements(&g)) &&
           (!entry_is_volatile(e) ||
            send_short(a, APPLY_PLAIN, "PEXPIREAT", db, e, true, entry_expires_at(e))) &&
           send_short(a, APPLY_EXEC, "EXEC", db, e, false, -1);
}

static bool write_key(struct apply *a, unsigned db, const struct entry *e)
{
    struct buf payload = { 0 };
    bool ok;

    if (a->by_commands)
        return write_by_commands(a, db, e);
    if (!dump_write(e, true, &payload))
        ok = refuse(a, db, e, "memory is out");
    else if (buf_used(&payload) > APPLY_PAYLOAD_MAX)
        ok = write_by_commands(a, db, e);
    else
        ok = send_restore(a, db, e, buf_slice(&payload));
    buf_done(&payload);
    return ok;
}

static int64_t unix_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool apply_key(struct apply *a, unsigned db, struct entry *e)
{
    const char *match = a->options->match;

    if (match && !glob_match(slice_str(match), entry_key(e), false)) {
        a->unmatched++;
        return true;
    }
    if (entry_is_volatile(e) && entry_expires_at(e) <= unix_ms()) {
        a->expired++;
        return true;
    }
    if (a->db != (int)db) {
        a->db = (int)db;
        if (!send_short(a, APPLY_PLAIN, "SELECT", db, e, false, (int64_t)db))
            return false;
    }
    return write_key(a, db, e);
}
