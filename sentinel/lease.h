/*
 * lease: the write lease of picket-store, without which such a node (write-lease-ms) takes no
 * writes. Supervisors keep it renewed as long as a majority of them stands behind the node.
 *
 *   a reading of the   ─▶  claims to     ─▶  pledges of    ─▶  PICKET LEASE for 9/10 of L
 *   node's clock           all voters         a majority         FROM the reading
 *   (INFO, LEASE)          (4 times in L)     (locks for L)
 *
 * L is lease_ms, or less, where the node's own write-lease-ms asks for less. The lease counts from
 * a reading that was made before the first claim, so it ends before the locks do, however late the
 * order is carried out: clocks need only run at the same rate, to 1 in 20. A reading is of one
 * connection, and void when that ends.
 *
 * Every supervisor that has the configuration claims and renews, so that none of them is missed;
 * the node takes it as one holder's, by the epoch of the configuration. Who leads a failover claims
 * for the chosen one, from FENCE on: it has the majority once the locks for the old primary have
 * run out, or at once (OVER) when that has been seen since to be dead or a replica. Where all have
 * leases this is what fencing = strict waits for; with auto the new primary is told of at once, and
 * takes writes when the locks allow.
 *
 * A voter pledges nothing to those who have an older configuration, and nothing at all for lease_ms
 * after it came to know the group (it may have done so before, in another life).
 *
 * Assumed: write-lease-ms stands in the configuration of all nodes; no supervisor is started again
 * within the old lease_ms of a setting that was lowered; stock Sentinels among the peers pledge
 * nothing: the others must be a majority.
 */
#ifndef SENTINEL_LEASE_H
#define SENTINEL_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "quorum/lock.h"
#include "wire/msec.h"

struct core;
struct group;
struct message;
struct node;
struct observation;
struct order;
struct peer;
struct settled;

/* One voter's part: of a member, or our own. */
struct lease_vote {
    uint64_t ticket; /* claim in flight; 0 = none */
    msec asked_at;
    msec ask_at;      /* the next one not before */
    bool given;       /* in this round, */
    int64_t ms;       /* for so long */
    uint64_t serial;  /* refused, the claim is noted: of the lock that there is; 0 = not so, */
    struct addr addr; /* whom it is for, */
    msec noted_at;    /* and when it was told */
};

/* Of a group. */
struct lease {
    msec since;       /* what was pledged before is not known */
    struct lock lock; /* what we have pledged */
    uint32_t node;    /* id: for whom we claim; 0 = nobody */
    uint64_t epoch;
    msec began_at; /* of the round */
    uint64_t clock_ms;
    int64_t ms;       /* L */
    uint32_t n_given; /* pledges, this one included, of the round before */
    bool used;        /* the node was told already, in this round */
    msec outdated_at; /* since when the node knows a newer epoch than ours; MSEC_NEVER = it does not
                       */
    msec seek_at;
    struct lease_vote own;
};

/* Of a node. */
struct lease_node {
    bool needed;       /* it takes no writes without one, as it said last; durable */
    int64_t left_ms;   /* what it said last is left of it, */
    msec told_at;      /* and when; MSEC_NEVER = never */
    uint64_t clock_ms; /* the last reading on this connection, */
    bool read;         /* if there is one */
    uint64_t ticket;   /* LEASE in flight; 0 = none */
    msec refused_from; /* when the last attempt to connect that was refused began; 0 = none was */
    bool stale;        /* the last LEASE was refused for its epoch, */
    uint64_t stale_epoch; /* which was this */
    bool failed;          /* the last LEASE was refused, and that was told */
};

/* Whether NODE takes writes only with a lease, as far as it said. */
bool lease_is_needed(const struct node *node);

/* For showing: what is left of NODE's lease, by what it said last; -1 = not known: it has said
 * nothing, or what it told of is over, and others may have renewed it. */
int64_t lease_left_ms(const struct core *core, const struct node *node);

/* The same: how many have pledged themselves to the node that we claim for, this supervisor
 * included, in this round or the one before. */
uint32_t lease_pledges(const struct group *group);

/* The same: how long we are pledged to lease.lock.addr; 0 = no longer. */
int64_t lease_pledged_ms(const struct core *core, const struct group *group);

void lease_run(struct core *core, struct group *group);
msec lease_next(const struct core *core, const struct group *group);

/* Whether a majority has just pledged itself to the node that is about to be promoted, which needs
 * a lease as the old primary does: then that one has none any more. */
bool lease_is_won(const struct core *core, const struct group *group);

/* When the primary's epoch may be raised by electing it anew, since it knows a newer one than our
 * configuration has (that of an earlier group, say) and takes no lease under ours; MSEC_NEVER: it
 * does not. */
msec lease_outdated_until(const struct group *group);

/* Put what there is of a lease into an order to promote NODE. */
void lease_promote(const struct node *node, struct order *order);

/* A link shows something: before and after the node takes it. */
void lease_before(struct node *node, const struct observation *seen);
void lease_after(struct core *core, struct node *node, const struct observation *seen);

/* CLAIM and PLEDGE. */
void lease_hear(struct core *core, const struct message *message);

/* An order of ours has ended. */
void lease_settled(struct core *core, struct node *node, const struct settled *settled);

#endif
