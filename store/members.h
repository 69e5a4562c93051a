/*
 * A table of members, each with a value that may be empty: the large form of hashes and sets. One
 * block per member.
 */
#ifndef STORE_MEMBERS_H
#define STORE_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/dict.h"
#include "wire/slice.h"

/* The value's bytes stand behind the name's. */
struct member {
    struct dict_node node;
    uint32_t value_len;
    char bytes[];
};

struct members {
    struct dict dict;
    struct hash_key hash_key; /* its own, since keyspaces are exchanged */
};

struct members *members_new(const struct hash_key *hash_key);

/* Frees all, now: for few. NULL is fine. */
void members_free(struct members *m);

/* Frees up to *left members and counts them off it; true when that was all, and m is freed too. */
bool members_free_some(struct members *m, size_t *left);

struct members *members_copy(const struct members *m);

static inline size_t members_count(const struct members *m)
{
    return m->dict.used;
}

/* Bytes of it all, with the allocator's share; reckoned from so many members, 0: from all. */
size_t members_bytes(const struct members *m, size_t samples);

/* True when of the elements of a pack, whose number is a multiple of `step`, the first of each
 * `step` is there once; for few by comparing, for many by a table. */
bool members_distinct(unsigned char *pack, size_t step, const struct hash_key *hash_key);

/* The member of a name, or NULL. Valid until the table changes. */
const struct member *members_find(const struct members *m, struct slice name);

/* Adds a member or gives it another value; true when it is new. */
bool members_set(struct members *m, struct slice name, struct slice value);

/* Adds a member that is not there; returns it. It stays where it is until it gets a value of
 * another length or is deleted. */
const struct member *members_add(struct members *m, struct slice name, struct slice value);

/* Puts as many other bytes in the place of a value; the member stays where it is. */
void members_overwrite(struct members *m, const struct member *x, struct slice value);

/* False when it was not there. */
bool members_delete(struct members *m, struct slice name);

static inline struct slice member_name(const struct member *x)
{
    struct slice s = { x->bytes, x->node.key_len };
    return s;
}

static inline struct slice member_value(const struct member *x)
{
    struct slice s = { x->bytes + x->node.key_len, x->value_len };
    return s;
}

#endif
