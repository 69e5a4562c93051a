#include "tests/sim/world.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/chaos.h"

struct world *world_new(const struct plan *plan, bool verbose)
{
    struct world *w = calloc(1, sizeof *w);

    assert(w != NULL);
    w->plan = *plan;
    w->verbose = verbose;
    w->calm_at = w->settled_at = MSEC_NEVER;
    w->hash = UINT64_C(0xcbf29ce484222325);
    prng_seed(&w->prng, plan->seed ^ UINT64_C(0x5851f42d4c957f2d));
    prng_seed(&w->answer_prng, plan->seed ^ UINT64_C(0x14057b7ef767814f));
    prng_seed(&w->cut_prng, plan->seed ^ UINT64_C(0x9fb21c651e98df25));
    queue_init(&w->queue);
    for (int g = 0; g < plan->n_groups; g++)
        for (int i = 0; i < plan->n_nodes[g]; i++)
            engine_init(w, w->n_engines++, g, i == 0);
    for (int i = 0; i < plan->n_sups; i++)
        sup_init(w, i);
    audit_init(w);
    return w;
}

void world_free(struct world *w)
{
    struct happening h;

    if (w == NULL)
        return;
    while (queue_pop(&w->queue, &h))
        if (h.kind == H_DUPLICATE)
            free(h.ptr);
    for (int i = 0; i < w->plan.n_sups; i++)
        sup_done(w, &w->sups[i]);
    for (int i = 0; i < w->n_engines; i++)
        engine_done(w, &w->engines[i]);
    net_done(w);
    queue_done(&w->queue);
    audit_done(w);
    free(w->tickets);
    free(w);
}

void world_start(struct world *w)
{
    for (int i = 0; i < w->n_engines; i++)
        world_later(w, world_between(w, 1, 1000), H_CRON, (uint32_t)i, 0, w->engines[i].life);
    for (int i = 0; i < w->plan.n_sups - w->plan.n_late; i++)
        sup_start(w, &w->sups[i]);
}

void world_later(struct world *w, msec delay_ms, int kind, uint32_t who, uint32_t what,
                 uint64_t gen)
{
    assert(delay_ms >= 0);
    queue_push(&w->queue,
               (struct happening){
                   .at = w->now + delay_ms, .kind = kind, .who = who, .what = what, .gen = gen });
}

void world_fail(struct world *w, const char *format, ...)
{
    if (w->failed)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(w->failure, sizeof w->failure, format, args);
    va_end(args);
    w->failed = true;
    w->failed_at = w->now;
}

bool world_chance(struct world *w, unsigned per_mille)
{
    return per_mille > 0 && prng_below(&w->prng, 1000) < per_mille;
}

int64_t world_between(struct world *w, int64_t low, int64_t high)
{
    return low == high ? low : prng_between(&w->prng, low, high);
}

/* A message that comes a second time, over no connection. */
static void duplicate_due(struct world *w, const struct happening *h)
{
    struct sup *s = &w->sups[h->who];

    if (s->alive && !s->stalled && s->life == h->gen)
        receive_request(w, s, NULL, h->ptr);
    packet_free(w, h->ptr);
}

/* Hand what is due to whom it concerns. */
static void dispatch(struct world *w, const struct happening *h)
{
    struct sup *s = h->who < PLAN_SUPS_MAX ? &w->sups[h->who] : NULL;
    struct engine *e = h->who < PLAN_ENGINES_MAX ? &w->engines[h->who] : NULL;

    switch ((enum happening_kind)h->kind) {
    case H_PACKET:
        net_deliver(w, h->who, (uint32_t)h->gen, (int)h->what);
        break;
    case H_HELD:
        receive_held(w, h->who, (uint32_t)h->gen);
        break;
    case H_WAKE:
        sup_wake(w, s, h->gen);
        break;
    case H_COMMIT:
        sup_committed(w, s, h->gen);
        break;
    case H_COMMIT_LATE:
        sup_commit_late(w, s, h->gen);
        break;
    case H_COMMIT_RETRY:
        sup_commit_retry(w, s, h->gen);
        break;
    case H_ANSWER_YES:
    case H_ANSWER_NO:
        if (s->alive && s->life == h->what)
            question_answered(w, s, h->kind, h->gen);
        break;
    case H_LOST:
        if (s->alive && s->life == h->what)
            receive_lost(w, s, h->gen);
        break;
    case H_GIVEN:
        if (s->alive && s->life == h->what)
            armed_given(w, s, h->gen);
        break;
    case H_DUPLICATE:
        duplicate_due(w, h);
        break;
    case H_SERVE:
        if (e->life == h->gen)
            engine_serve_due(w, e);
        break;
    case H_UNPAUSED:
        if (e->life == h->gen)
            engine_unpause_due(w, e);
        break;
    case H_CRON:
        if (e->life == h->gen)
            repl_cron(w, e);
        break;
    case H_LINKED:
        repl_linked(w, e, h->gen);
        break;
    case H_SYNCED:
        repl_synced(w, e, h->gen);
        break;
    case H_LINK_RESET:
        repl_link_reset(w, e, h->gen);
        break;
    default:
        chaos_due(w, h);
        break;
    }
}

