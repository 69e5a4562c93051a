#include "sentinel/failover_own.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "quorum/tally.h"
#include "sentinel/campaign.h"
#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "sentinel/lease.h"
#include "sentinel/model.h"
#include "sentinel/tell.h"

#define FORCED_MAX_MS       10000 /* for a campaign that was asked for to begin */
#define RETRY_LOW_MS        50    /* after a failed attempt: drawn from this */
#define RETRY_HIGH_MS       500   /* to this, doubling per cause */
#define RETRY_DOUBLINGS_MAX 5
#define AGAIN_MS            200  /* after a primary that came back: the next attempt not before, */
#define REAFFIRM_AGAIN_MS   1000 /* and after an election for a working one that was lost */
#define VETO_DOUBLINGS      3    /* a hook that says no is not asked all the time */

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

void failover_move(struct core *core, struct group *group, enum failover_state to)
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
        failover_unwish(group);
        fo->reaffirm = fo->demoted = false;
        fo->question = (struct question_state){ 0 };
    }
}

void failover_unwish(struct group *group)
{
    struct failover *fo = &group->failover;

    fo->forced = fo->hasty = fo->preference = false;
    fo->to = 0;
}

uint64_t failover_leading(const struct group *group)
{
    const struct failover *fo = &group->failover;

    return fo->state == FAILOVER_IDLE || fo->state == FAILOVER_REPOINT ? 0 : fo->epoch;
}

void failover_give_up(struct core *core, struct group *group, enum failover_cause cause,
                      enum event_kind kind, const char *reason)
{
    struct failover *fo = &group->failover;
    uint32_t doublings = fo->failures[cause]++ + (cause == CAUSE_VETO ? VETO_DOUBLINGS : 0);
    struct event *event = emit_group_event(core, kind, group);

    if (doublings > RETRY_DOUBLINGS_MAX)
        doublings = RETRY_DOUBLINGS_MAX;
    if (reason != NULL)
        event_detail(event, "%s", reason);
    msec least = fo->reaffirm ? REAFFIRM_AGAIN_MS : 0;

    failover_move(core, group, FAILOVER_IDLE);
    fo->next_at =
        core->now + least + (prng_between(&core->prng, RETRY_LOW_MS, RETRY_HIGH_MS) << doublings);
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

    return state == FAILOVER_DRAIN || state == FAILOVER_GATHER || state == FAILOVER_FENCE ||
           state == FAILOVER_PROMOTE;
}

bool failover_vote_held(const struct core *core, const struct group *group)
{
    return group->failover.state == FAILOVER_SELECT || group->failover.state == FAILOVER_QUESTION ||
           failover_is_changing(group) || campaign_hold_until(group) > core->now;
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
    fo->preference = wish.preference;
    fo->to = wish.to;
    fo->catch_up = (struct catch_up){ 0 };
    fo->reaffirm = !group->odown && (wish.reaffirm || !wish.forced);
    fo->started_at = core->now;
    fo->epoch = campaign_start(core, group);
}

