/* How faults end. */
#include <assert.h>

#include "tests/sim/act.h"
#include "tests/sim/fault.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

/* Where an undo finds what it has to undo. */
static uint64_t args(unsigned a, unsigned b)
{
    return a | (uint64_t)b << 32;
}

void fault_ends(struct world *w, enum fault fault, msec low, msec high, unsigned a, unsigned b)
{
    world_later(w, world_between(w, low, high), H_UNDO, 0, fault, args(a, b));
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
    case FAULT_FULL:
        act_full(w, e, e->full > 0 ? -1 : 0);
        break;
    case FAULT_HOLD:
        act_hold(w, e, e->holding > 0 ? -1 : 0);
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

/* WHAT: the group, or the password. */
static void undo_sup(struct world *w, enum fault fault, struct sup *s, int what)
{
    if (fault == FAULT_SLOW_DISK)
        s->disk.max_ms = w->plan.disk_max_ms;
    else if (fault == FAULT_FAIL_DISK)
        s->disk.failing -= s->disk.failing > 0;
    else if (!s->alive || s->stalled)
        fault_ends(w, fault, 100, 1000, s->index, (unsigned)what);
    else if (fault == FAULT_OP_PEER_PASS)
        act_peer_pass(w, s, what);
    else if (fault == FAULT_OP_NODE_PASS)
        act_node_pass(w, s, what);
    else if (s->removed[what])
        act_request(w, s, REQUEST_MONITOR, what);
}

void fault_undo(struct world *w, enum fault fault, unsigned a, unsigned b)
{
    int x = (int)(a & 0xffff);

    trace_note(w, "end of %s", fault_name(fault));
    switch (fault) {
    case FAULT_CUT:
        act_heal(w, x, (int)b);
        if (a >> 16)
            act_heal(w, (int)b, x);
        break;
    case FAULT_OP_HAND_OVER:
        if (x >> 8)
            act_promote(w, &w->engines[x & 0xff]);
        else
            act_follow(w, &w->engines[b], &w->engines[x & 0xff]);
        break;
    case FAULT_OP_FORGET:
        fault_forget(w, x < PLAN_ENGINES_MAX ? &w->engines[x] : NULL, (int)b);
        break;
    case FAULT_ISOLATE:
        act_isolate(w, x, false);
        break;
    case FAULT_BEHIND:
        fault_restart_newest(w, (int)b);
        fault_split(w, a, false);
        break;
    case FAULT_SPLIT:
        fault_split(w, a, false);
        break;
    case FAULT_DELAY:
        act_delay(w, x, (int)b, 0, 0);
        break;
    case FAULT_OP_NODE_PASS:
        if (a >= PLAN_SUPS_MAX) {
            w->engines[a - PLAN_SUPS_MAX].demands = (int)b;
            break;
        }
        undo_sup(w, fault, &w->sups[a], (int)b);
        break;
    case FAULT_OP_PEER_PASS:
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
