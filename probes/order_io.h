/*
 * order_io: what is said to a node, over its links, and what its replies mean. Questions (PING,
 * INFO, hello) are answered by evidence; changes of role settle a ticket.
 *
 * A change of role is one transaction, pipelined with a question behind it, and every reply is
 * read:
 *
 *     MULTI / SLAVEOF host port or NO ONE [/ PICKET LEASE] / CONFIG REWRITE / CLIENT KILL TYPE
 * normal / EXEC, ROLE, INFO replication
 *
 * so that no client writes to the node between its change and the end of its connections. SLAVEOF,
 * since every version of every kind of node knows it. What the node is known to refuse is left out
 * (probes/order_part.h); what it turns out to refuse is told.
 */
#ifndef PROBES_ORDER_IO_H
#define PROBES_ORDER_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/evidence.h"
#include "probes/node_info.h"
#include "probes/order_part.h"
#include "wire/addr.h"

struct link_set;

/* A write lease (picket-store): MS from a reading of the node's clock on. */
struct lease_grant {
    int64_t ms; /* 0 = none: what there is ends, and the epoch is made known */
    uint64_t epoch, clock_ms;
    const char *holder; /* probes/lease_io.h */
};

/* How a change of role ended. Borrowed during the call. */
struct order_result {
    uint32_t id;
    uint64_t ticket;
    bool ok;             /* SLAVEOF was taken */
    bool lost;           /* the link went before all replies were there: it may have happened */
    enum node_role role; /* what ROLE said; ROLE_UNKNOWN = it did not say */
    uint64_t offset;     /* of replication, as INFO told it at once; 0 when it did not, */
    char replid[RUNID_LEN + 1];      /* and in which history; empty when it did not */
    int64_t min_replicas, max_lag_s; /* probes/guard_io.h */
    uint64_t lease_left_ms;          /* probes/lease_io.h: what is left of a lease, */
    uint64_t lease_clock_ms;         /* and the node's clock */
    unsigned refused; /* bits of the parts that were (enum order_part), whether OK or not */
    char error[EVIDENCE_ERROR_MAX + 1]; /* the first error: what stood in the way of the change, or
                                           of a part that was refused */
};

typedef void order_settled_fn(void *arg, const struct order_result *result);

/* Ask on a link; without one that is up nothing happens. The replies are reported as evidence. */
void order_ping(struct link_set *set, uint32_t id, enum link_kind kind);
void order_info(struct link_set *set, uint32_t id);
void order_publish(struct link_set *set, uint32_t id, const char *channel, const char *text);

/* What shall become of a node. */
struct role_change {
    const struct addr *primary; /* follow it; NULL: be a primary */
    int64_t min_replicas;       /* instead, if not 0: stay what it is, and need so many for a write
                                   (CONFIG SET, not stored) */
    unsigned without;           /* parts that are left out */
    const struct lease_grant *lease; /* then PICKET LEASE as well, behind SLAVEOF; or NULL */
};

/* SETTLED is called exactly once; from within the call (lost) when the link is not up. */
void order_role(struct link_set *set, uint32_t id, uint64_t ticket,
                const struct role_change *change, order_settled_fn *settled, void *arg);

/* The same, of a primary, over every connection of SET to the node that is open or being opened,
 * whether anybody answers there or not; they are GIVEN to it (link_give). The pub/sub one is the
 * better: the node has known it for long, and finds the order there as soon as it runs again.
 * SETTLED is called exactly once, when the first has taken it or none can. */
void order_fence(struct link_set *set, struct link_set *given, uint32_t id, uint64_t ticket,
                 const struct role_change *change, order_settled_fn *settled, void *arg);

#endif
