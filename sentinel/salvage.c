#include "sentinel/salvage.h"

#include <assert.h>
#include <string.h>

#include "sentinel/arm.h"
#include "sentinel/emit.h"
#include "sentinel/guard.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/role_order.h"

#define RETRY_MS 100

static bool is_wanted(const struct node *node)
{
    return node->group->conf.salvage;
}

static void enter(struct core *core, struct node *node, enum salvage_phase phase)
{
    node->salvage.phase = phase;
    node->salvage.ticket = 0;
    node->salvage.order_at = core->now;
}

static void give_up(struct core *core, struct node *node, const char *reason)
{
    event_detail(emit_node_event(core, EVENT_SALVAGE_FAILED, node), "%s", reason);
    enter(core, node, SALVAGE_DONE);
}

/* Since when the present primary had nothing new of the former one, as far as it said. */
static msec forked_at(const struct group *group)
{
    return group->forked_at == MSEC_NEVER ? group->config_at : group->forked_at;
}

/* Whether the primary has said where it left the history of a former one. */
static bool knows_fork(const struct group *group)
{
    const struct node *primary = group->primary;

    return node_info_since(primary, group->config_at) && primary->info.role == ROLE_PRIMARY;
}

/* How many bytes the former primary has that the present one lacks; 0 also when that cannot be
 * told: their histories do not meet. */
static uint64_t tail_of(const struct node *node)
{
    const struct node_info *its = &node->group->primary->info;
    const struct salvage *salvage = &node->salvage;

    if (!replid_equal(its->replid2, salvage->replid) || its->second_offset == 0 ||
        salvage->offset < its->second_offset)
        return 0;
    return salvage->offset - its->second_offset + 1;
}

static void tell_tail(struct core *core, struct node *node, uint64_t bytes)
{
    struct event *event = emit_node_event(core, EVENT_TAIL, node);

    event->bytes_known = true;
    event->bytes = bytes;
    event_detail(event, "%llu bytes from offset %llu that only it has, written within %lld ms",
                 (unsigned long long)bytes,
                 (unsigned long long)node->group->primary->info.second_offset,
                 (long long)msec_max(0, node->salvage.at - forked_at(node->group)));
}

static void note(struct core *core, struct node *node, const struct settled *settled)
{
    struct salvage *salvage = &node->salvage;

    memcpy(salvage->replid, settled->replid, sizeof salvage->replid);
    salvage->offset = settled->offset;
    salvage->at = core->now;
}

void salvage_note_demoted(struct core *core, struct node *node, const struct settled *settled)
{
    if (node->salvage.phase == SALVAGE_DONE)
        return; /* it was told of */
    note(core, node, settled);
    node->salvage.noted = true;
}

void salvage_run(struct core *core, struct node *node)
{
    struct salvage *salvage = &node->salvage;
    const struct group *group = node->group;
    uint64_t bytes;

    if (node->info.role == ROLE_REPLICA && node_info_since(node, group->config_at))
        enter(core, node, SALVAGE_NONE);
    if (!salvage->noted || node == group->primary || !knows_fork(group))
        return;
    salvage->noted = false;
    bytes = tail_of(node);
    if (bytes > 0)
        tell_tail(core, node, bytes);
}

bool salvage_holds(const struct node *node, int64_t *ret_min_replicas)
{
    *ret_min_replicas = node->min_replicas % GUARD_FENCED + GUARD_FENCED;
    return is_wanted(node) && node->guard_at != MSEC_NEVER;
}

static void hold(struct core *core, struct node *node)
{
    int64_t min_replicas;

    if (!salvage_holds(node, &min_replicas))
        return; /* what it needs at other times is not known yet: sentinel/guard asks */
    struct order *order = role_order(core, node, ORDER_HOLD);

    order->min_replicas = min_replicas;
    node->salvage.ticket = order->ticket;
}

static void fetch(struct core *core, struct node *node)
{
    struct order *order = output_order(&core->output, ORDER_FETCH, node->id);

    order->ticket = node->salvage.ticket = core_ticket(core, node->id);
    order->addr = node_shown_addr(node);
    order->from = node->group->primary->info.second_offset;
    order->until = node->salvage.offset;
    memcpy(order->replid, node->salvage.replid, sizeof order->replid);
}

