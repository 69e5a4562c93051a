/*
 * guard: min-replicas-to-write and min-replicas-max-lag of the nodes, as far as supervisors answer
 * for them.
 *
 *   durability = bounded   as many replicas as there are, min_replicas at most: a primary that is
 *                          cut off stops accepting writes max_lag after it lost them
 *   fencing = strict       always min_replicas, on every node and across restarts
 *   fencing not off        a supervisor that has not heard from a majority for lease_ms, but still
 *                          reaches the primary, takes away its writes, unless that primary has all
 *                          its replicas; given back when the majority is there again. A
 *                          hello over a node, for this primary in this config epoch, counts
 *                          as having heard from its sender
 *
 * The last is done by adding GUARD_FENCED to the value in force: whoever finds it there, and has a
 * majority that agrees on the configuration, can take it away again.
 */
#ifndef SENTINEL_GUARD_H
#define SENTINEL_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

#define GUARD_FENCED INT64_C(1000000)

void guard_run(struct core *core, struct group *group);
msec guard_next(const struct core *core, const struct group *group);

/* An order of ours has ended. */
void guard_settled(struct core *core, struct node *node, const struct settled *settled);

/* Whether the primary's writes were taken, or may have been, under strict fencing: who gives it a
 * replica now may make a second primary writable. */
bool guard_is_taken(const struct group *group);

/* Whether we have been without a majority for so long that the primary may have been replaced. */
bool guard_is_alone(const struct core *core, const struct group *group);

#endif
