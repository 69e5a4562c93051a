/*
 * outbox: durable before visible. Takes each step's output, groups the rows of
 * steps that come while a commit runs into the next commit, and gives back what
 * may leave now. Pure: the shell and the simulator use the same one.
 *
 * Rule: messages, events, replies and orders that promise (order_waits()) leave in the
 * order in which they came, and only when every row handed out in their step or
 * before is durable. OPEN, CLOSE, FORGET, PING, INFO, SCRIPT_KILL, FUNCTION_KILL and
 * WRITE never wait: a slow disk must not blind the probes.
 *
 * What waits for a node's command link was meant for the process at its other end: when the link is
 * opened anew, a HELLO is dropped, and an order leaves as STALE, to be told lost. The node may have
 * been started again, and not be what it was chosen for.
 *
 * Bounded: at most OUTBOX_PARCELS_MAX wait. The core stops producing (no hellos,
 * asks or campaigns) once it is told by SETTLED_DISK that the disk stalls, so the bound is met
 * by what clients can ask for; beyond it messages are dropped (as a network
 * would) and counted.
 */
#ifndef SENTINEL_OUTBOX_H
#define SENTINEL_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sentinel/output.h"

#define OUTBOX_PARCELS_MAX 65536

enum parcel_kind { PARCEL_MESSAGE, PARCEL_ORDER, PARCEL_EVENT, PARCEL_REPLY };

struct parcel {
    enum parcel_kind kind;
    uint64_t after; /* number of the commit it waits for; 0 = none */
    bool stale;     /* ORDER: not to be carried out any more; it is lost */
    union {
        struct message message;
        struct order order;
        struct event event;
        struct reply reply;
    } u;
};

struct outbox;

struct outbox *outbox_new(void);
void outbox_free(struct outbox *outbox);

/* Copy everything out of OUTPUT. */
void outbox_take(struct outbox *outbox, const struct output *output);

/* The rows to commit now as one transaction, with their commit number; NULL when there is
 * nothing to commit or a commit is running. Valid until outbox_committed(). */
const struct row *outbox_commit(struct outbox *outbox, size_t *ret_n, uint64_t *ret_commit);

/* The running commit is durable. (A failed one is simply tried again by the
 * caller with the same rows.) */
void outbox_committed(struct outbox *outbox);

/* Take the next parcel that may leave; false when none may. Parcels that do not wait come first. */
bool outbox_next(struct outbox *outbox, struct parcel *ret_parcel);

/* The disk stalls: take back the next order to promote or to follow that still waits; false when
 * there is none (left). What was decided so long ago may be wrong by the time it could leave:
 * somebody else may have been elected meanwhile. The caller tells the core that it is lost. */
bool outbox_recall(struct outbox *outbox, struct order *ret_order);

/* Whether what a query shows of the groups, their primaries above all, is durable. */
bool outbox_groups_durable(const struct outbox *outbox);

/* Whether rows are waiting or being committed. */
bool outbox_busy(const struct outbox *outbox);
uint64_t outbox_dropped(const struct outbox *outbox);

#endif
