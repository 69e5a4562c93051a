#include <stdio.h>
#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/failover_own.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/select.h"
#include "sentinel/tell.h"

#define SELECT_TIMEOUT_MS 300 /* for fresh INFO of all candidates */

/* Whether INFO of NODE is worth waiting for: it could be chosen. */
static bool is_awaited(const struct group *group, const struct node *node)
{
    if (node == group->primary)
        return node->info.role == ROLE_REPLICA && failover_can_order(node);
    return !node->sdown && probe_is_up(&node->probe);
}

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

/* Then those that have not answered are done without. */
msec choose_next(const struct group *group)
{
    return group->failover.state_at + SELECT_TIMEOUT_MS;
}

/* Whether it may lack what it acknowledged, and what others hold counts: it was restarted. */
static bool primary_is_doubted(const struct group *group)
{
    return gather_is_wanted(group) && group->primary->doubt.since != MSEC_NEVER &&
           group->n_nodes > 1;
}

bool failover_can_restore(const struct group *group)
{
    const struct node *primary = group->primary;

    return primary->info.role == ROLE_REPLICA && failover_can_order(primary) &&
           !primary->info.loading;
}

/* The primary is down for one reason only: it has been made a replica (of a node
 * that nobody may promote, or even of one that follows it). Better it than nobody. */
static bool primary_may_stay(const struct group *group)
{
    return failover_can_restore(group) && !primary_is_doubted(group) &&
           node_info_since(group->primary, group->failover.started_at);
}

/* A planned change, or the primary answers and only takes no new writes: those that it has taken
 * must not be lost. */
static bool is_switchover(struct core *core, struct group *group)
{
    const struct failover *fo = &group->failover;

    if (fo->hasty || fo->promoted == group->primary)
        return false;
    return (fo->forced && !group->odown && !group->primary->sdown) ||
           (failover_can_order(group->primary) && write_watch_is_down(core, group));
}

/* Whether the one that is chosen now will have everything before it is promoted. */
static bool will_wait(struct core *core, struct group *group)
{
    return group->failover.state == FAILOVER_SELECT && is_switchover(core, group);
}

/* Whether it can be the preferred one therefore, whatever that lacks. */
static bool will_wait_for_preferred(struct core *core, struct group *group)
{
    const struct failover *fo = &group->failover;
    const struct node *node;
    const char *reason;

    if (!will_wait(core, group))
        return false;
    node = select_preferred(core, group, fo->started_at, false);
    return node != NULL && (fo->forced || drain_is_possible(group, node, &reason));
}

/* The replica that was named, or the best one. */
static struct node *choose(struct core *core, struct group *group)
{
    const struct failover *fo = &group->failover;
    struct node *wanted = fo->to != 0 ? core_find_node(core, fo->to) : NULL;
    const char *reason;

    if (fo->to == 0 && will_wait_for_preferred(core, group))
        return select_preferred(core, group, fo->started_at, true);
    if (fo->to == 0)
        return select_replica(core, group, fo->started_at, true);
    if (wanted == NULL || wanted->group != group || wanted == group->primary)
        return NULL;
    reason = select_refusal(core, wanted, fo->started_at);
    if (reason != NULL)
        event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, wanted), "%s", reason);
    return reason == NULL ? wanted : NULL;
}

static void gather_start(struct core *core, struct group *group)
{
    failover_move(core, group, FAILOVER_GATHER);
    group->failover.gathered = false;
    gather_begin(core, group);
}

static void note_choice(struct core *core, struct group *group, struct node *chosen)
{
    struct failover *fo = &group->failover;

    tell_selected(core, chosen);
    fo->promoted = chosen;
    memcpy(fo->promoted_runid, chosen->runid, sizeof fo->promoted_runid);
    fo->catch_up = (struct catch_up){ 0 };
    if (fo->to == 0 && chosen != group->primary && !will_wait(core, group))
        catch_up_note(core, group, chosen);
}

/* Nobody is waited for any more: then who has the most. */
static void choose_anew(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;
    struct node *best = NULL;

    if (fo->to == 0)
        best = select_replica(core, group, fo->started_at, true);
    if (best != NULL && best != fo->promoted)
        note_choice(core, group, best);
}

/* Nobody could ask the old primary to let go. */
static void promote_unasked(struct core *core, struct group *group)
{
    if (gather_is_wanted(group)) {
        gather_start(core, group);
        return;
    }
    choose_anew(core, group);
    promotion_begin(core, group);
}

static void drain_start(struct core *core, struct group *group)
{
    const char *reason;

    bool possible = drain_is_possible(group, group->failover.promoted, &reason);

    if (!possible && !group->failover.forced) {
        promote_unasked(core, group);
        return;
    }
    if (!possible) {
        failover_give_up(core, group, CAUSE_DRAIN, EVENT_ABORT_SWITCHOVER, reason);
        return;
    }
    failover_move(core, group, FAILOVER_DRAIN);
    drain_begin(core, group);
}

