/* How nodes replicate, as far as INFO shows it: links, synchronisation, ids, offsets. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/engine.h"
#include "tests/sim/world.h"

#define CRON_MS    1000
#define CHAIN_MAX  8
#define CONNECT_MS 2 /* of a partial synchronisation, beside the latencies */

uint64_t repl_new_id(struct world *w)
{
    return ++w->last_replid;
}

void repl_id_format(char ret_text[RUNID_LEN + 1], uint64_t id)
{
    /* Spread, so that the order of run ids is not the order of creation. */
    uint64_t mixed = id * UINT64_C(0x9e3779b97f4a7c15);

    ret_text[0] = '\0'; /* as node_info_parse() has it where there is none */
    if (id != 0)
        snprintf(ret_text, RUNID_LEN + 1, "%016llx%024llx", (unsigned long long)mixed,
                 (unsigned long long)id);
}

static struct engine *master_of(struct world *w, const struct engine *e)
{
    return e->master >= 0 ? &w->engines[e->master] : NULL;
}

/* Whether bytes flow from the master. */
static bool flows(struct world *w, const struct engine *e, const struct engine *m)
{
    return m != NULL && m->alive && !m->hung && m->life == e->link_life &&
           net_reachable(w, e->endpoint, m->endpoint);
}

static void write_some(struct world *w, struct engine *e)
{
    msec from = msec_max(e->advanced_at, e->paused_until);
    uint64_t thousandths;

    if (w->now <= from)
        return;
    thousandths = e->write_left + (uint64_t)(w->now - from) * w->plan.write_rate;
    if (thousandths >= 1000)
        e->wrote_at = w->now;
    e->offset += thousandths / 1000;
    e->write_left = thousandths % 1000;
}

void repl_advance_one(struct world *w, struct engine *e, int depth)
{
    if (e->advanced_at == w->now || depth > CHAIN_MAX)
        return;
    if (e->role == ROLE_PRIMARY) {
        if (engine_is_writable(w, e) && e->full == 0 && e->holding == 0)
            write_some(w, e);
    } else if (e->alive && !e->hung && e->link == REPL_UP && flows(w, e, master_of(w, e))) {
        struct engine *m = master_of(w, e);
        uint64_t lag;

        repl_advance_one(w, m, depth + 1);
        lag = (uint64_t)msec_max(0, e->lag_ms - (w->now - m->wrote_at)) * w->plan.write_rate / 1000;
        /* That it drops the link for a new history may still be on the way. */
        if (e->replid == m->replid && m->offset > lag && m->offset - lag > e->offset)
            e->offset = m->offset - lag;
    }
    e->advanced_at = w->now;
}

void repl_advance(struct world *w)
{
    for (int i = 0; i < w->n_engines; i++)
        repl_advance_one(w, &w->engines[i], 0);
    audit_acked_note(w);
}

static void link_down(struct world *w, struct engine *e)
{
    if (e->link == REPL_UP)
        e->link_down_at = w->now;
    e->link = REPL_DOWN;
    e->link_gen++;
}

void repl_drop_followers(struct world *w, struct engine *e)
{
    for (int i = 0; i < w->n_engines; i++) {
        struct engine *r = &w->engines[i];
        if (r->role == ROLE_REPLICA && r->master == e->index && r->link != REPL_DOWN &&
            net_reachable(w, e->endpoint, r->endpoint))
            world_later(w, net_latency(w, e->endpoint, r->endpoint), H_LINK_RESET, r->index, 0,
                        r->link_gen);
    }
}

/* Whether what E has is a beginning of what M has, and the rest is still in the backlog. */
static bool continues(const struct world *w, const struct engine *e, const struct engine *m)
{
    bool same = e->replid == m->replid && e->offset <= m->offset;
    bool before = e->replid == m->replid2 && m->replid2 != 0 && e->offset < m->second_offset;

    return (same || before) && m->offset - e->offset <= w->plan.backlog;
}

/* Try to get a link to the master. */
static void connect(struct world *w, struct engine *e)
{
    struct engine *m = master_of(w, e);

    if (m == NULL || m == e || !m->alive || m->hung || engine_is_loading(w, m) ||
        engine_is_loading(w, e) || !net_reachable(w, e->endpoint, m->endpoint))
        return;
    if ((m->role == ROLE_REPLICA && m->link != REPL_UP) || m->gate_closed)
        return; /* it cannot serve what it does not have, or may not have */
    e->link = REPL_SYNC;
    e->link_life = m->life;
    e->link_gen++;
    repl_advance(w);
    if (continues(w, e, m)) {
        world_later(w, net_latency(w, e->endpoint, m->endpoint) + CONNECT_MS, H_LINKED, e->index, 0,
                    e->link_gen);
    } else {
        e->heard_at = w->now;
        world_later(w, w->plan.full_sync_ms, H_SYNCED, e->index, 0, e->link_gen);
    }
}

void repl_linked(struct world *w, struct engine *e, uint64_t gen)
{
    struct engine *m = master_of(w, e);

    if (e->link_gen != gen || e->link != REPL_SYNC || !e->alive || m == NULL)
        return;
    repl_advance(w);
    if (!flows(w, e, m) || !continues(w, e, m)) {
        link_down(w, e);
        return;
    }
    if (e->replid != m->replid) { /* the old name up to here, as far as it has come itself */
        repl_drop_followers(w, e);
        e->replid2 = e->replid;
        e->second_offset = e->offset + 1;
        e->replid = m->replid;
    }
    e->link = REPL_UP;
    guard_acked(w, e);
    e->heard_at = w->now;
}

