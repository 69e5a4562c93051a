/* What reaches a supervisor's process: replies and channels as a client, peers' requests as a
 * server. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "quorum/message.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "tests/sim/sup.h"
#include "tests/sim/world.h"

#define DUPLICATE_MAX_MS 3000 /* how late a message comes a second time */

static void observe(struct world *w, struct sup *s, struct conn *conn, enum evidence evidence,
                    const struct node_info *info)
{
    struct input input = { .kind = INPUT_OBSERVATION };
    struct observation *o = &input.u.observation;

    o->id = conn->id;
    o->link = conn->link;
    o->evidence = evidence;
    o->info = info;
    if (evidence == EVIDENCE_CONNECTED)
        strcpy(o->ip, endpoint_is_sup(conn->server) ? endpoint_sup(w, conn->server)->host
                                                    : endpoint_engine(w, conn->server)->ip);
    audit_evidence(w, s, conn, evidence);
    sup_feed(w, s, &input);
}

void receive_lost(struct world *w, struct sup *s, uint64_t ticket)
{
    struct input input = { .kind = INPUT_SETTLED };

    if (s->stalled) {
        world_later(w, 50, H_LOST, s->index, s->life, ticket);
        return;
    }
    input.u.settled.kind = SETTLED_ORDER;
    input.u.settled.ticket = ticket;
    input.u.settled.lost = true;
    question_lost(w, s, ticket);
    sup_feed(w, s, &input);
}

void receive_evidence(struct world *w, struct sup *s, struct conn *conn, enum evidence evidence)
{
    uint32_t index = conn->index, serial = conn->serial;

    if (s->stalled) { /* the kernel's news wait in the socket */
        struct packet *packet = packet_new(w, PKT_EVIDENCE);
        packet->ev = evidence;
        receive_packet(w, s, conn, TO_CLIENT, packet);
        return;
    }
    conn->client_open = false;
    carry_settle_lost(w, s, conn);
    if (conn->given) {
        net_release(w, conn);
        return;
    }
    observe(w, s, conn, evidence, NULL);
    conn = net_find(w, index, serial);
    if (conn != NULL)
        net_release(w, conn);
}

static void feed_message(struct world *w, struct sup *s, struct message *message)
{
    struct input input = { .kind = INPUT_MESSAGE };

    input.u.message = *message;
    sup_feed(w, s, &input);
}

static void info_reply(struct world *w, struct sup *s, struct conn *conn,
                       const struct info_reply *reply)
{
    struct info_replica replicas[PLAN_REPLICA_MAX + 1];
    struct node_info info = reply->info;

    memset(replicas, 0, sizeof replicas);
    info.n_replicas = (uint32_t)reply->n_lines;
    info.replicas = replicas;
    for (int i = 0; i < reply->n_lines; i++) {
        replicas[i].addr = world_engine_addr(&w->engines[reply->lines[i].engine]);
        replicas[i].online = reply->lines[i].online;
        replicas[i].offset = reply->lines[i].offset;
    }
    conn->info = false;
    audit_info(w, s, conn, reply);
    observe(w, s, conn, EVIDENCE_INFO, &info);
}

static void settled(struct world *w, struct sup *s, struct conn *conn, const struct packet *packet)
{
    struct input input = { .kind = INPUT_SETTLED };

    for (int i = 0; i < conn->n_tickets; i++)
        if (conn->tickets[i] == packet->ticket)
            conn->tickets[i] = conn->tickets[--conn->n_tickets];
    if (conn->link == LINK_WRITE)
        audit_write(w, s, conn, packet->u.settled.ok, packet->u.settled.error);
    if (!packet->u.settled.ok)
        audit_follow_ended(w, s, conn->server - PLAN_SUPS_MAX);
    audit_blind_settled(w, s, conn, packet);
    input.u.settled.kind = SETTLED_ORDER;
    input.u.settled.ticket = packet->ticket;
    input.u.settled.ok = packet->u.settled.ok;
    input.u.settled.role = packet->u.settled.role;
    input.u.settled.offset = packet->u.settled.offset;
    memcpy(input.u.settled.replid, packet->u.settled.replid, sizeof input.u.settled.replid);
    input.u.settled.refused = packet->u.settled.refused;
    input.u.settled.min_replicas = packet->u.settled.min_replicas;
    input.u.settled.max_lag_s = packet->u.settled.max_lag_s;
    input.u.settled.lease_left_ms = packet->u.settled.lease_left_ms;
    input.u.settled.lease_clock_ms = packet->u.settled.lease_clock_ms;
    if (packet->u.settled.error != NULL)
        strcpy(input.u.settled.error, packet->u.settled.error);
    sup_feed(w, s, &input);
}

