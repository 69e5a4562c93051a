#include "tests/sim/act.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/guard.h"
#include "sentinel/model.h"
#include "tests/sim/chaos.h"
#include "tests/sim/sup.h"
#include "tests/sim/trace.h"
#include "tests/sim/world.h"

static void clear_inbox(struct world *w, struct engine *e)
{
    for (int i = 0; i < e->n_inbox; i++)
        packet_free(w, e->inbox[i].packet);
    e->n_inbox = 0;
    e->serving = false;
}

void act_kill(struct world *w, struct engine *e, bool power)
{
    if (!e->alive)
        return;
    trace_note(w, "%s dies%s", e->name, power ? ", its host is off" : "");
    repl_advance(w);
    clear_inbox(w, e);
    if (!power)
        repl_drop_followers(w, e);
    e->alive = false;
    e->hung = false;
    e->still = (struct standstill){ 0 };
    e->host_on = !power;
    e->bad_at = w->now;
    net_drop_process(w, e->endpoint, power);
}

/* What a new process finds on its disk. */
static void recover(struct world *w, struct engine *e, enum rebirth rebirth)
{
    uint64_t lost = (uint64_t)world_between(w, 0, 2) * w->plan.write_rate;

    e->link = REPL_DOWN;
    e->link_gen++;
    e->link_down_at = -1;
    audit_acked_forget(w, e);
    if (rebirth == REBIRTH_EMPTY || rebirth == REBIRTH_STRANGER) {
        e->other_keys = rebirth == REBIRTH_STRANGER ? (uint64_t)world_between(w, 0, 1000000) : 0;
        e->offset = 0;
        e->replid2 = e->second_offset = 0;
        e->replid = repl_new_id(w);
        return;
    }
    if (w->plan.seed && rebirth != REBIRTH_RENAMED)
        e->offset -= lost < e->offset ? lost : e->offset;
    if (rebirth == REBIRTH_PRIMARY) {
        e->strayed = true;
        e->role = ROLE_PRIMARY;
        e->master = -1;
    }
    if (e->role == ROLE_PRIMARY) {
        e->replid2 = e->replid;
        e->second_offset = e->offset + 1;
        e->replid = repl_new_id(w);
        audit_acked_renamed(w, e->replid, e->replid2, e->offset);
    }
    if (rebirth == REBIRTH_RENAMED)
        e->replid2 = e->second_offset = 0;
}

void act_start(struct world *w, struct engine *e, enum rebirth rebirth, msec loading_ms)
{
    static const char *const ways[] = { "as it was", "empty", "as a primary", "renamed",
                                        "as a stranger" };

    if (e->alive)
        return;
    trace_note(w, "%s starts, %s, loads for %lld ms", e->name, ways[rebirth],
               (long long)loading_ms);
    repl_advance(w);
    e->alive = e->host_on = true;
    e->life++;
    e->busy = e->full = e->holding = 0;
    e->service_ms = 0;
    e->paused_until = 0;
    e->lease_until = 0;
    for (int i = 0; i < PLAN_ENGINES_MAX; i++)
        e->acked_at[i] = -1;
    e->min_replicas %= GUARD_FENCED; /* that is not written to its configuration */
    e->bad_at = w->now;
    e->loading_until = w->now + loading_ms;
    e->advanced_at = w->now;
    repl_id_format(e->runid, repl_new_id(w));
    recover(w, e, rebirth);
    e->gate_closed = w->plan.picket[e->group] && e->role == ROLE_PRIMARY;
    world_later(w, loading_ms + 1, H_CRON, e->index, 0, e->life);
}

void act_promote(struct world *w, struct engine *e)
{
    if (!e->alive || e->hung)
        return;
    trace_note(w, "%s is made a primary by hand", e->name);
    repl_advance(w);
    e->strayed = true;
    repl_promote(w, e);
}

void act_follow(struct world *w, struct engine *e, const struct engine *primary)
{
    if (!e->alive || e->hung || e == primary)
        return;
    trace_note(w, "%s is made a replica of %s by hand", e->name, primary->name);
    repl_advance(w);
    repl_follow(w, e, primary->index);
    for (int i = 0; i < w->plan.n_sups; i++)
        audit_follow_ended(w, &w->sups[i], e->index); /* whatever it was told to follow before */
}

