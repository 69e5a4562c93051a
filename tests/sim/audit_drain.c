/* A planned switchover loses nothing: who is promoted has everything that clients ever wrote to the
 * node that was demoted for it. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

void audit_drain_promote(struct world *w, struct sup *s, int engine)
{
    const struct engine *promoted = &w->engines[engine];
    const struct group *group = core_find_group(s->core, world_group_name(promoted->group));
    struct addr addr;
    int old;

    if (group == NULL || !group->failover.demoted)
        return;
    addr = group_primary_addr(group);
    old = world_engine_by_addr(w, &addr);
    if (old < 0 || old == engine || w->engines[old].demoted_life != w->engines[old].life ||
        !w->engines[old].alive || w->engines[old].role != ROLE_REPLICA)
        return; /* it died, or somebody else spoke to it meanwhile */
    repl_advance(w);
    if (promoted->offset < w->engines[old].demoted_offset)
        world_fail(w, "%s promotes %s in a switchover, %llu bytes behind %s", s->name,
                   promoted->name,
                   (unsigned long long)(w->engines[old].demoted_offset - promoted->offset),
                   w->engines[old].name);
}
