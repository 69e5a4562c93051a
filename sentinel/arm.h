/*
 * arm: the fence of those who do not lead.
 *
 * The leader puts an order to step down into its open connections to a silent primary before it
 * promotes another (sentinel/fence.h). If it has none that the process had accepted before it
 * stood still, the order comes behind the writes that wait there. So every other supervisor that
 * learns of the switch does the same, once, when its new configuration is durable, if
 *   - it hears nothing of the old primary either, and
 *   - has a connection to it that the process has answered on.
 * One that answers is left to sentinel/repoint and sentinel/salvage. A tail that is to be fetched
 * is not given up for this: with `salvage` only who can hold the node does it.
 *
 * A node that becomes the primary again is disarmed: what still waits in connections to it is lost
 * with them.
 */
#ifndef SENTINEL_ARM_H
#define SENTINEL_ARM_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

struct arm {
    bool armed;      /* an order to step down may wait in connections to it (ORDER_FENCE) */
    msec until;      /* not later, if it was not armed in its reign; 0 = not at all */
    uint64_t ticket; /* of what was put there as it was replaced; 0 = none */
};

/* Another has taken the place of OLD. */
void arm_switched(struct core *core, struct group *group, struct node *old);

void arm_run(struct core *core, struct group *group);

/* Whether that order was one of ours to NODE. */
bool arm_is_own(const struct node *node, const struct settled *settled);

/* An order of ours has ended. */
void arm_settled(struct core *core, struct node *node, const struct settled *settled);

#endif
