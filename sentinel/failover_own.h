/*
 * failover_own: what the files of the failover machine share; nobody else includes it.
 *
 *   failover         the states, their beginning and their end
 *   failover_choose  SELECT, DRAIN, GATHER: who is to be the primary
 *   promotion        FENCE and PROMOTE: making it the primary
 */
#ifndef SENTINEL_FAILOVER_OWN_H
#define SENTINEL_FAILOVER_OWN_H

#include <stdbool.h>

#include "notify/event.h"
#include "sentinel/failover.h"

/* The one door from state to state. */
void failover_move(struct core *core, struct group *group, enum failover_state to);

/* An attempt has come to nothing: say so, and try again later. REASON may be NULL. */
void failover_give_up(struct core *core, struct group *group, enum failover_cause cause,
                      enum event_kind kind, const char *reason);

/* The primary is back before anything was done about it: then the attempt has ended. */
bool failover_is_needless(struct core *core, struct group *group);

/* Nothing is wished for any more. */
void failover_unwish(struct group *group);

/* The primary is down: what follows is an ordinary failover, whoever was preferred. */
void failover_check_preference(struct group *group);

/* NODE can be given orders, whatever it is held for. */
bool failover_can_order(const struct node *node);

/* SELECT, DRAIN, GATHER: choose; what it is doing may end in promotion. */
void choose_step(struct core *core, struct group *group);
void choose_step_drain(struct core *core, struct group *group);
void choose_step_gather(struct core *core, struct group *group);
msec choose_next(const struct group *group);

/* Promote the chosen one, after what is to be done about the old primary. */
void promotion_begin(struct core *core, struct group *group);
/* Promote NODE at once: nothing is to be done about the old primary any more. */
void promotion_order(struct core *core, struct group *group, struct node *node);
void promotion_step_fence(struct core *core, struct group *group);
void promotion_step(struct core *core, struct group *group);
msec promotion_next(const struct core *core, const struct group *group);
void promotion_settled(struct core *core, struct group *group, const struct settled *settled);

#endif