/* Who is to be the primary; NULL: nobody, and the attempt has ended. */
static struct node *decide(struct core *core, struct group *group)
{
    struct node *chosen = choose(core, group);

    if (chosen == NULL && primary_may_stay(group))
        chosen = group->primary;
    if (chosen == NULL && primary_is_doubted(group))
        snprintf(group->failover.waits, sizeof group->failover.waits,
                 "no replica can be chosen, and the primary was restarted");
    if (chosen == NULL)
        failover_give_up(core, group, CAUSE_NO_REPLICA, EVENT_ABORT_NO_GOOD_SLAVE, NULL);
    return chosen;
}

/* The primary itself follows a node that was promoted out of its history: that is past. */
static bool has_handed_over(const struct group *group, const struct node *to)
{
    const struct node *primary = group->primary;

    return to->info.role == ROLE_PRIMARY && primary->info.role == ROLE_REPLICA &&
           node_info_since(primary, group->failover.started_at) &&
           node_is_at(to, &primary->info.primary);
}

/* Who it is shows when those that could be chosen have left the primary: BEST is so by now. */
static bool must_gather(struct core *core, struct group *group, const struct node *best)
{
    return gather_is_wanted(group) && !is_switchover(core, group) && best != NULL &&
           !has_handed_over(group, best);
}

void choose_step(struct core *core, struct group *group)
{
    struct node *chosen;
    bool gather;

    failover_check_preference(group);
    if (failover_is_needless(core, group))
        return;
    if (!all_fresh(group) && core->now < choose_next(group))
        return;
    chosen = select_replica(core, group, group->failover.started_at, false);
    gather = must_gather(core, group, chosen);
    if (!gather && (chosen = decide(core, group)) == NULL)
        return;
    if (question_begin(core, group, chosen))
        return;
    if (gather) {
        gather_start(core, group);
        return;
    }
    note_choice(core, group, chosen);
    if (is_switchover(core, group))
        drain_start(core, group);
    else
        promotion_begin(core, group);
}

/* Too few can be read. The old primary, where it is a replica now, has all that it acknowledged. */
static void gather_failed(struct core *core, struct group *group, const char *reason)
{
    struct failover *fo = &group->failover;

    if (primary_may_stay(group)) {
        fo->promoted = group->primary;
        promotion_begin(core, group);
        return;
    }
    memcpy(fo->waits, reason, GATHER_REASON_MAX);
    failover_give_up(core, group, CAUSE_GATHER, EVENT_ABORT_NOT_READ, fo->waits);
}

/* What they hold is known. */
static void choose_gathered(struct core *core, struct group *group)
{
    struct node *chosen;

    group->failover.gathered = true;
    if ((chosen = decide(core, group)) == NULL)
        return;
    note_choice(core, group, chosen);
    promotion_begin(core, group);
}

void choose_step_gather(struct core *core, struct group *group)
{
    char reason[GATHER_REASON_MAX] = "";

    if (failover_is_needless(core, group))
        return;
    /* An operator may have said meanwhile that a loss is better than to wait. */
    switch (group->failover.hasty ? GATHER_DONE : gather_run(core, group, reason)) {
    case GATHER_GOING:
        break;
    case GATHER_DONE:
        choose_gathered(core, group);
        break;
    case GATHER_FAILED:
        gather_failed(core, group, reason);
        break;
    }
}

/* Nothing has changed, and nothing will. */
static void give_up_drain(struct core *core, struct group *group)
{
    char reason[DRAIN_REASON_MAX];

    memcpy(reason, group->failover.drain.reason, sizeof reason);
    failover_give_up(core, group, CAUSE_DRAIN, EVENT_ABORT_SWITCHOVER, reason);
}

void choose_step_drain(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;

    switch (drain_run(core, group)) {
    case DRAIN_GOING:
        break;
    case DRAIN_DONE:
        fo->demoted = true;
        promotion_order(core, group, fo->promoted);
        break;
    case DRAIN_REFUSED:
        if (fo->preference) {
            give_up_drain(core, group);
            break;
        }
        event_detail(emit_group_event(core, EVENT_SWITCHOVER_UNPAUSED, group), "%s",
                     fo->drain.reason);
        promote_unasked(core, group);
        break;
    case DRAIN_UNDO:
        event_detail(emit_group_event(core, EVENT_ABORT_SWITCHOVER, group), "%s", fo->drain.reason);
        promotion_order(core, group, group->primary);
        break;
    case DRAIN_FAILED:
        if (!fo->forced) {
            promote_unasked(core, group);
            break;
        }
        give_up_drain(core, group);
        break;
    }
}
