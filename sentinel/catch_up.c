#include "sentinel/catch_up.h"

#include <stdio.h>
#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/select.h"

#define POLL_MS    50 /* INFO of both */
#define REASON_MAX 120

void catch_up_note(struct core *core, struct group *group, const struct node *chosen)
{
    struct failover *fo = &group->failover;
    const struct node *preferred = select_preferred(core, group, fo->started_at, false);

    fo->catch_up = (struct catch_up){ 0 };
    if (group->conf.catch_up_ms > 0 && preferred != NULL && select_prefers(preferred, chosen) &&
        preferred->info.role == ROLE_REPLICA)
        fo->catch_up.node = preferred->id;
}

struct node *catch_up_node(const struct core *core, const struct group *group)
{
    const struct catch_up *wait = &group->failover.catch_up;
    struct node *node = wait->epoch != 0 ? core_find_node(core, wait->node) : NULL;

    return node != NULL && node->group == group ? node : NULL;
}

static msec deadline(const struct group *group)
{
    return group->failover.catch_up.begun_at + group->conf.catch_up_ms;
}

/* From then on nobody else is waited for. */
static msec patience(const struct group *group)
{
    return group->failover.catch_up.begun_at + group->conf.catch_up_ms / 2;
}

void catch_up_begin(struct core *core, struct group *group)
{
    struct catch_up *wait = &group->failover.catch_up;
    const struct node *node = core_find_node(core, wait->node);

    if (node == NULL || node->group != group || node == group->primary) {
        *wait = (struct catch_up){ 0 };
        return;
    }
    wait->epoch = group->config_epoch;
    wait->begun_at = core->now;
    event_detail(emit_node_event(core, EVENT_CATCH_UP, node),
                 "preferred; it takes over if it has all data within %lld ms",
                 (long long)group->conf.catch_up_ms);
}

/* Whether NODE follows the present primary, as it said itself since that is one. */
static bool has_come_over(const struct node *node)
{
    return node_info_since(node, node->group->config_at) && node_follows_primary(node) &&
           node->info.link_up;
}

static void note_goal(struct group *group)
{
    struct catch_up *wait = &group->failover.catch_up;
    const struct node *primary = group->primary;

    if (wait->goal_known || primary->info.role != ROLE_PRIMARY ||
        !node_info_since(primary, group->config_at + 1))
        return;
    wait->goal_known = true;
    wait->goal = primary->info.primary_offset;
}

static bool has_all(const struct node *node)
{
    const struct catch_up *wait = &node->group->failover.catch_up;

    return has_come_over(node) && wait->goal_known &&
           replid_equal(node->info.replid, node->group->primary->info.replid) &&
           node->info.repl_offset >= wait->goal;
}

/* Whether the other replicas were brought over, or have had their time. */
static bool may_begin(const struct core *core, const struct group *group)
{
    return group->failover.state == FAILOVER_IDLE || core->now >= patience(group);
}

/* Why it will not be; NULL while it may. TEXT is for the reason. */
static const char *obstacle(const struct core *core, const struct group *group,
                            const struct node *node, char text[REASON_MAX])
{
    const struct catch_up *wait = &group->failover.catch_up;

    if (group->primary->sdown || group->odown)
        return "the primary is down";
    if (hold_is_paused(group))
        return "the group is paused";
    if (hold_is_maintained(node))
        return "it is in maintenance";
    if (node->sdown)
        return "it is down";
    if (core->now < deadline(group))
        return NULL;
    if (!has_come_over(node) || !wait->goal_known || node->info.repl_offset >= wait->goal)
        return "it did not come over in time";
    snprintf(text, REASON_MAX, "it is %llu bytes behind after %lld ms",
             (unsigned long long)(wait->goal - node->info.repl_offset),
             (long long)group->conf.catch_up_ms);
    return text;
}

static void ask(struct core *core, struct node *node)
{
    msec seen_at = node->probe.info_seen_at;

    if (probe_is_up(&node->probe))
        node_want_info(core, node, seen_at == MSEC_NEVER ? core->now : seen_at + POLL_MS);
}

/* Whether something else has begun or come about in the group. */
static bool is_past(const struct group *group)
{
    const struct failover *fo = &group->failover;

    return fo->catch_up.epoch != group->config_epoch || fo->forced ||
           (fo->state != FAILOVER_IDLE && fo->state != FAILOVER_REPOINT);
}

void catch_up_run(struct core *core, struct group *group)
{
    struct catch_up *wait = &group->failover.catch_up;
    struct node *node = catch_up_node(core, group);
    char text[REASON_MAX];
    const char *why;

    if (wait->epoch == 0)
        return;
    note_goal(group);
    if (node == NULL || is_past(group)) {
        *wait = (struct catch_up){ 0 };
    } else if ((why = obstacle(core, group, node, text)) != NULL) {
        event_detail(emit_node_event(core, EVENT_CATCH_UP_END, node), "%s", why);
        *wait = (struct catch_up){ 0 };
    } else if (has_all(node) && may_begin(core, group)) {
        *wait = (struct catch_up){ 0 };
        failover_prefer(core, group, node->id);
    } else {
        ask(core, node);
        ask(core, group->primary);
    }
}

msec catch_up_next(const struct core *core, const struct group *group)
{
    if (group->failover.catch_up.epoch == 0)
        return MSEC_NEVER;
    return core->now < patience(group) ? patience(group) : deadline(group);
}
