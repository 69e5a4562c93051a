/*
 * drive: a core and a few obedient nodes around it, for unit tests. What the core
 * orders is logged, and answered at the same millisecond as healthy nodes would; a
 * test changes a node and lets time pass. The simulator is for everything that
 * needs delay, loss or chance.
 *
 * Node N stands at 127.0.0.1:7000+N; node 0 is the primary of the group "g" at first. All of it
 * is inline: a unit test links nothing but the core.
 */
#ifndef TESTS_UNIT_DRIVE_H
#define TESTS_UNIT_DRIVE_H

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/core.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/output.h"

#define DRIVE_NODES 6
#define DRIVE_START 1000000
#define DRIVE_RUNID "1111111111111111111111111111111111111111"

struct fake {
    bool alive;    /* else connections are refused */
    bool mute;     /* connections come up, nothing is answered */
    bool deaf;     /* orders to follow or to become a primary are not answered */
    bool no_info;  /* INFO is answered with an error, */
    bool no_pause; /* or CLIENT PAUSE is */
    bool slow;     /* its link does not come up after an order to follow */
    enum evidence pong;
    struct node_info info;
    struct info_replica replicas[DRIVE_NODES];
};

struct drive {
    struct core *core;
    msec now;
    struct fake nodes[DRIVE_NODES];
    bool peers_alive;
    const char *ip;    /* numeric address that all connections turn out to lead to; NULL = unsaid */
    struct output log; /* all outputs since drive_mark() */
    size_t answered;   /* orders of the log that have been answered, */
    size_t heard;      /* and messages */
    const char *myid;  /* what candidates say that they are; NULL = what they are said to be */
    msec wake;         /* when the core wants a TICK */
};

static inline struct addr drive_addr(int n)
{
    struct addr addr;

    addr_set(&addr, "127.0.0.1", 7000 + n);
    return addr;
}

static inline struct group *drive_group(const struct drive *d)
{
    return core_find_group(d->core, "g");
}

/* The core's node N of the group "g"; NULL if it does not know it. */
static inline struct node *drive_node(const struct drive *d, int n)
{
    struct addr addr = drive_addr(n);

    return node_find(drive_group(d), &addr);
}

/* Forget what was logged. */
static inline void drive_mark(struct drive *d)
{
    output_clear(&d->log);
    d->answered = d->heard = 0;
}

static inline size_t drive_events(const struct drive *d, enum event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < d->log.n_events; i++)
        count += d->log.events[i].kind == kind;
    return count;
}

/* The last event of that kind; a zeroed one when there was none. */
static inline struct event drive_event(const struct drive *d, enum event_kind kind)
{
    struct event found = { .kind = EVENT_COUNT };

    for (size_t i = 0; i < d->log.n_events; i++) {
        if (d->log.events[i].kind == kind)
            found = d->log.events[i];
    }
    return found;
}

/* Orders of that kind to ID; 0 stands for anyone. */
static inline size_t drive_orders(const struct drive *d, enum order_kind kind, uint32_t id)
{
    size_t count = 0;

    for (size_t i = 0; i < d->log.n_orders; i++)
        count += d->log.orders[i].kind == kind && (id == 0 || d->log.orders[i].id == id);
    return count;
}

static inline size_t drive_messages(const struct drive *d, enum message_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < d->log.n_messages; i++)
        count += d->log.messages[i].kind == kind;
    return count;
}

/* The last row of that kind; NULL when there was none. */
static inline const struct row *drive_row(const struct drive *d, enum row_kind kind)
{
    for (size_t i = d->log.n_rows; i-- > 0;) {
        if (d->log.rows[i].kind == kind)
            return &d->log.rows[i];
    }
    return NULL;
}

