#include "tests/sim/engine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/order_part.h"
#include "tests/sim/world.h"

#define SLOW_COMMANDS 15 /* of one supervisor within down_after, and as much again */

void engine_init(struct world *w, int index, int group, bool primary)
{
    struct engine *e = &w->engines[index];

    *e = (struct engine){ .index = (uint8_t)index,
                          .endpoint = (uint8_t)(PLAN_SUPS_MAX + index),
                          .group = (uint8_t)group,
                          .alive = true,
                          .host_on = true,
                          .life = 1,
                          .priority = w->plan.priority[index],
                          .lag_ms = w->plan.lag_ms[index],
                          .picky = w->plan.picky[index],
                          .role = primary ? ROLE_PRIMARY : ROLE_REPLICA,
                          .master = -1,
                          .link_down_at = -1 };
    e->min_replicas =
        w->plan.conf[group].fencing == FENCING_STRICT ? w->plan.conf[group].min_replicas : 0;
    e->max_lag_s = w->plan.conf[group].max_lag_s;
    e->sync_replicas = w->plan.picket[group] ? 0 : -1;
    for (int i = 0; i < PLAN_ENGINES_MAX; i++)
        e->acked_at[i] = -1;
    snprintf(e->name, sizeof e->name, "n%d", index + 1);
    snprintf(e->ip, sizeof e->ip, w->plan.names ? "10.0.0.%d" : "n%d", index + 1);
    repl_id_format(e->runid, repl_new_id(w));
    e->replid = primary ? repl_new_id(w) : w->engines[index - 1].replid;
    if (primary)
        return;
    for (e->master = index; w->engines[e->master].role != ROLE_PRIMARY;)
        e->master--;
    e->link = REPL_UP;
    e->link_life = 1;
    guard_acked(w, e);
}

void engine_done(struct world *w, struct engine *e)
{
    for (int i = 0; i < e->n_inbox; i++)
        packet_free(w, e->inbox[i].packet);
    free(e->inbox);
    e->inbox = NULL;
    e->n_inbox = 0;
}

bool engine_is_loading(const struct world *w, const struct engine *e)
{
    return e->loading_until > w->now;
}

/* Slow, but not so slow that what all supervisors ask of it within down_after could pile up. */
bool engine_keeps_up(const struct world *w, const struct engine *e)
{
    return e->service_ms * w->plan.n_sups * SLOW_COMMANDS <= w->plan.conf[e->group].down_after_ms;
}

bool engine_answers(const struct world *w, const struct engine *e)
{
    return e->alive && e->host_on && !e->hung && e->busy == 0 && e->misconf == 0 &&
           engine_keeps_up(w, e);
}

msec engine_bad_at(const struct world *w, const struct engine *e)
{
    return engine_answers(w, e) ? e->bad_at : w->now;
}

void engine_receive(struct world *w, struct engine *e, struct conn *conn, struct packet *packet)
{
    if (conn->held != NULL) {
        engine_hold(conn, packet);
        return;
    }
    if (e->n_inbox == e->cap_inbox) {
        e->cap_inbox = e->cap_inbox ? e->cap_inbox * 2 : 8;
        e->inbox = realloc(e->inbox, (size_t)e->cap_inbox * sizeof *e->inbox);
        assert(e->inbox != NULL);
    }
    e->inbox[e->n_inbox++] = (struct request_in){ conn->index, conn->serial, packet, TO_SERVER };
    engine_pump(w, e);
}

/* The error with which a node in trouble meets nearly every command; EVIDENCE_COUNT = none. A
 * connection that was refused its rights stays without, whatever is granted later. */
static enum evidence trouble(const struct world *w, const struct engine *e, const struct conn *conn)
{
    if (e->denied || conn->denied)
        return EVIDENCE_DENIED;
    if (engine_is_loading(w, e))
        return EVIDENCE_LOADING;
    if (e->busy)
        return EVIDENCE_BUSY;
    return EVIDENCE_COUNT;
}

