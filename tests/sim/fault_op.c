/* What operators do in the middle of it, and strangers. */
#include <stdio.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/act.h"
#include "tests/sim/chaos.h"
#include "tests/sim/fault.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

#define FORGED_EPOCH (UINT64_C(1) << 62)

/* The order to demote comes late, perhaps after the end of the pause, and replication lags so much
 * that it makes a difference. */
void fault_late_demotion(struct world *w, const struct sup *s, const struct engine *e)
{
    int from = net_host(w, s->endpoint), to = net_host(w, e->endpoint);
    msec pause = w->plan.conf[e->group].switchover_timeout_ms;

    if (!w->chaos || !world_chance(w, 200))
        return;
    trace_note(w, "the order to demote %s comes late", e->name);
    act_delay(w, from, to, 2 * pause, 0);
    fault_ends(w, FAULT_DELAY, 1, 1, (unsigned)from, (unsigned)to);
    for (int i = 0; i < w->n_engines; i++) {
        if (w->engines[i].group != e->group || w->engines[i].role == ROLE_PRIMARY)
            continue;
        act_lag(w, &w->engines[i], pause);
        fault_ends(w, FAULT_LAG, 2 * pause, 3 * pause, (unsigned)i, 0);
    }
}

/* Both steps of it, in either order, with some time between them. */
void fault_OP_HAND_OVER(struct world *w)
{
    struct engine *to = fault_replica(w);
    uint64_t epoch;
    int from = chaos_newest_primary(w, to->group, &epoch);

    if (from < 0 || from == to->index || to->role != ROLE_REPLICA)
        return;
    bool reverse = world_chance(w, 200);

    if (reverse)
        act_follow(w, &w->engines[from], to);
    else
        act_promote(w, to);
    fault_ends(w, FAULT_OP_HAND_OVER, 1, 6000, to->index | (unsigned)reverse << 8, (unsigned)from);
}

void fault_OP_FAILOVER(struct world *w)
{
    struct sup *s = fault_sup(w);
    struct engine *to = world_chance(w, 300) ? fault_replica(w) : NULL;
    int group = to != NULL ? to->group : fault_group(w);

    act_failover(w, s, group, to, world_chance(w, 300));
}

void fault_OP_SET(struct world *w)
{
    static const char *const options[][2] = {
        { "failover-timeout", "2000" },    { "parallel-syncs", "3" },
        { "priority-max-lag-bytes", "0" }, { "priority-max-lag-bytes", "65536" },
        { "crash-detection", "off" },
    };
    const char *const *option = options[world_between(w, 0, 4)];

    act_set(w, fault_sup(w), fault_group(w), option[0], option[1]);
}

/* A replica or a supervisor dies; a while later operators say that it is gone for good, but it is
 * not. */
void fault_OP_FORGET(struct world *w)
{
    struct engine *e = fault_replica(w);
    struct sup *s = w->plan.forget_sup >= 0 ? &w->sups[w->plan.forget_sup] : NULL;
    bool of_sup = s != NULL && world_chance(w, 500);

    if (of_sup && s->alive) {
        uint32_t life = s->life;
        sup_kill(w, s, false);
        world_later(w, world_between(w, 1000, 6000), H_SUP_START, s->index, 0, life);
    } else if (!of_sup && e->alive && e->role == ROLE_REPLICA && world_chance(w, 700)) {
        act_kill(w, e, false);
        world_later(w, world_between(w, 1000, 6000), H_ENGINE_START, e->index, REBIRTH_AS_WAS,
                    e->life);
    }
    fault_ends(w, FAULT_OP_FORGET, 20, 1500, of_sup ? PLAN_ENGINES_MAX : e->index,
               (unsigned)fault_group(w));
}

/* At all supervisors, or at one, which is started again perhaps. What durability = "quorum" has
 * promised it could not keep without asking the node: there operators know better. */
void fault_forget(struct world *w, struct engine *e, int group)
{
    struct sup *one = world_chance(w, 500) ? fault_sup(w) : NULL;

    if (e != NULL && w->plan.conf[e->group].durability == DURABILITY_QUORUM)
        return;
    for (int i = 0; i < w->plan.n_sups; i++) {
        struct sup *s = &w->sups[i];
        bool itself = e == NULL && i == w->plan.forget_sup;
        if (!itself && (one == NULL || one == s))
            act_forget(w, s, e != NULL ? e->group : group, e);
    }
    if (one == NULL || !one->alive || !world_chance(w, 500))
        return;
    uint32_t life = one->life;
    sup_kill(w, one, false);
    world_later(w, world_between(w, 5, 500), H_SUP_START, one->index, 0, life);
}