/* One step, at the present time. */
static inline void drive_step(struct drive *d, struct input *input)
{
    const struct output *out;

    input->now = d->now;
    out = core_step(d->core, input);
    for (size_t i = 0; i < out->n_rows; i++)
        *output_row(&d->log, ROW_EPOCH) = out->rows[i];
    for (size_t i = 0; i < out->n_messages; i++)
        *output_message(&d->log, MESSAGE_ASK, 0) = out->messages[i];
    for (size_t i = 0; i < out->n_orders; i++)
        *output_order(&d->log, ORDER_OPEN, 0) = out->orders[i];
    for (size_t i = 0; i < out->n_events; i++)
        *output_event(&d->log, EVENT_SET) = out->events[i];
    for (size_t i = 0; i < out->n_replies; i++)
        *output_reply(&d->log, 0, REPLY_OK) = out->replies[i];
    d->wake = out->wake;
}

static inline void drive_observe(struct drive *d, uint32_t id, enum link_kind link,
                                 enum evidence evidence, const struct node_info *info)
{
    struct input input = { .kind = INPUT_OBSERVATION };

    input.u.observation =
        (struct observation){ .id = id, .link = link, .evidence = evidence, .info = info };
    if (evidence == EVIDENCE_CONNECTED && d->ip != NULL)
        snprintf(input.u.observation.ip, sizeof input.u.observation.ip, "%s", d->ip);
    drive_step(d, &input);
}

static inline void drive_settled(struct drive *d, uint64_t ticket, bool ok, bool lost,
                                 enum node_role role, const char *error)
{
    struct input input = { .kind = INPUT_SETTLED };

    input.u.settled = (struct settled){
        .kind = SETTLED_ORDER, .ticket = ticket, .ok = ok, .lost = lost, .role = role
    };
    snprintf(input.u.settled.error, sizeof input.u.settled.error, "%s", error);
    drive_step(d, &input);
}

/* The ticket of the last order of that kind. */
static inline uint64_t drive_ticket(const struct drive *d, enum order_kind kind)
{
    uint64_t ticket = 0;

    for (size_t i = 0; i < d->log.n_orders; i++)
        ticket = d->log.orders[i].kind == kind ? d->log.orders[i].ticket : ticket;
    return ticket;
}

/* Fake N does as the order says. */
static inline void drive_obey(struct drive *d, struct fake *fake, const struct order *order)
{
    bool follow = order->kind == ORDER_FOLLOW || order->kind == ORDER_DEMOTE;
    struct node_info *info = &fake->info;

    info->role = follow ? ROLE_REPLICA : ROLE_PRIMARY;
    info->primary = order->addr;
    info->link_up = follow && !fake->slow;
    if (!follow) {
        memcpy(info->replid2, info->replid, sizeof info->replid2);
        info->replid[0] = (char)(info->replid[0] + 1);
    } else {
        memcpy(info->replid, d->nodes[order->addr.port - 7000].info.replid, sizeof info->replid);
    }
    drive_settled(d, order->ticket, true, false, info->role, "");
}

/* ROLE, after a pause or by itself. */
static inline void drive_tell_role(struct drive *d, struct fake *fake, const struct order *order)
{
    const struct node_info *info = &fake->info;
    struct input input = { .kind = INPUT_SETTLED };

    input.u.settled = (struct settled){ .kind = SETTLED_ORDER,
                                        .ticket = order->ticket,
                                        .ok = true,
                                        .role = info->role,
                                        .offset = info->role == ROLE_PRIMARY ? info->primary_offset
                                                                             : info->repl_offset };
    drive_step(d, &input);
}

