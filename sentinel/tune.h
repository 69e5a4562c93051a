/*
 * tune: what picket-stores are told beside their role. Other nodes have none of it (their INFO does
 * not name it) and are left alone.
 *
 * sync-replicas: with durability = quorum every node of the group has it as the group's
 * sync_replicas says, so that a plain reply promises what WAIT does elsewhere. Fewer replicas than
 * that, and writes are refused: it is not lowered then. A node that had it otherwise gets 0 when
 * durability becomes another; one that had it by its own configuration is not touched. Stored in
 * the node's configuration (CONFIG REWRITE) and, that it was we, in ours.
 *
 * The start gate: a primary that was restarted with its gate closed takes no writes and serves no
 * replicas until it is confirmed (PICKET CONFIRM). It is, when it is the primary of the
 * configuration that a majority has, no failover is under way, each replica that is not down has
 * said since what it holds, and none holds more (sentinel/amnesia). Else it is replaced as any
 * other, which ends the matter: an order to follow opens the gate. So is one that an operator has
 * made our primary follow, a little later: until it serves that, it cannot become the primary here.
 */
#ifndef SENTINEL_TUNE_H
#define SENTINEL_TUNE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

struct tune {
    uint64_t ticket;  /* order in flight; 0 = none */
    bool confirms;    /* it is PICKET CONFIRM */
    msec ask_at;      /* the next one not before */
    int64_t sync_set; /* sync-replicas that we gave it; 0 = it has its own */
    bool doubted;     /* what it holds behind its closed gate is looked into, or was */
    msec closed_at;   /* since when its gate is seen closed; MSEC_NEVER = it is not */
};

void tune_init(struct tune *tune);

/* INFO of NODE came in. */
void tune_note(struct core *core, struct node *node);

void tune_run(struct core *core, struct group *group);
msec tune_next(const struct core *core, const struct group *group);

/* An order of ours has ended. */
void tune_settled(struct core *core, struct node *node, const struct settled *settled);

#endif
