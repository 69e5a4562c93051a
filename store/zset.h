/*
 * Values of sorted sets: members with scores, in a pack (name and score in turn, in order) while
 * they are few and short, else in a table beside a tree. The order is that of the scores, of names
 * where these are the same. Places count from 0.
 *
 * The functions take an entry of the type VALUE_ZSET.
 */
#ifndef STORE_ZSET_H
#define STORE_ZSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/entry.h"
#include "store/limits.h"
#include "store/pack.h"
#include "store/score_tree.h"
#include "store/zset_bound.h"
#include "wire/slice.h"

struct hash_key;

/* Makes an entry that holds an empty string a sorted set without members. */
void zset_start(struct entry *e);

/* The same with a pack, which the entry owns from now on. False, and nothing was changed or taken,
 * when it holds anything but numbers for scores, a member twice, or members out of order. */
bool zset_adopt(struct entry *e, unsigned char *pack, const struct value_limits *limits,
                const struct hash_key *hash_key);

/* The same in the large form, for what is built by many changes; and back into a pack, if it may be
 * one. */
void zset_start_table(struct entry *e, const struct hash_key *hash_key);
void zset_compact(struct entry *e, const struct value_limits *limits);

size_t zset_count(const struct entry *e);

/* False: there is no such member. */
bool zset_score(const struct entry *e, struct slice name, double *ret);

/* Place and score of a member; false: there is none. */
bool zset_rank(const struct entry *e, struct slice name, size_t *ret_place, double *ret_score);

/* What ZADD may be told about a member. */
enum zset_rule {
    ZSET_NX = 1, /* only if it is new */
    ZSET_XX = 2, /* only if it is there */
    ZSET_GT = 4, /* if it is there, only to a greater score */
    ZSET_LT = 8,
    ZSET_INCR = 16 /* add to the score */
};

enum zset_change {
    ZSET_NONE, /* a rule forbade it */
    ZSET_SAME, /* it has this score already */
    ZSET_MOVED,
    ZSET_ADDED,
    ZSET_NAN /* the sum is no number; nothing was changed */
};

/* Sets a score, by rules. *ret: the score that it has now, unless NONE or NAN. */
enum zset_change zset_set(struct entry *e, struct slice name, double score, unsigned rules,
                          const struct value_limits *limits, const struct hash_key *hash_key,
                          double *ret);

bool zset_delete(struct entry *e, struct slice name);

/* Deletes n members from a place on, which must be there. */
void zset_delete_places(struct entry *e, size_t place, size_t n);

/* How many members stand before a bound. */
size_t zset_count_before(const struct entry *e, const struct zset_bound *bound);

/* A walk in order from a place on, or backwards; the entry must not change meanwhile. */
struct zset_walk {
    const struct entry *entry;
    unsigned char *p; /* of a pack; NULL: the end */
    struct score_walk order;
    bool back;
    struct pack_item name;
    double score;
};

void zset_walk_start(struct zset_walk *w, const struct entry *e, size_t place, bool back);

/* Sets w->name and ->score; false at the end. */
bool zset_walk_next(struct zset_walk *w);

#endif
