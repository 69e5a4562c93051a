/* What picket-stores are told: no primary is confirmed that another has replaced, or that holds
 * less than a replica; in the end all gates are open, and sync-replicas is as durability says. */
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/engine.h"
#include "tests/sim/world.h"

#define KNOWN_MS 2000 /* for so long a majority may know better before everybody must */
#define FEWER    2

/* Whether a majority has known for some time that another is the primary. */
static bool is_replaced(struct world *w, const struct sup *s, const struct engine *e)
{
    const struct group *own = core_find_group(s->core, world_group_name(e->group));
    int newer = 0;

    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct sup *other = &w->sups[i];
        const struct group *group =
            other->alive ? core_find_group(other->core, world_group_name(e->group)) : NULL;
        struct addr addr;

        if (group == NULL || group->config_epoch <= own->config_epoch ||
            other->core->now - group->config_at < KNOWN_MS)
            continue;
        addr = group_primary_addr(group);
        newer += world_engine_by_addr(w, &addr) != e->index;
    }
    return newer >= plan_majority(&w->plan);
}

/* That replica, which the supervisor could ask, has twice as many keys, of what the group wrote. */
static bool has_more(const struct world *w, const struct sup *s, const struct group *group,
                     const struct node *node, const struct engine *primary)
{
    int engine = world_engine_by_addr(w, &node->addr);
    const struct engine *e = engine >= 0 ? &w->engines[engine] : NULL;
    char replid[RUNID_LEN + 1];

    if (e == NULL || e == primary || node->sdown || node->rumoured || !e->alive ||
        e->role != ROLE_REPLICA || engine_is_loading(w, e) || !probe_is_up(&node->probe) ||
        node->info.role != ROLE_REPLICA)
        return false;
    repl_id_format(replid, e->replid);
    return w->audit.heard[s->index][engine].id == node->id &&
           strcmp(replid, group->lineage.replids[0]) == 0 && e->replid != primary->replid2 &&
           (e->offset + e->other_keys) / FEWER > primary->offset + primary->other_keys;
}

void audit_tune_confirm(struct world *w, const struct sup *s, int engine)
{
    const struct engine *e = &w->engines[engine];
    const struct group *group = core_find_group(s->core, world_group_name(e->group));

    if (group == NULL || !e->gate_closed) /* another was faster */
        return;
    if (is_replaced(w, s, e))
        world_fail(w, "%s confirms %s, which a majority has replaced", s->name, e->name);
    for (size_t i = 0;
         world_engine_by_addr(w, &group->primary->addr) == engine && i < group->n_nodes; i++)
        if (has_more(w, s, group, group->nodes[i], e))
            world_fail(w, "%s confirms %s, but %s has more", s->name, e->name,
                       group->nodes[i]->addr.host);
}

const char *audit_tune_unsettled(const struct world *w, const struct engine *e)
{
    const struct group_conf *conf = &w->plan.conf[e->group];
    int64_t sync = conf->durability == DURABILITY_QUORUM ? conf->sync_replicas : 0;

    if (e->gate_closed)
        return "its gate is closed";
    return e->sync_replicas >= 0 && e->sync_replicas != sync ? "its sync-replicas is wrong" : NULL;
}
