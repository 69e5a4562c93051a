#include "sentinel/failover.h"

#include <assert.h>
#include <string.h>

#include "quorum/tally.h"
#include "sentinel/campaign.h"
#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/role_order.h"
#include "sentinel/select.h"

#define FORCED_MAX_MS       10000 /* for a campaign that was asked for to begin */
#define SELECT_TIMEOUT_MS   300   /* for fresh INFO of all candidates */
#define PROMOTE_TIMEOUT_MS  10000 /* and never more than failover_timeout */
#define PROMOTE_RETRY_MS    100
#define PROMOTE_REFUSALS    3   /* errors in answer to the order, then another is chosen */
#define RETRY_LOW_MS        50  /* after a failed attempt: drawn from this */
#define RETRY_HIGH_MS       500 /* to this, doubling per cause */
#define RETRY_DOUBLINGS_MAX 5

#define TO(id) (1u << FAILOVER_##id)

static const struct {
    const char *wire;
    unsigned allowed;
} states[FAILOVER_COUNT] = {
#define X(id, name, wire, to) { wire, to },
    FAILOVER_STATES(X)
#undef X
};

const char *failover_state_name(enum failover_state state)
{
    assert(state < FAILOVER_COUNT);
    return states[state].wire;
}

/* The one door from state to state. */
static void failover_move(struct core *core, struct group *group, enum failover_state to)
{
    struct failover *fo = &group->failover;

    assert(states[fo->state].allowed & 1u << to);
    if (fo->state == FAILOVER_DRAIN)
        drain_release(core, group);
    fo->state = to;
    fo->state_at = core->now;
    if (to == FAILOVER_IDLE) {
        fo->promoted = NULL;
        fo->ticket = 0;
        fo->forced = fo->hasty = fo->reaffirm = fo->demoted = false;
        fo->to = 0;
    }
}

uint64_t failover_leading(const struct group *group)
{
    const struct failover *fo = &group->failover;

    return fo->state == FAILOVER_IDLE || fo->state == FAILOVER_REPOINT ? 0 : fo->epoch;
}

/* An attempt has come to nothing: say so, and try again later. REASON may be NULL. */
static void give_up_because(struct core *core, struct group *group, enum failover_cause cause,
                            enum event_kind kind, const char *reason)
{
    struct failover *fo = &group->failover;
    uint32_t doublings = fo->failures[cause]++;
    struct event *event = emit_group_event(core, kind, group);

    if (doublings > RETRY_DOUBLINGS_MAX)
        doublings = RETRY_DOUBLINGS_MAX;
    if (reason != NULL)
        event_detail(event, "%s", reason);
    failover_move(core, group, FAILOVER_IDLE);
    fo->next_at = core->now + (prng_between(&core->prng, RETRY_LOW_MS, RETRY_HIGH_MS) << doublings);
}

static void give_up(struct core *core, struct group *group, enum failover_cause cause,
                    enum event_kind kind)
{
    give_up_because(core, group, cause, kind, NULL);
}

/* Stop without a failure of ours. */
static void stop(struct core *core, struct group *group, enum event_kind event)
{
    emit_group_event(core, event, group);
    failover_move(core, group, FAILOVER_IDLE);
}

bool failover_is_changing(const struct group *group)
{
    enum failover_state state = group->failover.state;

    return state == FAILOVER_DRAIN || state == FAILOVER_FENCE || state == FAILOVER_PROMOTE;
}

bool failover_vote_held(const struct core *core, const struct group *group)
{
    return group->failover.state == FAILOVER_SELECT || failover_is_changing(group) ||
           campaign_hold_until(group) > core->now;
}

static void campaign_begin(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;
    struct failover wish = *fo;

    if (fo->state == FAILOVER_REPOINT)
        failover_move(core, group, FAILOVER_IDLE);
    failover_move(core, group, FAILOVER_CAMPAIGN);
    fo->forced = wish.forced;
    fo->hasty = wish.hasty;
    fo->to = wish.to;
    fo->reaffirm = wish.reaffirm && !group->odown;
    fo->started_at = core->now;
    fo->epoch = campaign_start(core, group);
}

/* The primary is back before anything was done about it. */
static bool primary_is_back(struct core *core, struct group *group)
{
    if (group->odown || group->failover.forced || group->failover.reaffirm)
        return false;
    stop(core, group, EVENT_ABORT_PRIMARY_BACK);
    return true;
}

