#include "tests/sim/chaos.h"

#include <assert.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "tests/sim/act.h"
#include "tests/sim/fault.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

#define PROBE_MS  50
#define DECIDE_MS 10000 /* until an operator gives up waiting for replicas that cannot be read */
#define HOLD_MS   1500  /* and down_after: for so long it must stay settled */

static void strike(struct world *w)
{
    static void (*const strikes[FAULT_COUNT])(struct world *) = {
#define X(id, name) fault_##id,
        FAULTS(X)
#undef X
    };
    unsigned total = 0, at;
    int fault = 0;

    for (int i = 0; i < FAULT_COUNT; i++)
        total += w->plan.weight[i];
    assert(total > 0);
    at = (unsigned)world_between(w, 0, total - 1);
    while (at >= w->plan.weight[fault])
        at -= w->plan.weight[fault++];
    w->stats.faults++;
    strikes[fault](w);
    world_later(w, world_between(w, 1, 2 * w->plan.gap_ms), H_FAULT, 0, 0, 0);
}

static void begin_faults(struct world *w)
{
    trace_note(w, "chaos");
    w->chaos = true;
    world_later(w, 0, H_FAULT, 0, 0, 0);
    world_later(w, w->plan.chaos_ms, H_CALM, 0, 0, 0);
    for (int i = w->plan.n_sups - w->plan.n_late; i < w->plan.n_sups; i++)
        world_later(w, world_between(w, 0, w->plan.chaos_ms), H_SUP_START, (uint32_t)i, 0, 0);
}

void chaos_begin(struct world *w)
{
    if (w->plan.meet_first)
        world_later(w, PROBE_MS, H_PROBE, 0, 0, 0);
    else
        begin_faults(w);
}

static bool all_know(const struct world *w, const struct engine *e)
{
    struct addr addr = world_engine_addr(e);

    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct group *group =
            w->sups[i].alive ? core_find_group(w->sups[i].core, world_group_name(e->group)) : NULL;
        const struct node *node = group != NULL ? node_find(group, &addr) : NULL;
        if (node == NULL || node->rumoured)
            return false;
    }
    return true;
}

/* Who is to be left when all others of the group are gone: a replica that takes no orders until
 * then, and so knows nothing of the primaries in between. -1 = nobody can be. */
static int choose_last(struct world *w, int g)
{
    uint64_t epoch;
    int primary = chaos_newest_primary(w, g, &epoch);

    for (int i = w->n_engines - 1; i >= 0; i--)
        if (w->engines[i].group == g && i != primary && w->engines[i].alive &&
            all_know(w, &w->engines[i]))
            return i;
    return -1;
}

static int count_living(const struct world *w, int g)
{
    int n = 0;

    for (int i = 0; i < w->n_engines; i++)
        n += w->engines[i].group == g && w->engines[i].alive && all_know(w, &w->engines[i]);
    return n;
}

/* The next of a row dies, if there is one. */
static void kill_next(struct world *w, int g)
{
    int last = w->last[g];
    uint64_t epoch;
    int primary = chaos_newest_primary(w, g, &epoch);

    if (last < 0 || last == primary || !w->engines[primary].alive ||
        !all_know(w, &w->engines[primary]) || !audit_can_fail_over(w, g))
        return;
    w->engines[last].refusing = count_living(w, g) > 2;
    act_kill(w, &w->engines[primary], false);
    w->calm_at = w->now;
    w->settled_at = MSEC_NEVER;
}

/* In a quiet world each primary is lost once more, for good: now nothing excuses anybody. */
static void begin_finale(struct world *w)
{
    uint64_t epoch;

    trace_note(w, "finale");
    w->finale = true;
    w->calm_at = w->now;
    w->settled_at = MSEC_NEVER;
    for (int g = 0; g < w->plan.n_groups; g++) {
        int primary = chaos_newest_primary(w, g, &epoch);
        w->last[g] = choose_last(w, g);
        if (!audit_can_fail_over(w, g))
            continue;
        if (w->plan.finale == FINALE_ROW)
            kill_next(w, g);
        else if (w->plan.finale == FINALE_HANG)
            act_hang(w, &w->engines[primary]);
        else
            act_kill(w, &w->engines[primary], w->plan.finale == FINALE_POWER);
    }
}

/* Nodes that lost what they had acknowledged, all at once, are an operator's to decide upon. */
static void decide(struct world *w)
{
    for (int i = 0; i < w->plan.n_sups; i++) {
        struct sup *s = &w->sups[i];
        for (int g = 0; s->alive && !s->stalled && g < w->plan.n_groups; g++) {
            const struct group *group = core_find_group(s->core, world_group_name(g));
            if (group == NULL || group->failover.waits[0] == '\0' ||
                w->now < w->decided_at + DECIDE_MS)
                continue;
            w->decided_at = w->now;
            act_failover(w, s, g, NULL, true);
        }
    }
}

