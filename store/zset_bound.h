/*
 * Where a range of a sorted set begins or ends: at a score or, where all scores are the same, at a
 * name.
 */
#ifndef STORE_ZSET_BOUND_H
#define STORE_ZSET_BOUND_H

#include <stdbool.h>

#include "wire/slice.h"

struct zset_bound {
    bool by_name;
    bool after;   /* behind what is equal to it, not in front */
    int infinite; /* -1: before everything, 1: behind everything */
    double score;
    struct slice name;
};

/* The two of ZRANGEBYSCORE ("1.5", "(1.5", "-inf") or ZRANGEBYLEX ("[a", "(a", "-", "+"): members
 * from the first to the second are meant. False: one of them is not written so. The names are those
 * of the arguments. */
bool zset_bounds_read(struct slice min, struct slice max, bool by_name, struct zset_bound ret[2]);

/* True when a member stands before the bound; of score and name one counts. */
bool zset_bound_is_behind_score(const struct zset_bound *b, double score);
bool zset_bound_is_behind_name(const struct zset_bound *b, struct slice name);

#endif
