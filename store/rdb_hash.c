/* Hashes in RDB streams. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/fields.h"
#include "store/keyspace.h"
#include "store/pack.h"
#include "store/rdb_cursor.h"
#include "store/rdb_out.h"
#include "store/rdb_read.h"
#include "store/rdb_value.h"

static unsigned char *take_pack(struct cursor *c, unsigned type)
{
    if (type == RDB_TYPE_HASH_LISTPACK)
        return rdb_value_take_listpack(c);
    return type == RDB_TYPE_HASH_ZIPLIST ? rdb_value_take_ziplist(c) : rdb_value_take_zipmap(c);
}

static void read_hash(struct cursor *c, unsigned type, struct entry *e)
{
    struct rdb_reader *r = c->r;
    unsigned char *pack;

    if (type == RDB_TYPE_HASH) {
        r->left = cursor_take_plain_length(c, "number of fields");
        fields_start(e);
        return;
    }
    pack = take_pack(c, type);
    if (pack == NULL || fields_adopt(e, pack, &r->limits, &r->ks->hash_key))
        return;
    pack_free(pack);
    cursor_fail(c, "hash with a field twice, or without a value");
}

static void read_field(struct cursor *c)
{
    struct rdb_reader *r = c->r;
    struct text field, value;
    char *copy = NULL;

    cursor_take_text(c, &field);
    if (cursor_stopped(c))
        return;
    if (field.bytes.p == r->unpacked) {
        copy = malloc(field.bytes.n);
        assert(copy != NULL);
        memcpy(copy, field.bytes.p, field.bytes.n);
        field.bytes.p = copy;
    }
    cursor_take_text(c, &value);
    if (!cursor_stopped(c) &&
        !fields_set(r->building, field.bytes, value.bytes, &r->limits, &r->ks->hash_key))
        cursor_fail(c, "hash with a field twice");
    free(copy);
}

static enum rdb_type type_of(const struct entry *e)
{
    return e->encoding == COLLECTION_PACK ? RDB_TYPE_HASH_LISTPACK : RDB_TYPE_HASH;
}

/* A compact value as it is, a large one element by element. */
static void write_hash(struct rdb_out *o, const struct entry *e)
{
    struct fields_walk walk;

    if (e->encoding == COLLECTION_PACK) {
        struct slice bytes = { (const char *)e->value.pack, pack_bytes(e->value.pack) };

        rdb_out_string(o, bytes);
        return;
    }
    rdb_out_length(o, fields_count(e));
    fields_walk_start(&walk, e);
    while (!o->failed && fields_walk_next(&walk)) {
        rdb_out_string(o, walk.field.bytes);
        rdb_out_string(o, walk.value.bytes);
    }
}

const struct rdb_ops hash_rdb_ops = {
    .types = RDB_TYPE_BIT(RDB_TYPE_HASH) | RDB_TYPE_BIT(RDB_TYPE_HASH_ZIPMAP) |
             RDB_TYPE_BIT(RDB_TYPE_HASH_ZIPLIST) | RDB_TYPE_BIT(RDB_TYPE_HASH_LISTPACK),
    .read = read_hash,
    .read_element = read_field,
    .type = type_of,
    .write = write_hash,
};
