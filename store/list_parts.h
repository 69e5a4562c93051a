/*
 * What list.c (forms, ends) and list_place.c (elements in the middle) share. Nobody else includes
 * it.
 */
#ifndef STORE_LIST_PARTS_H
#define STORE_LIST_PARTS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include "store/chain.h"
#include "store/list.h"

#define LIST_ELEMENT_HEAD_BYTES 8 /* what a pack needs for an element beyond its bytes, about */

/* How large a pack may be. */
struct list_room {
    size_t bytes, count;
};

struct list_room list_room(const struct value_limits *limits);

/* True when a pack or a node (there may be none) takes one more element. */
bool list_pack_has_room(const unsigned char *pack, size_t count, struct slice bytes,
                        const struct value_limits *limits);
bool list_node_has_room(const struct chain_node *node, struct slice bytes,
                        const struct value_limits *limits);

static inline bool list_is_pack(const struct entry *e)
{
    assert(e->type == VALUE_LIST);
    return e->encoding == LIST_PACK;
}

/* Gives the list its large form; returns the node that its pack has become, NULL: it was empty.
 * Positions in the pack stay good. */
struct chain_node *list_convert(struct entry *e);

/* Puts an element in front of p into a node; NULL: behind all. */
void list_node_add(struct chain *ch, struct chain_node *node, unsigned char *p, struct slice bytes);

/* Puts a node with one element in front of another one; NULL: at the end. */
void list_node_new(struct chain *ch, struct chain_node *before, struct slice bytes);

#endif
