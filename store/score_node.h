/*
 * The nodes of a score tree (store/score_tree.h), which alone uses them. A slot is an element of a
 * leaf, or a branch of an inner node together with the branch's first element.
 */
#ifndef STORE_SCORE_NODE_H
#define STORE_SCORE_NODE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include "store/members.h"
#include "store/score_tree.h"

enum {
    SCORE_NODE_ROOM = SCORE_NODE_MAX + 1, /* one too many, until the node is made smaller */
    SCORE_NODE_FEW = SCORE_NODE_MAX / 4,  /* with fewer a node looks for a neighbour's */
    SCORE_NODE_JOINED_MAX = SCORE_NODE_ROOM / 4 * 3, /* with no more two nodes become one */
    SCORE_NODE_LENDER_MAX = SCORE_NODE_JOINED_MAX    /* with no more a node takes a neighbour's */
};

struct score_node {
    unsigned short n; /* slots */
    bool is_leaf;
    double scores[SCORE_NODE_ROOM];
    const struct member *members[SCORE_NODE_ROOM];
};

struct score_inner {
    struct score_node keys; /* the first element of each branch */
    struct score_node *branches[SCORE_NODE_ROOM];
    size_t counts[SCORE_NODE_ROOM]; /* elements of each branch */
};

static inline struct score_inner *score_inner(struct score_node *v)
{
    assert(!v->is_leaf);
    return (struct score_inner *)v;
}

static inline const struct score_inner *score_inner_const(const struct score_node *v)
{
    assert(!v->is_leaf);
    return (const struct score_inner *)v;
}

/* The order of elements: of their scores, then of their names. */
static inline bool score_precedes(struct scored a, struct scored b)
{
    if (a.score != b.score)
        return a.score < b.score;
    return score_compare_names(member_name(a.member), member_name(b.member)) < 0;
}

static inline struct scored score_node_key(const struct score_node *v, size_t at)
{
    struct scored x = { v->scores[at], v->members[at] };

    return x;
}

/* A node without slots. */
struct score_node *score_node_new(bool is_leaf);

/* Frees the node, not its branches. */
void score_node_free(struct score_node *v);

/* How many keys of a node do not stand behind an element. */
size_t score_node_keys_up_to(const struct score_node *v, struct scored x);

/* Makes room for a slot at a place, and takes one out. */
void score_node_open(struct score_node *v, size_t at);
void score_node_close(struct score_node *v, size_t at);

/* Elements of a node and below. */
size_t score_node_count(const struct score_node *v);

/* Notes a branch of so many elements in a slot. */
void score_node_set_branch(struct score_node *v, size_t at, struct score_node *branch,
                           size_t count);

/* Puts a new right neighbour of the branch in a slot, which has given it some of its own, behind
 * it. */
void score_node_add_branch(struct score_node *v, size_t at, struct score_node *right);

/* Moves the slots from a place on to a new node. */
struct score_node *score_node_divide(struct score_node *v, size_t at);

/* Puts all of the branch behind a place into the branch there. */
void score_node_join(struct score_node *v, size_t at);

/* Gives both, the branch at a place and the one behind it, the same number of slots. */
void score_node_share(struct score_node *v, size_t at);

#endif