static enum evidence answer_to_ping(const struct world *w, const struct engine *e,
                                    const struct conn *conn)
{
    enum evidence ev = trouble(w, e, conn);

    if (ev != EVIDENCE_COUNT)
        return ev;
    if (e->misconf && e->role == ROLE_PRIMARY)
        return EVIDENCE_MISCONF;
    if (e->role == ROLE_REPLICA && e->link != REPL_UP && !w->plan.serve_stale)
        return EVIDENCE_MASTERDOWN;
    return EVIDENCE_PONG;
}

static void reply_evidence(struct world *w, struct conn *conn, enum evidence ev)
{
    struct packet *reply = packet_new(w, PKT_EVIDENCE);

    reply->ev = ev;
    net_send(w, conn, TO_CLIENT, reply);
}

static void reply_info(struct world *w, struct engine *e, struct conn *conn)
{
    if (e->denied || conn->denied || e->busy) {
        reply_evidence(w, conn, EVIDENCE_INFO_FAILED);
        return;
    }
    struct packet *reply = packet_new(w, PKT_INFO_REPLY);
    repl_info(w, e, reply);
    net_send(w, conn, TO_CLIENT, reply);
}

/* A hello goes to all who subscribed here, and, as everything that a primary is told, down to its
 * replicas and those who subscribed there. */
static void publish(struct world *w, struct engine *e, const struct hello *hello, int depth)
{
    for (uint32_t i = 0; i < w->n_conns; i++) {
        struct conn *conn = w->conns[i];
        if (!conn->used || !conn->subscribed || conn->server != e->endpoint || !conn->server_open)
            continue;
        struct packet *packet = packet_new(w, PKT_CHANNEL);
        packet->u.hello = *hello;
        net_send(w, conn, TO_CLIENT, packet);
    }
    for (int i = 0; depth < 4 && i < w->n_engines; i++) {
        struct engine *r = &w->engines[i];
        if (r->role == ROLE_REPLICA && r->master == e->index && r->link == REPL_UP && r->alive &&
            !r->hung && r->link_life == e->life && net_reachable(w, e->endpoint, r->endpoint))
            publish(w, r, hello, depth + 1);
    }
}

/* CLIENT KILL TYPE normal: the command links of everybody else. */
static void kill_normal_clients(struct world *w, struct engine *e, const struct conn *but)
{
    for (uint32_t i = 0; i < w->n_conns; i++) {
        struct conn *conn = w->conns[i];
        if (conn->used && conn != but && conn->server == e->endpoint && conn->server_open &&
            conn->link != LINK_PUBSUB && (conn->accepted || !e->still.turn))
            net_close_server(w, conn);
    }
    e->still.killed = true;
}

/* What the node refuses of an order. False: with it the whole transaction. */
static bool takes_rest(const struct engine *e, const struct packet *packet, struct packet *reply)
{
    unsigned refused = e->picky & ~packet->without;

    reply->u.settled.refused = refused;
    reply->u.settled.error = refused ? "NOPERM this user has no permissions" : NULL;
    return refused == 0 || (refused & PART_MULTI) || (packet->without & PART_MULTI);
}

static void promote(struct world *w, struct engine *e, const struct packet *packet)
{
    repl_promote(w, e);
    if (packet->u.lease.wanted)
        lease_take(w, e, &packet->u.lease);
}

/* The transaction of an order, and ROLE read behind it. */
static void obey(struct world *w, struct engine *e, struct conn *conn, const struct packet *packet)
{
    struct packet *reply = packet_new(w, PKT_SETTLED);
    enum evidence ev = trouble(w, e, conn);

    reply->ticket = packet->ticket;
    if (ev != EVIDENCE_COUNT) {
        reply->u.settled.error = evidence_name(ev);
    } else if (e->refusing) {
        reply->u.settled.error = "NOPERM this user has no permissions to run the command";
    } else if (takes_rest(e, packet, reply)) {
        repl_advance(w);
        if (packet->kind == PKT_PROMOTE)
            promote(w, e, packet);
        else if (packet->kind == PKT_HOLD)
            e->min_replicas = packet->u.guard.min_replicas;
        else
            repl_follow(w, e, world_engine_by_addr(w, &packet->u.addr));
        if (((e->picky | packet->without) & PART_KILL) == 0)
            kill_normal_clients(w, e, conn);
        for (int i = 0; packet->kind != PKT_HOLD && i < w->plan.n_sups;
             i++) /* somebody else sends it elsewhere */
            if (w->sups[i].endpoint != conn->client)
                audit_follow_ended(w, &w->sups[i], e->index);
        reply->u.settled.ok = true;
        reply->u.settled.offset = e->offset;
        repl_id_format(reply->u.settled.replid, e->replid);
    }
    reply->u.settled.role = ev == EVIDENCE_DENIED ? ROLE_UNKNOWN : e->role;
    net_send(w, conn, TO_CLIENT, reply);
}