static inline void drive_answer_node(struct drive *d, struct fake *fake, const struct order *order)
{
    if (order->kind == ORDER_OPEN)
        drive_observe(d, order->id, order->link,
                      fake->alive ? EVIDENCE_CONNECTED : EVIDENCE_REFUSED, NULL);
    else if (!fake->alive || fake->mute)
        return;
    else if (order->kind == ORDER_PING)
        drive_observe(d, order->id, order->link, fake->pong, NULL);
    else if (order->kind == ORDER_INFO)
        drive_observe(d, order->id, LINK_CMD, fake->no_info ? EVIDENCE_INFO_FAILED : EVIDENCE_INFO,
                      &fake->info);
    else if (order->kind == ORDER_HELLO)
        drive_observe(d, order->id, LINK_CMD, EVIDENCE_HELLO_SENT, NULL);
    else if (order->kind == ORDER_PAUSE && fake->no_pause)
        drive_settled(d, order->ticket, false, false, ROLE_UNKNOWN, "NOPERM no right to pause");
    else if ((order->kind == ORDER_PAUSE || order->kind == ORDER_ROLE) && !fake->deaf)
        drive_tell_role(d, fake, order);
    else if ((order->kind == ORDER_FOLLOW || order->kind == ORDER_DEMOTE ||
              order->kind == ORDER_PROMOTE) &&
             !fake->deaf)
        drive_obey(d, fake, order);
}

static inline void drive_hear(struct drive *d, const struct message *message)
{
    struct input input = { .kind = INPUT_MESSAGE };

    input.u.message = *message;
    drive_step(d, &input);
}

/* Whoever has to show that it is what a hello says of it does, and holds what we do. */
static inline void drive_answer_where(struct drive *d, const struct message *question)
{
    struct message there = { .kind = MESSAGE_THERE, .ticket = question->ticket };
    const struct group *group = core_find_group(d->core, question->u.group);

    for (size_t i = 0; i < d->core->n_candidates; i++) {
        const struct candidate *candidate = &d->core->candidates[i];

        if (candidate->ticket != question->ticket)
            continue;
        there.u.there.addr = group_primary_addr(group);
        there.u.there.config_epoch = group->config_epoch;
        snprintf(there.u.there.runid, sizeof there.u.there.runid, "%s",
                 d->myid != NULL ? d->myid : candidate->peer->runid);
        drive_hear(d, &there);
        return;
    }
}

/* Let everybody answer what has been ordered. */
static inline void drive_settle(struct drive *d)
{
    size_t budget = 20000; /* orders in one millisecond: beyond that the core spins */

    while (d->answered < d->log.n_orders || d->heard < d->log.n_messages) {
        assert(budget-- > 0);
        if (d->heard < d->log.n_messages) {
            struct message message = d->log.messages[d->heard++];

            if (message.kind == MESSAGE_WHERE)
                drive_answer_where(d, &message);
            continue;
        }
        struct order order = d->log.orders[d->answered++];
        struct node *node = core_find_node(d->core, order.id);

        if (node != NULL)
            drive_answer_node(d, &d->nodes[node->addr.port - 7000], &order);
        else if (core_find_peer(d->core, order.id) != NULL && order.kind == ORDER_OPEN)
            drive_observe(d, order.id, LINK_CMD,
                          d->peers_alive ? EVIDENCE_CONNECTED : EVIDENCE_REFUSED, NULL);
        else if (core_find_peer(d->core, order.id) != NULL && order.kind == ORDER_PING &&
                 d->peers_alive)
            drive_observe(d, order.id, LINK_CMD, EVIDENCE_PONG, NULL);
    }
}

/* Let MS milliseconds pass: a TICK at each time that the core asks for. */
static inline void drive_run(struct drive *d, msec ms)
{
    msec end = d->now + ms;

    drive_settle(d);
    while (d->wake <= end) {
        struct input tick = { .kind = INPUT_TICK };

        assert(d->wake > d->now);
        d->now = d->wake;
        drive_step(d, &tick);
        drive_settle(d);
    }
    d->now = end;
}

/* Make a request; returns the reply. */
static inline struct reply drive_request(struct drive *d, struct request request)
{
    struct input input = { .kind = INPUT_REQUEST };

    request.ticket = 77;
    input.u.request = request;
    drive_step(d, &input);
    assert(d->log.n_replies > 0 && d->log.replies[d->log.n_replies - 1].ticket == 77);
    return d->log.replies[d->log.n_replies - 1];
}

