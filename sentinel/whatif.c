#include "sentinel/whatif.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "notify/history.h"
#include "sentinel/core.h"
#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

#define ANSWER_MS      1      /* everybody answers after that */
#define SETTLE_MS      5      /* for what is under way at the beginning */
#define PATIENCE_MS    120000 /* beyond down_after: for a new primary */
#define OTHERS_MS      5000   /* beyond down_after: when it is no primary that fails */
#define REPLID_DRAWN   "0000000000000000000000000000000000000001" /* of a new primary */
#define SETTLED_PARTED "the link is lost"

/* How a node takes part. */
enum state { IS_THERE, IS_AWAY, HAS_CRASHED, HANGS };

struct actor {
    uint32_t id;
    enum state state;
    struct node_info info;
};

/* An input that comes. */
struct coming {
    struct coming *next;
    struct node_info info;
    struct input input;
};

struct world {
    struct core *core;
    struct group *group;
    uint32_t failed; /* id */
    msec failed_at;
    struct actor actors[NODES_MAX];
    size_t n_actors;
    struct coming *first, **last;
    struct history *history;
    uint32_t n_inputs;
};

/* --- what comes --- */

static struct input *come(struct world *world, enum input_kind kind)
{
    struct coming *coming = calloc(1, sizeof *coming);

    assert(coming != NULL);
    coming->input.kind = kind;
    coming->input.now = world->core->now + ANSWER_MS;
    *world->last = coming;
    world->last = &coming->next;
    return &coming->input;
}

static struct coming *take_coming(struct world *world)
{
    struct coming *coming = world->first;

    world->first = coming->next;
    if (world->first == NULL)
        world->last = &world->first;
    return coming;
}

static void see(struct world *world, uint32_t id, enum link_kind link, enum evidence evidence)
{
    struct observation *seen = &come(world, INPUT_OBSERVATION)->u.observation;

    seen->id = id;
    seen->link = link;
    seen->evidence = evidence;
}

static void see_info(struct world *world, const struct actor *actor)
{
    struct input *input = come(world, INPUT_OBSERVATION);
    struct coming *coming =
        (struct coming *)(void *)((char *)input - offsetof(struct coming, input));

    coming->info = actor->info;
    input->u.observation.id = actor->id;
    input->u.observation.link = LINK_CMD;
    input->u.observation.evidence = EVIDENCE_INFO;
    input->u.observation.info = &coming->info;
}

static struct actor *actor_of(struct world *world, uint32_t id)
{
    for (size_t i = 0; i < world->n_actors; i++) {
        if (world->actors[i].id == id)
            return &world->actors[i];
    }
    return NULL;
}

/* --- nodes --- */

/* The actor that stands at ADDR. */
static struct actor *actor_at(struct world *world, const struct addr *addr)
{
    const struct node *node = node_find(world->group, addr);

    return node != NULL ? actor_of(world, node->id) : NULL;
}

static void follow(struct world *world, struct actor *actor, const struct addr *addr)
{
    const struct actor *of = actor_at(world, addr);

    actor->info.role = ROLE_REPLICA;
    actor->info.primary = *addr;
    actor->info.link_up = of != NULL && of->state == IS_THERE && of->info.role == ROLE_PRIMARY;
    actor->info.link_down_ms = actor->info.link_up ? -1 : 0;
}

static void promote(struct actor *actor)
{
    struct node_info *info = &actor->info;

    if (info->role == ROLE_PRIMARY)
        return;
    info->role = ROLE_PRIMARY;
    memcpy(info->replid2, info->replid, sizeof info->replid2);
    memcpy(info->replid, REPLID_DRAWN, sizeof info->replid);
    info->second_offset = info->repl_offset + 1;
    info->primary_offset = info->repl_offset;
    info->primary = (struct addr){ .port = 0 };
}

/* The order is done, and that is said. */
static void obey(struct world *world, struct actor *actor, const struct order *order)
{
    const struct node *node = core_find_node(world->core, actor->id);
    struct settled *settled;

    if (order->kind == ORDER_PROMOTE)
        promote(actor);
    else if (order->kind == ORDER_FOLLOW || order->kind == ORDER_DETACH ||
             order->kind == ORDER_DEMOTE || order->kind == ORDER_FENCE)
        follow(world, actor, &order->addr);
    if (order->ticket == 0)
        return;
    settled = &come(world, INPUT_SETTLED)->u.settled;
    settled->kind = SETTLED_ORDER;
    settled->ticket = order->ticket;
    settled->ok = true;
    settled->role = actor->info.role;
    settled->offset = actor->info.repl_offset;
    memcpy(settled->replid, actor->info.replid, sizeof settled->replid);
    settled->min_replicas =
        order->kind == ORDER_GUARD_SET ? order->min_replicas : node->min_replicas;
    settled->max_lag_s = order->kind == ORDER_GUARD_SET ? order->max_lag_s : node->max_lag_s;
}

