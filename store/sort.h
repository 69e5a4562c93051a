/*
 * Elements in order: what SORT does once it has them. By the number that they are, or that somebody
 * says they weigh, or by their bytes (or those of their weight). Where these are the same the
 * element's own bytes decide, so that the result does not depend on chance.
 */
#ifndef STORE_SORT_H
#define STORE_SORT_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/slice.h"

struct sort;
struct sort_chunk;

struct sort_item {
    const struct sort *sort;
    struct slice element;
    struct slice weight; /* by bytes; p NULL: there is none, which comes first */
    double score;
};

struct sort {
    bool by_bytes;
    bool descending;
    struct sort_item *items;
    size_t count, cap;
    struct sort_chunk *chunks; /* where the bytes are */
};

/* Zero bytes, with the two choices set, are an empty one. Frees what it owns. */
void sort_done(struct sort *x);

/* Adds a copy of an element; its weight is its own bytes until another is set. */
void sort_add(struct sort *x, struct slice element);

/* Gives an element a copy of a weight by bytes; NULL: it has none. */
void sort_weigh_bytes(struct sort *x, size_t i, const struct slice *weight);

/* The same by a number: false when the bytes are none. NULL: it weighs 0. */
bool sort_weigh_number(struct sort *x, size_t i, const struct slice *weight);

/* Puts the elements in order. */
void sort_run(struct sort *x);

/* Turns their present order round. */
void sort_reverse(struct sort *x);

#endif
