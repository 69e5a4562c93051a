#include "store/rdb_value.h"

#include <assert.h>

#include "store/pack.h"
#include "store/rdb_blob.h"
#include "store/rdb_cursor.h"
#include "store/rdb_out.h"
#include "store/rdb_read.h"

static const struct rdb_ops *const table[VALUE_TYPE_COUNT] = {
#define X(id, text, type) &type##_rdb_ops,
    VALUE_TYPES(X)
#undef X
};

/* The reader of a type, or NULL. */
static const struct rdb_ops *find(unsigned type)
{
    for (int i = 0; type < 32 && i < VALUE_TYPE_COUNT; i++) {
        if (table[i]->types & RDB_TYPE_BIT(type))
            return table[i];
    }
    return NULL;
}

bool rdb_value_known(unsigned type)
{
    return find(type) != NULL;
}

void rdb_value_read(struct cursor *c, unsigned type, struct entry *e)
{
    c->r->building_type = type;
    find(type)->read(c, type, e);
}

void rdb_value_read_element(struct cursor *c)
{
    find(c->r->building_type)->read_element(c);
}

enum rdb_type rdb_value_type(const struct entry *e)
{
    return table[e->type]->type(e);
}

void rdb_value_write(struct rdb_out *o, const struct entry *e)
{
    table[e->type]->write(o, e);
}

unsigned char *rdb_value_take_listpack(struct cursor *c)
{
    const unsigned char *p;
    struct text text;
    size_t count;

    cursor_take_text(c, &text);
    if (cursor_stopped(c))
        return NULL;
    p = (const unsigned char *)text.bytes.p;
    if (pack_check(p, text.bytes.n, &count))
        return pack_take(p, text.bytes.n);
    cursor_fail(c, "listpack is malformed");
    return NULL;
}

static unsigned char *take_blob(struct cursor *c, enum rdb_blob_kind kind, const char *name)
{
    unsigned char *pack;
    struct text text;

    cursor_take_text(c, &text);
    if (cursor_stopped(c))
        return NULL;
    pack = rdb_blob_to_pack(kind, text.bytes);
    if (pack == NULL)
        cursor_fail(c, "%s is malformed", name);
    return pack;
}

unsigned char *rdb_value_take_ziplist(struct cursor *c)
{
    return take_blob(c, RDB_BLOB_ZIPLIST, "ziplist");
}

unsigned char *rdb_value_take_zipmap(struct cursor *c)
{
    return take_blob(c, RDB_BLOB_ZIPMAP, "zipmap");
}

static void read_string(struct cursor *c, unsigned type, struct entry *e)
{
    struct text value;

    (void)type;
    cursor_take_text(c, &value);
    if (!cursor_stopped(c))
        entry_set_string(e, value.bytes);
}

static void read_no_element(struct cursor *c)
{
    (void)c;
    assert(!"a string has no elements");
}

static enum rdb_type type_of_string(const struct entry *e)
{
    (void)e;
    return RDB_TYPE_STRING;
}

static void write_string(struct rdb_out *o, const struct entry *e)
{
    char text[ENTRY_INT_TEXT_MAX];

    if (e->encoding == STRING_INT)
        rdb_out_int(o, e->value.integer);
    else
        rdb_out_string(o, entry_string(e, text));
}

const struct rdb_ops string_rdb_ops = {
    .types = RDB_TYPE_BIT(RDB_TYPE_STRING),
    .read = read_string,
    .read_element = read_no_element,
    .type = type_of_string,
    .write = write_string,
};
