#include "sentinel/fence.h"

#include <assert.h>
#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/lease.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/role_order.h"
#include "sentinel/salvage.h"

#define ARM_EVERY_MS 1000
#define RETRY_MS     100 /* between two orders to the same node */
#define REFUSALS_MAX 3   /* then another is chosen */

_Static_assert(FENCE_CUTS_MAX == NODES_MAX, "a cut for each node");

static bool is_strict(const struct group *group)
{
    return group->conf.fencing == FENCING_STRICT;
}

struct node *fence_old(const struct group *group)
{
    struct node *old = core_find_node(group->core, group->failover.fence.old);

    return old != NULL && old->group == group ? old : group->primary;
}

static void arm(struct core *core, struct group *group)
{
    struct node *old = fence_old(group);
    struct order *order = role_order(core, old, ORDER_FENCE);

    group->failover.fence.ticket = order->ticket;
    order->addr = node_shown_addr(group->failover.promoted);
    if (!salvage_holds(old, &order->min_replicas))
        order->min_replicas = 0;
    old->arm.armed = true;
    group->failover.fence.arm_at = core->now + ARM_EVERY_MS;
    emit_group_event(core, EVENT_FENCE_ARMED, group);
}

static void cut_order(struct core *core, struct group *group, struct cut *cut, struct node *node)
{
    struct order *order = role_order(core, node, ORDER_DETACH);

    cut->ticket = order->ticket;
    order->addr = node_shown_addr(group->failover.promoted);
}

void fence_begin(struct core *core, struct group *group, struct node *old)
{
    struct fence *fence = &group->failover.fence;

    memset(fence, 0, sizeof *fence);
    fence->begun_at = core->now;
    fence->old = old->id;
    arm(core, group);
    for (size_t i = 0; is_strict(group) && i < group->n_nodes; i++) {
        if (group->nodes[i] != old && !group->nodes[i]->rumoured)
            fence->cuts[fence->n_cuts++] =
                (struct cut){ .node = group->nodes[i]->id, .ask_at = core->now, .at = MSEC_NEVER };
    }
}

/* Somebody else may have spoken to one that had left. */
static void recheck(struct core *core, struct group *group, struct cut *cut, struct node *node)
{
    if (cut->at == MSEC_NEVER)
        return;
    if (node == NULL || (node_info_since(node, cut->told_at + 1) &&
                         (node->info.role != ROLE_REPLICA || node->info.link_up ||
                          !node_is_at(group->failover.promoted, &node->info.primary))))
        cut->at = MSEC_NEVER;
    else if (probe_is_up(&node->probe))
        node_want_info(core, node, node->probe.info_seen_at + RETRY_MS);
}

/* Tell those that have not left yet. */
static void cut_all(struct core *core, struct group *group)
{
    struct fence *fence = &group->failover.fence;

    for (size_t i = 0; i < fence->n_cuts; i++) {
        struct cut *cut = &fence->cuts[i];
        struct node *node = core_find_node(core, cut->node);

        recheck(core, group, cut, node);
        if (cut->at == MSEC_NEVER && cut->ticket == 0 && core->now >= cut->ask_at && node != NULL &&
            probe_is_up(&node->probe) && !core->disk_stalled)
            cut_order(core, group, cut, node);
    }
}

/* When NEED of them had left; MSEC_NEVER = they have not. */
static msec left_at(const struct fence *fence, int64_t need)
{
    bool counted[FENCE_CUTS_MAX] = { false };
    msec last = 0;

    for (; need > 0; need--) {
        size_t first = fence->n_cuts;

        for (size_t i = 0; i < fence->n_cuts; i++) {
            if (!counted[i] && fence->cuts[i].at != MSEC_NEVER &&
                (first == fence->n_cuts || fence->cuts[i].at < fence->cuts[first].at))
                first = i;
        }
        if (first == fence->n_cuts)
            return MSEC_NEVER;
        counted[first] = true;
        last = fence->cuts[first].at;
    }
    return last;
}

/* Whether OLD is known to need replicas for a write. */
static bool knows_need(const struct node *old)
{
    return old->guard_at != MSEC_NEVER && old->min_replicas >= 1;
}

/* Whether its process is known to have ended. The supervisors' word is asked for about the primary
 * alone. */
static bool is_dead(const struct node *old)
{
    return old->crashed || (old != old->group->primary && probe_is_refused(&old->probe));
}

/* From when on the old primary certainly refuses writes for want of replicas; MSEC_NEVER = that is
 * not known (yet). RET_REASON says what is missing. */
static msec refuses_at(const struct group *group, const char **ret_reason)
{
    const struct fence *fence = &group->failover.fence;
    const struct node *old = fence_old(group);
    msec left;

    if (!knows_need(old)) {
        *ret_reason = "the old primary may accept writes without replicas";
        return MSEC_NEVER;
    }
    left = left_at(fence, (int64_t)fence->n_cuts - old->min_replicas + 1);
    if (left == MSEC_NEVER) {
        *ret_reason = "replicas that cannot be reached may still follow the old primary";
        return MSEC_NEVER;
    }
    *ret_reason = "the old primary may count its replicas for some time";
    return is_dead(old) ? left : left + (old->max_lag_s + 2) * 1000 + FENCE_MARGIN_MS;
}