/* An operator's wish that cannot be met does not lie in wait for better days. */
static msec forced_until(const struct group *group)
{
    const struct failover *fo = &group->failover;

    return fo->forced && fo->state == FAILOVER_IDLE
               ? fo->forced_at + msec_min(FORCED_MAX_MS, group->conf.failover_timeout_ms)
               : MSEC_NEVER;
}

static void step_idle(struct core *core, struct group *group)
{
    if (!group->odown && !group->primary->sdown)
        memset(group->failover.failures, 0, sizeof group->failover.failures);
    if (!group->rumour.active)
        group->failover.reaffirm = false;
    if (core->now >= forced_until(group)) {
        group->failover.forced = group->failover.hasty = false;
        group->failover.to = 0;
        emit_group_event(core, EVENT_ABORT_NOT_ELECTED, group);
    }
    if (campaign_at(core, group) <= core->now)
        campaign_begin(core, group);
}

/* Elected, to go on with the primary that we have. */
static void reaffirmed(struct core *core, struct group *group)
{
    uint64_t epoch = group->failover.epoch;

    if (!group_is_sane(group)) {
        give_up(core, group, CAUSE_LOST, EVENT_ABORT_NOT_ELECTED);
        return;
    }
    failover_move(core, group, FAILOVER_IDLE);
    group_switch(core, group, group->primary, epoch);
    emit_group_event(core, EVENT_REAFFIRMED, group)->epoch = epoch;
}

static void step_campaign(struct core *core, struct group *group)
{
    enum verdict verdict;

    if (primary_is_back(core, group))
        return;
    verdict = campaign_verdict(core, group);
    if (verdict == VERDICT_WON && group->failover.reaffirm) {
        reaffirmed(core, group);
    } else if (verdict == VERDICT_WON) {
        failover_move(core, group, FAILOVER_SELECT);
        emit_group_event(core, EVENT_ELECTED_LEADER, group)->epoch = group->failover.epoch;
        emit_group_event(core, EVENT_STATE_SELECT_SLAVE, group);
    } else if (verdict == VERDICT_LOST || core->now >= campaign_deadline(group)) {
        give_up(core, group, CAUSE_LOST, EVENT_ABORT_NOT_ELECTED);
    }
}

/* It can be given orders, whatever it is held for. */
static bool is_answering(const struct node *node)
{
    return probe_is_up(&node->probe) && !probe_is_silent(&node->probe, node->group->core->now);
}

/* Whether INFO of NODE is worth waiting for: it could be chosen. */
static bool is_awaited(const struct group *group, const struct node *node)
{
    if (node == group->primary)
        return node->info.role == ROLE_REPLICA && is_answering(node);
    return !node->sdown && probe_is_up(&node->probe);
}

static void balk(struct core *core, struct group *group);

/* Whether everybody who could be chosen has answered INFO since we began. */
static bool all_fresh(const struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];

        if (is_awaited(group, node) && !node_info_since(node, group->failover.started_at))
            return false;
    }
    return true;
}

static msec select_deadline(const struct group *group)
{
    return group->failover.state_at + SELECT_TIMEOUT_MS;
}

/* The primary is down for one reason only: it has been made a replica (of a node
 * that nobody may promote, or even of one that follows it). Better it than nobody. */
static bool primary_may_stay(const struct group *group)
{
    const struct node *primary = group->primary;

    return primary->info.role == ROLE_REPLICA && is_answering(primary) &&
           node_info_since(primary, group->failover.started_at) && !primary->info.loading;
}

/* The replica that an operator named, or the best one. */
static struct node *choose(struct core *core, struct group *group)
{
    const struct failover *fo = &group->failover;
    struct node *wanted = fo->to != 0 ? core_find_node(core, fo->to) : NULL;
    const char *reason;

    if (fo->to == 0)
        return select_replica(core, group, fo->started_at, true);
    if (wanted == NULL || wanted->group != group || wanted == group->primary)
        return NULL;
    reason = select_refusal(core, wanted, fo->started_at);
    if (reason != NULL)
        event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, wanted), "%s", reason);
    return reason == NULL ? wanted : NULL;
}