static void be_lost(struct world *world, uint64_t ticket)
{
    struct settled *settled;

    if (ticket == 0)
        return;
    settled = &come(world, INPUT_SETTLED)->u.settled;
    settled->kind = SETTLED_ORDER;
    settled->ticket = ticket;
    settled->lost = true;
    memcpy(settled->error, SETTLED_PARTED, sizeof SETTLED_PARTED);
}

/* The hooks say yes. */
static void allow(struct world *world, uint64_t ticket)
{
    struct settled *settled = &come(world, INPUT_SETTLED)->u.settled;

    settled->kind = SETTLED_ORDER;
    settled->ticket = ticket;
    settled->ok = true;
}

/* A link is wanted. */
static void open_link(struct world *world, const struct order *order, enum state state)
{
    if (state != HANGS)
        see(world, order->id, order->link,
            state == IS_THERE      ? EVIDENCE_CONNECTED
            : state == HAS_CRASHED ? EVIDENCE_REFUSED
                                   : EVIDENCE_UNREACHABLE);
}

static void order_node(struct world *world, struct actor *actor, const struct order *order)
{
    bool there = actor->state == IS_THERE;

    switch (order->kind) {
    case ORDER_OPEN:
        open_link(world, order, actor->state);
        break;
    case ORDER_PING:
        if (there)
            see(world, order->id, order->link, EVIDENCE_PONG);
        break;
    case ORDER_INFO:
        if (there)
            see_info(world, actor);
        break;
    case ORDER_HELLO:
        if (there)
            see(world, order->id, LINK_CMD, EVIDENCE_HELLO_SENT);
        break;
    case ORDER_QUESTION:
        allow(world, order->ticket);
        break;
    case ORDER_CLOSE:
    case ORDER_FORGET:
    case ORDER_DISARM:
    case ORDER_UNPAUSE:
        break;
    default:
        if (there)
            obey(world, actor, order);
        else if (actor->state != HANGS)
            be_lost(world, order->ticket);
    }
}

/* --- supervisors: those that can be reached --- */

static void order_peer(struct world *world, const struct peer *peer, const struct order *order)
{
    if (order->kind == ORDER_OPEN)
        see(world, order->id, order->link, EVIDENCE_UNREACHABLE);
    else if (order->kind == ORDER_PING && probe_is_up(&peer->probe))
        see(world, order->id, order->link, EVIDENCE_PONG);
}

/* It holds down what has failed, and gives us its vote. */
static void answer(struct world *world, const struct message *asked)
{
    const struct node *primary = world->group->primary;
    struct message *message = &come(world, INPUT_MESSAGE)->u.message;

    message->kind = MESSAGE_ANSWER;
    message->peer = asked->peer;
    message->ticket = asked->ticket;
    message->u.answer.down = primary->id == world->failed &&
                             node_is_at(primary, &asked->u.ask.primary) && primary->sdown;
    if (asked->u.ask.candidate[0] == '\0')
        return;
    memcpy(message->u.answer.leader, asked->u.ask.candidate, sizeof message->u.answer.leader);
    message->u.answer.leader_epoch = asked->u.ask.epoch;
}

/* Asked what it holds, it holds what we do. */
static void say_where(struct world *world, const struct message *asked)
{
    const struct peer *peer = core_find_peer(world->core, asked->peer);
    struct message *message = &come(world, INPUT_MESSAGE)->u.message;

    message->kind = MESSAGE_THERE;
    message->peer = asked->peer;
    message->ticket = asked->ticket;
    message->u.there.addr = group_primary_addr(world->group);
    message->u.there.config_epoch = world->group->config_epoch;
    memcpy(message->u.there.runid, peer->runid, sizeof message->u.there.runid);
}

static void hear(struct world *world, const struct message *message)
{
    const struct peer *peer = core_find_peer(world->core, message->peer);

    if (peer == NULL || !probe_is_up(&peer->probe))
        return;
    if (message->kind == MESSAGE_ASK)
        answer(world, message);
    else if (message->kind == MESSAGE_WHERE)
        say_where(world, message);
}

/* --- time --- */

