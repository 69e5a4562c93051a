/* An operator's tool that has its own idea of what a replica follows: in the calm it turns one away
 * from the primary as soon as somebody has put it right, again and again, and then no more. */
#include "sentinel/fight.h"
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "tests/sim/act.h"
#include "tests/sim/chaos.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

#define LOOK_MIN_MS 1000 /* whoever put it right has seen that by then */
#define LOOK_MAX_MS 4000

static bool is_right(const struct engine *e, int primary)
{
    return e->alive && !e->hung && e->role == ROLE_REPLICA && e->master == primary &&
           e->link == REPL_UP;
}

/* The last replica of a group that has two: the tool has it follow the other. */
static int choose(struct world *w)
{
    uint64_t epoch;

    for (int i = w->n_engines - 1; i >= 0; i--) {
        int group = w->engines[i].group;
        if (w->plan.n_nodes[group] > 2 && w->plan.conf[group].durability != DURABILITY_QUORUM &&
            is_right(&w->engines[i], chaos_newest_primary(w, group, &epoch)))
            return i;
    }
    return -1;
}

/* Another replica of the same group; NULL = there is none that works. */
static struct engine *another(struct world *w, const struct engine *e, int primary)
{
    for (int i = 0; i < w->n_engines; i++)
        if (w->engines[i].group == e->group && i != e->index && is_right(&w->engines[i], primary))
            return &w->engines[i];
    return NULL;
}

static void look_again(struct world *w)
{
    world_later(w, world_between(w, LOOK_MIN_MS, LOOK_MAX_MS), H_TOOL, 0, 0, 0);
}

bool tool_begin(struct world *w)
{
    int engine = w->plan.tool_turns > 0 ? choose(w) : -1;

    if (engine < 0)
        return false;
    trace_note(w, "a tool turns %s away", w->engines[engine].name);
    w->audit.quarrel.engine = engine;
    w->tool_left = w->plan.tool_turns;
    w->tool_at = w->now;
    w->tool_right = false;
    look_again(w);
    return true;
}

/* Else nobody would miss it. */
static bool is_known(const struct world *w, const struct engine *e)
{
    struct addr addr = world_engine_addr(e);

    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct group *group =
            w->sups[i].alive ? core_find_group(w->sups[i].core, world_group_name(e->group)) : NULL;

        if (group != NULL && node_find(group, &addr) != NULL)
            return true;
    }
    return false;
}

/* It is right, and was when the tool last looked. */
static bool may_turn(struct world *w, const struct engine *e, int primary)
{
    bool before = w->tool_right;

    w->tool_right = is_right(e, primary);
    return before && w->tool_right && another(w, e, primary) != NULL && is_known(w, e);
}

void tool_due(struct world *w)
{
    struct engine *e = &w->engines[w->audit.quarrel.engine];
    uint64_t epoch;
    int primary = chaos_newest_primary(w, e->group, &epoch);

    if (may_turn(w, e, primary)) {
        audit_fight_turned(w, e->index);
        act_follow(w, e, another(w, e, primary));
        w->tool_right = false;
        w->tool_at = w->now;
        w->tool_left--;
    } else if (primary == e->index) {
        w->tool_left = 0; /* it has been promoted: there is nobody to turn it away from */
    } else if (w->now - w->tool_at > 2 * FIGHT_PAUSE_MAX_MS) {
        if (!w->tool_right)
            world_fail(w, "nobody has put %s right for %lld ms", e->name,
                       (long long)(w->now - w->tool_at));
        w->tool_left = 0; /* there is no other to turn it to */
    }
    if (w->tool_left > 0) {
        look_again(w);
        return;
    }
    trace_note(w, "the tool is gone");
    w->calm_at = w->now;
    w->settled_at = MSEC_NEVER;
}
