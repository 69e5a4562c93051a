/* What operators change while it runs: who votes, periods and limits, passwords. */
#include <stdio.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/act.h"
#include "tests/sim/fault.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

#define ROTATION_MS 2000 /* until everybody has a new password */

/* Who takes the list away must have met the others: else there is nothing left that says how many
 * there are, and that is the operator's doing. */
static bool knows_all(const struct world *w, const struct sup *s)
{
    for (size_t i = 0; i < s->core->n_groups; i++)
        if (s->core->groups[i]->n_members + 1 < (size_t)w->plan.n_sups)
            return false;
    return true;
}

/* The list of voters comes into the file of one supervisor, or goes. One other may be left out
 * where the majority stays the same. */
void fault_OP_VOTERS(struct world *w)
{
    struct sup *s = fault_sup(w), *other = fault_sup(w);
    bool odd = w->plan.n_sups % 2 == 1;

    if (!s->alive || s->stalled)
        return;
    s->listed = world_chance(w, 700) || !knows_all(w, s);
    s->unlisted = odd && other != s && world_chance(w, 300) ? other->index : -1;
    trace_note(w, "%s %s voters", s->name, s->listed ? "lists" : "does not list");
    sup_list_voters(w, s);
}

/* SENTINEL DEBUG: periods and limits, none longer than the presets. */
static void set_tunable(struct world *w, struct sup *s)
{
    static const struct {
        const char *name;
        int64_t low, high;
    } list[] = { { "info-period", 1000, 10000 },     { "ping-period", 100, 1000 },
                 { "ask-period", 200, 1000 },        { "publish-period", 500, 2000 },
                 { "election-timeout", 1000, 2000 }, { "slave-reconf-timeout", 3000, 10000 } };
    size_t n = (size_t)world_between(w, 0, (int64_t)(sizeof list / sizeof *list) - 1);
    char value[24];

    snprintf(value, sizeof value, "%lld", (long long)world_between(w, list[n].low, list[n].high));
    act_debug(w, s, list[n].name, value);
}

void fault_OP_TIMING(struct world *w)
{
    struct sup *s = fault_sup(w);
    msec preset = fault_down_after(w);
    char value[24];

    if (world_chance(w, 500)) {
        set_tunable(w, s);
        return;
    }
    snprintf(value, sizeof value, "%lld", (long long)world_between(w, preset, 2 * preset));
    act_set(w, s, fault_group(w), "down-after-milliseconds", value);
}

/* A new password for the supervisors: each gets it at some time, what it demands and what it logs
 * in with. Or one gets a wrong one, until the next. */
void fault_OP_PEER_PASS(struct world *w)
{
    if (world_chance(w, 300)) {
        act_peer_pass(w, fault_sup(w), -1);
        return;
    }
    w->peer_pass++;
    trace_note(w, "the supervisors get password %d", w->peer_pass);
    for (int i = 0; i < w->plan.n_sups; i++)
        fault_ends(w, FAULT_OP_PEER_PASS, 0, ROTATION_MS, (unsigned)i, (unsigned)w->peer_pass);
}

/* The same for the nodes of a group, and the supervisors as their clients. */
void fault_OP_NODE_PASS(struct world *w)
{
    int group = fault_group(w), pass = ++w->node_pass[group];

    trace_note(w, "the nodes of %s get password %d", world_group_name(group), pass);
    for (int i = 0; i < w->n_engines; i++)
        if (w->engines[i].group == group)
            fault_ends(w, FAULT_OP_NODE_PASS, 0, ROTATION_MS, (unsigned)(PLAN_SUPS_MAX + i),
                       (unsigned)pass);
    for (int i = 0; i < w->plan.n_sups; i++)
        fault_ends(w, FAULT_OP_NODE_PASS, 0, ROTATION_MS, (unsigned)i, (unsigned)group);
}
