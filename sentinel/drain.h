/*
 * drain: the part of a planned switchover that keeps every acknowledged write. Clients' writes on
 * the primary are paused, the target follows until it has everything, the old primary is made its
 * replica, and only then is the target promoted (by the failover, whose state this is).
 *
 *   PAUSE ─paused─▶ CATCH_UP ─equal─▶ DEMOTE ─taken─▶ done
 *     │                │ late            │ lost                     │ too late, by its offset
 *     ▼                ▼                 ▼                          ▼
 *   failed: nothing has changed        VERIFY: its own INFO tells ─▶ failed, or to be undone
 *
 * The pause ends by itself after switchover_timeout_ms, counted by the node. Counted from before it
 * was sent it ends here earlier than there: what was demoted before that has not written since.
 */
#ifndef SENTINEL_DRAIN_H
#define SENTINEL_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

enum drain_phase { DRAIN_PAUSE, DRAIN_CATCH_UP, DRAIN_DEMOTE, DRAIN_VERIFY };

enum drain_result {
    DRAIN_GOING,
    DRAIN_DONE,    /* the old primary is a replica, the target has everything that it had */
    DRAIN_FAILED,  /* nothing has changed; writes go on */
    DRAIN_REFUSED, /* the same: the primary does not know CLIENT PAUSE, or we lack the right */
    DRAIN_UNDO     /* it was demoted, but the target lacks something: make it a primary again */
};

#define DRAIN_REASON_MAX 160

struct drain {
    enum drain_phase phase;
    uint64_t ticket;  /* order in flight; 0 = none */
    msec begun_at;    /* when the pause was ordered */
    msec phase_at;    /* when the phase began */
    msec ask_at;      /* CATCH_UP: the target's offset is not asked for before */
    uint64_t goal;    /* the primary's offset behind its last write */
    uint64_t reached; /* the target's, as last heard */
    enum drain_result result;
    char reason[DRAIN_REASON_MAX]; /* FAILED, UNDO */
};

/* Whether the group's primary can be drained in favour of TARGET; if not, RET_REASON (static) says
 * why. */
bool drain_is_possible(const struct group *group, const struct node *target,
                       const char **ret_reason);

void drain_begin(struct core *core, struct group *group);
enum drain_result drain_run(struct core *core, struct group *group);
msec drain_next(const struct core *core, const struct group *group);

/* An order of ours has ended. */
void drain_settled(struct core *core, struct group *group, const struct settled *settled);

/* Let clients write again: it ended, however. */
void drain_release(struct core *core, struct group *group);

/* Whether NODE may not be told anything that its pause would hold up, with all that comes after. */
bool drain_holds(const struct node *node);

#endif
