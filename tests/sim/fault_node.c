/* What goes wrong with data nodes. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/act.h"
#include "tests/sim/fault.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

/* Somebody else is at the primary's address before anybody missed it; or itself, under a new name.
 */
static bool takes_place(struct world *w, struct engine *e)
{
    if (!w->plan.strangers || e->role != ROLE_PRIMARY || !world_chance(w, 400))
        return false;
    world_later(w, world_between(w, 1, 200), H_ENGINE_START, e->index,
                world_chance(w, 300) ? REBIRTH_RENAMED : REBIRTH_STRANGER, e->life);
    return true;
}

static void restart_later(struct world *w, struct engine *e)
{
    enum rebirth rebirth = REBIRTH_AS_WAS;
    msec loading;

    if (takes_place(w, e))
        return;
    loading = world_chance(w, 300) ? world_between(w, 10, 3000) : 0;
    if (world_chance(w, 300))
        rebirth = (enum rebirth)world_between(w, 0, REBIRTH_PRIMARY);
    world_later(w, world_between(w, 1, 3 * fault_down_after(w) + 1000), H_ENGINE_START, e->index,
                (uint32_t)rebirth | (uint32_t)loading << 8, e->life);
}

void fault_KILL(struct world *w)
{
    struct engine *e = fault_engine(w);

    if (!e->alive)
        return;
    act_kill(w, e, false);
    restart_later(w, e);
}

void fault_early_heir(struct world *w, const struct sup *s, const struct event *event)
{
    const struct group *group = core_find_group(s->core, event->group);
    struct addr addr = group != NULL ? group_primary_addr(group) : (struct addr){ 0 };
    int primary = world_engine_by_addr(w, &addr);

    if (!w->chaos || event->kind != EVENT_TRY_FAILOVER || group == NULL ||
        !group->failover.preference || primary < 0 || !w->engines[primary].alive ||
        !world_chance(w, 300))
        return;
    trace_note(w, "%s dies before it can hand over", w->engines[primary].name);
    act_kill(w, &w->engines[primary], false);
    restart_later(w, &w->engines[primary]);
}

void fault_cut_channel(struct world *w, struct sup *s, const struct event *event)
{
    const struct group *group = core_find_group(s->core, event->group);
    struct addr addr = group != NULL ? group_primary_addr(group) : (struct addr){ 0 };
    int primary = world_engine_by_addr(w, &addr);
    struct conn *conn;

    if (!w->chaos || event->kind != EVENT_TRY_FAILOVER || primary < 0 ||
        !w->engines[primary].hung || prng_below(&w->cut_prng, 10) >= 4)
        return;
    conn = thaw_channel(w, s, &w->engines[primary]);
    if (conn == NULL)
        return;
    trace_note(w, "%s loses what it had open to %s", s->name, w->engines[primary].name);
    audit_thaw_cut(w, s, &w->engines[primary]);
    net_close_server(w, conn);
}

void fault_POWER(struct world *w)
{
    struct engine *e = fault_engine(w);

    if (!e->alive)
        return;
    act_kill(w, e, true);
    restart_later(w, e);
}

void fault_HANG(struct world *w)
{
    struct engine *e = fault_engine(w);

    act_hang(w, e);
    world_later(w, world_between(w, 1, 3 * fault_down_after(w)), H_ENGINE_RESUME, e->index, 0,
                e->life);
}

void fault_SLOW(struct world *w)
{
    struct engine *e = fault_engine(w);
    msec most = fault_down_after(w) / (world_chance(w, 500) ? 10 : 15 * w->plan.n_sups);

    act_slow(w, e, world_between(w, 1, msec_max(1, most)));
    fault_ends(w, FAULT_SLOW, 100, 3000, e->index, 0);
}

void fault_SCRIPT(struct world *w)
{
    struct engine *e = fault_engine(w);

    act_script(w, e, (enum runs)world_between(w, RUNS_SCRIPT, RUNS_FOREVER));
    fault_ends(w, FAULT_SCRIPT, 100, 3 * fault_down_after(w), e->index, 0);
}

void fault_DENY(struct world *w)
{
    struct engine *e = fault_engine(w);

    trace_note(w, "%s denies", e->name);
    e->denied++;
    fault_ends(w, FAULT_DENY, 100, 3 * fault_down_after(w), e->index, 0);
}

void fault_MISCONF(struct world *w)
{
    struct engine *e = fault_engine(w);

    trace_note(w, "%s answers MISCONF", e->name);
    e->misconf++;
    fault_ends(w, FAULT_MISCONF, 100, 3 * fault_down_after(w), e->index, 0);
}

void fault_FULL(struct world *w)
{
    struct engine *e = fault_engine(w);

    act_full(w, e, 1);
    fault_ends(w, FAULT_FULL, 100, 6000, e->index, 0);
}

void fault_HOLD(struct world *w)
{
    struct engine *e = fault_engine(w);

    act_hold(w, e, 1);
    fault_ends(w, FAULT_HOLD, 100, 6000, e->index, 0);
}

void fault_REFUSE(struct world *w)
{
    struct engine *e = fault_replica(w);

    trace_note(w, "%s refuses orders", e->name);
    e->refusing++;
    fault_ends(w, FAULT_REFUSE, 100, 4000, e->index, 0);
}

void fault_LAG(struct world *w)
{
    struct engine *e = fault_replica(w);

    act_lag(w, e, world_between(w, 100, 5000));
    fault_ends(w, FAULT_LAG, 500, 6000, e->index, 0);
}

void fault_PRIORITY(struct world *w)
{
    struct engine *e = fault_replica(w);
    static const int priorities[] = { 0, 1, 50, 100, 200 };

    e->priority = priorities[world_between(w, 0, 4)];
    trace_note(w, "%s has priority %d", e->name, e->priority);
}