static void promote_begin(struct core *core, struct group *group, struct node *node)
{
    struct failover *fo = &group->failover;

    emit_node_event(core, EVENT_STATE_SEND_SLAVEOF_NOONE, node);
    failover_move(core, group, FAILOVER_PROMOTE);
    fo->promoted = node;
    fo->ticket = 0;
    fo->order_at = core->now;
    fo->refusals = 0;
    emit_node_event(core, EVENT_STATE_WAIT_PROMOTION, node);
}

/* A planned change, and the primary works: its writes must not be lost. */
static bool is_switchover(const struct group *group)
{
    const struct failover *fo = &group->failover;

    return fo->forced && !fo->hasty && !group->odown && !group->primary->sdown &&
           fo->promoted != group->primary;
}

static void drain_start(struct core *core, struct group *group)
{
    const char *reason;

    if (!drain_is_possible(group, group->failover.promoted, &reason)) {
        give_up_because(core, group, CAUSE_DRAIN, EVENT_ABORT_SWITCHOVER, reason);
        return;
    }
    failover_move(core, group, FAILOVER_DRAIN);
    drain_begin(core, group);
}

/* Promote the chosen one, after what is to be done about the old primary. */
static void promote_fenced(struct core *core, struct group *group)
{
    if (group->conf.fencing == FENCING_OFF || group->failover.promoted == group->primary) {
        promote_begin(core, group, group->failover.promoted);
        return;
    }
    failover_move(core, group, FAILOVER_FENCE);
    fence_begin(core, group);
}

static void step_select(struct core *core, struct group *group)
{
    struct node *chosen;

    if (primary_is_back(core, group))
        return;
    if (!all_fresh(group) && core->now < select_deadline(group))
        return;
    chosen = choose(core, group);
    if (chosen == NULL && primary_may_stay(group))
        chosen = group->primary;
    if (chosen == NULL) {
        give_up(core, group, CAUSE_NO_REPLICA, EVENT_ABORT_NO_GOOD_SLAVE);
        return;
    }
    emit_node_event(core, EVENT_SELECTED_SLAVE, chosen);
    group->failover.promoted = chosen;
    if (is_switchover(group))
        drain_start(core, group);
    else
        promote_fenced(core, group);
}

static msec fence_deadline(const struct group *group)
{
    return group->failover.state_at + group->conf.failover_timeout_ms;
}

static void step_fence(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;
    const char *reason = fence_run(core, group);

    if (reason == NULL) {
        promote_begin(core, group, fo->promoted);
    } else if (fo->promoted->sdown || fence_is_refused(group)) {
        balk(core, group);
    } else if (core->now >= fence_deadline(group)) {
        give_up_because(core, group, CAUSE_FENCE, EVENT_ABORT_NOT_FENCED, reason);
    }
}

