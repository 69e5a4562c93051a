/*
 * pause_io: what a planned switchover asks of nodes beside their change of role: to hold back
 * writes, and how far their replication is. Requests go over the command link; each reply is read.
 */
#ifndef PROBES_PAUSE_IO_H
#define PROBES_PAUSE_IO_H

#include <stdint.h>

#include "probes/order_io.h"
#include "wire/msec.h"

struct link_set;

/* CLIENT PAUSE pause_ms WRITE (Redis 6.2), and ROLE behind it: settles with the role and the
 * offset at which writes stand still. SETTLED is called exactly once, as by order_role(). */
void order_pause(struct link_set *set, uint32_t id, uint64_t ticket, msec pause_ms,
                 order_settled_fn *settled, void *arg);

/* CLIENT UNPAUSE; the reply does not matter. */
void order_unpause(struct link_set *set, uint32_t id);

/* ROLE: settles with role and offset. A replica whose link to its primary is not in order is
 * answered for with offset 0: what it says of itself then is no promise. */
void order_ask_role(struct link_set *set, uint32_t id, uint64_t ticket, order_settled_fn *settled,
                    void *arg);

#endif
