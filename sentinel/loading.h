/*
 * loading: a primary that was started again and is still reading its data. It answers, and counts
 * as alive; but when it says that this will take longer than loading_max_ms, or it has taken so
 * long, and a replica could take over at once, it counts as down. Without such a replica it may
 * load for as long as it takes. Fields of INFO: loading, loading_eta_seconds.
 */
#ifndef SENTINEL_LOADING_H
#define SENTINEL_LOADING_H

#include <stdbool.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct node_info;

/* Take what INFO of NODE says of it. */
void loading_note(struct core *core, struct node *node, const struct node_info *info);

/* NODE has answered PONG: if it was loading, it is not any more, and INFO will tell. */
void loading_ended(struct core *core, struct node *node);

/* Whether the primary counts as down for it; it is told of once. */
bool loading_is_too_long(struct core *core, struct group *group);

/* When that may become so without further news. */
msec loading_next(const struct core *core, const struct group *group);

#endif