void repl_synced(struct world *w, struct engine *e, uint64_t gen)
{
    struct engine *m = master_of(w, e);

    if (e->link_gen != gen || e->link != REPL_SYNC || !e->alive || m == NULL)
        return;
    if (!flows(w, e, m) || e->hung) {
        link_down(w, e);
        return;
    }
    repl_advance(w);
    repl_drop_followers(w, e);
    e->link = REPL_UP;
    guard_acked(w, e);
    e->replid = m->replid;
    e->replid2 = e->second_offset = 0; /* it never went by another */
    e->offset = m->offset;
    e->other_keys = m->other_keys;
    e->heard_at = w->now;
}

void repl_link_reset(struct world *w, struct engine *e, uint64_t gen)
{
    if (e->link_gen != gen || !e->alive || e->role != ROLE_REPLICA)
        return;
    repl_advance(w);
    link_down(w, e);
    if (!e->hung)
        connect(w, e);
}

/* Look after the link: the master may be gone for good, or be back. */
static void look_after(struct world *w, struct engine *e)
{
    struct engine *m = master_of(w, e);

    if (e->link == REPL_DOWN) {
        connect(w, e);
        return;
    }
    if (flows(w, e, m)) {
        e->heard_at = w->now;
        if (e->link == REPL_UP)
            guard_acked(w, e);
    } else if (m == NULL ||
               (m->life != e->link_life && net_reachable(w, e->endpoint, m->endpoint)) ||
               w->now - e->heard_at > w->plan.repl_timeout_ms)
        link_down(w, e);
}

void repl_cron(struct world *w, struct engine *e)
{
    if (!e->alive)
        return;
    if (e->role == ROLE_REPLICA && !e->hung) {
        repl_advance(w);
        look_after(w, e);
    }
    world_later(w, CRON_MS, H_CRON, e->index, 0, e->life);
}

void repl_follow(struct world *w, struct engine *e, int master)
{
    e->gate_closed = false;
    if (e->role == ROLE_REPLICA && e->master == master)
        return;
    repl_drop_followers(w, e);
    if (e->role == ROLE_PRIMARY) {
        e->link_down_at = -1;
        e->lease_until = 0;
        e->demoted_offset = e->offset;
        e->demoted_life = e->life;
    }
    e->role = ROLE_REPLICA;
    w->audit.told[e->index] = false;
    e->master = master;
    link_down(w, e);
    connect(w, e);
}

void repl_promote(struct world *w, struct engine *e)
{
    e->gate_closed = false;
    if (e->role == ROLE_PRIMARY)
        return;
    e->role = ROLE_PRIMARY;
    e->master = -1;
    e->link = REPL_DOWN;
    e->link_gen++;
    e->replid2 = e->replid;
    e->second_offset = e->offset + 1;
    e->replid = repl_new_id(w);
    audit_acked_renamed(w, e->replid, e->replid2, e->offset);
    repl_drop_followers(w, e);
}

/* The replicas as the primary sees them. */
static void info_lines(struct world *w, const struct engine *e, struct info_reply *ret_reply)
{
    for (int i = 0; i < w->n_engines; i++) {
        struct engine *r = &w->engines[i];
        if (r->role != ROLE_REPLICA || r->master != e->index || r->link == REPL_DOWN ||
            r->link_life != e->life || !r->alive)
            continue;
        ret_reply->lines[ret_reply->n_lines++] =
            (struct info_line){ (uint8_t)i, r->link == REPL_UP, r->offset };
    }
}

void repl_info(struct world *w, struct engine *e, struct packet *ret_packet)
{
    struct info_reply *reply = &ret_packet->u.info;
    struct node_info *info = &reply->info;

    repl_advance(w);
    node_info_init(info);
    info->role = e->role;
    memcpy(info->runid, e->runid, sizeof info->runid);
    info->loading = engine_is_loading(w, e);
    if (info->loading) /* in whole seconds, as nodes say it */
        info->loading_left_ms = (e->loading_until - w->now + 999) / 1000 * 1000;
    info->priority = e->priority;
    if (w->plan.zone[e->index] > 0)
        info->zone[0] = (char)('a' - 1 + w->plan.zone[e->index]);
    info->max_memory = 100;
    info->used_memory = e->full ? 100 : 50;
    info->save_failed = e->misconf > 0;
    repl_id_format(info->replid, e->replid);
    repl_id_format(info->replid2, e->replid2);
    info->second_offset = e->second_offset;
    info->keys = (int64_t)(e->offset + e->other_keys); /* one for each byte that was written */
    info->primary_offset = info->repl_offset = e->offset;
    info->sync_replicas = e->sync_replicas;
    info->gate_closed = e->gate_closed;
    if (e->role == ROLE_REPLICA) {
        if (e->master >= 0)
            info->primary = world_engine_addr(&w->engines[e->master]);
        info->link_up = e->link == REPL_UP;
        info->syncing = e->link == REPL_SYNC;
        info->link_down_ms =
            e->link == REPL_UP || e->link_down_at < 0 ? -1 : w->now - e->link_down_at;
    }
    lease_info(w, e, info);
    info_lines(w, e, reply);
}
