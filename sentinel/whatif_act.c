/* How nodes and supervisors take part: they do what they are told, and say so. */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/groups.h"
#include "sentinel/nodes.h"
#include "sentinel/whatif_own.h"

#define ANSWER_MS      1                                          /* everybody answers after that */
#define REPLID_DRAWN   "0000000000000000000000000000000000000001" /* of a new primary */
#define SETTLED_PARTED "the link is lost"

/* --- what comes --- */

/* A fresh input that the core gets a moment later; to be filled in. */
static struct input *come(struct whatif_world *world, enum input_kind kind)
{
    struct whatif_coming *coming = calloc(1, sizeof *coming);

    assert(coming != NULL);
    coming->input.kind = kind;
    coming->input.now = world->core->now + ANSWER_MS;
    *world->last = coming;
    world->last = &coming->next;
    return &coming->input;
}

void whatif_see(struct whatif_world *world, uint32_t id, enum link_kind link,
                enum evidence evidence)
{
    struct observation *seen = &come(world, INPUT_OBSERVATION)->u.observation;

    seen->id = id;
    seen->link = link;
    seen->evidence = evidence;
}

void whatif_see_info(struct whatif_world *world, const struct whatif_actor *actor)
{
    struct input *input = come(world, INPUT_OBSERVATION);
    struct whatif_coming *coming =
        (struct whatif_coming *)(void *)((char *)input - offsetof(struct whatif_coming, input));

    coming->info = actor->info;
    input->u.observation.id = actor->id;
    input->u.observation.link = LINK_CMD;
    input->u.observation.evidence = EVIDENCE_INFO;
    input->u.observation.info = &coming->info;
}

struct whatif_actor *whatif_actor(struct whatif_world *world, uint32_t id)
{
    for (size_t i = 0; i < world->n_actors; i++) {
        if (world->actors[i].id == id)
            return &world->actors[i];
    }
    return NULL;
}

/* --- nodes --- */

/* The actor that stands at ADDR. */
static struct whatif_actor *actor_at(struct whatif_world *world, const struct addr *addr)
{
    const struct node *node = node_find(world->group, addr);

    return node != NULL ? whatif_actor(world, node->id) : NULL;
}

static void follow(struct whatif_world *world, struct whatif_actor *actor, const struct addr *addr)
{
    const struct whatif_actor *of = actor_at(world, addr);

    actor->info.role = ROLE_REPLICA;
    actor->info.primary = *addr;
    actor->info.link_up = of != NULL && of->state == IS_THERE && of->info.role == ROLE_PRIMARY;
    actor->info.link_down_ms = actor->info.link_up ? -1 : 0;
}

static void promote(struct whatif_actor *actor)
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
static void obey(struct whatif_world *world, struct whatif_actor *actor, const struct order *order)
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

void whatif_be_lost(struct whatif_world *world, uint64_t ticket)
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
static void allow(struct whatif_world *world, uint64_t ticket)
{
    struct settled *settled = &come(world, INPUT_SETTLED)->u.settled;

    settled->kind = SETTLED_ORDER;
    settled->ticket = ticket;
    settled->ok = true;
}

/* A link is wanted. */
static void open_link(struct whatif_world *world, const struct order *order,
                      enum whatif_state state)
{
    if (state != HANGS)
        whatif_see(world, order->id, order->link,
                   state == IS_THERE      ? EVIDENCE_CONNECTED
                   : state == HAS_CRASHED ? EVIDENCE_REFUSED
                                          : EVIDENCE_UNREACHABLE);
}

static void order_node(struct whatif_world *world, struct whatif_actor *actor,
                       const struct order *order)
{
    bool there = actor->state == IS_THERE;

    switch (order->kind) {
    case ORDER_OPEN:
        open_link(world, order, actor->state);
        break;
    case ORDER_PING:
        if (there)
            whatif_see(world, order->id, order->link, EVIDENCE_PONG);
        break;
    case ORDER_INFO:
        if (there)
            whatif_see_info(world, actor);
        break;
    case ORDER_HELLO:
        if (there)
            whatif_see(world, order->id, LINK_CMD, EVIDENCE_HELLO_SENT);
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
            whatif_be_lost(world, order->ticket);
    }
}

/* --- supervisors: those that can be reached --- */

static void order_peer(struct whatif_world *world, const struct peer *peer,
                       const struct order *order)
{
    if (order->kind == ORDER_OPEN)
        whatif_see(world, order->id, order->link, EVIDENCE_UNREACHABLE);
    else if (order->kind == ORDER_PING && probe_is_up(&peer->probe))
        whatif_see(world, order->id, order->link, EVIDENCE_PONG);
}

/* It holds down what has failed, and gives us its vote. */
void whatif_answer(struct whatif_world *world, const struct message *asked)
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
static void say_where(struct whatif_world *world, const struct message *asked)
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

/* Its locks are as ours, which were asked just before: it pledges what we do. */
static void pledge(struct whatif_world *world, const struct message *asked)
{
    const struct lease_vote *own = &world->group->lease.own;
    struct message *message = &come(world, INPUT_MESSAGE)->u.message;

    message->kind = MESSAGE_PLEDGE;
    message->peer = asked->peer;
    message->ticket = asked->ticket;
    message->u.pledge = (struct pledge){
        .given = own->given, .ms = own->ms, .serial = own->serial, .addr = own->addr
    };
}

void whatif_hear(struct whatif_world *world, const struct message *message)
{
    const struct peer *peer = core_find_peer(world->core, message->peer);

    if (peer == NULL || !probe_is_up(&peer->probe))
        return;
    if (message->kind == MESSAGE_ASK)
        whatif_answer(world, message);
    else if (message->kind == MESSAGE_WHERE)
        say_where(world, message);
    else if (message->kind == MESSAGE_CLAIM)
        pledge(world, message);
}

void whatif_order(struct whatif_world *world, const struct order *order)
{
    struct whatif_actor *actor = whatif_actor(world, order->id);
    const struct peer *peer = core_find_peer(world->core, order->id);

    if (actor != NULL)
        order_node(world, actor, order);
    else if (peer != NULL)
        order_peer(world, peer, order);
}