static void carry_out(struct world *world, const struct output *output)
{
    for (size_t i = 0; i < output->n_messages; i++)
        hear(world, &output->messages[i]);
    for (size_t i = 0; i < output->n_orders; i++) {
        const struct order *order = &output->orders[i];
        struct actor *actor = actor_of(world, order->id);
        const struct peer *peer = core_find_peer(world->core, order->id);

        if (actor != NULL)
            order_node(world, actor, order);
        else if (peer != NULL)
            order_peer(world, peer, order);
    }
    for (size_t i = 0; i < output->n_events; i++)
        history_take(world->history, &output->events[i], world->core->now, world->core->now);
}

static const struct output *step(struct world *world, struct input *input)
{
    world->n_inputs++;
    return core_step(world->core, input);
}

/* The next thing that happens, unless that is later than UNTIL: then false. */
static bool go_on(struct world *world, msec until)
{
    msec wake = world->core->output.wake;
    struct input tick = { .kind = INPUT_TICK, .now = wake };
    struct coming *coming = world->first;

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
static void settle_link(struct world *world, uint32_t id, enum link_kind kind,
                        const struct link *link)
{
    if (link->state == LINK_OPENING)
        see(world, id, kind, EVIDENCE_CONNECTED);
    else if (link->state == LINK_UP)
        see(world, id, kind, EVIDENCE_PONG);
}

static void settle_node(struct world *world, const struct node *node, const struct actor *actor)
{
    if (actor->state == IS_THERE) {
        for (int kind = 0; kind < PROBE_LINKS; kind++)
            settle_link(world, node->id, (enum link_kind)kind, &node->probe.links[kind]);
        if (node->probe.info_seen_at != MSEC_NEVER)
            see_info(world, actor);
        see(world, node->id, LINK_CMD, EVIDENCE_HELLO_SENT);
    }
    be_lost(world, node->ticket);
    be_lost(world, node->role_ticket);
    be_lost(world, node->guard_ticket);
}

static void settle_peers(struct world *world)
{
    for (size_t i = 0; i < world->group->n_members; i++) {
        const struct member *member = &world->group->members[i];

        settle_link(world, member->peer->id, LINK_CMD, &member->peer->probe.links[LINK_CMD]);
        if (member->ask_ticket != 0)
            answer(world, &(struct message){ .kind = MESSAGE_ASK,
                                             .peer = member->peer->id,
                                             .ticket = member->ask_ticket });
    }
}

/* Everybody's part. */
static void cast(struct world *world)
{
    for (size_t i = 0; i < world->group->n_nodes; i++) {
        const struct node *node = world->group->nodes[i];
        struct actor *actor = &world->actors[world->n_actors++];

        actor->id = node->id;
        actor->state =
            node->probe.links[LINK_CMD].state == LINK_DOWN || node->sdown ? IS_AWAY : IS_THERE;
        actor->info = node->info;
        actor->info.replicas = NULL;
        actor->info.n_replicas = 0;
    }
}

/* The other groups are of no interest, and of no danger to the time that this takes. */
static void drop_others(struct world *world)
{
    for (size_t i = world->core->n_groups; i-- > 0;) {
        if (world->core->groups[i] != world->group)
            group_remove(world->core, world->core->groups[i], 0);
    }
}

/* The node fails: its own links end, and those of its replicas. */
static void fail(struct world *world, const struct node *node, enum whatif_how how)
{
    struct actor *actor = actor_of(world, node->id);

    world->failed = node->id;
    world->failed_at = world->core->now;
    if (how == WHATIF_HANG || actor->state == IS_AWAY) {
        actor->state = actor->state == IS_AWAY ? IS_AWAY : HANGS;
        return;
    }
    actor->state = HAS_CRASHED;
    for (size_t i = 0; i < world->n_actors; i++) {
        struct actor *other = &world->actors[i];

        if (other != actor && other->info.role == ROLE_REPLICA &&
            node_is_at(node, &other->info.primary)) {
            other->info.link_up = false;
            other->info.link_down_ms = 0;
        }
    }
    for (int kind = 0; kind < PROBE_LINKS; kind++)
        see(world, node->id, (enum link_kind)kind, EVIDENCE_RESET);
}

static void clear(struct world *world)
{
    while (world->first != NULL)
        free(take_coming(world));
    free(world);
}

/* Until there is another primary, or UNTIL; a step before it, a look at what is waited for. */
static void run(struct world *world, const struct node *before, msec until, struct whatif *result)
{
    while (world->group->primary == before && go_on(world, until))
        ;
    result->switched = world->group->primary != before;
    if (result->switched)
        result->to = group_primary_addr(world->group);
    else
        why_held(world->core, world->group, result->why);
    result->took_ms = world->core->now - world->failed_at;
    result->history = world->history;
}

void whatif_fail(struct core *core, struct node *node, enum whatif_how how, msec now,
                 struct whatif *ret_result)
{
    struct world *world = calloc(1, sizeof *world);
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
