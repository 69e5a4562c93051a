#include "tests/sim/chaos.h"

#include <assert.h>
#include <stdio.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/act.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

#define PROBE_MS     50
#define HOLD_MS      1500 /* and down_after: for so long it must stay settled */
#define FORGED_EPOCH (UINT64_C(1) << 62)
#define HOST_CHOICES (w->plan.n_sups + w->n_engines)

/* Where an undo finds what it has to undo. */
static uint64_t args(unsigned a, unsigned b)
{
    return a | (uint64_t)b << 32;
}

static void undo_later(struct world *w, enum fault fault, msec low, msec high, unsigned a,
                       unsigned b)
{
    world_later(w, world_between(w, low, high), H_UNDO, 0, fault, args(a, b));
}

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
static struct engine *pick_engine(struct world *w)
{
    int g = (int)world_between(w, 0, w->plan.n_groups - 1);
    uint64_t epoch;
    int primary = world_chance(w, 600) ? chaos_newest_primary(w, g, &epoch) : -1;

    return &w->engines[primary >= 0 ? primary : world_between(w, 0, w->n_engines - 1)];
}

static struct engine *pick_replica(struct world *w)
{
    struct engine *e = &w->engines[world_between(w, 0, w->n_engines - 1)];

    return e;
}

static struct sup *pick_sup(struct world *w)
{
    return &w->sups[world_between(w, 0, w->plan.n_sups - w->plan.n_late - 1)];
}

/* A host on which something runs. */
static int pick_host(struct world *w)
{
    int i = (int)world_between(w, 0, HOST_CHOICES - 1);

    return net_host(w, i < w->plan.n_sups ? i : PLAN_SUPS_MAX + i - w->plan.n_sups);
}

static msec some_down_after(struct world *w)
{
    return w->plan.conf[0].down_after_ms;
}

static void restart_later(struct world *w, struct engine *e)
{
    enum rebirth rebirth = REBIRTH_AS_WAS;
    msec loading = world_chance(w, 300) ? world_between(w, 10, 3000) : 0;

    if (world_chance(w, 300))
        rebirth = (enum rebirth)world_between(w, 0, REBIRTH_COUNT - 1);
    world_later(w, world_between(w, 1, 3 * some_down_after(w) + 1000), H_ENGINE_START, e->index,
                (uint32_t)rebirth | (uint32_t)loading << 8, e->life);
}

static void fault_KILL(struct world *w)
{
    struct engine *e = pick_engine(w);

    if (!e->alive)
        return;
    act_kill(w, e, false);
    restart_later(w, e);
}

static void fault_POWER(struct world *w)
{
    struct engine *e = pick_engine(w);

    if (!e->alive)
        return;
    act_kill(w, e, true);
    restart_later(w, e);
}

static void fault_HANG(struct world *w)
{
    struct engine *e = pick_engine(w);

    act_hang(w, e);
    world_later(w, world_between(w, 1, 3 * some_down_after(w)), H_ENGINE_RESUME, e->index, 0,
                e->life);
}

static void fault_SLOW(struct world *w)
{
    struct engine *e = pick_engine(w);
    msec most = some_down_after(w) / (world_chance(w, 500) ? 10 : 15 * w->plan.n_sups);

    act_slow(w, e, world_between(w, 1, msec_max(1, most)));
    undo_later(w, FAULT_SLOW, 100, 3000, e->index, 0);
}

static void fault_SCRIPT(struct world *w)
{
    struct engine *e = pick_engine(w);

    act_script(w, e, world_chance(w, 600));
    undo_later(w, FAULT_SCRIPT, 100, 3 * some_down_after(w), e->index, 0);
}

static void fault_DENY(struct world *w)
{
    struct engine *e = pick_engine(w);

    trace_note(w, "%s denies", e->name);
    e->denied++;
    undo_later(w, FAULT_DENY, 100, 3 * some_down_after(w), e->index, 0);
}

static void fault_MISCONF(struct world *w)
{
    struct engine *e = pick_engine(w);

    trace_note(w, "%s answers MISCONF", e->name);
    e->misconf++;
    undo_later(w, FAULT_MISCONF, 100, 3 * some_down_after(w), e->index, 0);
}

static void fault_REFUSE(struct world *w)
{
    struct engine *e = pick_replica(w);

    trace_note(w, "%s refuses orders", e->name);
    e->refusing++;
    undo_later(w, FAULT_REFUSE, 100, 4000, e->index, 0);
}

static void fault_LAG(struct world *w)
{
    struct engine *e = pick_replica(w);

    act_lag(w, e, world_between(w, 100, 5000));
    undo_later(w, FAULT_LAG, 500, 6000, e->index, 0);
}

static void fault_PRIORITY(struct world *w)
{
    struct engine *e = pick_replica(w);
    static const int priorities[] = { 0, 1, 50, 100, 200 };

    e->priority = priorities[world_between(w, 0, 4)];
    trace_note(w, "%s has priority %d", e->name, e->priority);
}

