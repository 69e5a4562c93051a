/*
 * guard_io: how many replicas a node needs to accept writes (min-replicas-to-write and
 * min-replicas-max-lag), and to acknowledge them (sync-replicas): asked for and set, over the
 * command link; each reply is read.
 */
#ifndef PROBES_GUARD_IO_H
#define PROBES_GUARD_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/order_io.h"

struct link_set;

/* CONFIG GET of both: settles with what is in force. SETTLED is called exactly once, as by
 * order_role(). */
void order_guard_ask(struct link_set *set, uint32_t id, uint64_t ticket, order_settled_fn *settled,
                     void *arg);

/* CONFIG SET of both, CONFIG REWRITE if REWRITE (a refusal of that is told as a warning: result
 * `refused`), and CONFIG GET: settles with what is in force then; not ok when that is something
 * else. */
void order_guard_set(struct link_set *set, uint32_t id, uint64_t ticket, int64_t min_replicas,
                     int64_t max_lag_s, bool rewrite, order_settled_fn *settled, void *arg);

/* CONFIG SET sync-replicas K, and CONFIG REWRITE as above, at a picket-store. */
void order_sync_set(struct link_set *set, uint32_t id, uint64_t ticket, int64_t k,
                    order_settled_fn *settled, void *arg);

#endif