bool world_step(struct world *w)
{
    struct happening h;

    if (w->failed || w->finished || !queue_pop(&w->queue, &h))
        return false;
    assert(h.at >= w->now);
    w->now = h.at;
    w->stats.happenings++;
    dispatch(w, &h);
    guard_check(w);
    return !w->failed && !w->finished;
}

void world_run_until(struct world *w, msec at)
{
    while (!w->failed && queue_next(&w->queue) <= at)
        world_step(w);
    if (!w->failed)
        w->now = msec_max(w->now, at);
}

bool endpoint_is_sup(int endpoint)
{
    return endpoint < PLAN_SUPS_MAX;
}

struct sup *endpoint_sup(struct world *w, int endpoint)
{
    assert(endpoint_is_sup(endpoint));
    return &w->sups[endpoint];
}

struct engine *endpoint_engine(struct world *w, int endpoint)
{
    assert(!endpoint_is_sup(endpoint));
    return &w->engines[endpoint - PLAN_SUPS_MAX];
}

int world_engine_by_addr(const struct world *w, const struct addr *addr)
{
    if (addr->port == WORLD_PORT_NODE)
        for (int i = 0; i < w->n_engines; i++)
            if (strcmp(addr->host, w->engines[i].ip) == 0 ||
                strcmp(addr->host, w->engines[i].name) == 0)
                return i;
    return -1;
}

int world_sup_by_addr(const struct world *w, const struct addr *addr)
{
    if (addr->port == WORLD_PORT_SUP)
        for (int i = 0; i < w->plan.n_sups; i++)
            if (strcmp(addr->host, w->sups[i].host) == 0)
                return i;
    return -1;
}

int world_sup_by_runid(const struct world *w, const char *runid)
{
    for (int i = 0; i < w->plan.n_sups; i++)
        if (strcmp(runid, w->sups[i].runid) == 0)
            return i;
    return -1;
}

struct addr world_engine_addr(const struct engine *e)
{
    struct addr addr = { .port = WORLD_PORT_NODE };

    strcpy(addr.host, e->ip);
    return addr;
}

struct addr world_primary_addr(struct world *w, int group)
{
    for (int i = 0; i < w->n_engines; i++) {
        if (w->engines[i].group != group)
            continue;
        struct addr addr = { .port = WORLD_PORT_NODE };
        strcpy(addr.host, w->engines[i].name);
        return addr;
    }
    assert(!"a group without nodes");
    return (struct addr){ .port = 0 };
}

bool world_is_first(const struct world *w, int engine)
{
    return engine == 0 || w->engines[engine - 1].group != w->engines[engine].group;
}

const char *world_group_name(int group)
{
    static const char *const names[PLAN_GROUPS_MAX] = { "g1", "g2", "g3" };

    return names[group];
}

int world_group_by_name(const char *name)
{
    for (int i = 0; i < PLAN_GROUPS_MAX; i++)
        if (strcmp(name, world_group_name(i)) == 0)
            return i;
    return -1;
}

uint64_t world_ticket(struct world *w, const struct ticket *ticket)
{
    if (w->n_tickets == w->cap_tickets) {
        w->cap_tickets = w->cap_tickets ? w->cap_tickets * 2 : 64;
        w->tickets = realloc(w->tickets, w->cap_tickets * sizeof *w->tickets);
        assert(w->tickets != NULL);
    }
    w->tickets[w->n_tickets++] = *ticket;
    return w->n_tickets;
}