static void fault_CUT(struct world *w)
{
    int a = pick_host(w), b = pick_host(w);
    bool both = world_chance(w, 500), reject = world_chance(w, 200);

    if (a == b)
        return;
    trace_note(w, "hosts %d and %d are cut%s", a, b, both ? "" : ", one way");
    act_cut(w, a, b, reject);
    if (both)
        act_cut(w, b, a, reject);
    undo_later(w, FAULT_CUT, 10, 5 * some_down_after(w), (unsigned)a | (unsigned)both << 16,
               (unsigned)b);
}

static void fault_ISOLATE(struct world *w)
{
    int host = world_chance(w, 500) ? net_host(w, pick_engine(w)->endpoint) : pick_host(w);

    trace_note(w, "host %d is cut off", host);
    act_isolate(w, host, true);
    undo_later(w, FAULT_ISOLATE, 10, 5 * some_down_after(w), (unsigned)host, 0);
}

/* Cut, or heal, everything between the hosts in the mask and the others. */
static void split(struct world *w, unsigned mask, bool cut)
{
    for (int a = 0; a < WORLD_HOSTS_MAX; a++)
        for (int b = 0; b < WORLD_HOSTS_MAX; b++) {
            if ((mask >> a & 1) == (mask >> b & 1))
                continue;
            if (cut)
                act_cut(w, a, b, false);
            else
                act_heal(w, a, b);
        }
}

static void fault_SPLIT(struct world *w)
{
    unsigned mask = (unsigned)prng_next(&w->prng) & ((1u << WORLD_HOSTS_MAX) - 1);

    trace_note(w, "the hosts fall apart: %08x", mask);
    split(w, mask, true);
    undo_later(w, FAULT_SPLIT, 100, 5 * some_down_after(w), mask, 0);
}

static void fault_DELAY(struct world *w)
{
    int a = pick_host(w), b = pick_host(w);
    msec extra = world_between(w, 0, some_down_after(w));
    unsigned loss = world_chance(w, 500) ? (unsigned)world_between(w, 10, 300) : 0;

    trace_note(w, "hosts %d -> %d: up to %lld ms more, %u per mille lost", a, b, (long long)extra,
               loss);
    act_delay(w, a, b, extra, loss);
    undo_later(w, FAULT_DELAY, 100, 5 * some_down_after(w), (unsigned)a, (unsigned)b);
}

static void crash(struct world *w, bool power)
{
    struct sup *s = pick_sup(w);
    uint32_t life = s->life;

    if (!s->alive)
        return;
    sup_kill(w, s, power);
    world_later(w, world_between(w, 5, 3000), H_SUP_START, s->index, 0, life);
}

static void fault_CRASH(struct world *w)
{
    crash(w, false);
}

static void fault_SUP_POWER(struct world *w)
{
    crash(w, true);
}

static void fault_STALL(struct world *w)
{
    struct sup *s = pick_sup(w);

    if (!s->alive || s->stalled)
        return;
    sup_stall(w, s);
    world_later(w, world_between(w, 1, world_chance(w, 300) ? 8000 : 1000), H_SUP_RESUME, s->index,
                0, s->life);
}

static void fault_SLOW_DISK(struct world *w)
{
    struct sup *s = pick_sup(w);

    trace_note(w, "%s: slow disk", s->name);
    s->disk.max_ms = world_between(w, 50, world_chance(w, 300) ? 4000 : 500);
    undo_later(w, FAULT_SLOW_DISK, 100, 6000, s->index, 0);
}

static void fault_FAIL_DISK(struct world *w)
{
    struct sup *s = pick_sup(w);

    trace_note(w, "%s: failing disk", s->name);
    s->disk.failing++;
    undo_later(w, FAULT_FAIL_DISK, 100, 5000, s->index, 0);
}

static int pick_group(struct world *w)
{
    return (int)world_between(w, 0, w->plan.n_groups - 1);
}

static void fault_OP_FAILOVER(struct world *w)
{
    act_request(w, pick_sup(w), REQUEST_FAILOVER, pick_group(w));
}

static void fault_OP_SET(struct world *w)
{
    static const char *const options[][2] = {
        { "failover-timeout", "2000" },    { "parallel-syncs", "3" },
        { "priority-max-lag-bytes", "0" }, { "priority-max-lag-bytes", "65536" },
        { "crash-detection", "off" },
    };
    const char *const *option = options[world_between(w, 0, 4)];

    act_set(w, pick_sup(w), pick_group(w), option[0], option[1]);
}

/* What a supervisor is made to forget must be known to the others: else nobody knows it any more,
 * and that is the operator's doing. */
static bool may_forget(struct world *w, const struct sup *s, int g)
{
    uint64_t newest;

    chaos_newest_primary(w, g, &newest);
    for (int i = 0; i < w->plan.n_sups; i++) {
        const struct sup *other = &w->sups[i];
        const struct group *group =
            other->alive ? core_find_group(other->core, world_group_name(g)) : NULL;
        if (other->present && (group == NULL || other->removed[g] || group->config_epoch < newest))
            return false;
    }
    return s->alive && !s->stalled;
}

static void fault_OP_RESET(struct world *w)
{
    struct sup *s = pick_sup(w);
    int group = pick_group(w);

    if (may_forget(w, s, group))
        act_request(w, s, REQUEST_RESET, group);
}

