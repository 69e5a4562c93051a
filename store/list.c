#include "store/list.h"

#include <assert.h>

#include "store/chain.h"
#include "store/mem.h"
#include "store/value.h"

enum {
    NODE_BYTES_MAX = 8192,   /* of a node that is limited by elements */
    NODE_BYTES_LEAST = 4096, /* -1; each step below doubles it */
    NODE_STEPS = 5,
    ELEMENT_HEAD_BYTES = 8, /* what a pack needs for an element beyond its bytes, about */
    SETTLE_PART = 2 /* a chain becomes a pack when it takes up such a part of one; else it would go
                       to and fro */
};

/* How large a pack may be. */
struct room {
    size_t bytes, count;
};

static struct room room_of(const struct value_limits *limits)
{
    struct room r = { NODE_BYTES_MAX, SIZE_MAX };
    int size = limits->list_size;

    if (size < 0)
        r.bytes = (size_t)NODE_BYTES_LEAST << ((size < -NODE_STEPS ? NODE_STEPS : -size) - 1);
    else
        r.count = size > 0 ? (size_t)size : 1;
    return r;
}

static bool is_pack(const struct entry *e)
{
    assert(e->type == VALUE_LIST);
    return e->encoding == LIST_PACK;
}

/* True when the pack takes one more element. */
static bool has_room(const unsigned char *pack, size_t count, struct slice bytes,
                     const struct value_limits *limits)
{
    struct room r = room_of(limits);

    return pack_bytes(pack) + bytes.n + ELEMENT_HEAD_BYTES <= r.bytes && count < r.count;
}

static bool node_has_room(const struct chain_node *node, struct slice bytes,
                          const struct value_limits *limits)
{
    return node != NULL && has_room(node->pack, node->count, bytes, limits);
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
    return is_pack(e) ? pack_count(e->value.pack) : e->value.chain->count;
}

/* Gives the list its large form; returns the node that its pack has become, NULL if it was empty.
 */
static struct chain_node *convert(struct entry *e)
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
    struct room r = room_of(limits);
    struct chain *ch = e->value.chain;
    size_t all = SIZE_MAX;

    if (is_pack(e) || ch->nodes > 1)
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

static void add_to_node(struct chain *ch, struct chain_node *node, unsigned char *p,
                        struct slice bytes)
{
    node->pack = pack_insert(node->pack, p, bytes);
    node->count++;
    ch->count++;
}

/* A node with one element. */
static void add_node(struct chain *ch, struct chain_node *before, struct slice bytes)
{
    chain_insert(ch, before, pack_append(pack_new(), bytes));
}

static void push_to_chain(struct chain *ch, enum list_end end, struct slice bytes,
                          const struct value_limits *limits)
{
    struct chain_node *node = end == LIST_HEAD ? ch->first : ch->last;

    if (!node_has_room(node, bytes, limits))
        add_node(ch, end == LIST_HEAD ? node : NULL, bytes);
    else
        add_to_node(ch, node, end == LIST_HEAD ? pack_first(node->pack) : NULL, bytes);
}