void act_hang(struct world *w, struct engine *e)
{
    if (!e->alive || e->hung)
        return;
    trace_note(w, "%s hangs", e->name);
    repl_advance(w);
    thaw_freeze(w, e);
    e->hung = true;
}

void act_resume(struct world *w, struct engine *e)
{
    if (!e->alive || !e->hung)
        return;
    trace_note(w, "%s goes on", e->name);
    repl_advance(w);
    e->hung = false;
    thaw_begin(w, e);
    e->bad_at = w->now;
    engine_pump(w, e);
}

void act_slow(struct world *w, struct engine *e, msec service_ms)
{
    trace_note(w, "%s takes %lld ms for each command", e->name, (long long)service_ms);
    if (!engine_keeps_up(w, e))
        e->bad_at = w->now;
    e->service_ms = service_ms;
}

void act_script(struct world *w, struct engine *e, enum runs runs)
{
    if (!e->alive || e->busy)
        return;
    trace_note(w, "%s is busy with a %s%s", e->name, runs == RUNS_FUNCTION ? "function" : "script",
               runs == RUNS_FOREVER ? " that cannot be killed" : "");
    e->busy = 1;
    e->runs = runs;
    e->busy_at = w->now;
}

void act_script_end(struct world *w, struct engine *e)
{
    if (e->busy)
        trace_note(w, "%s: the script ends", e->name);
    e->busy = 0;
    e->bad_at = w->now;
}

void act_full(struct world *w, struct engine *e, int more)
{
    repl_advance(w);
    e->full += more;
    if (more != 0)
        trace_note(w, "%s: memory is %s", e->name, e->full ? "full" : "there again");
}

void act_hold(struct world *w, struct engine *e, int more)
{
    repl_advance(w);
    e->holding += more;
    if (more != 0)
        trace_note(w, "%s %s writes", e->name, e->holding ? "holds back" : "lets go");
    if (e->holding == 0)
        engine_unpause_due(w, e);
}

void act_lag(struct world *w, struct engine *e, msec lag_ms)
{
    trace_note(w, "%s lags by %lld ms", e->name, (long long)lag_ms);
    repl_advance(w);
    e->lag_ms = lag_ms;
}

void act_cut(struct world *w, int from_host, int to_host, bool reject)
{
    struct path *path = &w->paths[from_host][to_host];

    repl_advance(w);
    path->cuts++;
    path->reject = reject;
}

void act_heal(struct world *w, int from_host, int to_host)
{
    struct path *path = &w->paths[from_host][to_host];

    repl_advance(w);
    if (path->cuts > 0)
        path->cuts--;
    path->bad_at = w->now;
}

void act_delay(struct world *w, int from_host, int to_host, msec extra_ms, unsigned loss_pm)
{
    struct path *path = &w->paths[from_host][to_host];

    path->extra_ms = extra_ms;
    path->loss_pm = loss_pm;
    path->bad_at = w->now + extra_ms;
}

void act_isolate(struct world *w, int host, bool on)
{
    for (int other = 0; other < WORLD_HOSTS_MAX; other++) {
        if (other == host)
            continue;
        if (on) {
            act_cut(w, host, other, false);
            act_cut(w, other, host, false);
        } else {
            act_heal(w, host, other);
            act_heal(w, other, host);
        }
    }
}

/* The request of an operator at the command line, with a ticket for the reply. */
static uint64_t submit(struct world *w, struct sup *s, struct request *request)
{
    if (!s->alive || s->stalled)
        return 0;
    request->ticket =
        world_ticket(w, &(struct ticket){ .sup = s->index, .life = s->life, .group = -1 });
    sup_request(w, s, request);
    return request->ticket;
}

struct addr act_told_primary(struct world *w, int group)
{
    struct addr addr = world_primary_addr(w, group);
    uint64_t newest = 0;