static void channel(struct world *w, struct sup *s, struct conn *conn, const struct hello *hello)
{
    struct message message = { .kind = MESSAGE_HELLO, .node = conn->id };

    if (!w->plan.own_hellos && strcmp(hello->runid, s->runid) == 0)
        return;
    message.u.hello = *hello;
    feed_message(w, s, &message);
}

static void answer(struct world *w, struct sup *s, struct conn *conn, const struct packet *packet)
{
    struct message message = { .kind = MESSAGE_ANSWER, .peer = conn->id };

    audit_answer(w, s, conn->server, packet);
    message.ticket = packet->ticket;
    message.u.answer = packet->u.answer;
    feed_message(w, s, &message);
}

static void there(struct world *w, struct sup *s, struct conn *conn, const struct packet *packet)
{
    struct message message = { .kind = MESSAGE_THERE, .peer = conn->id };

    message.ticket = packet->ticket;
    message.u.there = packet->u.there;
    feed_message(w, s, &message);
}

static void pledge(struct world *w, struct sup *s, struct conn *conn, const struct packet *packet)
{
    struct message message = { .kind = MESSAGE_PLEDGE, .peer = conn->id };

    message.ticket = packet->ticket;
    message.u.pledge = packet->u.pledge;
    feed_message(w, s, &message);
}

static void evidence(struct world *w, struct sup *s, struct conn *conn, enum evidence ev)
{
    if (evidence_class(ev) == EVIDENCE_CLASS_DOWN) {
        receive_evidence(w, s, conn, ev);
        return;
    }
    if (ev == EVIDENCE_HELLO_SENT)
        conn->hello = false;
    else if (ev == EVIDENCE_INFO_FAILED)
        conn->info = false;
    else
        conn->ping = false;
    observe(w, s, conn, ev, NULL);
}

/* On a connection that an order has for itself only its reply is of interest, and the end. */
static bool is_for_given(const struct packet *packet)
{
    return packet->kind == PKT_SETTLED || packet->kind == PKT_END || packet->kind == PKT_REFUSED ||
           packet->kind == PKT_UNREACHABLE;
}

/* What the other end sent to us, its client. */
static void as_client(struct world *w, struct sup *s, struct conn *conn,
                      const struct packet *packet)
{
    struct message stock = { .kind = MESSAGE_STOCK, .peer = conn->id };

    if (conn->given && !is_for_given(packet))
        return;
    if (packet->kind != PKT_CHANNEL && packet->kind != PKT_UP && conn->n_pending > 0)
        conn->n_pending--;
    switch (packet->kind) {
    case PKT_UP:
        conn->up = true;
        conn->up_at = w->now;
        observe(w, s, conn, EVIDENCE_CONNECTED, NULL);
        break;
    case PKT_REFUSED:
        receive_evidence(w, s, conn, EVIDENCE_REFUSED);
        break;
    case PKT_END:
        receive_evidence(w, s, conn, EVIDENCE_RESET);
        break;
    case PKT_UNREACHABLE:
        receive_evidence(w, s, conn, EVIDENCE_UNREACHABLE);
        break;
    case PKT_EVIDENCE:
        evidence(w, s, conn, packet->ev);
        break;
    case PKT_INFO_REPLY:
        info_reply(w, s, conn, &packet->u.info);
        break;
    case PKT_SETTLED:
        settled(w, s, conn, packet);
        break;
    case PKT_CHANNEL:
        channel(w, s, conn, &packet->u.hello);
        break;
    case PKT_ANSWER:
        answer(w, s, conn, packet);
        break;
    case PKT_THERE:
        there(w, s, conn, packet);
        break;
    case PKT_PLEDGE:
        pledge(w, s, conn, packet);
        break;
    case PKT_STOCK:
        feed_message(w, s, &stock);
        break;
    case PKT_DONE:
        break;
    default:
        assert(!"a reply of no kind");
    }
}

