/*
 * busy: a node that answers nothing but BUSY. When that has made it count as down, what it runs is
 * ended: SCRIPT KILL first, FUNCTION KILL when it is no script. A failover waits for what becomes
 * of it, BUSY_HOLD_MS at most: a primary that answers again is better than a new one, and one that
 * has already written cannot be ended (UNKILLABLE), so that nothing is waited for.
 *
 *   NONE ─BUSY and down─▶ SCRIPT ─other error─▶ FUNCTION ─▶ DONE ─any other answer─▶ NONE
 *     ▲     the link went   │ │ taken, NOTBUSY ──────────────▲
 *     └─────────────────────┘
 */
#ifndef SENTINEL_BUSY_H
#define SENTINEL_BUSY_H

#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

#define BUSY_HOLD_MS 1000 /* from the first attempt on, whatever becomes of the orders */

enum busy_step { BUSY_NONE, BUSY_SCRIPT, BUSY_FUNCTION, BUSY_DONE };

struct busy {
    enum busy_step step;
    uint64_t ticket; /* SCRIPT, FUNCTION: the order in flight */
    msec since;      /* of the first attempt; MSEC_NEVER = there was none since it was not BUSY */
    msec ended_at;   /* when it was said that nothing runs any more; MSEC_NEVER = it was not */
};

void busy_init(struct busy *busy);

/* Do what is due for NODE. */
void busy_run(struct core *core, struct node *node);

/* An order of ours has ended. */
void busy_settled(struct core *core, struct node *node, const struct settled *settled);

/* Until when a failover of GROUP waits for its primary; in the past: it does not. */
msec busy_hold_until(const struct group *group);

#endif
