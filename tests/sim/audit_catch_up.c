/* What no operator asked for is a switchover that a leader makes after its own failover, to one
 * that is preferred: from a primary that works, and only if that has stepped down for it. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

/* The engine that S has for the group's primary; -1 = none of ours. */
static int primary_of(const struct world *w, const struct group *group)
{
    struct addr addr = group_primary_addr(group);

    return world_engine_by_addr(w, &addr);
}

void audit_catch_up_output(struct world *w, struct sup *s, const struct event *event)
{
    const struct group *group = core_find_group(s->core, event->group);
    const struct account *account;
    int primary;

    if (event->kind != EVENT_TRY_FAILOVER || group == NULL || !group->failover.preference)
        return;
    account = &w->audit.accounts[s->index][world_group_by_name(event->group)];
    primary = primary_of(w, group);
    if (primary < 0 || w->audit.heard[s->index][primary].called_down)
        world_fail(w, "%s has a preference in %s, of all times when its primary is down", s->name,
                   event->group);
    else if (account->switch_epoch != group->config_epoch || group->conf.catch_up_ms == 0)
        world_fail(w, "%s begins a switchover of %s that nobody asked for", s->name, event->group);
}

void audit_catch_up_promote(struct world *w, struct sup *s, int engine)
{
    const struct engine *e = &w->engines[engine];
    const struct group *group = core_find_group(s->core, world_group_name(e->group));

    if (group != NULL && group->failover.preference && !group->failover.demoted &&
        engine != primary_of(w, group))
        world_fail(w, "%s promotes %s, which nobody asked for, while there may be another primary",
                   s->name, e->name);
}