/* ROLE; of a replica without link the offset is not told. */
static void answer_role(struct world *w, struct engine *e, struct conn *conn,
                        const struct packet *packet)
{
    struct packet *reply = packet_new(w, PKT_SETTLED);
    enum evidence ev = trouble(w, e, conn);

    repl_advance(w);
    reply->ticket = packet->ticket;
    reply->u.settled.ok = ev == EVIDENCE_COUNT;
    reply->u.settled.error = ev == EVIDENCE_COUNT ? NULL : evidence_name(ev);
    reply->u.settled.role = ev == EVIDENCE_COUNT ? e->role : ROLE_UNKNOWN;
    reply->u.settled.offset = e->role == ROLE_PRIMARY || e->link == REPL_UP ? e->offset : 0;
    net_send(w, conn, TO_CLIENT, reply);
}

/* CLIENT PAUSE, and ROLE behind it. */
static void answer_pause(struct world *w, struct engine *e, struct conn *conn,
                         const struct packet *packet)
{
    bool taken = trouble(w, e, conn) == EVIDENCE_COUNT;
    struct packet *reply;

    if (!taken || !w->plan.no_pause[e->index]) {
        if (taken)
            engine_pause(w, e, packet->u.pause_ms);
        answer_role(w, e, conn, packet);
        return;
    }
    reply = packet_new(w, PKT_SETTLED);
    reply->ticket = packet->ticket;
    reply->u.settled.error = "NOPERM this user has no permissions to run the command";
    reply->u.settled.role = e->role;
    net_send(w, conn, TO_CLIENT, reply);
}

static void answer_guard(struct world *w, struct engine *e, struct conn *conn,
                         const struct packet *packet)
{
    struct packet *reply = packet_new(w, PKT_SETTLED);
    enum evidence ev = trouble(w, e, conn);

    repl_advance(w);
    if (packet->kind == PKT_GUARD_SET && ev == EVIDENCE_COUNT) {
        e->min_replicas = packet->u.guard.min_replicas;
        e->max_lag_s = packet->u.guard.max_lag_s;
    }
    reply->ticket = packet->ticket;
    reply->u.settled.ok = ev == EVIDENCE_COUNT;
    reply->u.settled.error = ev == EVIDENCE_COUNT ? NULL : evidence_name(ev);
    reply->u.settled.min_replicas = e->min_replicas;
    reply->u.settled.max_lag_s = e->max_lag_s;
    net_send(w, conn, TO_CLIENT, reply);
}

static void answer_lease(struct world *w, struct engine *e, struct conn *conn,
                         const struct packet *packet)
{
    struct packet *reply = packet_new(w, PKT_SETTLED);

    reply->ticket = packet->ticket;
    if (e->denied || conn->denied)
        reply->u.settled.error = "NOPERM this user has no permissions";
    else
        lease_answer(w, e, &packet->u.lease, reply);
    net_send(w, conn, TO_CLIENT, reply);
}

