/* Sets in RDB streams. */
#include "store/intset.h"
#include "store/keyspace.h"
#include "store/pack.h"
#include "store/rdb_cursor.h"
#include "store/rdb_out.h"
#include "store/rdb_read.h"
#include "store/rdb_value.h"
#include "store/set.h"

static void read_ints(struct cursor *c, struct entry *e)
{
    const unsigned char *p;
    struct text text;

    cursor_take_text(c, &text);
    if (cursor_stopped(c))
        return;
    p = (const unsigned char *)text.bytes.p;
    if (intset_check(p, text.bytes.n))
        set_adopt_ints(e, intset_take(p, text.bytes.n), &c->r->limits, &c->r->ks->hash_key);
    else
        cursor_fail(c, "intset is malformed");
}

static void read_pack(struct cursor *c, struct entry *e)
{
    unsigned char *pack = rdb_value_take_listpack(c);

    if (pack == NULL || set_adopt_pack(e, pack, &c->r->limits, &c->r->ks->hash_key))
        return;
    pack_free(pack);
    cursor_fail(c, "set with a member twice");
}

static void read_set(struct cursor *c, unsigned type, struct entry *e)
{
    if (type == RDB_TYPE_SET_INTSET) {
        read_ints(c, e);
    } else if (type == RDB_TYPE_SET_LISTPACK) {
        read_pack(c, e);
    } else {
        c->r->left = cursor_take_plain_length(c, "number of members");
        set_start(e);
    }
}

static void read_member(struct cursor *c)
{
    struct rdb_reader *r = c->r;
    struct text member;

    cursor_take_text(c, &member);
    if (!cursor_stopped(c) && !set_add(r->building, member.bytes, &r->limits, &r->ks->hash_key))
        cursor_fail(c, "set with a member twice");
}

/* Redis 7.0 knows no packs of members. */
static enum rdb_type type_of(const struct entry *e)
{
    return e->encoding == SET_INTS ? RDB_TYPE_SET_INTSET : RDB_TYPE_SET;
}

static void write_set(struct rdb_out *o, const struct entry *e)
{
    struct set_walk walk;

    if (e->encoding == SET_INTS) {
        struct slice bytes = { (const char *)e->value.ints, intset_bytes(e->value.ints) };

        rdb_out_string(o, bytes);
        return;
    }
    rdb_out_length(o, set_count(e));
    set_walk_start(&walk, e);
    while (!o->failed && set_walk_next(&walk))
        rdb_out_string(o, walk.item.bytes);
}

const struct rdb_ops set_rdb_ops = {
    .types = RDB_TYPE_BIT(RDB_TYPE_SET) | RDB_TYPE_BIT(RDB_TYPE_SET_INTSET) |
             RDB_TYPE_BIT(RDB_TYPE_SET_LISTPACK),
    .read = read_set,
    .read_element = read_member,
    .type = type_of,
    .write = write_set,
};
