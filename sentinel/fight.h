/*
 * fight: somebody else changes a replica back, again and again: another company of supervisors, or
 * an operator's tool. Each time it is put right all its clients are thrown out, and perhaps all its
 * data are loaded anew; so after FIGHT_TIMES changes within FIGHT_WINDOW_MS it is told of, and the
 * node is left alone for a while, then put right once more; if it is changed again, for twice as
 * long. It is over when the node has followed the primary for FIGHT_CALM_MS.
 *
 * What a node tells first after it was started again is no sign of a fight, nor is what happens
 * during a failover.
 */
#ifndef SENTINEL_FIGHT_H
#define SENTINEL_FIGHT_H

#include <stdbool.h>

#include "wire/msec.h"

struct core;
struct node;

#define FIGHT_TIMES        3
#define FIGHT_WINDOW_MS    60000
#define FIGHT_PAUSE_MIN_MS 20000
#define FIGHT_PAUSE_MAX_MS 300000
#define FIGHT_CALM_MS      60000

struct fight {
    msec changed_at[FIGHT_TIMES]; /* the last changes, newest first; 0 = none */
    msec pause_ms;                /* the last one; 0 = there is no fight */
    msec hold_until;
};

/* NODE followed the primary, and does not any more. */
void fight_note_change(struct core *core, struct node *node);

/* NODE is not put right before. */
msec fight_hold_until(const struct node *node);

/* Whether it is over. */
void fight_run(struct core *core, struct node *node);
msec fight_next(const struct node *node);

/* Another primary: whatever it followed before was right. */
void fight_reset(struct node *node);

#endif