/* Look whether all is well: at first, so that the chaos may begin, and in the end. */
static void probe(struct world *w)
{
    for (int g = 0; w->finale && w->plan.finale == FINALE_ROW && g < w->plan.n_groups; g++)
        kill_next(w, g);

    if (w->tool_left > 0) { /* what is settled now is not for long */
        world_later(w, PROBE_MS, H_PROBE, 0, 0, 0);
        return;
    }
    const char *why = audit_unsettled(w);
    msec since = w->calm_at == MSEC_NEVER ? 0 : w->calm_at;

    if (why == NULL && w->calm_at == MSEC_NEVER) {
        begin_faults(w);
        return;
    }
    if (why != NULL) {
        w->settled_at = MSEC_NEVER;
        if (!w->finale && w->now - since > 2 * DECIDE_MS && w->calm_at != MSEC_NEVER)
            decide(w);
        if (w->now - since > (w->finale ? audit_failover_bound(w) : audit_settle_bound(w)))
            world_fail(w, "not settled %lld ms after %s: %s", (long long)(w->now - since),
                       w->finale ? "the finale"
                       : since   ? "the last fault"
                                 : "the start",
                       why);
    } else if (w->settled_at == MSEC_NEVER) {
        w->settled_at = w->now;
    } else if (w->now - w->settled_at >= HOLD_MS + fault_down_after(w)) {
        if (!w->tool_over) {
            w->tool_over = true;
            if (tool_begin(w)) {
                world_later(w, PROBE_MS, H_PROBE, 0, 0, 0);
                return;
            }
        }
        w->finished = w->finale || w->plan.finale == FINALE_NONE;
        if (w->finished)
            return;
        begin_finale(w);
    }
    world_later(w, PROBE_MS, H_PROBE, 0, 0, 0);
}

/* Whoever was made to forget everybody while it held an old configuration may be alone with a
 * node that nobody else knows. Its operator points it to the primary that there is. */
static void point_to_primary(struct world *w, struct sup *s, int g)
{
    const struct group *group = core_find_group(s->core, world_group_name(g));
    struct addr told = act_told_primary(w, g), has;

    if (group == NULL || (int)group->n_members >= w->plan.n_sups - 1)
        return;
    has = group_primary_addr(group);
    if (world_engine_by_addr(w, &told) == world_engine_by_addr(w, &has))
        return;
    act_request(w, s, REQUEST_REMOVE, g);
    act_request(w, s, REQUEST_MONITOR, g);
}

static void calm(struct world *w)
{
    bool forgetful = w->plan.weight[FAULT_OP_RESET] + w->plan.weight[FAULT_OP_REMOVE] > 0;

    w->chaos = false;
    w->calm_at = w->now;
    act_heal_all(w);
    for (int i = 0; forgetful && i < w->plan.n_sups; i++)
        for (int g = 0; g < w->plan.n_groups; g++)
            point_to_primary(w, &w->sups[i], g);
    world_later(w, PROBE_MS, H_PROBE, 0, 0, 0);
}

void chaos_due(struct world *w, const struct happening *h)
{
    struct sup *s = h->who < PLAN_SUPS_MAX ? &w->sups[h->who] : NULL;
    struct engine *e = h->who < PLAN_ENGINES_MAX ? &w->engines[h->who] : NULL;

    switch ((enum happening_kind)h->kind) {
    case H_SUP_START:
        if (!s->alive && s->life == h->gen)
            sup_start(w, s);
        break;
    case H_SUP_RESUME:
        if (s->alive && s->stalled && s->life == h->gen)
            sup_resume(w, s);
        break;
    case H_ENGINE_START:
        if (e->life == h->gen)
            act_start(w, e, (enum rebirth)(h->what & 0xff), h->what >> 8);
        break;
    case H_ENGINE_RESUME:
        if (e->life == h->gen)
            act_resume(w, e);
        break;
    case H_UNDO:
        if (w->chaos)
            fault_undo(w, (enum fault)h->what, (unsigned)h->gen, (unsigned)(h->gen >> 32));
        break;
    case H_FAULT:
        if (w->chaos)
            strike(w);
        break;
    case H_CALM:
        calm(w);
        break;
    case H_TOOL:
        tool_due(w);
        break;
    case H_PROBE:
        probe(w);
        break;
    default:
        assert(!"something of no kind happens");
    }
}
