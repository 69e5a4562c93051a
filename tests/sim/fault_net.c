/* What goes wrong with the network. */
#include "tests/sim/act.h"
#include "tests/sim/chaos.h"
#include "tests/sim/fault.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

void fault_CUT(struct world *w)
{
    int a = fault_host(w), b = fault_host(w);
    bool both = world_chance(w, 500), reject = world_chance(w, 200);

    if (a == b)
        return;
    trace_note(w, "hosts %d and %d are cut%s", a, b, both ? "" : ", one way");
    act_cut(w, a, b, reject);
    if (both)
        act_cut(w, b, a, reject);
    fault_ends(w, FAULT_CUT, 10, 5 * fault_down_after(w), (unsigned)a | (unsigned)both << 16,
               (unsigned)b);
}

void fault_ISOLATE(struct world *w)
{
    int host = world_chance(w, 500) ? net_host(w, fault_engine(w)->endpoint) : fault_host(w);

    trace_note(w, "host %d is cut off", host);
    act_isolate(w, host, true);
    fault_ends(w, FAULT_ISOLATE, 10, 5 * fault_down_after(w), (unsigned)host, 0);
}

void fault_restart_newest(struct world *w, int group)
{
    uint64_t epoch;
    int primary = chaos_newest_primary(w, group, &epoch);

    if (primary < 0 || !w->engines[primary].alive)
        return;
    act_kill(w, &w->engines[primary], false);
    act_start(w, &w->engines[primary], REBIRTH_AS_WAS, 0);
}

/* Cut, or heal, everything between the hosts in the mask and the others. */
void fault_split(struct world *w, unsigned mask, bool cut)
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

void fault_SPLIT(struct world *w)
{
    unsigned mask = (unsigned)prng_next(&w->prng) & ((1u << WORLD_HOSTS_MAX) - 1);

    trace_note(w, "the hosts fall apart: %08x", mask);
    fault_split(w, mask, true);
    fault_ends(w, FAULT_SPLIT, 100, 5 * fault_down_after(w), mask, 0);
}

/* A supervisor and the primary are cut off from the others, who replace it meanwhile. */
void fault_BEHIND(struct world *w)
{
    int group = fault_group(w);
    uint64_t epoch;
    int primary = chaos_newest_primary(w, group, &epoch);
    unsigned mask;

    if (primary < 0)
        return;
    mask =
        1u << net_host(w, w->engines[primary].endpoint) | 1u << net_host(w, fault_sup(w)->endpoint);
    trace_note(w, "the primary of %s and a supervisor are cut off: %08x", world_group_name(group),
               mask);
    fault_split(w, mask, true);
    fault_ends(w, FAULT_BEHIND, fault_down_after(w), fault_down_after(w) + 4000, mask,
               (unsigned)group);
}

void fault_DELAY(struct world *w)
{
    int a = fault_host(w), b = fault_host(w);
    msec extra = world_between(w, 0, fault_down_after(w));
    unsigned loss = world_chance(w, 500) ? (unsigned)world_between(w, 10, 300) : 0;

    trace_note(w, "hosts %d -> %d: up to %lld ms more, %u per mille lost", a, b, (long long)extra,
               loss);
    act_delay(w, a, b, extra, loss);
    fault_ends(w, FAULT_DELAY, 100, 5 * fault_down_after(w), (unsigned)a, (unsigned)b);
}