/* What only a picket-store knows. */
static void answer_tune(struct world *w, struct engine *e, struct conn *conn,
                        const struct packet *packet)
{
    struct packet *reply = packet_new(w, PKT_SETTLED);
    enum evidence ev = trouble(w, e, conn);

    repl_advance(w);
    reply->ticket = packet->ticket;
    if (e->sync_replicas < 0)
        reply->u.settled.error = "ERR unknown option or command";
    else if (ev != EVIDENCE_COUNT)
        reply->u.settled.error = evidence_name(ev);
    else if (packet->kind == PKT_CONFIRM)
        e->gate_closed = false;
    else
        e->sync_replicas = packet->u.guard.min_replicas;
    reply->u.settled.ok = reply->u.settled.error == NULL;
    net_send(w, conn, TO_CLIENT, reply);
}

/* SCRIPT KILL and FUNCTION KILL. */
static void answer_kill(struct world *w, struct engine *e, struct conn *conn,
                        const struct packet *packet)
{
    enum runs right = packet->kind == PKT_SCRIPT_KILL ? RUNS_SCRIPT : RUNS_FUNCTION;
    struct packet *reply = packet_new(w, PKT_SETTLED);

    reply->ticket = packet->ticket;
    reply->u.settled.ok = !e->denied && !conn->denied && e->busy && e->runs == right;
    if (e->denied || conn->denied)
        reply->u.settled.error = "NOPERM this user has no permissions";
    else if (!e->busy)
        reply->u.settled.error = "NOTBUSY nothing runs";
    else if (e->runs != right)
        reply->u.settled.error = e->runs == RUNS_FOREVER ? "UNKILLABLE it has written" : "BUSY";
    if (reply->u.settled.ok) {
        e->busy = 0;
        e->bad_at = w->now;
    }
    net_send(w, conn, TO_CLIENT, reply);
}

/* A write that changes nothing. */
static void answer_write(struct world *w, struct engine *e, struct conn *conn,
                         const struct packet *packet)
{
    struct packet *reply = packet_new(w, PKT_SETTLED);
    enum evidence ev = trouble(w, e, conn);

    repl_advance(w);
    reply->ticket = packet->ticket;
    if (ev != EVIDENCE_COUNT)
        reply->u.settled.error = evidence_name(ev);
    else if (e->role == ROLE_REPLICA)
        reply->u.settled.error = "READONLY it is a replica";
    else if (e->gate_closed)
        reply->u.settled.error = "GATECLOSED it waits to be confirmed";
    else if (e->misconf)
        reply->u.settled.error = "MISCONF it cannot save";
    else if (e->full)
        reply->u.settled.error = "OOM memory is full";
    else if (lease_is_over(w, e))
        reply->u.settled.error = "NOLEASE it has none";
    else if (engine_lacks_replicas(w, e) || engine_lacks_sync(w, e))
        reply->u.settled.error = "NOREPLICAS too few replicas";
    else
        reply->u.settled.ok = true;
    net_send(w, conn, TO_CLIENT, reply);
}

/* PSYNC of an old history: what the node still has of it. */
static void answer_fetch(struct world *w, struct engine *e, struct conn *conn,
                         const struct packet *packet)
{
    struct packet *reply = packet_new(w, PKT_SETTLED);
    char replid[RUNID_LEN + 1];
    bool there;

    repl_advance(w);
    repl_id_format(replid, e->replid);
    there = trouble(w, e, conn) == EVIDENCE_COUNT && e->role == ROLE_PRIMARY &&
            strcmp(replid, packet->u.fetch.replid) == 0 && packet->u.fetch.until <= e->offset &&
            e->offset - packet->u.fetch.from < w->plan.backlog;
    if (there) {
        e->fetched_id = e->replid;
        e->fetched_until = packet->u.fetch.until;
    }
    reply->ticket = packet->ticket;
    reply->u.settled.ok = there;
    reply->u.settled.role = e->role;
    reply->u.settled.error = there ? "in a file" : "the node has not got it any more";
    net_send(w, conn, TO_CLIENT, reply);
}

static void serve_open(struct world *w, struct engine *e, struct conn *conn)
{
    conn->accepted = true;
    conn->denied = e->denied > 0 || conn->login != e->demands;
    conn->subscribed = conn->link == LINK_PUBSUB && !conn->denied;
    net_send(w, conn, TO_CLIENT, packet_new(w, PKT_UP));
}