bool failover_is_needless(struct core *core, struct group *group)
{
    if (group->odown || group->failover.forced || group->failover.reaffirm)
        return false;
    stop(core, group, EVENT_ABORT_PRIMARY_BACK);
    group->failover.next_at = msec_max(group->failover.next_at, core->now + AGAIN_MS);
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

void failover_check_preference(struct group *group)
{
    if (group->failover.preference && (group->odown || group->primary->sdown))
        failover_unwish(group);
}

/* All is well. */
static void forget_failures(struct group *group)
{
    memset(group->failover.failures, 0, sizeof group->failover.failures);
    group->failover.waits[0] = '\0';
}

static void step_idle(struct core *core, struct group *group)
{
    if (!group->odown && !group->primary->sdown)
        forget_failures(group);
    if (!group->rumour.active && lease_outdated_until(group) == MSEC_NEVER)
        group->failover.reaffirm = false;
    if (core->now >= forced_until(group)) {
        failover_unwish(group);
        tell_not_begun(core, group);
    }
    failover_check_preference(group);
    if (campaign_at(core, group) <= core->now)
        campaign_begin(core, group);
}

bool failover_can_order(const struct node *node)
{
    return probe_is_up(&node->probe) && !probe_is_silent(&node->probe, node->group->core->now);
}

/* Elected, to go on with the primary that we have. */
static void reaffirmed(struct core *core, struct group *group)
{
    uint64_t epoch = group->failover.epoch;

    if (!group_is_sane(group)) {
        failover_give_up(core, group, CAUSE_LOST, EVENT_ABORT_NOT_ELECTED, NULL);
        return;
    }
    failover_move(core, group, FAILOVER_IDLE);
    group_switch(core, group, group->primary, epoch);
    emit_group_event(core, EVENT_REAFFIRMED, group)->epoch = epoch;
}

static void step_campaign(struct core *core, struct group *group)
{
    enum verdict verdict;

    if (failover_is_needless(core, group))
        return;
    verdict = campaign_verdict(core, group);
    if (verdict == VERDICT_WON && group->failover.reaffirm) {
        reaffirmed(core, group);
    } else if (verdict == VERDICT_WON) {
        failover_move(core, group, FAILOVER_SELECT);
        tell_elected(core, group);
        emit_group_event(core, EVENT_STATE_SELECT_SLAVE, group);
    } else if (verdict == VERDICT_LOST || core->now >= campaign_deadline(group)) {
        failover_give_up(core, group, CAUSE_LOST, EVENT_ABORT_NOT_ELECTED, NULL);
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
        step_idle,          step_campaign,        choose_step,    question_step, choose_step_drain,
        choose_step_gather, promotion_step_fence, promotion_step, step_repoint
    };
    enum failover_state before;

    catch_up_run(core, group);
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
        return msec_min(msec_min(campaign_at(core, group), forced_until(group)),
                        catch_up_next(core, group));
    case FAILOVER_CAMPAIGN:
        return campaign_deadline(group);
    case FAILOVER_SELECT:
        return choose_next(group);
    case FAILOVER_QUESTION:
        return question_next(core, group);
    case FAILOVER_DRAIN:
        return drain_next(core, group);
    case FAILOVER_GATHER:
        return gather_next(core, group);
    case FAILOVER_FENCE:
    case FAILOVER_PROMOTE:
        return promotion_next(core, group);
    case FAILOVER_COUNT:
        break;
    }
    assert(0);
    return MSEC_NEVER;
}

bool failover_takes_wish(const struct group *group, bool hasty)
{
    const struct failover *fo = &group->failover;

    return !fo->forced && (fo->state == FAILOVER_IDLE || fo->state == FAILOVER_REPOINT ||
                           (fo->state == FAILOVER_GATHER && hasty));
}

void failover_force(struct core *core, struct group *group, uint32_t to, bool hasty,
                    const char *asked_by)
{
    struct failover *fo = &group->failover;

    snprintf(fo->asked_by, sizeof fo->asked_by, "%s",
             asked_by[0] != '\0' ? asked_by : "an operator");

    fo->forced = true;
    fo->hasty = hasty;
    fo->to = to;
    fo->forced_at = fo->next_at = core->now;
}

void failover_prefer(struct core *core, struct group *group, uint32_t to)
{
    failover_force(core, group, to, false, "the preference for it");
    group->failover.preference = true;
}

void failover_reaffirm(struct core *core, struct group *group)
{
    (void)core;
    if (group->failover.state == FAILOVER_IDLE)
        group->failover.reaffirm = true;
}

void failover_settled(struct core *core, struct group *group, const struct settled *settled)
{
    enum failover_state state = group->failover.state;

    if (state == FAILOVER_QUESTION)
        question_settled(core, group, settled);
    if (state == FAILOVER_DRAIN)
        drain_settled(core, group, settled);
    if (state == FAILOVER_GATHER)
        gather_settled(core, group, settled);
    if (state == FAILOVER_FENCE || state == FAILOVER_PROMOTE)
        promotion_settled(core, group, settled);
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
    failover_unwish(group);
    group->failover.catch_up = (struct catch_up){ 0 };
    group->failover.rival = (struct rival){ 0 };
}

void failover_yield(struct core *core, struct group *group)
{
    if (group->failover.state == FAILOVER_CAMPAIGN)
        failover_give_up(core, group, CAUSE_LOST, EVENT_ABORT_NOT_ELECTED, NULL);
}

void failover_stalled(struct core *core, struct group *group)
{
    enum failover_state state = group->failover.state;

    if (state == FAILOVER_CAMPAIGN || state == FAILOVER_SELECT || state == FAILOVER_QUESTION)
        failover_give_up(core, group, CAUSE_LOST, EVENT_ABORT_NOT_ELECTED, NULL);
    else if (state == FAILOVER_FENCE)
        fence_stalled(core, group);
}

void failover_repointed(struct core *core, struct group *group, bool late)
{
    if (late)
        emit_group_event(core, EVENT_FAILOVER_END_TIMEOUT, group);
    emit_group_event(core, EVENT_FAILOVER_END, group);
    failover_move(core, group, FAILOVER_IDLE);
}

void failover_pause(struct core *core, struct group *group)
{
    enum failover_state state = group->failover.state;

    if (state == FAILOVER_CAMPAIGN || state == FAILOVER_SELECT)
        stop(core, group, EVENT_ABORT_PAUSED);
}