/* A question: the connection reads nothing more until it is answered. */
static void ask(struct world *w, struct sup *s, struct conn *conn, const struct packet *packet)
{
    struct message message = { .kind = MESSAGE_ASK };
    struct ticket ticket = { .is_ask = true,
                             .sup = s->index,
                             .life = s->life,
                             .about = packet->about,
                             .asker_ticket = packet->ticket };
    int engine = world_engine_by_addr(w, &packet->u.ask.primary);

    ticket.engine = (int8_t)engine;
    ticket.group = engine >= 0 ? (int8_t)w->engines[engine].group : -1;
    if (conn != NULL) {
        ticket.conn = conn->index;
        ticket.serial = conn->serial;
    }
    message.ticket = world_ticket(w, &ticket);
    message.u.ask = packet->u.ask;
    if (conn != NULL)
        conn->blocked_by = message.ticket;
    feed_message(w, s, &message);
}

/* The same of a claim. */
static void claim(struct world *w, struct sup *s, struct conn *conn, const struct packet *packet)
{
    struct message message = { .kind = MESSAGE_CLAIM };
    struct ticket ticket = { .is_ask = true,
                             .sup = s->index,
                             .life = s->life,
                             .asker_ticket = packet->ticket,
                             .engine = -1,
                             .group = -1 };

    if (conn != NULL) {
        ticket.conn = conn->index;
        ticket.serial = conn->serial;
    }
    message.ticket = world_ticket(w, &ticket);
    message.u.claim = packet->u.claim;
    if (conn != NULL)
        conn->blocked_by = message.ticket;
    feed_message(w, s, &message);
}

static void reply_to(struct world *w, struct conn *conn, enum packet_kind kind)
{
    if (conn != NULL)
        net_send(w, conn, TO_CLIENT, packet_new(w, kind));
}

static void opinion(struct world *w, struct sup *s, struct conn *conn, const struct opinion *op)
{
    struct message message = { .kind = MESSAGE_OPINION };

    if (w->plan.stock[s->index]) {
        reply_to(w, conn, PKT_STOCK);
        return;
    }
    reply_to(w, conn, PKT_DONE);
    message.u.opinion = *op;
    feed_message(w, s, &message);
}

static void peer_hello(struct world *w, struct sup *s, struct conn *conn, const struct hello *hello)
{
    struct message message = { .kind = MESSAGE_HELLO };

    reply_to(w, conn, PKT_DONE);
    message.u.hello = *hello;
    feed_message(w, s, &message);
}

/* Who we are and what we hold for a group's primary: read, not decided, so the core has no part in
 * it. */
static void where(struct world *w, struct sup *s, struct conn *conn, const struct packet *packet)
{
    const struct group *group = core_find_group(s->core, packet->u.name);
    struct packet *reply = packet_new(w, PKT_THERE);

    reply->ticket = packet->ticket;
    memcpy(reply->u.there.runid, s->runid, sizeof s->runid);
    if (group != NULL)
        reply->u.there.addr = group_primary_addr(group);
    if (group != NULL)
        reply->u.there.config_epoch = group->config_epoch;
    net_send(w, conn, TO_CLIENT, reply);
}

/* A peer without the password gets an error whatever it wants. */
static void refuse(struct world *w, struct conn *conn, const struct packet *packet)
{
    static const enum packet_kind kinds[] = {
        [PKT_PING] = PKT_EVIDENCE, [PKT_ASK] = PKT_ANSWER,   [PKT_WHERE] = PKT_THERE,
        [PKT_CLAIM] = PKT_PLEDGE,  [PKT_OPINION] = PKT_DONE, [PKT_PEER_HELLO] = PKT_DONE
    };
    struct packet *reply = packet_new(w, kinds[packet->kind]);

    reply->ticket = packet->ticket;
    reply->ev = EVIDENCE_DENIED;
    reply->group = reply->engine = -1;
    net_send(w, conn, TO_CLIENT, reply);
}

