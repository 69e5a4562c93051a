#include "store/rdb_value.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/fields.h"
#include "store/keyspace.h"
#include "store/pack.h"
#include "store/rdb.h"
#include "store/rdb_blob.h"
#include "store/rdb_cursor.h"
#include "store/rdb_read.h"

bool rdb_value_known(unsigned type)
{
    return type == RDB_TYPE_HASH || type == RDB_TYPE_HASH_ZIPMAP || type == RDB_TYPE_HASH_ZIPLIST ||
           type == RDB_TYPE_HASH_LISTPACK;
}

static unsigned char *take_listpack(struct slice bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t count;

    return pack_check(p, bytes.n, &count) ? pack_take(p, bytes.n) : NULL;
}

/* A compact value as a pack; NULL after the error. */
static unsigned char *take_pack(struct cursor *c, unsigned type)
{
    unsigned char *pack;
    struct text text;

    cursor_take_text(c, &text);
    if (cursor_stopped(c))
        return NULL;
    if (type == RDB_TYPE_HASH_LISTPACK)
        pack = take_listpack(text.bytes);
    else if (type == RDB_TYPE_HASH_ZIPLIST)
        pack = rdb_blob_to_pack(RDB_BLOB_ZIPLIST, text.bytes);
    else
        pack = rdb_blob_to_pack(RDB_BLOB_ZIPMAP, text.bytes);
    if (pack == NULL)
        cursor_fail(c, "compact value of type %u is malformed", type);
    return pack;
}

void rdb_value_read(struct cursor *c, unsigned type, struct entry *e)
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

void rdb_value_read_element(struct cursor *c)
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

bool rdb_value_is_empty(const struct entry *e)
{
    return e->type == VALUE_HASH && fields_count(e) == 0;
}
