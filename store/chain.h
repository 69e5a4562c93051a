/*
 * A chain of packs, each with one element at least: the large form of lists. Whoever changes a
 * pack keeps `count` of its node and of the chain.
 */
#ifndef STORE_CHAIN_H
#define STORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain_node {
    struct chain_node *prev, *next;
    unsigned char *pack; /* store/pack.h; owned */
    size_t count;        /* its elements */
};

struct chain {
    struct chain_node *first, *last;
    size_t count; /* elements of all packs */
    size_t nodes;
};

struct chain *chain_new(void);

/* Frees up to *left steps (store/mem.h), a node being one at least, and counts them off it; true
 * when that was all, and the chain is freed too. */
bool chain_free_some(struct chain *ch, size_t *left);

struct chain *chain_copy(const struct chain *ch);

/* Puts a pack in front of a node; NULL: at the end. Takes the pack over. */
struct chain_node *chain_insert(struct chain *ch, struct chain_node *before, unsigned char *pack);

/* Takes a node out and returns its pack, which is the caller's now. */
unsigned char *chain_unlink(struct chain *ch, struct chain_node *node);

/* Parts a node in two, p being the first element of the second one; returns that. */
struct chain_node *chain_split(struct chain *ch, struct chain_node *node, unsigned char *p);

/* Bytes of memory, with the allocator's share. */
size_t chain_bytes(const struct chain *ch, size_t samples);

#endif
