#include "store/list_parts.h"

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
    ret->node = list_is_pack(e) ? NULL : seek_node(e->value.chain, &index);
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
        at->node = list_convert(at->entry);
}

/* Puts an element between two nodes that follow one another, or at an end. */
static void put_between(struct chain *ch, struct chain_node *left, struct chain_node *right,
                        struct slice bytes, const struct value_limits *limits)
{
    if (list_node_has_room(left, bytes, limits))
        list_node_add(ch, left, NULL, bytes);
    else if (list_node_has_room(right, bytes, limits))
        list_node_add(ch, right, pack_first(right->pack), bytes);
    else
        list_node_new(ch, right, bytes);
}

void list_insert(struct list_place *at, enum list_end side, struct slice bytes,
                 const struct value_limits *limits)
{
    struct entry *e = at->entry;
    unsigned char *p = side == LIST_HEAD ? at->p : pack_next(at->p);
    struct chain_node *left, *right;

    if (at->node == NULL &&
        list_pack_has_room(e->value.pack, pack_count(e->value.pack), bytes, limits)) {
        e->value.pack = pack_insert(e->value.pack, p, bytes);
        return;
    }
    need_chain(at);
    if (list_node_has_room(at->node, bytes, limits)) {
        list_node_add(e->value.chain, at->node, p, bytes);
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
           pack_bytes(pack_of(at)) + bytes.n - n + LIST_ELEMENT_HEAD_BYTES <=
               list_room(limits).bytes;
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
