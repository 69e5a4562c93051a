#include "sentinel/whatif.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notify/history.h"
#include "sentinel/catch_up.h"
#include "sentinel/core.h"
#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "sentinel/nodes.h"
#include "sentinel/whatif_own.h"

#define SETTLE_MS   5      /* for what is under way at the beginning */
#define PATIENCE_MS 120000 /* beyond down_after: for a new primary */
#define OTHERS_MS   5000   /* beyond down_after: when it is no primary that fails */

/* --- time --- */

static struct whatif_coming *take_coming(struct whatif_world *world)
{
    struct whatif_coming *coming = world->first;

    world->first = coming->next;
    if (world->first == NULL)
        world->last = &world->first;
    return coming;
}

static void carry_out(struct whatif_world *world, const struct output *output)
{
    for (size_t i = 0; i < output->n_messages; i++)
        whatif_hear(world, &output->messages[i]);
    for (size_t i = 0; i < output->n_orders; i++)
        whatif_order(world, &output->orders[i]);
    for (size_t i = 0; i < output->n_events; i++)
        history_take(world->history, &output->events[i], world->core->now, world->core->now);
}

static const struct output *step(struct whatif_world *world, struct input *input)
{
    world->n_inputs++;
    return core_step(world->core, input);
}

/* The next thing that happens, unless that is later than UNTIL: then false. */
static bool go_on(struct whatif_world *world, msec until)
{
    msec wake = world->core->output.wake;
    struct input tick = { .kind = INPUT_TICK, .now = wake };
    struct whatif_coming *coming = world->first;

    if (msec_min(coming != NULL ? coming->input.now : MSEC_NEVER, wake) > until ||
        world->n_inputs == WHATIF_INPUTS_MAX)
        return false;
    if (coming == NULL || wake < coming->input.now) {
        tick.now = msec_max(wake, world->core->now);
        carry_out(world, step(world, &tick));
        return true;
    }
    coming = take_coming(world);
    coming->input.now = msec_max(coming->input.now, world->core->now);
    carry_out(world, step(world, &coming->input));
    free(coming);
    return true;
}

/* --- the beginning --- */

/* What is under way at the moment of the copy is answered, so that nobody is taken for silent. */
static void settle_link(struct whatif_world *world, uint32_t id, enum link_kind kind,
                        const struct link *link)
{
    if (link->state == LINK_OPENING)
        whatif_see(world, id, kind, EVIDENCE_CONNECTED);
    else if (link->state == LINK_UP)
        whatif_see(world, id, kind, EVIDENCE_PONG);
}

static void settle_node(struct whatif_world *world, const struct node *node,
                        const struct whatif_actor *actor)
{
    if (actor->state == IS_THERE) {
        for (int kind = 0; kind < PROBE_LINKS; kind++)
            settle_link(world, node->id, (enum link_kind)kind, &node->probe.links[kind]);
        if (node->probe.info_seen_at != MSEC_NEVER)
            whatif_see_info(world, actor);
        whatif_see(world, node->id, LINK_CMD, EVIDENCE_HELLO_SENT);
    }
    whatif_be_lost(world, node->ticket);
    whatif_be_lost(world, node->role_ticket);
    whatif_be_lost(world, node->guard_ticket);
}

static void settle_peers(struct whatif_world *world)
{
    for (size_t i = 0; i < world->group->n_members; i++) {
        const struct member *member = &world->group->members[i];

        settle_link(world, member->peer->id, LINK_CMD, &member->peer->probe.links[LINK_CMD]);
        if (member->ask_ticket != 0)
            whatif_answer(world, &(struct message){ .kind = MESSAGE_ASK,
                                                    .peer = member->peer->id,
                                                    .ticket = member->ask_ticket });
    }
}

