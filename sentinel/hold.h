/*
 * hold: what an operator holds back, for a time. A group that is paused is failed over by nobody on
 * his own: this supervisor neither campaigns nor votes for others, and puts no replica right, so
 * that the nodes can be worked on by hand; a former primary is demoted all the same. A node in
 * maintenance is no candidate, and its being down is not told.
 *
 * Each supervisor holds for itself: a majority of them paused means no failover. A hold is durable
 * before it is answered, and ends by itself; how much of it is left is kept by the wall clock,
 * since the monotonic one does not outlast the machine.
 */
#ifndef SENTINEL_HOLD_H
#define SENTINEL_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "sentinel/output.h"
#include "wire/msec.h"

#define HOLD_FOR_MAX_MS (30 * 24 * 3600 * INT64_C(1000))

struct core;
struct group;
struct node;
struct request;
struct row;

struct hold {
    msec until;            /* monotonic; 0 = nothing is held */
    int64_t until_wall_ms; /* the same since 1970, for the disk */
};

bool hold_is_paused(const struct group *group);

/* A primary is never in maintenance. */
bool hold_is_maintained(const struct node *node);

/* REQUEST_HOLD: of the group (no address) or of a node, for_ms long, or no longer (0). */
enum reply_code hold_take(struct core *core, struct group *group, const struct request *request);

/* End what is over. */
void hold_run(struct core *core, struct group *group);
msec hold_next(const struct group *group);

/* From a row of the state, of which left_ms are left; NODE NULL: the group's own. */
void hold_restore(struct core *core, struct group *group, struct node *node, const struct row *row);

/* FROM turns out to be TO. */
void hold_move(struct core *core, struct node *to, const struct node *from);

#endif