    for (int i = 0; i < w->audit.n_shown; i++) {
        const struct shown *shown = &w->audit.shown[i];
        if (shown->kind != SHOWN_PRIMARY || shown->group != group || shown->epoch <= newest)
            continue;
        newest = shown->epoch;
        addr = world_engine_addr(&w->engines[shown->what]);
    }
    return addr;
}

uint64_t act_request(struct world *w, struct sup *s, enum request_kind kind, int group)
{
    struct request request = { .kind = kind };
    uint64_t ticket;

    if (!s->alive || s->stalled)
        return 0;
    trace_note(w, "request %d for %s at %s", (int)kind, world_group_name(group), s->name);
    strcpy(request.name, world_group_name(group));
    request.conf = w->plan.conf[group];
    request.addr =
        kind == REQUEST_MONITOR ? act_told_primary(w, group) : world_primary_addr(w, group);
    if (kind == REQUEST_REMOVE || kind == REQUEST_MONITOR)
        s->removed[group] = kind == REQUEST_REMOVE;
    if (kind == REQUEST_RESET)
        audit_hold_dropped(w, s, group, false);
    if (kind == REQUEST_ACK)
        audit_flap_ended(w, s, group);
    if (kind == REQUEST_REMOVE) {
        audit_removed(w, s, group);
        audit_forget_dropped(w, s, group);
    }
    ticket = submit(w, s, &request);
    if (kind == REQUEST_MONITOR)
        act_node_pass(w, s, group);
    return ticket;
}

uint64_t act_failover(struct world *w, struct sup *s, int group, const struct engine *to,
                      bool hasty)
{
    struct request request = { .kind = REQUEST_FAILOVER, .hasty = hasty };
    struct account *account = &w->audit.accounts[s->index][group];
    const struct group *known;

    if (!s->alive || s->stalled)
        return 0;
    known = core_find_group(s->core, world_group_name(group));
    trace_note(w, "failover of %s at %s%s%s%s", world_group_name(group), s->name,
               to != NULL ? " to " : "", to != NULL ? to->name : "", hasty ? ", hasty" : "");
    strcpy(request.name, world_group_name(group));
    if (to != NULL)
        request.addr = world_engine_addr(to);
    account->forced = true;
    if (known != NULL && !known->failover.forced) /* else it is in progress, and refused */
        account->wished = to != NULL;
    return submit(w, s, &request);
}

uint64_t act_hold_back(struct world *w, struct sup *s, int group, const struct engine *node,
                       msec for_ms)
{
    struct request request = { .kind = REQUEST_HOLD, .for_ms = for_ms, .wall_ms = w->now };
    int engine = node != NULL ? node->index : -1;
    msec until = for_ms > 0 ? w->now + for_ms : 0;

    if (!s->alive || s->stalled)
        return 0;
    trace_note(w, "%s of %s for %lld ms at %s", node != NULL ? "maintenance" : "a pause",
               node != NULL ? node->name : world_group_name(group), (long long)for_ms, s->name);
    strcpy(request.name, world_group_name(group));
    if (node != NULL)
        request.addr = world_engine_addr(node);
    audit_hold_asked(w, s, group, engine, until);
    request.ticket = world_ticket(w, &(struct ticket){ .sup = s->index,
                                                       .life = s->life,
                                                       .is_hold = true,
                                                       .group = (int8_t)group,
                                                       .engine = (int8_t)engine,
                                                       .hold_until = until });
    sup_request(w, s, &request);
    return request.ticket;
}

uint64_t act_forget(struct world *w, struct sup *s, int group, const struct engine *node)
{
    struct request request = { .kind = REQUEST_FORGET };

    if (!s->alive || s->stalled)
        return 0;
    trace_note(w, "%s is to forget %s", s->name,
               node != NULL ? node->name : w->sups[w->plan.forget_sup].name);
    strcpy(request.name, world_group_name(group));
    if (node != NULL)
        request.addr = world_engine_addr(node);
    else
        memcpy(request.runid, w->sups[w->plan.forget_sup].runid, sizeof request.runid);
    request.ticket = world_ticket(
        w, &(struct ticket){ .sup = s->index,
                             .life = s->life,
                             .is_forget = true,
                             .is_there = node != NULL && audit_is_there(w, s, node->index),
                             .group = (int8_t)group,
                             .engine = (int8_t)(node != NULL ? node->index : -1) });
    audit_forget_asked(w, s, group, node != NULL ? node->index : -1, request.ticket);
    sup_request(w, s, &request);
    return request.ticket;
}