/* A supervisor takes the node for another: it knows none of the commands. */
static void serve_where(struct world *w, struct conn *conn, const struct packet *packet)
{
    struct packet *reply = packet_new(w, PKT_THERE);

    reply->ticket = packet->ticket;
    net_send(w, conn, TO_CLIENT, reply);
}

/* Run one command. */
static void serve(struct world *w, struct engine *e, struct conn *conn, const struct packet *packet)
{
    switch (packet->kind) {
    case PKT_OPEN:
        serve_open(w, e, conn);
        break;
    case PKT_END:
        net_close_server(w, conn);
        break;
    case PKT_PING:
        reply_evidence(w, conn, answer_to_ping(w, e, conn));
        break;
    case PKT_INFO:
        reply_info(w, e, conn);
        break;
    case PKT_PAUSE:
        answer_pause(w, e, conn, packet);
        break;
    case PKT_UNPAUSE:
        if (trouble(w, e, conn) == EVIDENCE_COUNT)
            engine_unpause(w, e);
        break;
    case PKT_GUARD_ASK:
    case PKT_GUARD_SET:
        answer_guard(w, e, conn, packet);
        break;
    case PKT_SYNC:
    case PKT_CONFIRM:
        answer_tune(w, e, conn, packet);
        break;
    case PKT_ROLE:
        answer_role(w, e, conn, packet);
        break;
    case PKT_LEASE:
        answer_lease(w, e, conn, packet);
        break;
    case PKT_PUBLISH:
        if (!e->denied && !conn->denied && !e->busy)
            publish(w, e, &packet->u.hello, 0);
        reply_evidence(w, conn, EVIDENCE_HELLO_SENT);
        break;
    case PKT_FETCH:
        answer_fetch(w, e, conn, packet);
        break;
    case PKT_FOLLOW:
    case PKT_HOLD:
    case PKT_PROMOTE:
        obey(w, e, conn, packet);
        break;
    case PKT_SCRIPT_KILL:
    case PKT_FUNCTION_KILL:
        answer_kill(w, e, conn, packet);
        break;
    case PKT_WRITE:
        answer_write(w, e, conn, packet);
        break;
    case PKT_WHERE:
        serve_where(w, conn, packet);
        break;
    default:
        assert(!"a request that no node knows");
    }
}

/* What replicates or writes waits for the end of a pause, or of what else holds writes back. */
static bool is_held_back(const struct world *w, const struct engine *e, const struct packet *packet)
{
    if (e->role != ROLE_PRIMARY)
        return false;
    if (packet->kind == PKT_WRITE)
        return engine_is_paused(w, e) || e->holding;
    return packet->kind == PKT_PUBLISH && engine_is_paused(w, e);
}

/* Take the oldest request and run it. */
static void serve_oldest(struct world *w, struct engine *e)
{
    struct request_in in = e->inbox[0];
    struct conn *conn = net_find(w, in.conn, in.serial);

    memmove(e->inbox, e->inbox + 1, (size_t)--e->n_inbox * sizeof *e->inbox);
    if (conn != NULL && (conn->held != NULL || is_held_back(w, e, in.packet))) {
        engine_hold(conn, in.packet);
        return;
    }
    if (conn != NULL && conn->server_open)
        serve(w, e, conn, in.packet);
    packet_free(w, in.packet);
}

static void serve_first(struct world *w, struct engine *e)
{
    serve_oldest(w, e);
    thaw_served(w, e);
}

void engine_pump(struct world *w, struct engine *e)
{
    while (e->alive && !e->hung && !e->serving && e->n_inbox > 0) {
        if (e->service_ms == 0) {
            serve_first(w, e);
            continue;
        }
        e->serving = true;
        world_later(w, e->service_ms, H_SERVE, e->index, 0, e->life);
    }
}

void engine_serve_due(struct world *w, struct engine *e)
{
    e->serving = false;
    if (e->alive && !e->hung && e->n_inbox > 0)
        serve_first(w, e);
    engine_pump(w, e);
}
