#include "store/rdb_read.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/crc64.h"
#include "store/keyspace.h"
#include "store/rdb_cursor.h"
#include "store/rdb_value.h"
#include "store/value.h"

#define KEY_SHOWN_MAX 64

/* Copies what can be shown of a key. */
static const char *show_key(struct slice key, char shown[KEY_SHOWN_MAX + 1])
{
    size_t n = key.n < KEY_SHOWN_MAX ? key.n : KEY_SHOWN_MAX;

    for (size_t i = 0; i < n; i++)
        shown[i] = (key.p[i] >= ' ' && key.p[i] <= '~') ? key.p[i] : '?';
    shown[n] = '\0';
    return shown;
}

static void read_aux(struct cursor *c)
{
    struct text name, value;
    struct rdb_info *info = &c->r->info;
    int64_t number;
    char copy[32];

    cursor_take_text(c, &name);
    /* The scratch holds one string at a time: the name, if it was packed, is kept here. */
    if (!cursor_stopped(c) && !slice_copy(name.bytes, copy, sizeof(copy)))
        copy[0] = '\0';
    cursor_take_text(c, &value);
    if (cursor_stopped(c))
        return;
    if (strcmp(copy, "repl-id") == 0) {
        info->has_repl = repl_id_set(info->repl_id, value.bytes);
    } else if (strcmp(copy, "repl-offset") == 0 && slice_to_int64(value.bytes, &number)) {
        info->repl_offset = number;
    } else if (strcmp(copy, "repl-stream-db") == 0 && slice_to_int64(value.bytes, &number)) {
        info->stream_db = number >= 0 && number < DATABASES_MAX ? (int)number : -1;
    }
}

static void read_select(struct cursor *c)
{
    uint64_t db = cursor_take_plain_length(c, "database number");

    if (cursor_stopped(c))
        return;
    if (db >= DATABASES_MAX)
        cursor_fail(c, "database %llu, there are %d", (unsigned long long)db, DATABASES_MAX);
    else
        c->r->db = (unsigned)db;
}

static void read_expiry(struct cursor *c, size_t bytes, int64_t unit_ms)
{
    int64_t v = bytes == 4 ? (int32_t)cursor_take_word(c, 4) : (int64_t)cursor_take_word(c, 8);

    if (cursor_stopped(c))
        return;
    if (v < 0)
        cursor_fail(c, "expiry time below zero");
    else
        c->r->expires_at_ms = v * unit_ms;
}

/* The numbers are only a hint: what they say wrongly costs a little memory. */
static void read_idle(struct cursor *c)
{
    uint64_t idle_s = cursor_take_plain_length(c, "idle time");

    if (!cursor_stopped(c))
        c->r->idle_s = idle_s;
}

static void read_resize(struct cursor *c)
{
    uint64_t keys = cursor_take_plain_length(c, "number of keys");
    struct rdb_reader *r = c->r;

    cursor_take_plain_length(c, "number of volatile keys");
    if (cursor_stopped(c))
        return;
    if (keys > r->reserve_left)
        keys = r->reserve_left;
    r->reserve_left -= keys;
    keyspace_reserve(&r->ks->dbs[r->db], (size_t)keys);
}

/* Makes room for a key; false when it is not wanted, or after the error. */
static bool open_key(struct cursor *c, struct slice key, struct key_ref *ret_ref)
{
    struct rdb_reader *r = c->r;
    char shown[KEY_SHOWN_MAX + 1];

    /* Of a history that others may continue all are kept: that they are gone has to be told. */
    if (r->expires_at_ms >= 0 && r->expires_at_ms < r->drop_expired_ms && !r->info.has_repl) {
        r->keys_expired++;
        return false;
    }
    if (keyspace_find(&r->ks->dbs[r->db], key, ret_ref) != NULL) {
        cursor_fail(c, "key '%s' of database %u is there twice", show_key(key, shown), r->db);
        return false;
    }
    keyspace_add(ret_ref);
    return true;
}

