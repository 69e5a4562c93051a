/*
 * catch_up: how a preferred replica becomes the primary without costing data. In an unplanned
 * failover the most advanced replica is promoted, whatever anybody prefers. If another is preferred
 * to it (by select_preferred) it is brought over first, and when it follows and has what the new
 * primary had then, its leader makes a planned switchover to it: writes are paused, it catches up
 * to the last byte, and only then is it promoted (sentinel/drain).
 *
 *   promoted ─▶ follows, with all that the other had ─▶ SWITCHOVER
 *      └─ catch_up_ms later, or when anything is wrong ─▶ the most advanced one stays
 *
 * Why the first one is told to everybody, instead of serving the other in secret: a node names two
 * histories at most, its own and the one that it was promoted out of. Promoted out of one that
 * nobody was told of, the second would be a stranger to the next leader, and to all other replicas,
 * which would have to fetch everything anew. Besides, writes go on meanwhile. All that may go wrong
 * leaves a group as it is after any failover: if the leader dies, nobody goes on with it.
 *
 * The switchover is done only as one that loses nothing: it ends if the primary dies, or if writes
 * cannot be paused. It begins when all replicas were brought over, or when half of the time is
 * over: those that come later get a copy of everything.
 */
#ifndef SENTINEL_CATCH_UP_H
#define SENTINEL_CATCH_UP_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;

struct catch_up {
    uint32_t node;  /* id of the preferred one; 0 = there is none */
    uint64_t epoch; /* of the configuration that it waits in; 0 = the other is not promoted yet */
    msec begun_at;
    bool goal_known;
    uint64_t goal; /* the new primary's offset, early in its reign */
};

/* CHOSEN is to be promoted: note whom it would have been, had that one no less data. */
void catch_up_note(struct core *core, struct group *group, const struct node *chosen);

/* CHOSEN is the primary now. */
void catch_up_begin(struct core *core, struct group *group);

void catch_up_run(struct core *core, struct group *group);
msec catch_up_next(const struct core *core, const struct group *group);

/* Who is waited for; NULL = nobody. */
struct node *catch_up_node(const struct core *core, const struct group *group);

#endif
