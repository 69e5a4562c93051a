/*
 * What a supervisor must say before this node takes writes: the start gate and the write lease.
 * Pure; guard_io keeps the durable part, picket_io has the commands.
 *
 * The gate is closed when a node comes up as a primary that has been at work before: it may be
 * behind by what its replicas have, or empty. A supervisor confirms it, points it elsewhere, or
 * promotes it.
 *
 *     OPEN ◀──PICKET CONFIRM, REPLICAOF──── CLOSED ◀── start as a primary with a past
 *
 * The lease is a time on this node's own clock (milliseconds since boot, sleep included) until
 * which writes are taken. Who renews it names an epoch, which never falls: once a newer one was
 * seen, the holder of an older one gets nothing any more, over restarts too.
 */
#ifndef STORE_GUARD_H
#define STORE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/slice.h"

#define GUARD_HOLDER_MAX   64               /* bytes of a supervisor's id */
#define GUARD_LEASE_MS_MAX (60 * 60 * 1000) /* of one renewal */

enum guard_gate { GUARD_OPEN, GUARD_CLOSED };

struct guard {
    enum guard_gate gate;
    int64_t lease_until_ms;            /* on the lease's clock; 0: no lease */
    int64_t epoch;                     /* the highest seen */
    char holder[GUARD_HOLDER_MAX + 1]; /* who named it; empty: nobody yet */
};

enum guard_verdict {
    GUARD_SAME,    /* the epoch and holder that we know */
    GUARD_NEW,     /* to be made durable before anything is granted */
    GUARD_STALE,   /* a newer epoch was seen */
    GUARD_FOREIGN, /* the epoch is another one's */
};

/* True when the text can be a holder's id: printable, no blanks or quotes, not too long. */
bool guard_holder_is_valid(struct slice id);

/* What is to be thought of a supervisor that speaks in this epoch. Changes nothing. */
enum guard_verdict guard_judge(const struct guard *g, int64_t epoch, struct slice holder);

/* The epoch and holder are the ones seen last; the verdict was GUARD_NEW, and they are durable. A
 * lease of somebody else ends. */
void guard_adopt(struct guard *g, int64_t epoch, struct slice holder);

/*
 * Renews the lease: ms from from_ms on, a reading of our clock that the supervisor got earlier.
 * Never shortens one that runs. Returns what is left of the lease at now_ms.
 */
int64_t guard_renew(struct guard *g, int64_t from_ms, int64_t ms, int64_t now_ms);

/* It runs no longer than so from now on. */
void guard_cut(struct guard *g, int64_t most_ms, int64_t now_ms);

/* Ends the lease. */
void guard_revoke(struct guard *g);

/* Milliseconds that the lease still runs. */
static inline int64_t guard_left_ms(const struct guard *g, int64_t now_ms)
{
    return g->lease_until_ms > now_ms ? g->lease_until_ms - now_ms : 0;
}

#endif
