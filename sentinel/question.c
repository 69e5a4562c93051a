#include "sentinel/question.h"

#include <stdio.h>

#include "sentinel/emit.h"
#include "sentinel/failover_own.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

static bool is_planned(const struct group *group)
{
    return group->failover.forced && !group->failover.hasty;
}

/* How long is waited for an answer; 0: nobody is asked. */
static msec limit_of(const struct core *core, const struct group *group)
{
    msec limit_ms = is_planned(group) ? core->questions.switchover_ms : core->questions.failover_ms;

    if (group->failover.hasty)
        return 0;
    return msec_min(msec_min(limit_ms, QUESTION_MAX_MS), group->conf.failover_timeout_ms / 2);
}

bool question_begin(struct core *core, struct group *group, const struct node *chosen)
{
    struct failover *fo = &group->failover;
    msec limit_ms = limit_of(core, group);
    struct order *order;

    if (fo->question.answered || limit_ms == 0 || chosen == group->primary)
        return false;
    failover_move(core, group, FAILOVER_QUESTION);
    order = output_order(&core->output, ORDER_QUESTION, group->primary->id);
    order->ticket = fo->question.ticket = core_ticket(core, group->primary->id);
    order->addr = node_shown_addr(chosen);
    order->planned = is_planned(group);
    order->limit_ms = limit_ms;
    fo->question.asked_at = core->now;
    event_detail(emit_group_event(core, EVENT_QUESTION, group), "%s to %s:%u, within %lld ms",
                 order->planned ? "switchover" : "failover", order->addr.host, order->addr.port,
                 (long long)limit_ms);
    return true;
}

/* On with it, by what is known of the nodes now. */
static void go_on(struct core *core, struct group *group)
{
    struct failover *fo = &group->failover;

    fo->question.ticket = 0;
    fo->question.answered = true;
    fo->started_at = core->now;
    failover_move(core, group, FAILOVER_SELECT);
    for (size_t i = 0; i < group->n_nodes; i++)
        node_want_info(core, group->nodes[i], core->now);
}

static void unanswered(struct core *core, struct group *group, const char *why)
{
    if (is_planned(group)) {
        failover_give_up(core, group, CAUSE_VETO, EVENT_ABORT_VETOED, why);
        return;
    }
    event_detail(emit_group_event(core, EVENT_UNANSWERED, group), "%s", why);
    go_on(core, group);
}

msec question_next(const struct core *core, const struct group *group)
{
    return group->failover.question.asked_at + limit_of(core, group);
}

void question_step(struct core *core, struct group *group)
{
    if (!failover_is_needless(core, group) && core->now >= question_next(core, group))
        unanswered(core, group, "no answer in time");
}

void question_settled(struct core *core, struct group *group, const struct settled *settled)
{
    struct question_state *question = &group->failover.question;
    char why[EVENT_DETAIL_MAX + 1];

    if (question->ticket == 0 || question->ticket != settled->ticket)
        return;
    snprintf(why, sizeof why, "%s", settled->error);
    if (core->now >= question_next(core, group))
        unanswered(core, group, "no answer in time"); /* whether the tick comes first or this */
    else if (settled->ok)
        go_on(core, group);
    else if (settled->lost)
        unanswered(core, group, why);
    else
        failover_give_up(core, group, CAUSE_VETO, EVENT_ABORT_VETOED, why);
}
