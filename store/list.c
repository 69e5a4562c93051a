#include "store/list_parts.h"

#include "store/mem.h"
#include "store/value.h"

enum {
    NODE_BYTES_MAX = 8192,   /* of a node that is limited by elements */
    NODE_BYTES_LEAST = 4096, /* -1; each step below doubles it */
    NODE_STEPS = 5,
    SETTLE_PART = 2 /* a chain becomes a pack when it takes up such a part of one; else it would go
                       to and fro */
};

struct list_room list_room(const struct value_limits *limits)
{
    struct list_room r = { NODE_BYTES_MAX, SIZE_MAX };
    int size = limits->list_size;

    if (size < 0)
        r.bytes = (size_t)NODE_BYTES_LEAST << ((size < -NODE_STEPS ? NODE_STEPS : -size) - 1);
    else
        r.count = size > 0 ? (size_t)size : 1;
    return r;
}

bool list_pack_has_room(const unsigned char *pack, size_t count, struct slice bytes,
                        const struct value_limits *limits)
{
    struct list_room r = list_room(limits);

    return pack_bytes(pack) + bytes.n + LIST_ELEMENT_HEAD_BYTES <= r.bytes && count < r.count;
}

bool list_node_has_room(const struct chain_node *node, struct slice bytes,
                        const struct value_limits *limits)
{
    return node != NULL && list_pack_has_room(node->pack, node->count, bytes, limits);
}

void list_start(struct entry *e)
{
    assert(e->type == VALUE_STRING && e->encoding == STRING_SMALL);
    e->type = VALUE_LIST;
    e->encoding = LIST_PACK;
    e->value.pack = pack_new();
}

size_t list_count(const struct entry *e)
{
    return list_is_pack(e) ? pack_count(e->value.pack) : e->value.chain->count;
}

struct chain_node *list_convert(struct entry *e)
{
    struct chain *ch = chain_new();
    unsigned char *pack = e->value.pack;
    struct chain_node *node = NULL;

    if (pack_count(pack) > 0)
        node = chain_insert(ch, NULL, pack);
    else
        pack_free(pack);
    e->encoding = LIST_CHAIN;
    e->value.chain = ch;
    return node;
}

void list_settle(struct entry *e, const struct value_limits *limits)
{
    struct list_room r = list_room(limits);
    struct chain *ch = e->value.chain;
    size_t all = SIZE_MAX;

    if (list_is_pack(e) || ch->nodes > 1)
        return;
    if (ch->nodes == 1 &&
        (pack_bytes(ch->first->pack) > r.bytes / SETTLE_PART || ch->count > r.count / SETTLE_PART))
        return;
    e->encoding = LIST_PACK;
    e->value.pack = ch->nodes == 1 ? chain_unlink(ch, ch->first) : pack_new();
    chain_free_some(ch, &all);
}

/* --- the ends -------------------------------------------------------------------------------- */

static unsigned char *add_to_pack(unsigned char *pack, enum list_end end, struct slice bytes)
{
    return pack_insert(pack, end == LIST_HEAD ? pack_first(pack) : NULL, bytes);
}

void list_node_add(struct chain *ch, struct chain_node *node, unsigned char *p, struct slice bytes)
{
    node->pack = pack_insert(node->pack, p, bytes);
    node->count++;
    ch->count++;
}

void list_node_new(struct chain *ch, struct chain_node *before, struct slice bytes)
{
    chain_insert(ch, before, pack_append(pack_new(), bytes));
}

static void push_to_chain(struct chain *ch, enum list_end end, struct slice bytes,
                          const struct value_limits *limits)
{
    struct chain_node *node = end == LIST_HEAD ? ch->first : ch->last;

    if (!list_node_has_room(node, bytes, limits))
        list_node_new(ch, end == LIST_HEAD ? node : NULL, bytes);
    else
        list_node_add(ch, node, end == LIST_HEAD ? pack_first(node->pack) : NULL, bytes);
}

void list_push(struct entry *e, enum list_end end, struct slice bytes,
               const struct value_limits *limits)
{
    if (list_is_pack(e) &&
        list_pack_has_room(e->value.pack, pack_count(e->value.pack), bytes, limits)) {
        e->value.pack = add_to_pack(e->value.pack, end, bytes);
        return;
    }
    if (list_is_pack(e))
        list_convert(e);
    push_to_chain(e->value.chain, end, bytes, limits);
}

/* Adds the elements of a pack one by one, since together they are too large for a node. */
static void push_all(struct entry *e, unsigned char *pack, const struct value_limits *limits)
{
    for (unsigned char *p = pack_first(pack); p != NULL; p = pack_next(p)) {
        struct pack_item item;

        list_push(e, LIST_TAIL, pack_get(p, &item), limits);
    }
    pack_free(pack);
}

void list_adopt(struct entry *e, unsigned char *pack, const struct value_limits *limits)
{
    struct list_room r = list_room(limits);
    size_t count = pack_count(pack);

    if (pack_bytes(pack) > r.bytes || count > r.count || count == 0) {
        push_all(e, pack, limits);
        return;
    }
    if (list_is_pack(e) && pack_count(e->value.pack) == 0) {
        pack_free(e->value.pack);
        e->value.pack = pack;
        return;
    }
    if (list_is_pack(e))
        list_convert(e);
    chain_insert(e->value.chain, NULL, pack);
}

static unsigned char *drop_from_pack(unsigned char *pack, enum list_end end, size_t n)
{
    if (n == 0)
        return pack;
    if (end == LIST_HEAD)
        return pack_delete(pack, pack_first(pack), n);
    return pack_delete(pack, pack_seek(pack, pack_count(pack) - n), n);
}

void list_drop(struct entry *e, enum list_end end, size_t n, const struct value_limits *limits)
{
    struct chain *ch = e->value.chain;
    struct chain_node *node;

    assert(n <= list_count(e));
    if (list_is_pack(e)) {
        e->value.pack = drop_from_pack(e->value.pack, end, n);
        return;
    }
    while (n > 0 && (node = end == LIST_HEAD ? ch->first : ch->last)->count <= n) {
        n -= node->count;
        pack_free(chain_unlink(ch, node));
    }
    if (n > 0) {
        node->pack = drop_from_pack(node->pack, end, n);
        node->count -= n;
        ch->count -= n;
    }
    list_settle(e, limits);
}

/* --- what all types do ----------------------------------------------------------------------- */

static const char *encoding_name(const struct entry *e)
{
    return list_is_pack(e) ? "listpack" : "quicklist";
}

static size_t blocks(const struct entry *e)
{
    return list_is_pack(e) ? 1 : e->value.chain->nodes;
}

static size_t size_in_bytes(const struct entry *e, size_t samples)
{
    return list_is_pack(e) ? mem_block_bytes(pack_bytes(e->value.pack))
                           : chain_bytes(e->value.chain, samples);
}

static bool free_some(struct entry *e, size_t *left)
{
    if (!list_is_pack(e))
        return chain_free_some(e->value.chain, left);
    pack_free(e->value.pack);
    return true;
}

static void copy_value(struct entry *to, const struct entry *from)
{
    to->type = VALUE_LIST;
    to->encoding = from->encoding;
    if (list_is_pack(from))
        to->value.pack = pack_copy(from->value.pack);
    else
        to->value.chain = chain_copy(from->value.chain);
}

const struct value_ops list_value_ops = {
    .encoding_name = encoding_name,
    .count = list_count,
    .blocks = blocks,
    .bytes = size_in_bytes,
    .free_some = free_some,
    .copy = copy_value,
};
