/*
 * lease_io: PICKET LEASE, by which a picket-store is allowed to take writes for some time (its man
 * page, "THE WRITE LEASE").
 *
 *     PICKET LEASE ms epoch holder [FROM clock-ms]  ->  [ms left, clock-ms]
 *
 * Without FROM it is for MS 0 only: the lease ends.
 */
#ifndef PROBES_LEASE_IO_H
#define PROBES_LEASE_IO_H

#include <stdint.h>

#include "probes/order_io.h"

#define LEASE_HOLDER_MAX 64 /* bytes that a node takes for an id */

struct link_set;

/* The request, word by word, ended by NULL. */
struct lease_words {
    const char *words[8];
    char ms[24], epoch[24], clock_ms[24], holder[LEASE_HOLDER_MAX + 1];
};

/* GRANT NULL: no words. Points into itself. */
void lease_words_fill(struct lease_words *words, const struct lease_grant *grant);

/* Settles with what is left of the lease, and the node's clock. SETTLED is called exactly once, as
 * by order_role(). */
void order_lease(struct link_set *set, uint32_t id, uint64_t ticket,
                 const struct lease_grant *grant, order_settled_fn *settled, void *arg);

#endif
