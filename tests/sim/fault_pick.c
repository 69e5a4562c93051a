/* Whom a fault meets. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/chaos.h"
#include "tests/sim/fault.h"
#include "tests/sim/world.h"

#define HOST_CHOICES (w->plan.n_sups + w->n_engines)

int chaos_newest_primary(struct world *w, int g, uint64_t *ret_epoch)
{
    int primary = -1;

    *ret_epoch = 0;
    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct group *group =
            w->sups[i].alive ? core_find_group(w->sups[i].core, world_group_name(g)) : NULL;
        if (group == NULL || (primary >= 0 && group->config_epoch <= *ret_epoch))
            continue;
        struct addr addr = group_primary_addr(group);
        *ret_epoch = group->config_epoch;
        primary = world_engine_by_addr(w, &addr);
    }
    return primary;
}

/* Where faults hurt: mostly the primary of the newest configuration. */
struct engine *fault_engine(struct world *w)
{
    int g = (int)world_between(w, 0, w->plan.n_groups - 1);
    uint64_t epoch;
    int primary = world_chance(w, 600) ? chaos_newest_primary(w, g, &epoch) : -1;

    return &w->engines[primary >= 0 ? primary : world_between(w, 0, w->n_engines - 1)];
}

struct engine *fault_replica(struct world *w)
{
    struct engine *e = &w->engines[world_between(w, 0, w->n_engines - 1)];

    return e;
}

struct sup *fault_sup(struct world *w)
{
    return &w->sups[world_between(w, 0, w->plan.n_sups - w->plan.n_late - 1)];
}

/* A host on which something runs. */
int fault_host(struct world *w)
{
    int i = (int)world_between(w, 0, HOST_CHOICES - 1);

    return net_host(w, i < w->plan.n_sups ? i : PLAN_SUPS_MAX + i - w->plan.n_sups);
}

msec fault_down_after(const struct world *w)
{
    return w->plan.conf[0].down_after_ms;
}

int fault_group(struct world *w)
{
    return (int)world_between(w, 0, w->plan.n_groups - 1);
}
