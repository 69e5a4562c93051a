#include "store/rdb_write.h"

#include <assert.h>
#include <liblzf/lzf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/crc64.h"
#include "store/fields.h"
#include "store/keyspace.h"
#include "store/rdb.h"

struct out {
    const struct rdb_write_options *options;
    rdb_sink_fn *sink;
    void *arg;
    bool failed;
    uint64_t crc;
    size_t used;
    char *packed; /* scratch for LZF */
    size_t packed_cap;
    char chunk[RDB_WRITE_CHUNK_BYTES];
};

/* Hands bytes on to the sink and counts them into the checksum. */
static void deliver(struct out *o, const void *bytes, size_t n)
{
    if (o->failed || n == 0)
        return;
    if (o->options->checksum)
        o->crc = crc64_update(o->crc, bytes, n);
    o->failed = !o->sink(o->arg, bytes, n);
}

static void flush(struct out *o)
{
    deliver(o, o->chunk, o->used);
    o->used = 0;
}

static void put(struct out *o, const void *bytes, size_t n)
{
    if (n > sizeof(o->chunk) - o->used)
        flush(o);
    if (n > sizeof(o->chunk)) {
        deliver(o, bytes, n);
        return;
    }
    memcpy(o->chunk + o->used, bytes, n);
    o->used += n;
}

static void put_byte(struct out *o, unsigned byte)
{
    unsigned char b = (unsigned char)byte;

    put(o, &b, 1);
}

/* Little-endian. */
static void put_word(struct out *o, uint64_t value, size_t bytes)
{
    unsigned char b[8];

    for (size_t i = 0; i < bytes; i++)
        b[i] = (unsigned char)(value >> (8 * i));
    put(o, b, bytes);
}

/* Big-endian, as lengths are. */
static void put_word_swapped(struct out *o, uint64_t value, size_t bytes)
{
    unsigned char b[8];

    for (size_t i = 0; i < bytes; i++)
        b[i] = (unsigned char)(value >> (8 * (bytes - 1 - i)));
    put(o, b, bytes);
}

static void put_length(struct out *o, uint64_t n)
{
    if (n < 1 << 6) {
        put_byte(o, (RDB_LEN_6 << 6) | (unsigned)n);
    } else if (n < 1 << 14) {
        put_word_swapped(o, ((uint64_t)RDB_LEN_14 << 14) | n, 2);
    } else if (n <= UINT32_MAX) {
        put_byte(o, RDB_LEN_32);
        put_word_swapped(o, n, 4);
    } else {
        put_byte(o, RDB_LEN_64);
        put_word_swapped(o, n, 8);
    }
}

static void put_encoding(struct out *o, enum rdb_encoding encoding)
{
    put_byte(o, ((unsigned)RDB_LEN_ENCODED << 6) | (unsigned)encoding);
}

/* True when the integer fits one of the short forms and was written. */
static bool put_int(struct out *o, int64_t v)
{
    if (v >= INT8_MIN && v <= INT8_MAX) {
        put_encoding(o, RDB_ENC_INT8);
        put_word(o, (uint64_t)v, 1);
    } else if (v >= INT16_MIN && v <= INT16_MAX) {
        put_encoding(o, RDB_ENC_INT16);
        put_word(o, (uint64_t)v, 2);
    } else if (v >= INT32_MIN && v <= INT32_MAX) {
        put_encoding(o, RDB_ENC_INT32);
        put_word(o, (uint64_t)v, 4);
    } else {
        return false;
    }
    return true;
}

/* True when the string became shorter by LZF and was written. */
static bool put_packed(struct out *o, struct slice s)
{
    unsigned packed;

    if (!o->options->compress || s.n <= RDB_COMPRESS_BYTES_MIN || s.n > UINT32_MAX)
        return false;
    if (o->packed_cap < s.n) {
        free(o->packed);
        o->packed = malloc(s.n);
        o->packed_cap = o->packed != NULL ? s.n : 0;
        if (o->packed == NULL)
            return false;
    }
    packed = lzf_compress(s.p, (unsigned)s.n, o->packed, (unsigned)s.n - 4);
    if (packed == 0)
        return false;
    put_encoding(o, RDB_ENC_LZF);
    put_length(o, packed);
    put_length(o, s.n);
    put(o, o->packed, packed);
    return true;
}

