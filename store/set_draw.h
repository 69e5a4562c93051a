/*
 * Members of sets chosen by chance, for SPOP and SRANDMEMBER. All are given to the caller's
 * function, which must not change the set; the bytes are valid within it.
 */
#ifndef STORE_SET_DRAW_H
#define STORE_SET_DRAW_H

#include <stddef.h>

#include "wire/prng.h"
#include "wire/slice.h"

struct entry;

typedef void set_take_fn(void *arg, struct slice member);

/* One of at least one. */
void set_draw_one(const struct entry *e, struct prng *prng, set_take_fn *take, void *arg);

/* n different ones, n being at most as many as there are. */
void set_draw(const struct entry *e, size_t n, struct prng *prng, set_take_fn *take, void *arg);

/* The same, n being less than there are, and takes them out of the set. */
void set_draw_out(struct entry *e, size_t n, struct prng *prng, set_take_fn *take, void *arg);

#endif
