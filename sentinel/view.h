/*
 * view: what the model means to a person or a load balancer: one word for a group and for a node,
 * and a sentence why. For reading between steps; nothing of it is stored.
 */
#ifndef SENTINEL_VIEW_H
#define SENTINEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"

struct group;
struct node;

#define VIEW_REASON_MAX 160 /* bytes of a sentence, its end included */

/*   X(id, word): from good to bad */
#define VIEW_GROUP_STATES(X)                                                                       \
    X(OK, "ok")                                                                                    \
    X(PAUSED, "paused")     /* it works; an operator wants no failover */                          \
    X(DEGRADED, "degraded") /* it works; something that a failover would need is missing */        \
    X(SWITCHING, "failover")                                                                       \
    X(DOWN, "down")

enum view_group {
#define X(id, word) VIEW_GROUP_##id,
    VIEW_GROUP_STATES(X)
#undef X
        VIEW_GROUP_COUNT
};

#define VIEW_NODE_STATES(X)                                                                        \
    X(OK, "ok")                                                                                    \
    X(MAINTENANCE, "maintenance") /* an operator wants it left alone, up or down */                \
    X(UNKNOWN, "unknown")         /* it has not answered yet */                                    \
    X(LOADING, "loading")                                                                          \
    X(SYNCING, "syncing")   /* it is being sent all data */                                        \
    X(ASTRAY, "astray")     /* it does not follow the group's primary, or is no primary */         \
    X(UNLINKED, "unlinked") /* it follows, but has no connection */                                \
    X(DOWN, "down")

enum view_node {
#define X(id, word) VIEW_NODE_##id,
    VIEW_NODE_STATES(X)
#undef X
        VIEW_NODE_COUNT
};

const char *view_group_word(enum view_group state);
const char *view_node_word(enum view_node state);

enum view_group view_group(const struct group *group, char ret_reason[VIEW_REASON_MAX]);
enum view_node view_node(const struct node *node);

/* Whether enough supervisors are in reach for an election: else what we hold may be old. */
bool view_has_majority(const struct group *group);

/* A replica behind its primary: bytes, and an estimate in milliseconds. False: not known, since it
 * has no connection to the primary or has not told for long. */
bool view_lag(const struct node *node, uint64_t *ret_bytes, msec *ret_ms);

/* Whether clients shall be sent to NODE as the primary, as a replica not more than LAG_MS behind
 * (-1: however far); the sentence says why, or why not. ALONE: without a majority, too. */
bool view_takes_writes(const struct node *node, bool alone, char ret_reason[VIEW_REASON_MAX]);
bool view_takes_reads(const struct node *node, msec lag_ms, bool alone,
                      char ret_reason[VIEW_REASON_MAX]);

/* Replicas of the group that are shown: not those that only a rumour names. */
bool view_is_replica(const struct node *node);

#endif
