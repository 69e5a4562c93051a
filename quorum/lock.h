/*
 * lock: a voter's word that for some time it will not help any other node of the group to a write
 * lease. Who has the word of a majority may renew a node's lease, for less time than that; two
 * majorities share a voter, so no two nodes have a lease at one time. No clocks are compared.
 *
 * One lock at a time: for an address, under an epoch, until a time on the voter's own clock.
 *
 *   claim for the same node, same or newer epoch   given: the lock begins anew
 *   nothing is locked, or no longer                given
 *   another node is locked                         refused; noted, if the epoch is the newer one
 *   ... and the claim is OVER the lock's serial    given: see below
 *
 * As long as a claim that was noted is repeated, the lock is not extended, and so runs out. The
 * claimant is told the serial number of the lock, and whom it is for. When it has seen, since, that
 * this node has no lease, it says OVER with that number.
 *
 * Why OVER is safe: the locked node X was seen without a lease (its process is not there, or it is
 * a replica) at a time v. A lease that it gets later needs a reading of its clock made after v, and
 * pledges asked for after that, of a majority. OVER is said to those alone who told their serial
 * before v, and each time that a lock is given the serial changes: so each who takes it has pledged
 * nothing to X since before v, and will not until the lock that it gives instead ends. A renewal
 * that was under way at v went to a process that is gone, or to a replica, which takes none.
 *
 * Nothing of it is durable: a voter that has just begun knows not what it promised, and promises
 * nothing for as long as a lock can last (sentinel/lease).
 */
#ifndef QUORUM_LOCK_H
#define QUORUM_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/addr.h"
#include "wire/msec.h"

#define LOCK_SERIAL_MAX INT64_MAX /* replies carry signed numbers */

/* "Will you keep to ADDR, under EPOCH, for MS?" */
struct stake {
    struct addr addr;
    uint64_t epoch;
    int64_t ms;    /* > 0 */
    uint64_t over; /* in place of the lock of this serial; 0 = of none */
};

struct pledge {
    bool given;
    int64_t ms;       /* GIVEN: from the claim's arrival on; else worth asking again then */
    uint64_t serial;  /* refused, but noted: of the lock that there is; else 0 */
    struct addr addr; /* the same: whom it is for */
};

struct lock {
    msec until; /* 0 = never */
    uint64_t epoch;
    struct addr addr;
    uint64_t serial; /* of the lock given last; to begin with any number, another in each life */
    uint64_t claim_epoch; /* the claim that was noted last, */
    msec claim_until;     /* and how long it keeps the lock from being extended */
};

/* Decide. SAME: STAKE is for the node that is locked, however its address is written. */
void lock_take(struct lock *lock, const struct stake *stake, bool same, msec now,
               struct pledge *ret_pledge);

#endif
