#ifndef STORE_DICT_H
#define STORE_DICT_H

#include "store/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An intrusive hash table that never stops to grow: linear hashing. One insertion splits at most
 * one bucket and one removal joins at most four, so there is no second table, no rehash to drive
 * and no big block to free; the bucket array is a directory of fixed segments that are never
 * copied.
 *
 * Nodes belong to the caller. The key is stored in the node itself, `key_at` bytes from its start.
 * Links (struct dict_node **) stay valid until the next insertion or removal. Not thread safe. */

struct dict_node {
    struct dict_node *next;
    uint32_t hash;
    uint32_t key_len;
};

struct dict {
    struct dict_node ***segments;
    size_t segments_cap;
    size_t buckets;   /* in use now; between level and 2 * level */
    size_t level;     /* a power of two: the buckets this round of splitting started with */
    size_t first_cap; /* room in segment 0, which grows until it is a full one */
    size_t used;      /* nodes */
    size_t key_at;
    const struct hash_key *hash_key; /* not owned */
};

/* An empty dict; allocates nothing before the first insertion. */
void dict_init(struct dict *d, const struct hash_key *hash_key, size_t key_at);

/* Frees the bucket array. The nodes are the caller's; normally none is left. */
void dict_done(struct dict *d);

static inline uint32_t dict_hash(const struct dict *d, const void *key, size_t len)
{
    return (uint32_t)hash_bytes(d->hash_key, key, len);
}

/* Returns the link that points at the node with this key, or NULL. */
struct dict_node **dict_find(const struct dict *d, const void *key, size_t len, uint32_t hash);

/* The link that points at this very node, or NULL: it is not in the dict. Nothing is read through
 * node, which may be gone. */
struct dict_node **dict_find_node(const struct dict *d, const struct dict_node *node,
                                  uint32_t hash);

/* Adds a node whose key is not in the dict; sets its hash. Returns the link that points at it. */
struct dict_node **dict_insert(struct dict *d, struct dict_node *node, uint32_t hash);

/* Makes room for so many nodes, so that insertions need not. */
void dict_reserve(struct dict *d, size_t nodes);

/* Takes the node at this link out and returns it. */
struct dict_node *dict_remove(struct dict *d, struct dict_node **link);

/* Puts another node with the same key at the place of the one at this link (after a realloc). */
static inline void dict_replace(struct dict_node **link, struct dict_node *node)
{
    *link = node;
}

/* Takes any node out and returns it, or NULL when empty. For freeing a dict in portions. */
struct dict_node *dict_pop(struct dict *d);

/* Calls visit for each node of the next bucket group and returns the next cursor, 0 at the end.
 * Start with 0. Whatever is in the dict for the whole of the iteration is visited at least once,
 * across any growth and shrinking. visit must not change the dict. */
uint64_t dict_scan(const struct dict *d, uint64_t cursor,
                   void (*visit)(void *arg, struct dict_node *node), void *arg);

/* A node chosen by two words of chance, nearly uniform; NULL when empty. */
struct dict_node *dict_random(const struct dict *d, uint64_t chance);

/* Walks all nodes in bucket order; stop by leaving the loop. The dict must not change meanwhile. */
struct dict_walk {
    const struct dict *dict;
    size_t bucket;
    struct dict_node *node;
};

void dict_walk_start(struct dict_walk *walk, const struct dict *d);
struct dict_node *dict_walk_next(struct dict_walk *walk);

/* Bytes the bucket array takes. */
size_t dict_overhead_bytes(const struct dict *d);

#endif