static void note_acknowledged(struct core *core, struct group *group)
{
    group->failover.fence.acknowledged = true;
    emit_group_event(core, EVENT_FENCED, group);
}

/* Whether OLD has said since that it is a replica. What a rival said counts if it was asked since:
 * the order to be a primary may have come behind an earlier question. */
static bool is_replica_since(const struct group *group, const struct node *old, msec since)
{
    if (old != group->primary)
        return old->replica_from > since;
    return node_info_since(old, since + 1) && old->info.role == ROLE_REPLICA;
}

/* A rival's state is asked for; the primary's is, for it is down. */
static void ask_rival(struct core *core, struct group *group)
{
    struct node *old = fence_old(group);

    if (old != group->primary && probe_is_up(&old->probe))
        node_want_info(core, old,
                       old->probe.info_seen_at == MSEC_NEVER
                           ? core->now
                           : msec_max(core->now, old->probe.info_seen_at + RETRY_MS));
}

const char *fence_run(struct core *core, struct group *group)
{
    struct fence *fence = &group->failover.fence;
    const struct node *old = fence_old(group);
    const char *reason = NULL;

    if (!is_strict(group) || fence->acknowledged)
        return NULL;
    cut_all(core, group);
    ask_rival(core, group);
    if (probe_is_up(&old->probe) && old->contacted && core->now >= fence->arm_at &&
        !core->disk_stalled)
        arm(core, group); /* it can be reached again */
    if (is_replica_since(group, old, fence->begun_at)) {
        note_acknowledged(core, group);
        return NULL;
    }
    if (refuses_at(group, &reason) <= core->now ||
        (lease_is_needed(old) && lease_is_won(core, group)))
        return NULL;
    if (!fence->told)
        event_detail(emit_group_event(core, EVENT_FENCE_WAITS, group), "%s", reason);
    fence->told = true;
    return reason;
}

bool fence_is_blind(const struct group *group)
{
    const struct failover *fo = &group->failover;
    const struct node *old = fo->state == FAILOVER_FENCE ? fence_old(group) : group->primary;

    return is_strict(group) && !knows_need(old) && !lease_is_needed(old) &&
           !probe_is_up(&old->probe);
}

bool fence_is_refused(const struct group *group)
{
    const struct fence *fence = &group->failover.fence;

    for (size_t i = 0; i < fence->n_cuts; i++) {
        if (fence->cuts[i].node == group->failover.promoted->id)
            return fence->cuts[i].refusals >= REFUSALS_MAX;
    }
    return false;
}

msec fence_next(const struct core *core, const struct group *group)
{
    const struct fence *fence = &group->failover.fence;
    const char *reason;
    msec next = refuses_at(group, &reason);

    (void)core;
    if (probe_is_up(&fence_old(group)->probe))
        next = msec_min(next, msec_max(fence->arm_at, core->now + RETRY_MS));
    for (size_t i = 0; i < fence->n_cuts; i++) {
        if (fence->cuts[i].at == MSEC_NEVER && fence->cuts[i].ticket == 0)
            next = msec_min(next, fence->cuts[i].ask_at > core->now ? fence->cuts[i].ask_at
                                                                    : core->now + RETRY_MS);
    }
    return next;
}

void fence_stalled(struct core *core, struct group *group)
{
    struct fence *fence = &group->failover.fence;

    fence->begun_at = core->now;
    fence->acknowledged = false;
    for (size_t i = 0; i < fence->n_cuts; i++) {
        fence->cuts[i].at = MSEC_NEVER;
        fence->cuts[i].ask_at = core->now;
    }
}

/* Since when a replica that has left tells the old primary nothing: since its link was down, if it
 * was before. */
static msec silent_since(const struct core *core, const struct node *node,
                         const struct group *group)
{
    const struct node_info *info = &node->info;

    if (node_info_since(node, group->failover.started_at) && info->role == ROLE_REPLICA &&
        !info->link_up && info->link_down_ms >= 0)
        return node->probe.info_seen_at - info->link_down_ms;
    return core->now;
}

void fence_settled(struct core *core, struct group *group, const struct settled *settled)
{
    struct fence *fence = &group->failover.fence;
    struct node *node = core_find_node(core, ticket_id(settled->ticket));
    bool taken = settled->ok && settled->role == ROLE_REPLICA;
    struct addr target;

    if (settled->ticket == fence->ticket && fence->ticket != 0) {
        target = node_shown_addr(group->failover.promoted);
        fence->ticket = 0;
        if (settled->again)
            fence->arm_at = core->now;
        if (taken) {
            node_made_replica(core, node, &target);
            note_acknowledged(core, group);
        }
        return;
    }
    for (size_t i = 0; i < fence->n_cuts; i++) {
        struct cut *cut = &fence->cuts[i];

        if (cut->ticket == 0 || cut->ticket != settled->ticket)
            continue;
        cut->ticket = 0;
        cut->ask_at = core->now + RETRY_MS;
        cut->refusals += !settled->ok && !settled->lost && !settled->again;
        if (settled->again)
            cut->ask_at = core->now;
        if (taken) {
            cut->at = silent_since(core, node, group);
            cut->told_at = core->now;
        }
    }
}
