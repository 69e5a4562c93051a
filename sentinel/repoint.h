/*
 * repoint: every node but the primary follows the primary.
 *
 * Right after a switch its leader brings all replicas over, at most
 * parallel_syncs at a time. Later any supervisor repairs what it finds: a former
 * primary that is back at first contact, other strays after some patience, since
 * a promotion by somebody else looks the same at first. A repair needs a
 * configuration that a majority has confirmed in the last seconds, and backs
 * off when it does not help.
 */
#ifndef SENTINEL_REPOINT_H
#define SENTINEL_REPOINT_H

#include <stdbool.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

void repoint_run(struct core *core, struct group *group);
msec repoint_next(const struct core *core, const struct group *group);

/* Whether a majority has the configuration that we have, asked since NODE was seen as it is. */
bool repoint_is_confirmed(const struct core *core, const struct node *node);

/* An order to follow has ended. */
void repoint_settled(struct core *core, struct node *node, const struct settled *settled);

#endif
