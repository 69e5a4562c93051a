/*
 * maxmemory: keys are deleted to make room, the least recently used ones first, or by another
 * policy. Which ones those are is found by samples, of which the best are kept in a pool: memory
 * per key is not spent on an order of all keys.
 *
 * What counts is the memory of the data (mem_used), not the buffers of clients and replicas, which
 * have limits of their own.
 */
#ifndef STORE_EVICT_H
#define STORE_EVICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry;
struct store;

#define EVICT_POOL_MAX 16
#define EVICT_STEP_MAX 64 /* keys deleted, or portions of dead data freed, before one command */

/* In the order of the words of the option maxmemory-policy. */
enum evict_policy {
    EVICT_NONE,
    EVICT_ALL_LRU,
    EVICT_ALL_RANDOM,
    EVICT_VOLATILE_LRU,
    EVICT_VOLATILE_RANDOM,
    EVICT_VOLATILE_TTL
};

/* A key that was seen, and for how long it had not been used. The entry may be gone by now: the
 * pointer is compared, never followed. */
struct evict_candidate {
    const struct entry *entry;
    uint32_t hash;
    uint32_t idle_s;
    unsigned db;
};

/* The longest unused comes last. Zero bytes: an empty one. */
struct evict_pool {
    struct evict_candidate candidates[EVICT_POOL_MAX];
    size_t count;
    unsigned next_db; /* of a policy of chance */
};

/* True when the policy goes by when a key was last used. */
bool evict_by_use(const struct store *s);

/*
 * Deletes keys while the data take more than maxmemory, at most so many that no other client
 * notices. False when memory is over the limit and no key may go for it. True when there is room,
 * or soon will be.
 */
bool evict_make_room(struct store *s);

/* True when there is more to delete than one call does: for whoever has time for it. */
bool evict_goes_on(struct store *s);

#endif
