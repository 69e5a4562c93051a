/*
 * What a union, intersection or difference takes its members from: the value of a key, which is a
 * sorted set, or a set, whose members score 1.
 */
#ifndef STORE_ZSET_SOURCE_H
#define STORE_ZSET_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/set.h"
#include "store/zset.h"
#include "wire/slice.h"

struct zset_source {
    const struct entry *entry; /* NULL: there is none */
    double weight;
    size_t count;
    size_t index; /* in the request */
};

/* Takes an entry, NULL is fine, with the weight 1; false when it is of neither type. */
bool zset_source_set(struct zset_source *x, const struct entry *e);

/* False: there is no such member. */
bool zset_source_score(const struct zset_source *x, struct slice name, double *ret);

/* A walk over the members; the entry must not change meanwhile. */
struct zset_source_walk {
    const struct zset_source *source;
    struct zset_walk zset;
    struct set_walk set;
    struct slice name;
    double score;
};

void zset_source_walk_start(struct zset_source_walk *w, const struct zset_source *x);

/* Sets w->name and ->score; false at the end. */
bool zset_source_walk_next(struct zset_source_walk *w);

#endif