/* The value of a key is set. */
static void close_key(struct rdb_reader *r, struct key_ref *ref)
{
    if (r->idle_s > 0)
        entry_set_idle(key_ref_entry(ref), r->ks->access_clock, r->idle_s);
    if (r->expires_at_ms >= 0)
        keyspace_set_expiry(ref, r->expires_at_ms);
    r->keys++;
}

/* What was said of one key does not hold for the next. */
static void forget_key(struct rdb_reader *r)
{
    r->expires_at_ms = -1;
    r->idle_s = 0;
}

/* Stores a value that was built apart. */
static void add_built(struct cursor *c)
{
    struct rdb_reader *r = c->r;
    struct key_ref ref;

    if (value_ops_of(r->building)->count(r->building) > 0 &&
        open_key(c, entry_key(r->building), &ref)) {
        entry_move_value(key_ref_entry(&ref), r->building);
        close_key(r, &ref);
    }
    forget_key(r);
    entry_free(r->building);
    r->building = NULL;
}

/* An element of a value, which it may complete. */
static void read_element(struct cursor *c)
{
    rdb_value_read_element(c);
    if (!cursor_stopped(c) && --c->r->left == 0)
        add_built(c);
}

/* A value of another type than string, or the beginning of one. */
static void read_value(struct cursor *c, unsigned type, struct slice key)
{
    struct rdb_reader *r = c->r;
    struct entry *e = entry_new(key, false);

    rdb_value_read(c, type, e);
    if (cursor_stopped(c)) {
        entry_free(e);
        return;
    }
    r->building = e;
    if (r->left == 0)
        add_built(c);
}

static void read_string(struct cursor *c, struct slice key)
{
    struct text value;
    struct key_ref ref;

    cursor_take_text(c, &value);
    if (cursor_stopped(c))
        return;
    if (open_key(c, key, &ref)) {
        entry_set_string(key_ref_entry(&ref), value.bytes);
        close_key(c->r, &ref);
    }
    forget_key(c->r);
}

/* Key and value of a type; only now is it known to which key the trouble belongs. */
static void read_key(struct cursor *c, unsigned type)
{
    struct text key;
    char *copy = NULL, shown[KEY_SHOWN_MAX + 1];

    cursor_take_text(c, &key);
    if (cursor_stopped(c))
        return;
    if (!rdb_value_known(type)) {
        cursor_fail(c, "key '%s': values of type %u are not supported", show_key(key.bytes, shown),
                    type);
        return;
    }
    if (key.bytes.p == c->r->unpacked) {
        copy = malloc(key.bytes.n);
        assert(copy != NULL);
        memcpy(copy, key.bytes.p, key.bytes.n);
        key.bytes.p = copy;
    }
    if (type == RDB_TYPE_STRING)
        read_string(c, key.bytes);
    else
        read_value(c, type, key.bytes);
    free(copy);
}

/* One opcode with what belongs to it. */
static void read_item(struct cursor *c)
{
    unsigned op = cursor_take_byte(c);
    struct text skipped;

    if (c->lack)
        return;
    switch (op) {
    case RDB_OP_EOF:
        c->r->at_end = true;
        break;
    case RDB_OP_SELECT_DB:
        read_select(c);
        break;
    case RDB_OP_EXPIRE_S:
        read_expiry(c, 4, 1000);
        break;
    case RDB_OP_EXPIRE_MS:
        read_expiry(c, 8, 1);
        break;
    case RDB_OP_RESIZE_DB:
        read_resize(c);
        break;
    case RDB_OP_AUX:
        read_aux(c);
        break;
    case RDB_OP_FREQ:
        cursor_take(c, 1);
        break;
    case RDB_OP_IDLE:
        read_idle(c);
        break;
    case RDB_OP_FUNCTION2:
        cursor_take_text(c, &skipped);
        break;
    case RDB_OP_FUNCTION_OLD:
        cursor_fail(c, "functions of a release candidate of Redis 7.0 are not supported");
        break;
    case RDB_OP_MODULE_AUX:
        cursor_fail(c, "data of modules are not supported");
        break;
    default:
        read_key(c, op);
    }
}