static void fault_OP_REMOVE(struct world *w)
{
    struct sup *s = pick_sup(w);
    int group = pick_group(w);

    if (!may_forget(w, s, group))
        return;
    act_request(w, s, REQUEST_REMOVE, group);
    undo_later(w, FAULT_OP_REMOVE, 10, 3000, s->index, (unsigned)group);
}

static void fault_OP_RELOAD(struct world *w)
{
    struct sup *s = pick_sup(w);
    uint32_t life = s->life;

    for (int g = 0; g < w->plan.n_groups && s->life == life; g++)
        if (!s->monitored[g])
            act_request(w, s, REQUEST_CONFIGURE, g);
    if (s->life == life)
        act_request(w, s, REQUEST_RETAIN, 0);
}

/* An epoch that no election can have reached, or one that could be next, for a node that nobody has
 * promoted, perhaps not even of this group. */
static void fault_FORGE(struct world *w)
{
    struct engine *e = pick_engine(w);
    struct sup *as = pick_sup(w);
    uint64_t epoch = FORGED_EPOCH << world_between(w, 0, 1);

    if (world_chance(w, 700)) {
        chaos_newest_primary(w, e->group, &epoch);
        epoch += (uint64_t)world_between(w, 100, 1000);
    }
    act_forge(w, e, as, epoch, &w->engines[world_between(w, 0, w->n_engines - 1)]);
}

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

static void undo_engine(struct world *w, enum fault fault, struct engine *e)
{
    switch (fault) {
    case FAULT_SLOW:
        act_slow(w, e, 0);
        engine_pump(w, e);
        break;
    case FAULT_SCRIPT:
        act_script_end(w, e);
        break;
    case FAULT_DENY:
        e->denied -= e->denied > 0;
        break;
    case FAULT_MISCONF:
        e->misconf -= e->misconf > 0;
        e->bad_at = w->now;
        break;
    case FAULT_REFUSE:
        e->refusing -= e->refusing > 0;
        break;
    case FAULT_LAG:
        act_lag(w, e, 0);
        break;
    default:
        assert(!"a fault that has no end");
    }
}

static void undo_sup(struct world *w, enum fault fault, struct sup *s, int group)
{
    if (fault == FAULT_SLOW_DISK)
        s->disk.max_ms = w->plan.disk_max_ms;
    else if (fault == FAULT_FAIL_DISK)
        s->disk.failing -= s->disk.failing > 0;
    else if (!s->alive || s->stalled)
        undo_later(w, fault, 100, 1000, s->index, (unsigned)group);
    else if (s->removed[group])
        act_request(w, s, REQUEST_MONITOR, group);
}

static void undo(struct world *w, enum fault fault, unsigned a, unsigned b)
{
    int x = (int)(a & 0xffff);

    trace_note(w, "end of %s", fault_name(fault));
    switch (fault) {
    case FAULT_CUT:
        act_heal(w, x, (int)b);
        if (a >> 16)
            act_heal(w, (int)b, x);
        break;
    case FAULT_ISOLATE:
        act_isolate(w, x, false);
        break;
    case FAULT_SPLIT:
        split(w, a, false);
        break;
    case FAULT_DELAY:
        act_delay(w, x, (int)b, 0, 0);
        break;
    case FAULT_SLOW_DISK:
    case FAULT_FAIL_DISK:
    case FAULT_OP_REMOVE:
        undo_sup(w, fault, &w->sups[a], (int)b);
        break;
    default:
        undo_engine(w, fault, &w->engines[a]);
        break;
    }
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
        if (!audit_can_fail_over(w, g))
            continue;
        if (w->plan.finale == FINALE_HANG)
            act_hang(w, &w->engines[primary]);
        else
            act_kill(w, &w->engines[primary], w->plan.finale == FINALE_POWER);
    }
}

/* Look whether all is well: at first, so that the chaos may begin, and in the end. */
static void probe(struct world *w)
{
    const char *why = audit_unsettled(w);
    msec since = w->calm_at == MSEC_NEVER ? 0 : w->calm_at;

    if (why == NULL && w->calm_at == MSEC_NEVER) {
        begin_faults(w);
        return;
    }
    if (why != NULL) {
        w->settled_at = MSEC_NEVER;
        if (w->now - since > (w->finale ? audit_failover_bound(w) : audit_settle_bound(w)))
            world_fail(w, "not settled %lld ms after %s: %s", (long long)(w->now - since),
                       w->finale ? "the finale"
                       : since   ? "the last fault"
                                 : "the start",
                       why);
    } else if (w->settled_at == MSEC_NEVER) {
        w->settled_at = w->now;
    } else if (w->now - w->settled_at >= HOLD_MS + some_down_after(w)) {
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
            undo(w, (enum fault)h->what, (unsigned)h->gen, (unsigned)(h->gen >> 32));
        break;
    case H_FAULT:
        if (w->chaos)
            strike(w);
        break;
    case H_CALM:
        calm(w);
        break;
    case H_PROBE:
        probe(w);
        break;
    default:
        assert(!"something of no kind happens");
    }
}
