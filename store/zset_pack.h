/*
 * The compact form of sorted sets: a pack of names and scores in turn, in order.
 */
#ifndef STORE_ZSET_PACK_H
#define STORE_ZSET_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "store/zset_bound.h"
#include "wire/slice.h"

struct hash_key;

/* The number of an element that is a score. */
double zset_pack_score(const unsigned char *p);

/* The element that is a member's name, or NULL. */
unsigned char *zset_pack_find(unsigned char *pack, struct slice name);

/* Puts a member that is not there in its place. */
unsigned char *zset_pack_insert(unsigned char *pack, struct slice name, double score);

/* How many members stand before a bound; before the name at p. */
size_t zset_pack_count_before(unsigned char *pack, const struct zset_bound *bound);
size_t zset_pack_place(unsigned char *pack, const unsigned char *p);

/* True when a well-formed pack is a sorted set: pairs, in order, the second of each a number, no
 * member twice. */
bool zset_pack_check(unsigned char *pack, const struct hash_key *hash_key);

#endif