/* Everybody's part. */
static void cast(struct whatif_world *world)
{
    for (size_t i = 0; i < world->group->n_nodes; i++) {
        const struct node *node = world->group->nodes[i];
        struct whatif_actor *actor = &world->actors[world->n_actors++];

        actor->id = node->id;
        actor->state =
            node->probe.links[LINK_CMD].state == LINK_DOWN || node->sdown ? IS_AWAY : IS_THERE;
        actor->info = node->info;
        actor->info.replicas = NULL;
        actor->info.n_replicas = 0;
    }
}

/* The other groups are of no interest, and of no danger to the time that this takes. */
static void drop_others(struct whatif_world *world)
{
    for (size_t i = world->core->n_groups; i-- > 0;) {
        if (world->core->groups[i] != world->group)
            group_remove(world->core, world->core->groups[i], 0);
    }
}

/* The node fails: its own links end, and those of its replicas. */
static void fail(struct whatif_world *world, const struct node *node, enum whatif_how how)
{
    struct whatif_actor *actor = whatif_actor(world, node->id);

    world->failed = node->id;
    world->failed_at = world->core->now;
    if (how == WHATIF_HANG || actor->state == IS_AWAY) {
        actor->state = actor->state == IS_AWAY ? IS_AWAY : HANGS;
        return;
    }
    actor->state = HAS_CRASHED;
    for (size_t i = 0; i < world->n_actors; i++) {
        struct whatif_actor *other = &world->actors[i];

        if (other != actor && other->info.role == ROLE_REPLICA &&
            node_is_at(node, &other->info.primary)) {
            other->info.link_up = false;
            other->info.link_down_ms = 0;
        }
    }
    for (int kind = 0; kind < PROBE_LINKS; kind++)
        whatif_see(world, node->id, (enum link_kind)kind, EVIDENCE_RESET);
}

static void clear(struct whatif_world *world)
{
    while (world->first != NULL)
        free(take_coming(world));
    free(world);
}

/* There is another primary; perhaps not for long. */
static void say_switched(const struct whatif_world *world, struct whatif *result)
{
    const struct node *preferred = catch_up_node(world->core, world->group);
    char text[ADDR_TEXT_MAX];

    result->to = group_primary_addr(world->group);
    if (preferred != NULL)
        snprintf(result->why, sizeof result->why,
                 "%s is preferred: it takes over if it has all data within %lld ms",
                 addr_format(&preferred->addr, text), (long long)world->group->conf.catch_up_ms);
}

/* Until there is another primary, or UNTIL; a step before it, a look at what is waited for. */
static void run(struct whatif_world *world, const struct node *before, msec until,
                struct whatif *result)
{
    while (world->group->primary == before && go_on(world, until))
        ;
    result->switched = world->group->primary != before;
    if (result->switched)
        say_switched(world, result);
    else
        why_held(world->core, world->group, result->why);
    result->took_ms = world->core->now - world->failed_at;
    result->history = world->history;
}

void whatif_fail(struct core *core, struct node *node, enum whatif_how how, msec now,
                 struct whatif *ret_result)
{
    struct whatif_world *world = calloc(1, sizeof *world);
    struct input tick = { .kind = INPUT_TICK, .now = now };
    msec wait =
        node->group->conf.down_after_ms + (node == node->group->primary ? PATIENCE_MS : OTHERS_MS);

    assert(world != NULL && now >= core->now);
    memset(ret_result, 0, sizeof *ret_result);
    world->core = core;
    world->group = node->group;
    world->last = &world->first;
    world->history = history_new(core->runid);
    drop_others(world);
    cast(world);
    for (size_t i = 0; i < world->n_actors; i++)
        settle_node(world, core_find_node(core, world->actors[i].id), &world->actors[i]);
    settle_peers(world);
    carry_out(world, step(world, &tick));
    while (go_on(world, now + SETTLE_MS))
        ;
    fail(world, node, how);
    run(world, world->group->primary, core->now + msec_min(wait, WHATIF_LIMIT_MS), ret_result);
    clear(world);
}

void whatif_done(struct whatif *result)
{
    history_free(result->history);
    result->history = NULL;
}
