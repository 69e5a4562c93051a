/* What goes wrong with supervisors and their disks. */
#include "tests/sim/act.h"
#include "tests/sim/fault.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

static void crash(struct world *w, bool power)
{
    struct sup *s = fault_sup(w);
    uint32_t life = s->life;

    if (!s->alive)
        return;
    sup_kill(w, s, power);
    world_later(w, world_between(w, 5, 3000), H_SUP_START, s->index, 0, life);
}

void fault_CRASH(struct world *w)
{
    crash(w, false);
}

void fault_SUP_POWER(struct world *w)
{
    crash(w, true);
}

void fault_STALL(struct world *w)
{
    struct sup *s = fault_sup(w);

    if (!s->alive || s->stalled)
        return;
    sup_stall(w, s);
    world_later(w, world_between(w, 1, world_chance(w, 300) ? 8000 : 1000), H_SUP_RESUME, s->index,
                0, s->life);
}

void fault_SLOW_DISK(struct world *w)
{
    struct sup *s = fault_sup(w);

    trace_note(w, "%s: slow disk", s->name);
    s->disk.max_ms = world_between(w, 50, world_chance(w, 300) ? 4000 : 500);
    fault_ends(w, FAULT_SLOW_DISK, 100, 6000, s->index, 0);
}

void fault_FAIL_DISK(struct world *w)
{
    struct sup *s = fault_sup(w);

    trace_note(w, "%s: failing disk", s->name);
    s->disk.failing++;
    fault_ends(w, FAULT_FAIL_DISK, 100, 5000, s->index, 0);
}
