/* Lists in RDB streams. */
#include "store/chain.h"
#include "store/list.h"
#include "store/rdb_cursor.h"
#include "store/rdb_out.h"
#include "store/rdb_read.h"
#include "store/rdb_value.h"

/* What a node of RDB_TYPE_LIST_QUICKLIST_2 is: an element of its own, or a pack. */
enum { NODE_PLAIN = 1, NODE_PACKED = 2 };

static void add_element(struct cursor *c)
{
    struct text text;

    cursor_take_text(c, &text);
    if (!cursor_stopped(c))
        list_push(c->r->building, LIST_TAIL, text.bytes, &c->r->limits);
}

static void add_pack(struct cursor *c, struct entry *e, unsigned char *pack)
{
    if (pack != NULL)
        list_adopt(e, pack, &c->r->limits);
}

static void read_list(struct cursor *c, unsigned type, struct entry *e)
{
    list_start(e);
    if (type == RDB_TYPE_LIST_ZIPLIST)
        add_pack(c, e, rdb_value_take_ziplist(c));
    else
        c->r->left = cursor_take_plain_length(c, "length of a list");
}

static void read_node(struct cursor *c)
{
    uint64_t form = cursor_take_plain_length(c, "form of a list's node");

    if (cursor_stopped(c))
        return;
    if (form == NODE_PLAIN)
        add_element(c);
    else if (form == NODE_PACKED)
        add_pack(c, c->r->building, rdb_value_take_listpack(c));
    else
        cursor_fail(c, "unknown form %llu of a list's node", (unsigned long long)form);
}

static void read_element(struct cursor *c)
{
    if (c->r->building_type == RDB_TYPE_LIST)
        add_element(c);
    else if (c->r->building_type == RDB_TYPE_LIST_QUICKLIST)
        add_pack(c, c->r->building, rdb_value_take_ziplist(c));
    else
        read_node(c);
}

static enum rdb_type type_of(const struct entry *e)
{
    (void)e;
    return RDB_TYPE_LIST_QUICKLIST_2;
}

/* A pack; but one that is too long for a string of the stream, since its only element is as long as
 * one may be, as that element. */
static void write_pack(struct rdb_out *o, unsigned char *pack)
{
    struct slice bytes = { (const char *)pack, pack_bytes(pack) };
    struct pack_item item;

    if (bytes.n > RDB_STRING_BYTES_MAX) {
        rdb_out_length(o, NODE_PLAIN);
        rdb_out_string(o, pack_get(pack_first(pack), &item));
    } else {
        rdb_out_length(o, NODE_PACKED);
        rdb_out_string(o, bytes);
    }
}

static void write_list(struct rdb_out *o, const struct entry *e)
{
    if (e->encoding == LIST_PACK) {
        rdb_out_length(o, 1);
        write_pack(o, e->value.pack);
        return;
    }
    rdb_out_length(o, e->value.chain->nodes);
    for (struct chain_node *node = e->value.chain->first; node != NULL && !o->failed;
         node = node->next)
        write_pack(o, node->pack);
}

const struct rdb_ops list_rdb_ops = {
    .types = RDB_TYPE_BIT(RDB_TYPE_LIST) | RDB_TYPE_BIT(RDB_TYPE_LIST_ZIPLIST) |
             RDB_TYPE_BIT(RDB_TYPE_LIST_QUICKLIST) | RDB_TYPE_BIT(RDB_TYPE_LIST_QUICKLIST_2),
    .read = read_list,
    .read_element = read_element,
    .type = type_of,
    .write = write_list,
};
