/*
 * salvage: what a former primary wrote that its successor never got.
 *
 * The successor's second_repl_offset says where its history left that of the former one; what that
 * one has behind it is the tail, and is thrown away when it follows. The tail is told of whenever a
 * former primary is demoted. With `salvage` it is fetched first:
 *
 *   NONE ─▶ HOLD ─taken─▶ FORK ─known, and there is a tail─▶ FETCH ─▶ DONE ─▶ it is told to follow
 *             │ refused      │ no tail, or too much            │ failed    ▲
 *             └──────────────┴─────────────────────────────────┴───────────┘  or SALVAGE_MS are
 * over
 *
 * HOLD takes its writes and ends its clients' connections, but leaves it its role, and with it the
 * history that it can be asked for (ORDER_HOLD); the fence that is left in its connections does the
 * same. sentinel/guard gives the writes back once it is a replica.
 *
 * A node that was started again has another history, and no tail that could be fetched.
 */
#ifndef SENTINEL_SALVAGE_H
#define SENTINEL_SALVAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/node_info.h"
#include "wire/msec.h"

struct core;
struct node;
struct settled;

#define SALVAGE_MS 15000 /* then the node is told to follow, whatever is lost */

enum salvage_phase { SALVAGE_NONE, SALVAGE_HOLD, SALVAGE_FORK, SALVAGE_FETCH, SALVAGE_DONE };

struct salvage {
    enum salvage_phase phase;
    msec since;      /* of the attempt */
    uint64_t ticket; /* order in flight; 0 = none */
    msec order_at;   /* the next one not before */
    /* What it had when it was held, or demoted: */
    bool noted; /* and that is not yet looked into */
    char replid[RUNID_LEN + 1];
    uint64_t offset;
    msec at;
};

/* Whether NODE, a former primary, may be told to follow now. False: what must come first is under
 * way, and its end runs the group. */
bool salvage_permits(struct core *core, struct node *node);

/* A former primary was demoted: where its history ended then. */
void salvage_note_demoted(struct core *core, struct node *node, const struct settled *settled);

/* Tell of the tail of one that was demoted, once the fork is known; forget about one that follows.
 */
void salvage_run(struct core *core, struct node *node);

/* An order of ours has ended. */
void salvage_settled(struct core *core, struct node *node, const struct settled *settled);

/* Another node is the primary now. */
void salvage_reset(struct node *node);

/* Whether the fence leaves a former primary its history; RET_MIN_REPLICAS is what takes its writes.
 */
bool salvage_holds(const struct node *node, int64_t *ret_min_replicas);

#endif
