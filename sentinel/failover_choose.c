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

/* The primary is down for one reason only: it has been made a replica (of a node
 * that nobody may promote, or even of one that follows it). Better it than nobody. */
static bool primary_may_stay(const struct group *group)
{
    const struct node *primary = group->primary;

    return primary->info.role == ROLE_REPLICA && failover_can_order(primary) &&
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

static void drain_start(struct core *core, struct group *group)
{
    const char *reason;

    bool possible = drain_is_possible(group, group->failover.promoted, &reason);

    if (!possible && !group->failover.forced) {
        promotion_begin(core, group);
        return;
    }
    if (!possible) {
        failover_give_up(core, group, CAUSE_DRAIN, EVENT_ABORT_SWITCHOVER, reason);
        return;
    }
    failover_move(core, group, FAILOVER_DRAIN);
    drain_begin(core, group);
}

void choose_step(struct core *core, struct group *group)
{
    struct node *chosen;

    if (failover_is_needless(core, group))
        return;
    if (!all_fresh(group) && core->now < choose_next(group))
        return;
    chosen = choose(core, group);
    if (chosen == NULL && primary_may_stay(group))
        chosen = group->primary;
    if (chosen == NULL) {
        failover_give_up(core, group, CAUSE_NO_REPLICA, EVENT_ABORT_NO_GOOD_SLAVE, NULL);
        return;
    }
    if (question_begin(core, group, chosen))
        return;
    tell_selected(core, chosen);
    group->failover.promoted = chosen;
    if (is_switchover(core, group))
        drain_start(core, group);
    else
        promotion_begin(core, group);
}

void choose_step_drain(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;
    char reason[DRAIN_REASON_MAX];

    switch (drain_run(core, group)) {
    case DRAIN_GOING:
        break;
    case DRAIN_DONE:
        fo->demoted = true;
        promotion_order(core, group, fo->promoted);
        break;
    case DRAIN_REFUSED:
        event_detail(emit_group_event(core, EVENT_SWITCHOVER_UNPAUSED, group), "%s",
                     fo->drain.reason);
        promotion_begin(core, group);
        break;
    case DRAIN_UNDO:
        event_detail(emit_group_event(core, EVENT_ABORT_SWITCHOVER, group), "%s", fo->drain.reason);
        promotion_order(core, group, group->primary);
        break;
    case DRAIN_FAILED:
        if (!fo->forced) {
            promotion_begin(core, group);
            break;
        }
        memcpy(reason, fo->drain.reason, sizeof reason);
        failover_give_up(core, group, CAUSE_DRAIN, EVENT_ABORT_SWITCHOVER, reason);
        break;
    }
}