uint64_t act_set(struct world *w, struct sup *s, int group, const char *option, const char *value)
{
    struct request request = { .kind = REQUEST_SET };
    const struct conf_option *found = group_option_by_wire_name(option);

    if (found == NULL || !option_set(&request.conf, found, value))
        return 0;
    trace_note(w, "set %s %s %s at %s", world_group_name(group), option, value, s->name);
    strcpy(request.name, world_group_name(group));
    request.set = UINT64_C(1) << (found - group_options);
    return submit(w, s, &request);
}

void act_debug(struct world *w, struct sup *s, const char *name, const char *value)
{
    struct request request = { .kind = REQUEST_DEBUG };

    for (size_t i = 0; i < tunable_table.n; i++) {
        const struct conf_option *option = &tunable_table.options[i];
        if (strcmp(option->wire_name, name) != 0 || !option_set(&request.tunables, option, value))
            continue;
        request.set = UINT64_C(1) << i;
        trace_note(w, "debug %s %s at %s", name, value, s->name);
        submit(w, s, &request);
        return;
    }
    assert(!"a tunable that is none");
}

void act_peer_pass(struct world *w, struct sup *s, int pass)
{
    struct request request = { .kind = REQUEST_CONFIG_SET };

    if (!s->alive || s->stalled)
        return;
    for (size_t i = 0; i < global_table.n; i++)
        if (strcmp(global_table.options[i].wire_name, "sentinel-pass") == 0)
            request.set = UINT64_C(1) << i;
    assert(request.set != 0);
    trace_note(w, "%s has password %d", s->name, pass);
    if (pass >= 0)
        s->demands = pass;
    if (pass != 0)
        snprintf(request.global.sentinel_pass, sizeof request.global.sentinel_pass, "%d", pass);
    submit(w, s, &request);
}

void act_node_pass(struct world *w, struct sup *s, int group)
{
    char value[24];

    snprintf(value, sizeof value, "%d", w->node_pass[group]);
    if (w->node_pass[group] != 0)
        act_set(w, s, group, "auth-pass", value);
}

/* On the channel of node E, to whoever listens there. */
static void publish_forged(struct world *w, const struct engine *e, const struct hello *hello)
{
    for (uint32_t i = 0; i < w->n_conns; i++) {
        struct conn *conn = w->conns[i];
        if (!conn->used || !conn->subscribed || !conn->server_open || conn->server != e->endpoint)
            continue;
        struct packet *packet = packet_new(w, PKT_CHANNEL);
        packet->u.hello = *hello;
        net_send(w, conn, TO_CLIENT, packet);
    }
}

void act_forge(struct world *w, struct engine *e, struct sup *as, uint64_t epoch,
               const struct engine *primary)
{
    struct hello hello = { .current_epoch = epoch, .config_epoch = epoch };

    trace_note(w, "a forged hello of %s on %s: %s, epoch %llu", as->name, e->name, primary->name,
               (unsigned long long)epoch);
    strcpy(hello.sender.host, as->host);
    hello.sender.port = WORLD_PORT_SUP;
    memcpy(hello.runid, as->runid, sizeof hello.runid);
    strcpy(hello.group, world_group_name(e->group));
    hello.primary = world_engine_addr(primary);
    publish_forged(w, e, &hello);
}

void act_forge_member(struct world *w, struct engine *e, const char *runid, const struct addr *addr)
{
    struct hello hello = { .sender = *addr };
    uint64_t epoch;
    int primary = chaos_newest_primary(w, e->group, &epoch);

    if (primary < 0)
        return;
    trace_note(w, "a forged hello on %s: %s is at %s:%u", e->name, runid, addr->host, addr->port);
    if (world_engine_by_addr(w, addr) >= 0) /* all go and ask there; a slow one may fall behind */
        w->engines[world_engine_by_addr(w, addr)].bad_at = w->now;
    memcpy(hello.runid, runid, sizeof hello.runid);
    strcpy(hello.group, world_group_name(e->group));
    hello.primary = world_engine_addr(&w->engines[primary]);
    hello.current_epoch = hello.config_epoch = epoch;
    publish_forged(w, e, &hello);
}

