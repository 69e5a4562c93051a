/*
 * Values of sets: integers in order while all members are integers and few; a pack while they are
 * few and short; else a table. The functions take an entry of the type VALUE_SET.
 */
#ifndef STORE_SET_H
#define STORE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/dict.h"
#include "store/entry.h"
#include "store/limits.h"
#include "store/pack.h"
#include "wire/slice.h"

enum set_encoding { SET_PACK = COLLECTION_PACK, SET_TABLE = COLLECTION_TABLE, SET_INTS };

/* Makes an entry that holds an empty string a set without members. */
void set_start(struct entry *e);

/* The same with integers (store/intset.h), or with a pack of members, which the entry owns from now
 * on. False, and nothing was changed or taken, when a member of the pack is there twice. */
void set_adopt_ints(struct entry *e, unsigned char *ints, const struct value_limits *limits,
                    const struct hash_key *hash_key);
bool set_adopt_pack(struct entry *e, unsigned char *pack, const struct value_limits *limits,
                    const struct hash_key *hash_key);

size_t set_count(const struct entry *e);
bool set_has(const struct entry *e, struct slice member);

/* True when the member is new. hash_key: for the table, should it need one. */
bool set_add(struct entry *e, struct slice member, const struct value_limits *limits,
             const struct hash_key *hash_key);

/* False when it was not there. */
bool set_remove(struct entry *e, struct slice member);

/* Walks all members; the entry must not change meanwhile. */
struct set_walk {
    const struct entry *entry;
    size_t place;     /* of the next integer */
    unsigned char *p; /* the next element of a pack */
    struct dict_walk table;
    struct pack_item item;
    int64_t number; /* of a set of integers: the member */
};

void set_walk_start(struct set_walk *walk, const struct entry *e);

/* Sets walk->item (its `bytes`), which is valid until the next call; false at the end. */
bool set_walk_next(struct set_walk *walk);

/* A copy in the large form, in an entry of its own, without a key: for many look-ups. */
struct entry *set_copy_large(const struct entry *e, const struct hash_key *hash_key);

/* True when the member at which a walk over another set stands is in the set. */
bool set_has_walked(const struct entry *e, const struct set_walk *walk);

#endif