/* The order of the phase that it is in. */
static void order(struct core *core, struct node *node)
{
    if (node->salvage.phase == SALVAGE_HOLD)
        hold(core, node);
    else if (node->salvage.phase == SALVAGE_FETCH)
        fetch(core, node);
}

/* It is held: is there anything to fetch? */
static void look(struct core *core, struct node *node)
{
    uint64_t bytes;

    if (!knows_fork(node->group)) {
        if (probe_is_up(&node->group->primary->probe))
            node_want_info(core, node->group->primary, core->now + RETRY_MS);
        return;
    }
    bytes = tail_of(node);
    if (bytes == 0) {
        enter(core, node, SALVAGE_DONE);
        return;
    }
    tell_tail(core, node, bytes);
    if (bytes > (uint64_t)node->group->conf.salvage_max_bytes)
        give_up(core, node, "more than salvage_max_bytes");
    else
        enter(core, node, SALVAGE_FETCH);
}

bool salvage_permits(struct core *core, struct node *node)
{
    struct salvage *salvage = &node->salvage;

    if (is_wanted(node) && !node_info_since(node, node->group->failover.started_at)) {
        node_want_info(core, node, core->now); /* it may have been a primary meanwhile */
        return false;
    }
    if (!is_wanted(node) || node->info.role != ROLE_PRIMARY || salvage->phase == SALVAGE_DONE)
        return true;
    if (salvage->phase == SALVAGE_NONE) {
        salvage->since = core->now;
        enter(core, node, SALVAGE_HOLD);
    }
    if (core->now - salvage->since >= SALVAGE_MS)
        give_up(core, node, "it took too long");
    if (salvage->phase == SALVAGE_FORK)
        look(core, node);
    if (salvage->ticket == 0 && core->now >= salvage->order_at && node->contacted)
        order(core, node);
    return salvage->phase == SALVAGE_DONE;
}

static void note_held(struct core *core, struct node *node)
{
    node->min_replicas = node->min_replicas % GUARD_FENCED + GUARD_FENCED;
    emit_node_row(core, node);
}

static void held(struct core *core, struct node *node, const struct settled *settled)
{
    if (settled->ok && settled->role == ROLE_PRIMARY) {
        note(core, node, settled);
        note_held(core, node);
        enter(core, node, SALVAGE_FORK);
    } else if (settled->ok) {
        enter(core, node, SALVAGE_DONE); /* somebody has told it to follow */
        node_want_info(core, node, core->now);
    } else if (!settled->lost && !settled->again) {
        give_up(core, node, settled->error);
    } else if (settled->again) {
        node->salvage.order_at = core->now;
    }
}

static void fetched(struct core *core, struct node *node, const struct settled *settled)
{
    if (settled->ok) {
        event_detail(emit_node_event(core, EVENT_SALVAGED, node), "%.160s", settled->error);
        enter(core, node, SALVAGE_DONE);
    } else if (!settled->lost) {
        give_up(core, node, settled->error);
    }
}

/* What the fence that waited for it has done: perhaps long after the failover, and when it had been
 * demoted otherwise. */
static void fenced(struct core *core, struct node *node, const struct settled *settled)
{
    if (settled->role == ROLE_REPLICA && !node->owed && arm_is_own(node, settled))
        return;
    if (settled->role == ROLE_REPLICA)
        salvage_note_demoted(core, node, settled);
    else if (settled->role == ROLE_PRIMARY)
        note_held(core, node);
}

void salvage_settled(struct core *core, struct node *node, const struct settled *settled)
{
    struct salvage *salvage = &node->salvage;

    if (settled->ok &&
        (settled->ticket == node->group->failover.fence.ticket || arm_is_own(node, settled)))
        fenced(core, node, settled);
    if (salvage->ticket == 0 || salvage->ticket != settled->ticket)
        return;
    salvage->ticket = 0;
    salvage->order_at = core->now + RETRY_MS;
    if (salvage->phase == SALVAGE_HOLD)
        held(core, node, settled);
    else if (salvage->phase == SALVAGE_FETCH)
        fetched(core, node, settled);
}

void salvage_reset(struct node *node)
{
    node->salvage.phase = SALVAGE_NONE;
    node->salvage.ticket = 0;
}