static void read_head(struct cursor *c)
{
    const unsigned char *p = cursor_take(c, RDB_HEADER_BYTES);
    int64_t version = 0;

    if (p == NULL)
        return;
    if (memcmp(p, RDB_MAGIC, strlen(RDB_MAGIC)) != 0) {
        cursor_fail(c, "this is no RDB file (it does not begin with " RDB_MAGIC ")");
        return;
    }
    for (size_t i = strlen(RDB_MAGIC); i < RDB_HEADER_BYTES; i++) {
        if (p[i] < '0' || p[i] > '9') {
            cursor_fail(c, "the version is not a number");
            return;
        }
        version = version * 10 + (p[i] - '0');
    }
    if (version < 1 || version > RDB_VERSION_READ_MAX)
        cursor_fail(c, "version %d is not supported (1 to %d are)", (int)version,
                    RDB_VERSION_READ_MAX);
    else
        c->r->version = (int)version;
}

/* The end: the checksum is the one thing that is not part of itself. */
static void read_end(struct cursor *c)
{
    uint64_t stored;

    if (c->r->version >= RDB_VERSION_CRC) {
        stored = cursor_take_word(c, RDB_CRC_BYTES);
        if (cursor_stopped(c))
            return;
        if (stored != 0 && stored != c->r->crc) {
            cursor_fail(c, "the checksum is %016llx, the file says %016llx",
                        (unsigned long long)c->r->crc, (unsigned long long)stored);
            return;
        }
    }
    c->r->status = RDB_READ_DONE;
}

void rdb_reader_init(struct rdb_reader *r, struct keyspace *ks, int64_t drop_expired_ms)
{
    memset(r, 0, sizeof(*r));
    r->ks = ks;
    r->limits = value_limits_default;
    r->drop_expired_ms = drop_expired_ms;
    r->expires_at_ms = -1;
    r->reserve_left = RDB_RESERVE_MAX;
    r->info.repl_offset = -1;
    r->info.stream_db = -1;
}

void rdb_reader_done(struct rdb_reader *r)
{
    entry_free(r->building);
    r->building = NULL;
    free(r->unpacked);
    r->unpacked = NULL;
    r->unpacked_cap = 0;
}

/* Reads whole items only: one that is cut is read again from its start when more bytes are there.
 */
enum rdb_read_status rdb_read(struct rdb_reader *r, const char *data, size_t n, size_t *ret_used)
{
    size_t done = 0;

    while (r->status == RDB_READ_MORE) {
        struct cursor c = { .r = r, .p = (const unsigned char *)data + done, .n = n - done };
        bool ending = r->at_end;

        if (r->version == 0)
            read_head(&c);
        else if (ending)
            read_end(&c);
        else if (r->building != NULL)
            read_element(&c);
        else
            read_item(&c);
        if (c.bad)
            r->status = RDB_READ_BROKEN;
        if (cursor_stopped(&c))
            break;
        if (!ending)
            r->crc = crc64_update(r->crc, c.p, c.at);
        r->offset += c.at;
        done += c.at;
    }
    if (r->status == RDB_READ_DONE)
        r->info.has_repl = r->info.has_repl && r->info.repl_offset >= 0;
    *ret_used = done;
    return r->status;
}

void rdb_read_cut(struct rdb_reader *r)
{
    snprintf(r->error, sizeof(r->error), "offset %llu: the file ends in the middle (%s)",
             (unsigned long long)r->offset,
             r->version == 0 ? "of its head"
             : r->at_end     ? "of its checksum"
                             : "of its data");
    r->status = RDB_READ_BROKEN;
}
