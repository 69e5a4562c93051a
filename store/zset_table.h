/*
 * The large form of sorted sets: a table, in which the value of each member is its score, beside a
 * tree of the same members in order.
 */
#ifndef STORE_ZSET_TABLE_H
#define STORE_ZSET_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/score_tree.h"
#include "store/zset_bound.h"
#include "wire/slice.h"

struct hash_key;
struct member;
struct members;

struct zset {
    struct members *members;
    struct score_tree order;
};

struct zset *zset_table_new(const struct hash_key *hash_key);
struct zset *zset_table_copy(const struct zset *z);

/* Frees up to *left blocks and counts them off it; true when that was all. */
bool zset_table_free_some(struct zset *z, size_t *left);

/* Bytes of it all; reckoned from so many members, 0: from all. */
size_t zset_table_bytes(const struct zset *z, size_t samples);

double zset_table_score(const struct member *x);

/* Adds a member that is not there. */
void zset_table_add(struct zset *z, struct slice name, double score);

/* Gives a member another score. */
void zset_table_move(struct zset *z, const struct member *x, double score);

void zset_table_delete(struct zset *z, const struct member *x);

/* The place of a member, and the member at a place, which must be there. */
size_t zset_table_rank(const struct zset *z, const struct member *x);
const struct member *zset_table_at(const struct zset *z, size_t place);

/* How many members stand before a bound. */
size_t zset_table_count_before(const struct zset *z, const struct zset_bound *bound);

#endif
