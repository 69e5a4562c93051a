/*
 * select: which replica becomes the primary.
 *
 * Refused, each with its reason: down, disconnected, priority 0, no fresh INFO,
 * loading, syncing, link to the primary down for too long before the failure, foreign
 * replication history. Of the others, those are considered whose history is the newest: the
 * primary's, the one that it was promoted out of, then those of the primaries before it
 * (sentinel/lineage; only if the primary is down, and no nearer one can come back). A replica that
 * an interrupted failover already promoted goes first; else those that have as much as the most
 * advanced one, by place (sentinel/places), priority (low first), run id: no preference costs data.
 * Only where the chosen one will be waited for until it has everything, those no more than
 * priority_max_lag_bytes behind are considered as well. One that was chosen lately and did not let
 * itself be promoted goes last, behind those of whom that was longer ago.
 */
#ifndef SENTINEL_SELECT_H
#define SENTINEL_SELECT_H

#include <stdbool.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;

/* The best replica by INFO seen at SINCE or later; NULL when there is none. With TELL, an
 * event for each that is refused. */
struct node *select_replica(struct core *core, const struct group *group, msec since, bool tell);

/* The same, of one that will be waited for. */
struct node *select_preferred(struct core *core, const struct group *group, msec since, bool tell);

/* Whether operators prefer A to B, whatever they have. */
bool select_prefers(const struct node *a, const struct node *b);

/* Who could take over from a primary that still answers: that replica, if it is none but a replica
 * of it; else NULL. */
const struct node *select_successor(struct core *core, const struct group *group, msec since);

/* Why NODE cannot be chosen now (static text); NULL if it can. */
const char *select_refusal(const struct core *core, const struct node *node, msec since);

#endif
