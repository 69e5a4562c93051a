/* The write lease of picket-store: a node that has one takes writes until it ends, by its own
 * clock, which is not quite as fast as the others. */
#include "tests/sim/engine.h"
#include "tests/sim/world.h"

uint64_t lease_clock(const struct world *w, const struct engine *e)
{
    return (uint64_t)(w->now + w->now * w->plan.drift_pm[e->index] / 1000 + 1);
}

bool lease_is_over(const struct world *w, const struct engine *e)
{
    return w->plan.write_lease_ms[e->group] > 0 && e->lease_until <= lease_clock(w, e);
}

/* Clients' writes end with it: what they have written so far is counted. */
static void settle_writes(struct world *w)
{
    repl_advance(w);
}

/* PICKET LEASE. NULL, or the error. */
const char *lease_take(struct world *w, struct engine *e, const struct lease_order *lease)
{
    uint64_t clock = lease_clock(w, e);
    int64_t ms = lease->ms, most = w->plan.write_lease_ms[e->group];

    if (most == 0)
        return "ERR unknown command";
    if (ms > 0 && lease->clock_ms > clock)
        return "BADCLOCK";
    if (lease->epoch < e->lease_epoch)
        return "STALEEPOCH";
    settle_writes(w);
    e->lease_epoch = lease->epoch;
    ms = ms > most ? most : ms;
    if (ms == 0)
        e->lease_until = 0;
    else if (e->role == ROLE_PRIMARY && lease->clock_ms + (uint64_t)ms > e->lease_until)
        e->lease_until = lease->clock_ms + (uint64_t)ms;
    return NULL;
}

void lease_answer(struct world *w, struct engine *e, const struct lease_order *lease,
                  struct packet *reply)
{
    const char *error = lease_take(w, e, lease);
    uint64_t clock = lease_clock(w, e);

    reply->u.settled.ok = error == NULL;
    reply->u.settled.error = error;
    reply->u.settled.role = e->role;
    reply->u.settled.lease_clock_ms = clock;
    reply->u.settled.lease_left_ms = e->lease_until > clock ? e->lease_until - clock : 0;
}

void lease_info(const struct world *w, const struct engine *e, struct node_info *info)
{
    uint64_t clock = lease_clock(w, e);

    info->write_lease_ms = (uint64_t)w->plan.write_lease_ms[e->group];
    if (info->write_lease_ms == 0)
        return;
    info->lease_epoch = e->lease_epoch;
    info->lease_clock_ms = clock;
    info->lease_left_ms = e->lease_until > clock ? e->lease_until - clock : 0;
}

/* Whether enough supervisors can pledge anything: those that are no stock Sentinels. */
bool lease_is_possible(const struct world *w, int group)
{
    int n = 0, need = plan_majority(&w->plan);

    for (int i = 0; i < w->plan.n_sups; i++)
        n += !w->plan.stock[i];
    if (w->plan.conf[group].quorum > need)
        need = (int)w->plan.conf[group].quorum;
    return n >= need;
}
