/*
 * An intrusive hash table: the owner embeds a struct table_node, computes the hash, and compares
 * what it finds. Grows by itself; holds nodes, owns none. Equal hashes are found one after the
 * other.
 */
#ifndef WIRE_TABLE_H
#define WIRE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct table_node {
    struct table_node *next;
    uint64_t hash;
};

struct table {
    struct table_node **slots;
    size_t cap; /* slots: a power of two, or 0 */
    size_t used;
};

/* The struct in which a node is embedded. */
#define table_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* Zero bytes are a valid empty table. Done frees the slots; no node is touched. */
void table_done(struct table *t);

/* False: memory is out, nothing changed. */
bool table_add(struct table *t, struct table_node *node, uint64_t hash);

/* The node must be in the table. */
void table_remove(struct table *t, struct table_node *node);

/* The first node of this hash, and the next one of the same; NULL: none. */
struct table_node *table_first(const struct table *t, uint64_t hash);
struct table_node *table_next(const struct table_node *node);

/* Hashes for it. Not secret: meant for tables with a limit. */
uint64_t table_hash_bytes(struct slice bytes);
uint64_t table_hash_int(uint64_t value);

#endif