void list_push(struct entry *e, enum list_end end, struct slice bytes,
               const struct value_limits *limits)
{
    if (is_pack(e) && has_room(e->value.pack, pack_count(e->value.pack), bytes, limits)) {
        e->value.pack = add_to_pack(e->value.pack, end, bytes);
        return;
    }
    if (is_pack(e))
        convert(e);
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
    struct room r = room_of(limits);
    size_t count = pack_count(pack);

    if (pack_bytes(pack) > r.bytes || count > r.count || count == 0) {
        push_all(e, pack, limits);
        return;
    }
    if (is_pack(e) && pack_count(e->value.pack) == 0) {
        pack_free(e->value.pack);
        e->value.pack = pack;
        return;
    }
    if (is_pack(e))
        convert(e);
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
    if (is_pack(e)) {
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

/* --- places ---------------------------------------------------------------------------------- */

/* The node of an index, from the nearer end; *index becomes that within the node. */
static struct chain_node *seek_node(const struct chain *ch, size_t *index)
{
    struct chain_node *node;
    size_t behind = ch->count - *index; /* elements from there to the end */

    if (*index < ch->count / 2) {
        for (node = ch->first; *index >= node->count; node = node->next)
            *index -= node->count;
        return node;
    }
    for (node = ch->last; behind > node->count; node = node->prev)
        behind -= node->count;
    *index = node->count - behind;
    return node;
}

bool list_seek(const struct entry *e, size_t index, struct list_place *ret)
{
    if (index >= list_count(e))
        return false;
    ret->entry = (struct entry *)e;
    ret->node = is_pack(e) ? NULL : seek_node(e->value.chain, &index);
    ret->p = pack_seek(ret->node != NULL ? ret->node->pack : e->value.pack, index);
    return true;
}

static unsigned char *pack_of(const struct list_place *at)
{
    return at->node != NULL ? at->node->pack : at->entry->value.pack;
}

/* To the first element of the next node. */
static bool step_node(struct list_place *at, enum list_end towards)
{
    if (at->node == NULL)
        return false;
    at->node = towards == LIST_TAIL ? at->node->next : at->node->prev;
    if (at->node == NULL)
        return false;
    at->p = towards == LIST_TAIL ? pack_first(at->node->pack) : pack_last(at->node->pack);
    return true;
}

bool list_step(struct list_place *at, enum list_end towards)
{
    at->p = towards == LIST_TAIL ? pack_next(at->p) : pack_prev(pack_of(at), at->p);
    return at->p != NULL || step_node(at, towards);
}

struct slice list_get(const struct list_place *at, struct pack_item *ret)
{
    return pack_get(at->p, ret);
}

bool list_is(const struct list_place *at, const struct pack_needle *needle)
{
    return pack_is(at->p, needle);
}

/* Makes the list of a place a chain; the place stays good. */
static void need_chain(struct list_place *at)
{
    if (at->node == NULL)
        at->node = convert(at->entry);
}

/* Puts an element between two nodes that follow one another, or at an end. */
static void put_between(struct chain *ch, struct chain_node *left, struct chain_node *right,
                        struct slice bytes, const struct value_limits *limits)
{
    if (node_has_room(left, bytes, limits))
        add_to_node(ch, left, NULL, bytes);
    else if (node_has_room(right, bytes, limits))
        add_to_node(ch, right, pack_first(right->pack), bytes);
    else
        add_node(ch, right, bytes);
}

void list_insert(struct list_place *at, enum list_end side, struct slice bytes,
                 const struct value_limits *limits)
{
    struct entry *e = at->entry;
    unsigned char *p = side == LIST_HEAD ? at->p : pack_next(at->p);
    struct chain_node *left, *right;

    if (at->node == NULL && has_room(e->value.pack, pack_count(e->value.pack), bytes, limits)) {
        e->value.pack = pack_insert(e->value.pack, p, bytes);
        return;
    }
    need_chain(at);
    if (node_has_room(at->node, bytes, limits)) {
        add_to_node(e->value.chain, at->node, p, bytes);
        return;
    }
    if (p == pack_first(at->node->pack)) {
        left = at->node->prev;
        right = at->node;
    } else {
        left = at->node;
        right = p != NULL ? chain_split(e->value.chain, left, p) : left->next;
    }
    put_between(e->value.chain, left, right, bytes, limits);
}

/* Takes the element at p out of the pack of a node, which must have more than that, or of a list
 * that is a pack. */
static void take_out(struct list_place *at, unsigned char *p)
{
    if (at->node == NULL) {
        at->entry->value.pack = pack_delete(at->entry->value.pack, p, 1);
        return;
    }
    at->node->pack = pack_delete(at->node->pack, p, 1);
    at->node->count--;
    at->entry->value.chain->count--;
}

/* Takes a node with all its elements out; the place is at the next one then. */
static bool take_node(struct list_place *at, enum list_end towards)
{
    struct chain_node *node = at->node;
    bool more = step_node(at, towards);

    pack_free(chain_unlink(at->entry->value.chain, node));
    return more;
}

/* True when the element's pack need not be parted for other bytes. */
static bool may_replace(const struct list_place *at, struct slice bytes,
                        const struct value_limits *limits)
{
    struct pack_item old;
    size_t n = pack_get(at->p, &old).n;

    return bytes.n <= n || (at->node != NULL && at->node->count == 1) ||
           pack_bytes(pack_of(at)) + bytes.n - n + ELEMENT_HEAD_BYTES <= room_of(limits).bytes;
}

void list_set(struct list_place *at, struct slice bytes, const struct value_limits *limits)
{
    unsigned char **pack = at->node != NULL ? &at->node->pack : &at->entry->value.pack;
    struct chain_node *left;
    struct chain *ch;

    if (may_replace(at, bytes, limits)) {
        *pack = pack_replace(*pack, at->p, bytes);
        return;
    }
    need_chain(at);
    ch = at->entry->value.chain;
    left = at->node->prev;
    if (at->p != pack_first(at->node->pack)) {
        left = at->node;
        at->node = chain_split(ch, left, at->p);
    }
    if (at->node->count > 1)
        take_out(at, pack_first(at->node->pack));
    else
        take_node(at, LIST_TAIL);
    put_between(ch, left, at->node, bytes, limits);
}

bool list_delete(struct list_place *at, enum list_end towards)
{
    unsigned char *pack = pack_of(at), *p = at->p, *next;
    size_t next_at;

    if (at->node != NULL && at->node->count == 1)
        return take_node(at, towards);
    next = towards == LIST_TAIL ? pack_next(p) : pack_prev(pack, p);
    next_at = next == NULL ? 0 : (size_t)((towards == LIST_TAIL ? p : next) - pack);
    take_out(at, p);
    if (next == NULL)
        return step_node(at, towards);
    at->p = pack_of(at) + next_at;
    return true;
}

/* --- what all types do ----------------------------------------------------------------------- */

static const char *encoding_name(const struct entry *e)
{
    return is_pack(e) ? "listpack" : "quicklist";
}

static size_t blocks(const struct entry *e)
{
    return is_pack(e) ? 1 : e->value.chain->nodes;
}

static size_t size_in_bytes(const struct entry *e, size_t samples)
{
    return is_pack(e) ? pack_bytes(e->value.pack) + MEM_BLOCK_OVERHEAD
                      : chain_bytes(e->value.chain, samples);
}

static bool free_some(struct entry *e, size_t *left)
{
    if (!is_pack(e))
        return chain_free_some(e->value.chain, left);
    pack_free(e->value.pack);
    return true;
}

static void copy_value(struct entry *to, const struct entry *from)
{
    to->type = VALUE_LIST;
    to->encoding = from->encoding;
    if (is_pack(from))
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
