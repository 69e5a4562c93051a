/*
 * gather: what durability = quorum asks for before anybody is promoted in an unplanned failover.
 * Clients were promised that a write which k replicas (sync_replicas) acknowledged is kept. Of the
 * n replicas that are known, n - k + 1 are told to leave the primary, so that what they hold is
 * final, and are read: at least one of them has each such write. The one that is promoted has all
 * that any of them has of the primary's history.
 *
 *   told to follow itself ─taken─▶ INFO ─still so─▶ read
 *
 * If so many cannot be read, nobody is promoted: the attempt ends and says why, the next one tries
 * again. A replica that was restarted does not count before it has had all of its primary's
 * data again: what it acknowledged it may have lost.
 *
 * Assumed: all supervisors know all replicas and have the same sync_replicas; a replica that is not
 * restarted keeps what it acknowledged.
 */
#ifndef SENTINEL_GATHER_H
#define SENTINEL_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/node_info.h"
#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

#define GATHER_MAX_MS     5000 /* of one attempt, and never more than failover_timeout */
#define GATHER_REASON_MAX 160

/* A replica being read; the tie between its order and its INFO. */
struct gather_reading {
    uint64_t ticket; /* order to leave in flight; 0 = none */
    msec ask_at;     /* the next one not before */
    msec told_at;    /* when it said that it follows nobody any more; MSEC_NEVER = it has not */
};

/* A replica that was restarted. */
struct gather_doubt {
    msec since; /* MSEC_NEVER = it was not, or has all of the primary's data again */
    bool goal_known;
    uint64_t goal;             /* the primary's offset at a time after that */
    char runid[RUNID_LEN + 1]; /* of the process before */
};

enum gather_result { GATHER_GOING, GATHER_DONE, GATHER_FAILED };

/* Whether the group's next unplanned failover has to gather. */
bool gather_is_wanted(const struct group *group);

void gather_begin(struct core *core, struct group *group);
/* FAILED: RET_REASON says what is missing. */
enum gather_result gather_run(struct core *core, struct group *group,
                              char ret_reason[GATHER_REASON_MAX]);
msec gather_next(const struct core *core, const struct group *group);

/* An order of ours has ended. */
void gather_settled(struct core *core, struct group *group, const struct settled *settled);

/* Whether those two count for the choice. */
bool gather_is_judge(const struct group *group);

/* GATHER: whether NODE has left the primary, and has said since what it holds. */
bool gather_is_read(const struct core *core, const struct node *node);

/* GATHER: whether a replica that was read has data of the primary's history that NODE lacks; or of
 * the newest one before it that either of them has anything of. */
bool gather_is_short(const struct core *core, const struct node *node);

/* A leader of whom nothing more is heard may have told replicas to leave and promoted one of them.
 * They are given back to the primary only under a configuration that is later than his, so that
 * what they acknowledge then cannot be undone by it: whether NODE waits for that, and from when on
 * an election is to be held for it (failover.reaffirm; MSEC_NEVER = no need). */
bool gather_left_open(const struct node *node);
msec gather_reaffirm_at(const struct group *group);

/* NODE was restarted, RUNID is still that of the process before: what it acknowledged is in doubt,
 * also after a restart of ours, for the old run id stays in the row. Or it is heard of for the
 * first time: then it may have been restarted before. */
void gather_doubt(struct core *core, struct node *node);
/* INFO of NODE was taken: perhaps it has all of the primary's data again. */
void gather_note(struct core *core, struct node *node);
/* The group has another primary. */
void gather_switched(struct node *node);

#endif