void act_forge_opinion(struct world *w, struct sup *to, struct sup *as,
                       const struct engine *primary, uint64_t epoch, bool down)
{
    struct packet *packet;

    if (!to->alive || to->stalled || to == as)
        return;
    trace_note(w, "a forged opinion of %s at %s: %s in epoch %llu down %d", as->name, to->name,
               primary->name, (unsigned long long)epoch, down);
    packet = packet_new(w, PKT_OPINION);
    memcpy(packet->u.opinion.runid, as->runid, sizeof packet->u.opinion.runid);
    strcpy(packet->u.opinion.group, world_group_name(primary->group));
    packet->u.opinion.primary = world_engine_addr(primary);
    packet->u.opinion.config_epoch = epoch;
    packet->u.opinion.down = down;
    packet->u.opinion.leading_epoch = world_chance(w, 500) ? epoch + 1 : 0;
    receive_request(w, to, NULL, packet);
    packet_free(w, packet);
}

static void heal_paths(struct world *w)
{
    for (int a = 0; a < WORLD_HOSTS_MAX; a++)
        for (int b = 0; b < WORLD_HOSTS_MAX; b++) {
            struct path *path = &w->paths[a][b];
            if (path->cuts > 0 || path->extra_ms > 0 || path->loss_pm > 0)
                path->bad_at = w->now + path->extra_ms;
            path->cuts = 0;
            path->extra_ms = 0;
            path->loss_pm = 0;
        }
}

static void heal_engine(struct world *w, struct engine *e)
{
    if (!engine_answers(w, e))
        e->bad_at = w->now;
    e->denied = e->misconf = e->refusing = 0;
    act_full(w, e, -e->full);
    act_hold(w, e, -e->holding);
    e->busy = 0;
    e->service_ms = 0;
    e->lag_ms = 0;
    if (e->priority == 0)
        e->priority = 100;
    e->demands = w->node_pass[e->group];
    act_resume(w, e);
    act_start(w, e, REBIRTH_AS_WAS, 0);
    engine_pump(w, e);
}

/* All that an operator holds back at S. */
static void end_holds(struct world *w, struct sup *s, int group)
{
    act_hold_back(w, s, group, NULL, 0);
    for (int i = 0; i < w->n_engines; i++)
        if (w->engines[i].group == group)
            act_hold_back(w, s, group, &w->engines[i], 0);
}

static void heal_sup(struct world *w, struct sup *s)
{
    s->disk.failing = 0;
    s->aim = AIM_NONE;
    s->disk.min_ms = w->plan.disk_min_ms;
    s->disk.max_ms = w->plan.disk_max_ms;
    if (s->alive && s->stalled)
        sup_resume(w, s);
    if (!s->alive)
        sup_start(w, s);
    for (int g = 0; g < w->plan.n_groups; g++) {
        if (s->alive && core_find_group(s->core, world_group_name(g)) == NULL)
            act_request(w, s, REQUEST_MONITOR, g);
        act_node_pass(w, s, g);
        if (w->plan.weight[FAULT_OP_HOLD] > 0)
            end_holds(w, s, g);
    }
    if (w->plan.weight[FAULT_OP_PEER_PASS] > 0)
        act_peer_pass(w, s, w->peer_pass);
    if (s->unlisted >= 0) {
        s->unlisted = -1;
        sup_list_voters(w, s);
    }
}

void act_heal_all(struct world *w)
{
    trace_note(w, "calm");
    repl_advance(w);
    heal_paths(w);
    for (int i = 0; i < w->n_engines; i++)
        heal_engine(w, &w->engines[i]);
    for (int i = 0; i < w->plan.n_sups; i++)
        heal_sup(w, &w->sups[i]);
}