/* At all supervisors, or at one. */
void fault_OP_HOLD(struct world *w)
{
    struct engine *node = world_chance(w, 500) ? fault_replica(w) : NULL;
    int group = node != NULL ? node->group : fault_group(w);
    msec for_ms = world_chance(w, 200) ? 0 : world_between(w, 100, 8000);
    struct sup *one = world_chance(w, 300) ? fault_sup(w) : NULL;

    for (int i = 0; i < w->plan.n_sups; i++)
        if (one == NULL || one == &w->sups[i])
            act_hold_back(w, &w->sups[i], group, node, for_ms);
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

void fault_OP_ACK(struct world *w)
{
    act_request(w, fault_sup(w), REQUEST_ACK, fault_group(w));
}

void fault_OP_RESET(struct world *w)
{
    struct sup *s = fault_sup(w);
    int group = fault_group(w);

    if (may_forget(w, s, group))
        act_request(w, s, REQUEST_RESET, group);
}

void fault_OP_REMOVE(struct world *w)
{
    struct sup *s = fault_sup(w);
    int group = fault_group(w);

    if (!may_forget(w, s, group))
        return;
    act_request(w, s, REQUEST_REMOVE, group);
    fault_ends(w, FAULT_OP_REMOVE, 10, 3000, s->index, (unsigned)group);
}

void fault_OP_RELOAD(struct world *w)
{
    struct sup *s = fault_sup(w);
    uint32_t life = s->life;

    for (int g = 0; g < w->plan.n_groups && s->life == life; g++)
        act_request(w, s, REQUEST_CONFIGURE, g);
    if (s->life == life)
        act_request(w, s, REQUEST_RETAIN, 0);
}

/* Somebody pushes that the present primary is down, or is not, in the name of a supervisor. */
static void forge_opinion(struct world *w, struct engine *e, struct sup *as)
{
    uint64_t epoch;

    chaos_newest_primary(w, e->group, &epoch);
    act_forge_opinion(w, fault_sup(w), as, e, epoch, world_chance(w, 700));
}

/* An epoch that no election can have reached, or one that could be next, for a node that nobody has
 * promoted, perhaps not even of this group. */
void fault_FORGE(struct world *w)
{
    struct engine *e = fault_engine(w);
    struct sup *as = fault_sup(w);
    uint64_t epoch = FORGED_EPOCH << world_between(w, 0, 1);

    if (world_chance(w, 300)) {
        forge_opinion(w, e, as);
        return;
    }
    if (world_chance(w, 700)) {
        chaos_newest_primary(w, e->group, &epoch);
        epoch += (uint64_t)world_between(w, 100, 1000);
    }
    act_forge(w, e, as, epoch, &w->engines[world_between(w, 0, w->n_engines - 1)]);
}

/* Where the made-up supervisor is said to be: nowhere, or where somebody else is. */
static struct addr forged_addr(struct world *w)
{
    struct addr addr = { .host = "nowhere", .port = WORLD_PORT_SUP };

    if (world_chance(w, 400))
        strcpy(addr.host, fault_sup(w)->host);
    else if (world_chance(w, 300))
        addr = world_engine_addr(fault_engine(w));
    return addr;
}

/* Supervisors that do not exist, some or a great many; or a real one that is said to be elsewhere.
 */
void fault_FORGE_MEMBER(struct world *w)
{
    struct engine *e = fault_engine(w);
    int n = (int)world_between(w, 1, world_chance(w, 200) ? 3 * CANDIDATES_MAX : 5);

    for (int i = 0; i < n; i++) {
        struct addr addr = forged_addr(w);
        char runid[RUNID_LEN + 1];

        if (world_chance(w, 300))
            memcpy(runid, fault_sup(w)->runid, sizeof runid);
        else
            repl_id_format(runid, repl_new_id(w));
        act_forge_member(w, e, runid, &addr);
    }
}
