/*
 * failover: the machine that replaces one group's primary.
 *
 *   IDLE ─odown─▶ CAMPAIGN ─won─▶ SELECT ─found─▶ PROMOTE ─seen promoted─▶ REPOINT ─all follow─▶
 * IDLE ▲              │ lost          │ none │         │  ▲ late                │ late: best effort
 *     └──────────────┴───────────────┴──────┼─────────┘  │   back-off per cause, then again
 *                                           ├──▶ DRAIN ──┤   planned: sentinel/drain.h
 *                                           └──▶ GATHER ─┘   durability = quorum: sentinel/gather.h
 *
 * A preferred replica that lacked data then may take over afterwards: sentinel/catch_up.h.
 * Between SELECT and what follows it QUESTION asks hooks, where there are any: sentinel/question.h.
 *
 * Up to SELECT it ends at once when the primary comes back (unless an operator
 * asked for it) or when a newer configuration is learnt. The switch is told to
 * everybody at the move to REPOINT; nothing that replicas do can delay it, and
 * REPOINT does not stand in the way of the next failover.
 */
#ifndef SENTINEL_FAILOVER_H
#define SENTINEL_FAILOVER_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/node_info.h"
#include "sentinel/catch_up.h"
#include "sentinel/drain.h"
#include "sentinel/fence.h"
#include "sentinel/gather.h"
#include "sentinel/question.h"
#include "sentinel/rival.h"
#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

/*   X(id, name, Sentinel's failover-state, states it may move to) */
#define FAILOVER_STATES(X)                                                                         \
    X(IDLE, "idle", "none", TO(CAMPAIGN))                                                          \
    X(CAMPAIGN, "campaign", "wait_start", TO(SELECT) | TO(IDLE))                                   \
    X(SELECT, "select", "select_slave",                                                            \
      TO(QUESTION) | TO(DRAIN) | TO(GATHER) | TO(FENCE) | TO(PROMOTE) | TO(IDLE))                  \
    X(QUESTION, "question", "select_slave", TO(SELECT) | TO(IDLE))                                 \
    X(DRAIN, "drain", "send_slaveof_noone", TO(GATHER) | TO(FENCE) | TO(PROMOTE) | TO(IDLE))       \
    X(GATHER, "gather", "select_slave", TO(FENCE) | TO(PROMOTE) | TO(IDLE))                        \
    X(FENCE, "fence", "send_slaveof_noone", TO(FENCE) | TO(PROMOTE) | TO(IDLE))                    \
    X(PROMOTE, "promote", "wait_promotion", TO(FENCE) | TO(PROMOTE) | TO(REPOINT) | TO(IDLE))      \
    X(REPOINT, "repoint", "reconf_slaves", TO(IDLE))

enum failover_state {
#define X(id, name, wire, to) FAILOVER_##id,
    FAILOVER_STATES(X)
#undef X
        FAILOVER_COUNT
};

/* Why an attempt came to nothing; each has its own back-off. */
enum failover_cause {
    CAUSE_LOST,
    CAUSE_NO_REPLICA,
    CAUSE_VETO,
    CAUSE_DRAIN,
    CAUSE_GATHER,
    CAUSE_FENCE,
    CAUSE_PROMOTION,
    CAUSE_COUNT
};

#define FAILOVER_ASKED_MAX 160 /* bytes of who asked for one */

struct failover {
    enum failover_state state;
    msec state_at;
    uint64_t epoch;  /* of the election that it is about */
    msec started_at; /* of the attempt */
    uint64_t ticket; /* PROMOTE: order in flight; 0 = none */
    bool reaffirm;   /* elect our working primary anew, under an epoch that ends a dispute */
    msec forced_at;  /* when an operator asked for it */
    bool forced;     /* an operator asked for it: no odown needed, */
    bool hasty;      /* and not to wait for the old primary's last writes, */
    uint32_t to;     /* and for this replica; 0 = the best one */
    bool preference; /* FORCED: nobody asked, it is for a preferred replica's sake */
    char asked_by[FAILOVER_ASKED_MAX + 1]; /* FORCED: who it was */
    struct node *promoted;                 /* DRAIN, FENCE, PROMOTE: the chosen replica, */
    char promoted_runid[RUNID_LEN + 1];    /* and which process it was then */
    struct question_state question;        /* QUESTION, and what came of it */
    struct drain drain;                    /* DRAIN */
    struct catch_up catch_up;              /* after it: who is preferred to the one promoted */
    bool gathered;                         /* GATHER: enough were read */
    struct fence fence; /* FENCE; its order to the old primary may outlast that */
    bool demoted;       /* PROMOTE: the old primary was demoted before */
    struct rival rival; /* who else may be a primary, also after the attempt */
    msec order_at;      /* PROMOTE: when the order may be sent again */
    uint32_t refusals;  /* PROMOTE: how often the order was answered with an error */
    msec lost_at;       /* PROMOTE: when the last one was lost without an answer; MSEC_NEVER */
    msec next_at;       /* IDLE: no attempt before */
    uint32_t failures[CAUSE_COUNT];
    char waits[GATHER_REASON_MAX]; /* what the last attempt lacked; empty = nothing */
};

const char *failover_state_name(enum failover_state state); /* Sentinel's word */

/* Move on as far as the model allows. */
void failover_run(struct core *core, struct group *group);
msec failover_next(const struct core *core, const struct group *group);

/* An operator's SENTINEL FAILOVER: a switchover that loses nothing while the primary works, unless
 * HASTY. TO: id of the replica wanted; 0 = the best one. ASKED_BY: who it was, for the history. */
void failover_force(struct core *core, struct group *group, uint32_t to, bool hasty,
                    const char *asked_by);

/* Whether the primary is a replica now, as it said last, and could be told to be one again. */
bool failover_can_restore(const struct group *group);

/* A switchover to that replica, which is preferred; only if it loses nothing. */
void failover_prefer(struct core *core, struct group *group, uint32_t to);

/* Whether there is room for one: there is no failover under way, or it waits for what a HASTY one
 * does without. */
bool failover_takes_wish(const struct group *group, bool hasty);

/* Whether nodes are being given roles: nothing may be forgotten now. */
bool failover_is_changing(const struct group *group);

/* Somebody holds a later configuration that cannot be true any more, while our
 * primary works: let an election give ours an epoch that is later still. */
void failover_reaffirm(struct core *core, struct group *group);

/* The order that NODE had in flight for the promotion has ended. */
void failover_settled(struct core *core, struct group *group, const struct settled *settled);

/* A newer configuration was learnt, or the group goes: stop at once. */
void failover_supersede(struct core *core, struct group *group);
void failover_drop(struct core *core, struct group *group);

/* We voted for somebody else: a campaign of ours that is not won yet is over. */
void failover_yield(struct core *core, struct group *group);

/* An operator has paused the group: what was not decided yet will not be. */
void failover_pause(struct core *core, struct group *group);

/* Our own process stood still: what was not decided yet has to be decided anew. */
void failover_stalled(struct core *core, struct group *group);

/* All replicas follow the new primary, or it is LATE and those that do not are left to repairs. */
void failover_repointed(struct core *core, struct group *group, bool late);

/* The epoch that we campaign for or lead; 0 = none. */
uint64_t failover_leading(const struct group *group);

/* Whether the one we voted for, or we ourselves, may be in the middle of a
 * failover: then nobody else gets our vote and we do not campaign. */
bool failover_vote_held(const struct core *core, const struct group *group);

#endif