/* A request about the group NAME, at node N, with default settings. */
static inline struct request drive_ask(enum request_kind kind, const char *name, int n)
{
    struct request request = { .kind = kind };

    if (kind != REQUEST_FAILOVER) /* there: the best replica */
        request.addr = drive_addr(n);

    snprintf(request.name, sizeof request.name, "%s", name);
    group_conf_init(&request.conf);
    return request;
}

/* A hello of the peer RUNID at 127.0.0.1:PORT about "g". */
static inline struct hello drive_hello(const struct drive *d, const char *runid, int port)
{
    struct hello hello = { .current_epoch = d->core->current_epoch, .group = "g" };

    addr_set(&hello.sender, "127.0.0.1", port);
    memcpy(hello.runid, runid, sizeof hello.runid);
    hello.primary = group_primary_addr(drive_group(d));
    hello.config_epoch = drive_group(d)->config_epoch;
    return hello;
}

/* The supervisor RUNID at 127.0.0.1:PORT becomes a peer; its link comes up. */
static inline void drive_add_peer(struct drive *d, const char *runid, int port)
{
    struct message message = { .kind = MESSAGE_HELLO };

    d->peers_alive = true;
    message.u.hello = drive_hello(d, runid, port);
    drive_hear(d, &message);
    drive_run(d, 100);
}

/* The node is gone as after a crash; those that follow it notice. */
static inline void drive_kill(struct drive *d, int n)
{
    struct node *node = drive_node(d, n);

    d->nodes[n].alive = false;
    for (int i = 0; i < DRIVE_NODES; i++) {
        if (d->nodes[i].info.primary.port == 7000 + n)
            d->nodes[i].info.link_up = false;
    }
    drive_observe(d, node->id, LINK_CMD, EVIDENCE_RESET, NULL);
    drive_observe(d, node->id, LINK_PUBSUB, EVIDENCE_RESET, NULL);
}

/* A core without groups; all fakes are alive, 0 is a primary of the first REPLICAS others. */
static inline void drive_bare(struct drive *d, int replicas)
{
    struct addr self = { "", 26379 };

    *d = (struct drive){ .now = DRIVE_START, .wake = MSEC_NEVER };
    d->core = core_new(DRIVE_RUNID, &self, 1, d->now);
    output_init(&d->log);
    for (int i = 0; i < DRIVE_NODES; i++) {
        struct fake *fake = &d->nodes[i];

        fake->alive = true;
        fake->pong = EVIDENCE_PONG;
        node_info_init(&fake->info);
        fake->info.role = i == 0 ? ROLE_PRIMARY : ROLE_REPLICA;
        fake->info.primary = i == 0 ? (struct addr){ 0 } : drive_addr(0);
        fake->info.link_up = i != 0;
        fake->info.repl_offset = fake->info.primary_offset = 1000;
        memset(fake->info.runid, 'a' + i, RUNID_LEN);
        memset(fake->info.replid, 'A', RUNID_LEN);
        if (i > 0 && i <= replicas)
            d->nodes[0].replicas[i - 1] = (struct info_replica){ drive_addr(i), 1000, 0, true };
    }
    d->nodes[0].info.n_replicas = (uint32_t)replicas;
    d->nodes[0].info.replicas = d->nodes[0].replicas;
}

/* The same with the group "g" from the file, everybody in touch, and nothing in the log. */
static inline void drive_begin(struct drive *d, int replicas, int64_t quorum, msec down_after_ms)
{
    struct request request = drive_ask(REQUEST_CONFIGURE, "g", 0);

    drive_bare(d, replicas);
    request.conf.quorum = quorum;
    request.conf.down_after_ms = down_after_ms;
    drive_request(d, request);
    drive_request(d, drive_ask(REQUEST_RETAIN, "", 0));
    drive_run(d, 200);
    assert(drive_group(d)->n_nodes == (size_t)replicas + 1);
    drive_mark(d);
}

static inline void drive_end(struct drive *d)
{
    core_free(d->core);
    output_done(&d->log);
}

#endif
