#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/failover_own.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/lease.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/role_order.h"

#define BLIND_MS           1000  /* without a way to learn what the old primary does */
#define PROMOTE_TIMEOUT_MS 10000 /* and never more than failover_timeout */
#define PROMOTE_RETRY_MS   100
#define PROMOTE_REFUSALS   3 /* errors in answer to the order, then another is chosen */

void promotion_order(struct core *core, struct group *group, struct node *node)
{
    struct failover *fo = &group->failover;

    emit_node_event(core, EVENT_STATE_SEND_SLAVEOF_NOONE, node);
    failover_move(core, group, FAILOVER_PROMOTE);
    fo->promoted = node;
    fo->ticket = 0;
    fo->order_at = core->now;
    fo->refusals = 0;
    fo->lost_at = MSEC_NEVER;
    emit_node_event(core, EVENT_STATE_WAIT_PROMOTION, node);
}

static void fence_start(struct core *core, struct group *group, struct node *old)
{
    group->failover.ticket = 0;
    failover_move(core, group, FAILOVER_FENCE);
    fence_begin(core, group, old);
}

/* Nothing is to be done about the primary (any more): promote, unless somebody else may be one. */
static void promote_alone(struct core *core, struct group *group)
{
    struct node *rival = rival_of(core, group);

    if (rival != NULL && (group->failover.state != FAILOVER_FENCE || fence_old(group) != rival))
        fence_start(core, group, rival);
    else
        promotion_order(core, group, group->failover.promoted);
}

void promotion_begin(struct core *core, struct group *group)
{
    if (group->conf.fencing == FENCING_OFF || group->failover.promoted == group->primary)
        promote_alone(core, group);
    else
        fence_start(core, group, group->primary);
}

/* Whether the chosen one has taken the order is not known. */
static void note_rival(const struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;

    if (fo->state != FAILOVER_PROMOTE)
        return;
    if (fo->ticket != 0)
        fo->lost_at = core->now;
    if (fo->lost_at != MSEC_NEVER)
        fo->rival = (struct rival){ .node = fo->promoted->id, .since = fo->lost_at };
}

/* The chosen one does not let itself be promoted: next time another goes first. A primary that was
 * demoted for its sake is made one again. */
static void balk(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;

    fo->promoted->balked_at = core->now;
    note_rival(core, group);
    if (fo->demoted && fo->promoted != group->primary && failover_can_order(group->primary)) {
        event_detail(emit_group_event(core, EVENT_ABORT_SWITCHOVER, group),
                     "the replica could not be promoted");
        fo->promoted = group->primary;
        promotion_begin(core, group);
        return;
    }
    failover_give_up(core, group, CAUSE_PROMOTION, EVENT_ABORT_SLAVE_TIMEOUT, NULL);
}

/* The primary that is to stay may be down for being a replica. */
static bool is_out_of_reach(const struct group *group)
{
    const struct node *node = group->failover.promoted;

    return node == group->primary ? !failover_can_order(node) : node->sdown;
}

/* Who cannot find out makes room for those who may. */
static msec fence_deadline(const struct group *group)
{
    msec patience = group->conf.failover_timeout_ms;

    if (fence_is_blind(group))
        patience = msec_min(patience, BLIND_MS);
    return group->failover.state_at + patience;
}

void promotion_step_fence(struct core *core, struct group *group)
{
    const char *reason = fence_run(core, group);

    if (reason == NULL) {
        promote_alone(core, group);
    } else if (is_out_of_reach(group) || fence_is_refused(group)) {
        balk(core, group);
    } else if (core->now >= fence_deadline(group)) {
        failover_give_up(core, group, CAUSE_FENCE, EVENT_ABORT_NOT_FENCED, reason);
    }
}

/* It is done: told to everybody before any replica is touched. */
static void promoted(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;
    struct node *node = fo->promoted;
    uint64_t epoch = fo->epoch;

    emit_node_event(core, EVENT_PROMOTED_SLAVE, node);
    emit_group_event(core, EVENT_STATE_RECONF_SLAVES, group);
    failover_move(core, group, FAILOVER_REPOINT);
    fo->promoted = NULL;
    fo->ticket = 0;
    fo->demoted = false;
    fo->rival = (struct rival){ 0 };
    failover_unwish(group);
    memset(fo->failures, 0, sizeof fo->failures);
    fo->waits[0] = '\0';
    if (node == group->primary)
        group->config_at = core->now; /* what it said before the order is over */
    group_switch(core, group, node, epoch);
    catch_up_begin(core, group);
}

/* INFO read after the order was sent shows that it took effect. */
static bool seen_promoted(const struct group *group)
{
    const struct node *node = group->failover.promoted;

    return node->info.role == ROLE_PRIMARY && node_info_since(node, group->failover.state_at + 1);
}

static msec promote_deadline(const struct group *group)
{
    return group->failover.state_at + msec_min(PROMOTE_TIMEOUT_MS, group->conf.failover_timeout_ms);
}

/* When the order may be given (again); MSEC_NEVER while another input is needed. */
static msec order_at(const struct core *core, const struct failover *fo)
{
    if (fo->ticket != 0 || !probe_is_up(&fo->promoted->probe) || !fo->promoted->contacted ||
        core->disk_stalled)
        return MSEC_NEVER;
    return fo->order_at;
}

static void order_promotion(struct core *core, struct group *group, struct node *node)
{
    struct order *order = role_order(core, node, ORDER_PROMOTE);

    group->failover.ticket = order->ticket;
    lease_promote(node, order);
}

/* The chosen replica has been started anew since: what it was chosen for may be gone. */
static bool is_another(const struct group *group)
{
    const struct failover *fo = &group->failover;

    return fo->promoted != group->primary && strcmp(fo->promoted->runid, fo->promoted_runid) != 0;
}

void promotion_step(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;
    struct node *node = fo->promoted;

    if (fo->ticket == 0 && seen_promoted(group)) {
        promoted(core, group);
    } else if (core->now >= promote_deadline(group) || is_out_of_reach(group) ||
               is_another(group)) {
        balk(core, group);
    } else if (order_at(core, fo) <= core->now) {
        order_promotion(core, group, node);
    }
}

msec promotion_next(const struct core *core, const struct group *group)
{
    const struct failover *fo = &group->failover;

    if (fo->state == FAILOVER_FENCE)
        return msec_min(fence_next(core, group), fence_deadline(group));
    return msec_min(promote_deadline(group), order_at(core, fo));
}

void promotion_settled(struct core *core, struct group *group, const struct settled *settled)
{
    struct failover *fo = &group->failover;
    struct node *node = fo->promoted;

    fence_settled(core, group, settled);
    if (fo->state != FAILOVER_PROMOTE || fo->ticket != settled->ticket)
        return;
    fo->ticket = 0;
    fo->order_at = core->now + (settled->again ? 0 : PROMOTE_RETRY_MS);
    if (settled->lost)
        fo->lost_at = core->now;
    if (settled->again)
        return;
    if (settled->ok && settled->role == ROLE_PRIMARY) {
        promoted(core, group);
        return;
    }
    if (!settled->lost)
        event_detail(emit_node_event(core, EVENT_ORDER_FAILED, node), "promote: %.120s",
                     settled->ok ? "not a primary after it" : settled->error);
    node_want_info(core, node, core->now);
    if (!settled->lost && !settled->ok && ++fo->refusals >= PROMOTE_REFUSALS)
        balk(core, group);
}