static void step_drain(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;
    char reason[DRAIN_REASON_MAX];

    switch (drain_run(core, group)) {
    case DRAIN_GOING:
        break;
    case DRAIN_DONE:
        fo->demoted = true;
        promote_begin(core, group, fo->promoted);
        break;
    case DRAIN_REFUSED:
        event_detail(emit_group_event(core, EVENT_SWITCHOVER_UNPAUSED, group), "%s",
                     fo->drain.reason);
        promote_fenced(core, group);
        break;
    case DRAIN_UNDO:
        event_detail(emit_group_event(core, EVENT_ABORT_SWITCHOVER, group), "%s", fo->drain.reason);
        promote_begin(core, group, group->primary);
        break;
    case DRAIN_FAILED:
        memcpy(reason, fo->drain.reason, sizeof reason);
        give_up_because(core, group, CAUSE_DRAIN, EVENT_ABORT_SWITCHOVER, reason);
        break;
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
    fo->forced = fo->hasty = fo->demoted = false;
    fo->to = 0;
    memset(fo->failures, 0, sizeof fo->failures);
    if (node == group->primary)
        group->config_at = core->now; /* what it said before the order is over */
    group_switch(core, group, node, epoch);
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
    if (fo->ticket != 0 || !probe_is_up(&fo->promoted->probe) || core->disk_stalled)
        return MSEC_NEVER;
    return fo->order_at;
}

/* The chosen one does not let itself be promoted: next time another goes first. A primary that was
 * demoted for its sake is made one again. */
static void balk(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;

    fo->promoted->balked_at = core->now;
    if (fo->demoted && fo->promoted != group->primary && is_answering(group->primary)) {
        event_detail(emit_group_event(core, EVENT_ABORT_SWITCHOVER, group),
                     "the replica could not be promoted");
        promote_begin(core, group, group->primary);
        return;
    }
    give_up(core, group, CAUSE_PROMOTION, EVENT_ABORT_SLAVE_TIMEOUT);
}

static void step_promote(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;
    struct node *node = fo->promoted;

    if (fo->ticket == 0 && seen_promoted(group)) {
        promoted(core, group);
    } else if (core->now >= promote_deadline(group) ||
               (node == group->primary ? !is_answering(node) : node->sdown)) {
        balk(core, group);
    } else if (order_at(core, fo) <= core->now) {
        fo->ticket = role_order(core, node, ORDER_PROMOTE)->ticket;
    }
}

/* Replicas are brought over by sentinel/repoint; here only the end is seen. */
static void step_repoint(struct core *core, struct group *group)
{
    if (campaign_at(core, group) <= core->now)
        campaign_begin(core, group);
}

void failover_run(struct core *core, struct group *group)
{
    static void (*const steps[FAILOVER_COUNT])(struct core *, struct group *) = {
        step_idle, step_campaign, step_select, step_drain, step_fence, step_promote, step_repoint
    };
    enum failover_state before;

    do {
        before = group->failover.state;
        steps[before](core, group);
    } while (group->failover.state != before);
}

msec failover_next(const struct core *core, const struct group *group)
{
    const struct failover *fo = &group->failover;

    switch (fo->state) {
    case FAILOVER_IDLE:
    case FAILOVER_REPOINT:
        return msec_min(campaign_at(core, group), forced_until(group));
    case FAILOVER_CAMPAIGN:
        return campaign_deadline(group);
    case FAILOVER_SELECT:
        return select_deadline(group);
    case FAILOVER_DRAIN:
        return drain_next(core, group);
    case FAILOVER_FENCE:
        return msec_min(fence_next(core, group), fence_deadline(group));
    case FAILOVER_PROMOTE:
        return msec_min(promote_deadline(group), order_at(core, fo));
    case FAILOVER_COUNT:
        break;
    }
    assert(0);
    return MSEC_NEVER;
}

void failover_force(struct core *core, struct group *group, uint32_t to, bool hasty)
{
    struct failover *fo = &group->failover;

    fo->forced = true;
    fo->hasty = hasty;
    fo->to = to;
    fo->forced_at = fo->next_at = core->now;
}

void failover_reaffirm(struct core *core, struct group *group)
{
    (void)core;
    if (group->failover.state == FAILOVER_IDLE)
        group->failover.reaffirm = true;
}

void failover_settled(struct core *core, struct group *group, const struct settled *settled)
{
    struct failover *fo = &group->failover;
    struct node *node = fo->promoted;

    if (fo->state == FAILOVER_DRAIN)
        drain_settled(core, group, settled);
    if (fo->state == FAILOVER_FENCE || fo->state == FAILOVER_PROMOTE)
        fence_settled(core, group, settled);
    if (fo->state != FAILOVER_PROMOTE || fo->ticket != settled->ticket)
        return;
    fo->ticket = 0;
    fo->order_at = core->now + (settled->again ? 0 : PROMOTE_RETRY_MS);
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

void failover_supersede(struct core *core, struct group *group)
{
    if (failover_leading(group) != 0)
        emit_group_event(core, EVENT_ABORT_SUPERSEDED, group);
    failover_drop(core, group);
}

void failover_drop(struct core *core, struct group *group)
{
    if (group->failover.state != FAILOVER_IDLE)
        failover_move(core, group, FAILOVER_IDLE);
    group->failover.forced = group->failover.hasty = false;
    group->failover.to = 0;
}

void failover_yield(struct core *core, struct group *group)
{
    if (group->failover.state == FAILOVER_CAMPAIGN)
        give_up(core, group, CAUSE_LOST, EVENT_ABORT_NOT_ELECTED);
}

void failover_stalled(struct core *core, struct group *group)
{
    enum failover_state state = group->failover.state;

    if (state == FAILOVER_CAMPAIGN || state == FAILOVER_SELECT)
        give_up(core, group, CAUSE_LOST, EVENT_ABORT_NOT_ELECTED);
}

void failover_repointed(struct core *core, struct group *group, bool late)
{
    if (late)
        emit_group_event(core, EVENT_FAILOVER_END_TIMEOUT, group);
    emit_group_event(core, EVENT_FAILOVER_END, group);
    failover_move(core, group, FAILOVER_IDLE);
}