/* What a peer wants of us. */
void receive_request(struct world *w, struct sup *s, struct conn *conn, const struct packet *packet)
{
    struct packet *pong;

    if (conn != NULL && conn->denied && packet->kind != PKT_OPEN && packet->kind != PKT_END) {
        refuse(w, conn, packet);
        return;
    }
    switch (packet->kind) {
    case PKT_OPEN:
        conn->denied = conn->login != s->demands;
        reply_to(w, conn, PKT_UP);
        break;
    case PKT_END:
        net_close_server(w, conn);
        break;
    case PKT_PING:
        pong = packet_new(w, PKT_EVIDENCE);
        pong->ev = EVIDENCE_PONG;
        net_send(w, conn, TO_CLIENT, pong);
        break;
    case PKT_ASK:
        ask(w, s, conn, packet);
        break;
    case PKT_CLAIM:
        if (!w->plan.stock[s->index])
            claim(w, s, conn, packet);
        else if (conn != NULL)
            refuse(w, conn, packet);
        break;
    case PKT_OPINION:
        opinion(w, s, conn, &packet->u.opinion);
        break;
    case PKT_PEER_HELLO:
        peer_hello(w, s, conn, &packet->u.hello);
        break;
    case PKT_WHERE:
        where(w, s, conn, packet);
        break;
    default:
        assert(!"a request that no supervisor knows");
    }
}

/* Now and then a message comes a second time, later. */
static void duplicate(struct world *w, struct sup *s, const struct packet *packet)
{
    if ((packet->kind != PKT_ASK && packet->kind != PKT_OPINION && packet->kind != PKT_CLAIM &&
         packet->kind != PKT_PEER_HELLO) ||
        !w->chaos || !world_chance(w, w->plan.dup_pm))
        return;
    struct packet *copy = packet_new(w, packet->kind);
    *copy = *packet;
    queue_push(&w->queue, (struct happening){ .at = w->now + world_between(w, 0, DUPLICATE_MAX_MS),
                                              .kind = H_DUPLICATE,
                                              .who = s->index,
                                              .gen = s->life,
                                              .ptr = copy });
}

static void hold(struct conn *conn, struct packet *packet)
{
    packet->next = NULL;
    if (conn->held == NULL)
        conn->held = packet;
    else
        conn->held_tail->next = packet;
    conn->held_tail = packet;
}

void receive_held(struct world *w, uint32_t index, uint32_t serial)
{
    struct conn *conn = net_find(w, index, serial);

    while (conn != NULL && conn->server_open && conn->held != NULL && conn->blocked_by == 0) {
        struct sup *s = endpoint_sup(w, conn->server);
        struct packet *packet = conn->held;
        if (s->stalled) {
            world_later(w, 50, H_HELD, index, 0, serial);
            return;
        }
        conn->held = packet->next;
        receive_request(w, s, conn, packet);
        packet_free(w, packet);
        conn = net_find(w, index, serial);
    }
}

static void set_aside(struct sup *s, struct conn *conn, int dir, struct packet *packet)
{
    if (s->n_inbox == s->cap_inbox) {
        s->cap_inbox = s->cap_inbox ? s->cap_inbox * 2 : 8;
        s->inbox = realloc(s->inbox, (size_t)s->cap_inbox * sizeof *s->inbox);
        assert(s->inbox != NULL);
    }
    s->inbox[s->n_inbox++] = (struct request_in){ conn->index, conn->serial, packet, dir };
}

void receive_packet(struct world *w, struct sup *s, struct conn *conn, int dir,
                    struct packet *packet)
{
    if (s->stalled) {
        set_aside(s, conn, dir, packet);
        return;
    }
    if (dir == TO_CLIENT) {
        if (conn->client_open)
            as_client(w, s, conn, packet);
    } else if ((conn->blocked_by != 0 || conn->held != NULL) && packet->kind != PKT_END) {
        hold(conn, packet);
        return;
    } else if (conn->server_open) {
        duplicate(w, s, packet);
        receive_request(w, s, conn, packet);
    }
    packet_free(w, packet);
}
