/* The choice of a replica, judged again from what INFO said to that supervisor: an
 * independent reading of the rule. */
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

#define BALK_MS          60000
#define LINK_DOWN_FACTOR 10 /* x down_after; beyond it a refusal is a matter of taste */

static const struct heard *heard_of(const struct world *w, const struct sup *s, int engine)
{
    return &w->audit.heard[s->index][engine];
}

static bool same_id(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* Whether its data come from the primary's history, as far as both are known. */
static bool shares_history(const struct heard *node, const struct heard *primary)
{
    const struct node_info *own = &node->info.info, *old = &primary->info.info;

    if (!primary->has_info)
        return true;
    if (own->role == ROLE_PRIMARY)
        return same_id(own->replid2, old->replid) ||
               (old->role == ROLE_REPLICA && same_id(own->replid, old->replid));
    return same_id(own->replid, old->replid) || same_id(own->replid2, old->replid) ||
           same_id(own->replid, old->replid2);
}

/* Why this node must not be promoted; NULL if it may. */
static const char *refusal(struct world *w, struct sup *s, const struct group *group, int primary,
                           int engine)
{
    const struct heard *heard = heard_of(w, s, engine);
    const struct node_info *info = &heard->info.info;

    if (!heard->cmd_up)
        return "not connected";
    if (!heard->has_info || heard->info_at < group->failover.started_at)
        return "no fresh INFO";
    if (info->priority == 0)
        return "priority 0";
    if (info->loading)
        return "loading";
    if (info->syncing)
        return "synchronising";
    if (!shares_history(heard, heard_of(w, s, primary)))
        return "a foreign history";
    if (s->stalled_ms == heard->valid_stalled &&
        audit_clock(w, s) - heard->valid_at >= group->conf.down_after_ms)
        return "silent";
    return NULL;
}

/* It was chosen in vain a short time ago: whether others exist or not, it need not be considered.
 */
static bool has_balked(const struct sup *s, const struct node *node)
{
    return node->balked_at != MSEC_NEVER && s->core->now - node->balked_at < BALK_MS;
}

/* Whether a supervisor must have considered this node. */
static bool was_choice(struct world *w, struct sup *s, const struct group *group, int primary,
                       int engine)
{
    const struct node_info *info = &heard_of(w, s, engine)->info.info;
    struct addr addr = world_engine_addr(&w->engines[engine]);

    if (engine == primary || !heard_of(w, s, primary)->has_info ||
        w->engines[engine].group != w->engines[primary].group ||
        refusal(w, s, group, primary, engine) != NULL || info->role != ROLE_REPLICA ||
        (!info->link_up && info->link_down_ms > LINK_DOWN_FACTOR * group->conf.down_after_ms))
        return false;
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct addr shown = node_shown_addr(group->nodes[i]);
        if (addr_equal(&shown, &addr))
            return !group->nodes[i]->sdown && !group->nodes[i]->rumoured &&
                   !has_balked(s, group->nodes[i]);
    }
    return false;
}

static bool is_better(const struct node_info *a, const struct node_info *b)
{
    if (a->priority != b->priority)
        return a->priority < b->priority;
    if (a->repl_offset != b->repl_offset)
        return a->repl_offset > b->repl_offset;
    return strcmp(a->runid, b->runid) < 0;
}

static void check_choice(struct world *w, struct sup *s, const struct group *group, int primary,
                         int chosen)
{
    const struct node_info *info = &heard_of(w, s, chosen)->info.info;
    uint64_t most = info->repl_offset;

    for (int i = 0; i < w->n_engines; i++)
        if (was_choice(w, s, group, primary, i) && heard_of(w, s, i)->info.info.repl_offset > most)
            most = heard_of(w, s, i)->info.info.repl_offset;
    if (most - info->repl_offset > (uint64_t)group->conf.priority_max_lag_bytes)
        world_fail(w, "%s chose %s, which is %llu bytes behind the most advanced", s->name,
                   w->engines[chosen].name, (unsigned long long)(most - info->repl_offset));
    for (int i = 0; i < w->n_engines; i++) {
        const struct node_info *other = &heard_of(w, s, i)->info.info;
        if (i != chosen && was_choice(w, s, group, primary, i) &&
            most - other->repl_offset <= (uint64_t)group->conf.priority_max_lag_bytes &&
            is_better(other, info))
            world_fail(w, "%s chose %s, but %s is better", s->name, w->engines[chosen].name,
                       w->engines[i].name);
    }
}

/* An operator has named one: then it need not be the best. */
static bool is_wished(const struct world *w, const struct sup *s, int engine)
{
    return w->audit.accounts[s->index][w->engines[engine].group].wished;
}

void audit_select_output(struct world *w, struct sup *s, const struct event *event)
{
    if (event->kind != EVENT_SELECTED_SLAVE)
        return;
    const struct group *group = core_find_group(s->core, event->group);
    struct addr addr = group_primary_addr(group);
    int primary = world_engine_by_addr(w, &addr);
    int chosen = world_engine_by_addr(w, &event->addr);
    const char *reason;

    if (chosen >= 0 && chosen == primary && heard_of(w, s, primary)->info.info.role == ROLE_REPLICA)
        return; /* made a replica by somebody, and nobody else may be promoted: it is made one again
                 */
    if (chosen < 0 || chosen == primary) {
        world_fail(w, "%s chose %s", s->name, event->addr.host);
        return;
    }
    reason = refusal(w, s, group, primary, chosen);
    if (reason != NULL)
        world_fail(w, "%s chose %s in spite of %s", s->name, w->engines[chosen].name, reason);
    else if (heard_of(w, s, chosen)->info.info.role == ROLE_REPLICA && !is_wished(w, s, chosen))
        check_choice(w, s, group, primary, chosen);
}