static void put_string(struct out *o, struct slice s)
{
    int64_t number;

    if (s.n <= 11 && slice_to_int64(s, &number) && put_int(o, number))
        return;
    if (put_packed(o, s))
        return;
    put_length(o, s.n);
    put(o, s.p, s.n);
}

static void put_aux(struct out *o, const char *name, const char *value)
{
    put_byte(o, RDB_OP_AUX);
    put_string(o, slice_str(name));
    put_string(o, slice_str(value));
}

static void put_aux_int(struct out *o, const char *name, int64_t value)
{
    char text[ENTRY_INT_TEXT_MAX] = { 0 };

    entry_int_text(value, text);
    put_aux(o, name, text);
}

static void put_head(struct out *o, const struct rdb_info *info)
{
    char head[RDB_HEADER_BYTES + 1];

    snprintf(head, sizeof(head), RDB_MAGIC "%04d", RDB_VERSION_WRITTEN);
    put(o, head, RDB_HEADER_BYTES);
    put_aux(o, "redis-ver", "7.0.15");
    put_aux(o, "redis-bits", "64");
    put_aux_int(o, "ctime", o->options->now_s);
    put_aux_int(o, "used-mem", (int64_t)o->options->used_bytes);
    if (info->has_repl) {
        put_aux_int(o, "repl-stream-db", info->stream_db);
        put_aux(o, "repl-id", info->repl_id);
        put_aux_int(o, "repl-offset", info->repl_offset);
    }
    put_aux(o, "aof-base", "0");
}

/* A compact value as it is, a large one element by element. */
static void put_collection(struct out *o, const struct entry *e)
{
    struct fields_walk walk;

    assert(e->type == VALUE_HASH);
    if (e->encoding == COLLECTION_PACK) {
        struct slice bytes = { (const char *)e->value.pack, pack_bytes(e->value.pack) };

        put_byte(o, RDB_TYPE_HASH_LISTPACK);
        put_string(o, entry_key(e));
        put_string(o, bytes);
        return;
    }
    put_byte(o, RDB_TYPE_HASH);
    put_string(o, entry_key(e));
    put_length(o, fields_count(e));
    fields_walk_start(&walk, e);
    while (!o->failed && fields_walk_next(&walk)) {
        put_string(o, walk.field.bytes);
        put_string(o, walk.value.bytes);
    }
}

static void put_entry(struct out *o, const struct entry *e)
{
    int64_t at_ms = entry_expires_at(e);
    char text[ENTRY_INT_TEXT_MAX];

    if (at_ms >= 0) {
        put_byte(o, RDB_OP_EXPIRE_MS);
        put_word(o, (uint64_t)at_ms, 8);
    }
    if (e->type != VALUE_STRING) {
        put_collection(o, e);
        return;
    }
    put_byte(o, RDB_TYPE_STRING);
    put_string(o, entry_key(e));
    if (e->encoding != STRING_INT || !put_int(o, e->value.integer))
        put_string(o, entry_string(e, text));
}

static void put_db(struct out *o, const struct db *db)
{
    struct dict_walk walk;
    struct dict_node *node;

    if (keyspace_count(db) == 0)
        return;
    put_byte(o, RDB_OP_SELECT_DB);
    put_length(o, db->id);
    put_byte(o, RDB_OP_RESIZE_DB);
    put_length(o, keyspace_count(db));
    put_length(o, keyspace_count_volatile(db));
    dict_walk_start(&walk, &db->dict);
    while (!o->failed && (node = dict_walk_next(&walk)) != NULL)
        put_entry(o, (const struct entry *)node);
}

bool rdb_write(const struct keyspace *ks, const struct rdb_info *info,
               const struct rdb_write_options *options, rdb_sink_fn *sink, void *arg)
{
    struct out *o = calloc(1, sizeof(*o));
    bool ok;

    if (o == NULL)
        return false;
    o->options = options;
    o->sink = sink;
    o->arg = arg;
    put_head(o, info);
    for (unsigned i = 0; i < DATABASES_MAX; i++)
        put_db(o, &ks->dbs[i]);
    put_byte(o, RDB_OP_EOF);
    flush(o);
    put_word(o, o->crc, RDB_CRC_BYTES);
    flush(o);
    ok = !o->failed;
    free(o->packed);
    free(o);
    return ok;
}
