/* Whether a node accepts writes: min-replicas-to-write and -max-lag as a primary counts them, and
 * the check that under strict fencing, and where they need leases, no two nodes of a group do. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/engine.h"
#include "tests/sim/world.h"

void guard_acked(struct world *w, const struct engine *replica)
{
    w->engines[replica->master].acked_at[replica->index] = w->now;
}

/* Whether M still counts R: it acknowledged lately, and M was not told of the end of its link. */
static bool counts(struct world *w, const struct engine *m, const struct engine *r)
{
    bool follows = r->alive && r->role == ROLE_REPLICA && r->master == m->index &&
                   r->link == REPL_UP && r->link_life == m->life;

    if (m->acked_at[r->index] < 0)
        return false;
    if (!follows && net_reachable(w, m->endpoint, r->endpoint))
        return false;
    return w->now - m->acked_at[r->index] <= (m->max_lag_s + 2) * 1000;
}

bool engine_lacks_replicas(struct world *w, const struct engine *e)
{
    int good = 0;

    for (int i = 0; e->min_replicas > 0 && i < w->n_engines; i++)
        good += counts(w, e, &w->engines[i]);
    return good < e->min_replicas;
}

bool engine_lacks_sync(const struct world *w, const struct engine *e)
{
    int64_t online = 0;

    for (int i = 0; e->sync_replicas > 0 && i < w->n_engines; i++) {
        const struct engine *r = &w->engines[i];
        online += r->alive && r->role == ROLE_REPLICA && r->master == e->index &&
                  r->link == REPL_UP && r->link_life == e->life;
    }
    return online < e->sync_replicas;
}

bool engine_is_writable(struct world *w, const struct engine *e)
{
    if (!e->alive || e->hung || e->role != ROLE_PRIMARY || engine_is_loading(w, e) ||
        engine_is_paused(w, e) || e->gate_closed || engine_lacks_sync(w, e) || lease_is_over(w, e))
        return false;
    return !engine_lacks_replicas(w, e);
}

/* An operator has made one of them a primary by hand: that is not for us to prevent. */
static bool is_by_hand(const struct world *w, int group)
{
    for (int i = 0; i < w->n_engines; i++)
        if (w->engines[i].group == group && w->engines[i].strayed)
            return true;
    return false;
}

/* That all replicas are known is assumed. */
void guard_note_promote(struct world *w, const struct sup *s, int engine)
{
    int g = w->engines[engine].group, there = 0;
    const struct group *group = core_find_group(s->core, world_group_name(g));

    for (int i = 0; i < w->n_engines; i++)
        there += w->engines[i].group == g;
    if (group == NULL || group->n_nodes < (size_t)there)
        w->audit.unfounded[g] = true;
}

/* With leases whatever the mode, and whatever operators do. */
static bool is_promised(const struct world *w, int group)
{
    return w->plan.write_lease_ms[group] > 0 ||
           (w->plan.conf[group].fencing == FENCING_STRICT && !is_by_hand(w, group) &&
            !w->audit.unfounded[group]);
}

void guard_check(struct world *w)
{
    for (int g = 0; g < w->plan.n_groups; g++) {
        const struct engine *first = NULL;

        if (!is_promised(w, g))
            continue;
        for (int i = 0; i < w->n_engines; i++) {
            const struct engine *e = &w->engines[i];

            if (e->group != g || !engine_is_writable(w, e))
                continue;
            if (first != NULL) {
                world_fail(w, "%s and %s accept writes at the same time", first->name, e->name);
                return;
            }
            first = e;
        }
    }
}
