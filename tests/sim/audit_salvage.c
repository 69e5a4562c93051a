/* What a former primary alone has is fetched before it follows its successor, to the last byte, or
 * given up with a word. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/world.h"

void audit_salvage_event(struct world *w, struct sup *s, const struct event *event)
{
    int engine;

    if (event->kind != EVENT_SALVAGE_FAILED)
        return;
    engine = world_engine_by_addr(w, &event->addr);
    if (engine >= 0)
        w->audit.given_up[s->index][engine] = w->engines[engine].life;
}

/* Whether that much of E has been fetched, or it was given up. */
static bool is_saved(const struct world *w, const struct sup *s, const struct engine *e)
{
    return (e->fetched_id == e->replid && e->fetched_until >= e->offset) ||
           w->audit.given_up[s->index][e->index] == e->life;
}

/* The primary of GROUP itself says where it left the history of E; not if it was started again. One
 * that an operator promoted by hand may not have been known for a primary. */
static bool has_tail(const struct engine *e, const struct engine *successor)
{
    return successor->alive && successor->role == ROLE_PRIMARY && e->role == ROLE_PRIMARY &&
           e->alive && !e->strayed && successor->replid2 == e->replid &&
           successor->second_offset > 0 && e->offset >= successor->second_offset;
}

void audit_salvage_follow(struct world *w, struct sup *s, const struct order *order, int engine)
{
    const struct engine *e = &w->engines[engine];
    const struct group *group = core_find_group(s->core, world_group_name(e->group));
    int to = world_engine_by_addr(w, &order->addr);

    if (group == NULL || !group->conf.salvage || to < 0 || to == engine)
        return;
    repl_advance(w);
    if (has_tail(e, &w->engines[to]) && !is_saved(w, s, e))
        world_fail(w, "%s tells %s to follow %s: %llu bytes are not salvaged", s->name, e->name,
                   w->engines[to].name,
                   (unsigned long long)(e->offset - w->engines[to].second_offset + 1));
}
