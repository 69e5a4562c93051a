/*
 * fence: what is done about the old primary before another node is promoted, when nobody could ask
 * it to step down first.
 *
 * fencing = auto: the order to follow the chosen one is put into every connection to it that is
 * still open. A process that stood still, or a host that was cut off, finds it there before it
 * answers anybody who waited longer. Nothing is waited for. The other supervisors do the same as
 * they learn of the switch: sentinel/arm.h.
 *
 * fencing = strict: besides, nobody is promoted before the old primary certainly accepts no more
 * writes. That is known when
 *   - it has said itself that it is a replica now;
 *   - it is known to have needed W replicas for each write (min-replicas-to-write, which
 *     sentinel/guard sees to), and all but W - 1 of them have been told to leave it, max-lag + 2 s
 *     (it compares whole seconds, once a second) and FENCE_MARGIN_MS ago; at once when it died,
 *     since a process that is started again finds no replicas; or
 *   - it takes writes only with a lease, as the chosen one does, and a majority of the supervisors
 *     has pledged itself to that one (sentinel/lease.h).
 * All replicas that can be reached are told to leave, the chosen one too: it follows nobody until
 * it is promoted.
 *
 * The same is done about a rival, which may have taken an order to be the primary that nobody
 * answered (sentinel/rival.h).
 *
 * Assumed for strict: all supervisors know all replicas and have the same settings; the guard was
 * written to the nodes' configuration (CONFIG REWRITE); clocks run at the same rate, to 1 in 20.
 */
#ifndef SENTINEL_FENCE_H
#define SENTINEL_FENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

#define FENCE_CUTS_MAX  128 /* = NODES_MAX */
#define FENCE_MARGIN_MS 500

/* A replica that was told to leave the old primary. */
struct cut {
    uint32_t node;   /* id */
    uint64_t ticket; /* the order in flight; 0 = settled */
    msec ask_at;     /* next attempt */
    int refusals;
    msec told_at; /* when it said that it has left */
    msec at;      /* since when it certainly tells the primary nothing; MSEC_NEVER = not known */
};

struct fence {
    uint32_t old;    /* id: the one that must not take writes any more */
    uint64_t ticket; /* order to it in flight; 0 = none */
    msec begun_at;
    msec arm_at;       /* the next one not before */
    bool acknowledged; /* it has said that it is a replica */
    bool told;         /* that we wait */
    struct cut cuts[FENCE_CUTS_MAX];
    size_t n_cuts;
};

/* OLD: the primary, or a rival of the chosen one. */
void fence_begin(struct core *core, struct group *group, struct node *old);

/* The one that is fenced; the primary, if a rival was taken out of the group meanwhile. */
struct node *fence_old(const struct group *group);

/* Whether the chosen one may be promoted. NULL = yes, else what is waited for. */
const char *fence_run(struct core *core, struct group *group);

/* Whether nothing that we could do would show that the old primary refuses writes: what it needs
 * for them was never learnt here, and it cannot be asked now. Another supervisor may know. */
bool fence_is_blind(const struct group *group);

/* Whether the chosen one does not do what it is told. */
bool fence_is_refused(const struct group *group);
msec fence_next(const struct core *core, const struct group *group);

/* We stood still: who had left may have been spoken to by others since. All are told anew. */
void fence_stalled(struct core *core, struct group *group);

/* An order of ours has ended. */
void fence_settled(struct core *core, struct group *group, const struct settled *settled);

#endif
