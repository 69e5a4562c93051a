/* durability = quorum: no write that sync_replicas replicas had is missing in who is promoted. */
#include <assert.h>
#include <stdlib.h>

#include "sentinel/core.h"
#include "sentinel/model.h"
#include "tests/sim/engine.h"
#include "tests/sim/world.h"

/* Whether R acknowledges what M sends. */
static bool acknowledges(struct world *w, const struct engine *m, const struct engine *r)
{
    return r->alive && !r->hung && r->role == ROLE_REPLICA && r->master == m->index &&
           r->link == REPL_UP && r->link_life == m->life &&
           net_reachable(w, m->endpoint, r->endpoint);
}

/* Up to where K replicas of M have what clients wrote. */
static uint64_t acked_by(struct world *w, const struct engine *m, int64_t k)
{
    uint64_t most[PLAN_ENGINES_MAX];
    int64_t n = 0;

    for (int i = 0; i < w->n_engines; i++) {
        if (!acknowledges(w, m, &w->engines[i]))
            continue;
        int64_t at = n++;
        for (; at > 0 && most[at - 1] < w->engines[i].offset; at--)
            most[at] = most[at - 1];
        most[at] = w->engines[i].offset;
    }
    return n >= k ? most[k - 1] : 0;
}

/* What clients may rely on, or nothing once operators gave nodes their roles by hand. */
static bool is_promised(const struct world *w, int g)
{
    for (int i = 0; i < w->n_engines; i++)
        if (w->engines[i].group == g && w->engines[i].strayed)
            return false;
    return w->plan.conf[g].durability == DURABILITY_QUORUM;
}

/* Where a history was continued under another name. */
void audit_acked_renamed(struct world *w, uint64_t replid, uint64_t parent, uint64_t offset)
{
    struct audit *audit = &w->audit;

    if (audit->n_forks == audit->cap_forks) {
        audit->cap_forks = audit->cap_forks ? audit->cap_forks * 2 : 64;
        audit->forks = realloc(audit->forks, (size_t)audit->cap_forks * sizeof *audit->forks);
        assert(audit->forks != NULL);
    }
    audit->forks[audit->n_forks++] = (struct fork){ replid, parent, offset };
}

static const struct fork *fork_of(const struct world *w, uint64_t replid)
{
    for (int i = w->audit.n_forks; i-- > 0;)
        if (w->audit.forks[i].replid == replid)
            return &w->audit.forks[i];
    return NULL;
}

/* Whether who has come to OFFSET of a history has all that was promised. */
static bool reaches(const struct world *w, uint64_t replid, uint64_t offset,
                    const struct promise *promise)
{
    const struct fork *fork;

    while (promise->replid != 0 && replid != promise->replid) {
        if ((fork = fork_of(w, replid)) == NULL)
            return false;
        replid = fork->parent;
        offset = fork->offset < offset ? fork->offset : offset;
    }
    return promise->replid == 0 || offset >= promise->offset;
}

static bool holds(const struct world *w, const struct engine *e, const struct promise *promise)
{
    return reaches(w, e->replid, e->offset, promise);
}

/* Up to OFFSET of a history: it may be a part of the one before, to which others belong as well. */
static struct promise promise_of(const struct world *w, uint64_t replid, uint64_t offset)
{
    const struct fork *fork;

    while ((fork = fork_of(w, replid)) != NULL && offset <= fork->offset)
        replid = fork->parent;
    return (struct promise){ .replid = replid, .offset = offset };
}

void audit_acked_note(struct world *w)
{
    for (int i = 0; i < w->n_engines; i++) {
        const struct engine *m = &w->engines[i];
        struct promise *promise = &w->audit.promises[m->group];

        if (!m->alive || m->role != ROLE_PRIMARY || !is_promised(w, m->group) ||
            !(world_is_first(w, i) || w->audit.told[i])) /* nobody knows it */
            continue;
        uint64_t acked = acked_by(w, m, w->plan.conf[m->group].sync_replicas);
        struct promise more = promise_of(w, m->replid, acked);

        if (acked == 0 ||
            (promise->replid != 0 && reaches(w, promise->replid, promise->offset, &more)) ||
            !holds(w, m, promise) || (promise->chosen != 0 && promise->chosen != i + 1))
            continue;
        promise->replid = more.replid;
        promise->offset = more.offset;
    }
}

void audit_acked_forget(struct world *w, const struct engine *e)
{
    struct promise *promise = &w->audit.promises[e->group];

    if (e->role == ROLE_PRIMARY && holds(w, e, promise))
        *promise = (struct promise){ .chosen = e->index + 1 };
}

void audit_acked_promote(struct world *w, const struct sup *s, int engine)
{
    const struct engine *e = &w->engines[engine];
    struct promise *promise = &w->audit.promises[e->group];
    const struct group *group = core_find_group(s->core, world_group_name(e->group));

    repl_advance(w);
    if (!is_promised(w, e->group) || group == NULL)
        return;
    /* Of two histories, that of before and that of after its restart, only one can go on. */
    if (group->failover.hasty || w->audit.unfounded[e->group] || group->primary->amnesia.told) {
        *promise = (struct promise){ .chosen = engine + 1 };
        return;
    }
    if (promise->chosen != engine + 1) /* else it is ordered again */
        promise->chosen = 0;
    if (!holds(w, e, promise))
        world_fail(
            w, "%s promotes %s without writes that %d replicas had: it is at %llu, they at %llu",
            s->name, e->name, (int)w->plan.conf[e->group].sync_replicas,
            (unsigned long long)e->offset, (unsigned long long)promise->offset);
}
