/*
 * whatif: what this supervisor would do if a node failed now: the same core, told that the node
 * fails, with everybody else doing what they are told. The other nodes that answer now go on
 * answering at once, with the data that they have; the supervisors that can be reached see the same
 * and vote for us; hooks that are asked say yes; the disk works.
 *
 * It is done to the core itself: give it a copy that nobody needs afterwards.
 */
#ifndef SENTINEL_WHATIF_H
#define SENTINEL_WHATIF_H

#include <stdbool.h>
#include <stdint.h>

#include "sentinel/why.h"
#include "wire/addr.h"
#include "wire/msec.h"

#define WHATIF_LIMIT_MS   3600000 /* of virtual time */
#define WHATIF_INPUTS_MAX 1000000 /* that the core is given in it */

struct core;
struct history;
struct node;

enum whatif_how {
    WHATIF_CRASH, /* its process ends */
    WHATIF_HANG   /* it answers nobody any more */
};

struct whatif {
    bool switched;
    struct addr to; /* the new primary */
    msec took_ms;   /* from the failure to the switch, or until nothing more was waited for */
    char why[WHY_TEXT_MAX];  /* what is waited for then: to switch, or to hand over to the one that
                                is preferred; or that nothing is to be done */
    struct history *history; /* of this alone: at most one attempt. Owned */
};

/* NOW: not before the core's time. */
void whatif_fail(struct core *core, struct node *node, enum whatif_how how, msec now,
                 struct whatif *ret_result);
void whatif_done(struct whatif *result);

#endif
