/* A node that was replaced while it stood still acknowledges no write that waited in its sockets,
 * if some supervisor that told of the switch could put an order to step down into a connection that
 * the node had read from before. */
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/engine.h"
#include "tests/sim/world.h"

#define SOUND_MS 500 /* before: nobody doubted any connection */

void audit_thaw_frozen(struct world *w, const struct engine *e)
{
    bool sound = w->now - e->bad_at >= SOUND_MS && engine_answers(w, e);

    for (int i = 0; i < w->plan.n_sups; i++) {
        struct sup *s = &w->sups[i];
        struct kept *kept = &w->audit.kept[i][e->index];
        const struct conn *conn = sound && s->alive ? thaw_channel(w, s, e) : NULL;

        *kept = (struct kept){ 0 };
        if (conn != NULL && !conn->ping &&
            net_bad_at(w, s->endpoint, e->endpoint) + SOUND_MS < w->now)
            *kept = (struct kept){ conn->id, s->life };
    }
}

void audit_thaw_cut(struct world *w, const struct sup *s, const struct engine *e)
{
    w->audit.kept[s->index][e->index] = (struct kept){ 0 };
}

/* Whether nothing has come between S and its channel to E since E stood still. */
static bool has_kept(struct world *w, const struct sup *s, const struct engine *e)
{
    const struct kept *kept = &w->audit.kept[s->index][e->index];

    return kept->id != 0 && s->alive && s->life == kept->life && s->asked_at < e->still.at &&
           net_bad_at(w, s->endpoint, e->endpoint) < e->still.at;
}

/* Whether S has nothing to spare E for: it is down there since the switch at least, and its tail
 * can be kept. */
static bool must_arm(const struct world *w, const struct sup *s, const struct engine *e)
{
    const struct account *account = &w->audit.accounts[s->index][e->group];
    const struct heard *heard = &w->audit.heard[s->index][e->index];
    const struct node *node = core_find_node(s->core, w->audit.kept[s->index][e->index].id);

    return heard->called_down && heard->down_at - s->offset <= account->switched_at &&
           node != NULL && node->group->conf.fencing != FENCING_OFF &&
           !(node->group->conf.salvage && node->guard_at == MSEC_NEVER);
}

/* Whether S has told of another primary than E, and what left before that has arrived. */
static bool has_told(const struct world *w, const struct sup *s, const struct engine *e)
{
    const struct account *account = &w->audit.accounts[s->index][e->group];

    return account->announced >= 0 && account->announced != e->index &&
           account->switched_at > e->still.at && w->now - account->told_at > w->plan.latency_max_ms;
}

/* Whether E does what it is told at all, and throws out its clients with it. */
static bool obeys(const struct world *w, const struct engine *e)
{
    return e->denied == 0 && e->refusing == 0 && e->picky == 0 && e->busy == 0 &&
           !engine_is_loading(w, e);
}

void audit_thaw_acknowledged(struct world *w, const struct engine *e)
{
    for (int i = 0; obeys(w, e) && i < w->plan.n_sups; i++) {
        const struct sup *s = &w->sups[i];

        if (has_kept(w, s, e) && has_told(w, s, e) && must_arm(w, s, e))
            world_fail(
                w, "%s acknowledges writes that waited since %lld ms, though %s had replaced it",
                e->name, (long long)e->still.at, s->name);
    }
}
