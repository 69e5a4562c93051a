/*
 * whatif_own: what the files of whatif share: the world around the core. For sentinel/whatif*.c
 * alone.
 */
#ifndef SENTINEL_WHATIF_OWN_H
#define SENTINEL_WHATIF_OWN_H

#include <stdint.h>

#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/whatif.h"

struct history;

/* How a node takes part. */
enum whatif_state { IS_THERE, IS_AWAY, HAS_CRASHED, HANGS };

struct whatif_actor {
    uint32_t id;
    enum whatif_state state;
    struct node_info info;
};

/* An input that comes. */
struct whatif_coming {
    struct whatif_coming *next;
    struct node_info info;
    struct input input;
};

struct whatif_world {
    struct core *core;
    struct group *group;
    uint32_t failed; /* id */
    msec failed_at;
    struct whatif_actor actors[NODES_MAX];
    size_t n_actors;
    struct whatif_coming *first, **last;
    struct history *history;
    uint32_t n_inputs;
};

/* Something is seen on a link; INFO of a node; that the answer to an order (0: nobody waits) will
 * not come. */
void whatif_see(struct whatif_world *world, uint32_t id, enum link_kind link,
                enum evidence evidence);
void whatif_see_info(struct whatif_world *world, const struct whatif_actor *actor);
void whatif_be_lost(struct whatif_world *world, uint64_t ticket);

/* NULL: it is no node of the group. */
struct whatif_actor *whatif_actor(struct whatif_world *world, uint32_t id);

/* A node or a supervisor does what the core wants of it. */
void whatif_order(struct whatif_world *world, const struct order *order);
void whatif_hear(struct whatif_world *world, const struct message *message);

/* What a supervisor says when it is asked for its opinion and vote. */
void whatif_answer(struct whatif_world *world, const struct message *asked);

#endif
