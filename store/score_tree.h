/*
 * Members in the order of their scores, those with the same score in the order of their bytes: a
 * B+-tree that knows how many elements each branch holds, so that a place tells the element, and
 * the element its place, in logarithmic time.
 *
 * The members belong to somebody else; they must not move while they are in here, and the scores of
 * no two operations on one member may differ but by score_tree_move. Scores are never NaN.
 */
#ifndef STORE_SCORE_TREE_H
#define STORE_SCORE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/slice.h"

struct member;
struct score_node;

#define SCORE_NODE_MAX 63 /* elements or branches of one node */

struct score_tree {
    struct score_node *root; /* NULL: empty */
    size_t count;
};

/* An element as walks and tests see it. */
struct scored {
    double score;
    const struct member *member;
};

void score_tree_init(struct score_tree *t);

/* Frees all nodes, now. */
void score_tree_done(struct score_tree *t);

/* Frees up to *left nodes and counts them off it; true when the tree is empty. Between the calls
 * nothing else may be done with it. */
bool score_tree_free_some(struct score_tree *t, size_t *left);

/* The member must not be in the tree. */
void score_tree_insert(struct score_tree *t, struct scored x);

/* The member must be in the tree with this score. */
void score_tree_remove(struct score_tree *t, struct scored x);

/* Gives an element of the tree another score. */
void score_tree_move(struct score_tree *t, struct scored x, double score);

/* The place of an element: how many stand before it. */
size_t score_tree_rank(const struct score_tree *t, struct scored x);

/* True for the elements at the beginning of the order, then false. */
typedef bool score_before_fn(const void *arg, struct scored x);

/* How many elements `before` is true for. */
size_t score_tree_count(const struct score_tree *t, score_before_fn *before, const void *arg);

/* Bytes of the nodes, about. */
size_t score_tree_bytes(const struct score_tree *t);

/* A walk over the elements from a place on; the tree must not change meanwhile. */
struct score_walk {
    const struct score_tree *tree;
    const struct score_node *leaf; /* NULL: to be looked up */
    size_t at;                     /* in the leaf */
    size_t place;
};

void score_walk_start(struct score_walk *w, const struct score_tree *t, size_t place);

/* The element at hand, and a step to the one behind it, or (back) before it; false when there is no
 * element at hand. */
bool score_walk_next(struct score_walk *w, struct scored *ret);
bool score_walk_back(struct score_walk *w, struct scored *ret);

/* The order of names: of their bytes, the shorter first. */
int score_compare_names(struct slice a, struct slice b);

/* True when the tree holds all its promises; for tests. */
bool score_tree_check(const struct score_tree *t);

#endif
