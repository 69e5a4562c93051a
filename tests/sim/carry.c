/* Carrying out what the core wants: the work of the shell, over the model of the network. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/model.h"
#include "sentinel/outbox.h"
#include "tests/sim/fault.h"
#include "tests/sim/sup.h"
#include "tests/sim/world.h"

static struct id_links *links_of(struct sup *s, uint32_t id)
{
    if (id >= s->n_links) {
        uint32_t n = (id + 16) & ~15u;
        s->links = realloc(s->links, n * sizeof *s->links);
        assert(s->links != NULL);
        memset(s->links + s->n_links, 0, (n - s->n_links) * sizeof *s->links);
        s->n_links = n;
    }
    return &s->links[id];
}

/* The connection of that id and link, if it is still open at our end. */
static struct conn *conn_of(struct world *w, struct sup *s, uint32_t id, enum link_kind link)
{
    struct id_links *links = links_of(s, id);
    struct conn *conn = net_find(w, links->conn[link], links->serial[link]);

    return conn != NULL && conn->client_open ? conn : NULL;
}

static struct conn *up_conn_of(struct world *w, struct sup *s, uint32_t id, enum link_kind link)
{
    struct conn *conn = conn_of(w, s, id, link);

    return conn != NULL && conn->up ? conn : NULL;
}

/* Orders whose reply will not come: the shell says so for each of them. */
void carry_settle_lost(struct world *w, struct sup *s, struct conn *conn)
{
    if (conn->n_tickets > 0 && !endpoint_is_sup(conn->server))
        audit_follow_ended(w, s, conn->server - PLAN_SUPS_MAX);
    for (int i = 0; i < conn->n_tickets; i++)
        world_later(w, 0, H_LOST, s->index, s->life, conn->tickets[i]);
    conn->n_tickets = 0;
}

/* The password that a supervisor has for what #ID is. */
static int login_of(const struct sup *s, uint32_t id)
{
    const struct node *node = core_find_node(s->core, id);

    return atoi(node != NULL ? node->group->conf.auth_pass : s->core->global.sentinel_pass);
}

static void carry_open(struct world *w, struct sup *s, const struct order *order)
{
    int engine = world_engine_by_addr(w, &order->addr);
    int peer = world_sup_by_addr(w, &order->addr);
    int server = engine >= 0 ? w->engines[engine].endpoint : peer;

    if (conn_of(w, s, order->id, order->link) != NULL) {
        world_fail(w, "%s opens link %s of #%u, which is open", s->name,
                   link_kind_name(order->link), order->id);
        return;
    }
    if (engine >= 0)
        audit_opened(w, s, engine, order->id);
    struct conn *conn = net_open(w, s->endpoint, server, order->id, order->link);
    struct id_links *links = links_of(s, order->id);
    conn->login = login_of(s, order->id);
    links->conn[order->link] = conn->index;
    links->serial[order->link] = conn->serial;
}

static void carry_close(struct world *w, struct sup *s, uint32_t id, enum link_kind link)
{
    struct conn *conn = conn_of(w, s, id, link);

    if (conn == NULL)
        return;
    audit_closed(w, s, conn);
    carry_settle_lost(w, s, conn);
    net_close_client(w, conn);
}

static void request(struct world *w, struct sup *s, struct conn *conn, struct packet *packet)
{
    if (++conn->n_pending > NET_PENDING_MAX)
        world_fail(w, "%s has more than %d requests waiting on one link", s->name, NET_PENDING_MAX);
    net_send(w, conn, TO_SERVER, packet);
}

/* PING and INFO do not wait for the disk: the link must be up, and nothing of the
 * kind in flight on it. */
static void carry_probe(struct world *w, struct sup *s, const struct order *order)
{
    enum link_kind link = order->kind == ORDER_PING ? order->link : LINK_CMD;
    struct conn *conn = up_conn_of(w, s, order->id, link);

    if (conn == NULL && links_of(s, order->id)->given_at[link] == w->now)
        return; /* it is on its way to the core */
    if (conn == NULL) {
        world_fail(w, "%s sends %s to #%u, link %s is not up", s->name,
                   order_kind_name(order->kind), order->id, link_kind_name(link));
        return;
    }
    bool *flag = order->kind == ORDER_PING ? &conn->ping : &conn->info;
    if (*flag)
        world_fail(w, "%s sends a second %s to #%u while one is in flight on link %s", s->name,
                   order_kind_name(order->kind), order->id, link_kind_name(link));
    *flag = true;
    request(w, s, conn, packet_new(w, order->kind == ORDER_PING ? PKT_PING : PKT_INFO));
}

static void fill_sender(const struct sup *s, struct hello *hello)
{
    if (hello->sender.host[0] == '\0')
        strcpy(hello->sender.host, s->host);
}

static void carry_hello(struct world *w, struct sup *s, const struct order *order)
{
    struct conn *conn = up_conn_of(w, s, order->id, LINK_CMD);
    struct packet *packet;

    if (conn == NULL)
        return; /* it went while the disk was waited for */
    if (conn->hello)
        world_fail(w, "%s says a second hello to #%u while one is in flight", s->name, order->id);
    conn->hello = true;
    packet = packet_new(w, PKT_PUBLISH);
    packet->u.hello = order->hello;
    fill_sender(s, &packet->u.hello);
    request(w, s, conn, packet);
}

static enum packet_kind packet_of_order(enum order_kind kind)
{
    static const enum packet_kind kinds[] = { [ORDER_FOLLOW] = PKT_FOLLOW,
                                              [ORDER_DEMOTE] = PKT_FOLLOW,
                                              [ORDER_DETACH] = PKT_FOLLOW,
                                              [ORDER_HOLD] = PKT_HOLD,
                                              [ORDER_FETCH] = PKT_FETCH,
                                              [ORDER_PROMOTE] = PKT_PROMOTE,
                                              [ORDER_PAUSE] = PKT_PAUSE,
                                              [ORDER_ROLE] = PKT_ROLE,
                                              [ORDER_LEASE] = PKT_LEASE,
                                              [ORDER_GUARD_ASK] = PKT_GUARD_ASK,
                                              [ORDER_GUARD_SET] = PKT_GUARD_SET,
                                              [ORDER_SYNC] = PKT_SYNC,
                                              [ORDER_CONFIRM] = PKT_CONFIRM,
                                              [ORDER_SCRIPT_KILL] = PKT_SCRIPT_KILL,
                                              [ORDER_FUNCTION_KILL] = PKT_FUNCTION_KILL,
                                              [ORDER_WRITE] = PKT_WRITE };

    return kinds[kind];
}

static void carry_lost(struct world *w, struct sup *s, const struct order *order)
{
    audit_order_lost(w, s, order);
    world_later(w, 0, H_LOST, s->index, s->life, order->ticket);
}

/* An order with a ticket. */
static void carry_role(struct world *w, struct sup *s, const struct order *order)
{
    enum link_kind link = order->kind == ORDER_WRITE ? LINK_WRITE : LINK_CMD;
    struct conn *conn = up_conn_of(w, s, order->id, link);

    w->stats.orders++;
    if (conn == NULL || conn->n_tickets == NET_TICKETS_MAX) {
        if (conn != NULL)
            world_fail(w, "%s has %d orders in flight to #%u", s->name, NET_TICKETS_MAX, order->id);
        carry_lost(w, s, order);
        return;
    }
    struct packet *packet = packet_new(w, packet_of_order(order->kind));
    if (order->kind == ORDER_WRITE)
        audit_write_asked(w, s, conn);
    audit_order(w, s, order, conn->server - PLAN_SUPS_MAX);
    if (order->kind == ORDER_DEMOTE)
        fault_late_demotion(w, s, endpoint_engine(w, conn->server));
    packet->ticket = order->ticket;
    packet->without = order->without;
    if (order->kind == ORDER_PAUSE) {
        packet->u.pause_ms = order->pause_ms;
    } else if (order->kind == ORDER_GUARD_SET) {
        packet->u.guard.min_replicas = order->min_replicas;
        packet->u.guard.max_lag_s = order->max_lag_s;
    } else if (order->kind == ORDER_HOLD || order->kind == ORDER_SYNC) {
        packet->u.guard.min_replicas = order->min_replicas;
    } else if (order->kind == ORDER_FETCH) {
        memcpy(packet->u.fetch.replid, order->replid, sizeof packet->u.fetch.replid);
        packet->u.fetch.from = order->from;
        packet->u.fetch.until = order->until;
    } else if (order->kind == ORDER_PROMOTE || order->kind == ORDER_LEASE) {
        packet->u.lease = order->lease;
    } else if (order->kind != ORDER_GUARD_ASK)
        packet->u.addr = order->addr;
    conn->tickets[conn->n_tickets++] = order->ticket;
    request(w, s, conn, packet);
}

static void carry_order(struct world *w, struct sup *s, const struct order *order)
{
    struct conn *conn;

    switch (order->kind) {
    case ORDER_OPEN:
        carry_open(w, s, order);
        break;
    case ORDER_CLOSE:
        carry_close(w, s, order->id, order->link);
        break;
    case ORDER_FORGET:
        carry_close(w, s, order->id, LINK_CMD);
        carry_close(w, s, order->id, LINK_PUBSUB);
        carry_close(w, s, order->id, LINK_WRITE);
        armed_disarm(w, s, order->id);
        break;
    case ORDER_PING:
    case ORDER_INFO:
        carry_probe(w, s, order);
        break;
    case ORDER_HELLO:
        audit_hello(w, s, &order->hello);
        carry_hello(w, s, order);
        break;
    case ORDER_FOLLOW:
    case ORDER_DEMOTE:
    case ORDER_DETACH:
    case ORDER_PROMOTE:
    case ORDER_PAUSE:
    case ORDER_HOLD:
    case ORDER_FETCH:
    case ORDER_GUARD_ASK:
    case ORDER_GUARD_SET:
    case ORDER_SYNC:
    case ORDER_CONFIRM:
    case ORDER_ROLE:
    case ORDER_LEASE:
    case ORDER_SCRIPT_KILL:
    case ORDER_FUNCTION_KILL:
    case ORDER_WRITE:
        carry_role(w, s, order);
        break;
    case ORDER_FENCE:
        armed_fence(w, s, order);
        break;
    case ORDER_QUESTION:
        question_carry(w, s, order);
        break;
    case ORDER_DISARM:
        armed_disarm(w, s, order->id);
        break;
    case ORDER_UNPAUSE:
        conn = up_conn_of(w, s, order->id, LINK_CMD);
        if (conn != NULL)
            net_send(w, conn, TO_SERVER, packet_new(w, PKT_UNPAUSE));
        break;
    default:
        assert(!"an order of no kind");
    }
}

/* The answer goes back over the connection that the question came by. */
static void carry_answer(struct world *w, struct sup *s, const struct message *message)
{
    if (message->ticket == 0 || message->ticket > w->n_tickets ||
        !w->tickets[message->ticket - 1].is_ask) {
        world_fail(w, "%s answers with a ticket that no ask had", s->name);
        return;
    }
    struct ticket *ticket = &w->tickets[message->ticket - 1];
    struct conn *conn = net_find(w, ticket->conn, ticket->serial);
    audit_message(w, s, message, -1);
    if (ticket->replied)
        world_fail(w, "%s answers an ask twice", s->name);
    ticket->replied = true;
    if (conn == NULL)
        return;
    struct packet *packet =
        packet_new(w, message->kind == MESSAGE_PLEDGE ? PKT_PLEDGE : PKT_ANSWER);
    packet->ticket = ticket->asker_ticket;
    if (message->kind == MESSAGE_PLEDGE)
        packet->u.pledge = message->u.pledge;
    else
        packet->u.answer = message->u.answer;
    packet->group = ticket->group;
    packet->engine = ticket->engine;
    packet->about = ticket->about;
    net_send(w, conn, TO_CLIENT, packet);
    if (conn->blocked_by == message->ticket) {
        conn->blocked_by = 0;
        world_later(w, 0, H_HELD, conn->index, 0, conn->serial);
    }
}

static void carry_message(struct world *w, struct sup *s, const struct message *message)
{
    static const enum packet_kind kinds[] = { [MESSAGE_HELLO] = PKT_PEER_HELLO,
                                              [MESSAGE_ASK] = PKT_ASK,
                                              [MESSAGE_OPINION] = PKT_OPINION,
                                              [MESSAGE_WHERE] = PKT_WHERE,
                                              [MESSAGE_CLAIM] = PKT_CLAIM };

    if (message->kind == MESSAGE_ANSWER || message->kind == MESSAGE_PLEDGE) {
        carry_answer(w, s, message);
        return;
    }
    struct conn *conn = up_conn_of(w, s, message->peer, LINK_CMD);
    audit_message(w, s, message, conn != NULL ? conn->server : -1);
    if (conn == NULL)
        return;
    struct packet *packet = packet_new(w, kinds[message->kind]);
    packet->ticket = message->ticket;
    switch (message->kind) {
    case MESSAGE_HELLO:
        packet->u.hello = message->u.hello;
        fill_sender(s, &packet->u.hello);
        break;
    case MESSAGE_ASK:
        packet->u.ask = message->u.ask;
        packet->about = audit_config_epoch(w, s, &message->u.ask.primary);
        break;
    case MESSAGE_OPINION:
        packet->u.opinion = message->u.opinion;
        break;
    case MESSAGE_CLAIM:
        packet->u.claim = message->u.claim;
        break;
    case MESSAGE_WHERE:
        memcpy(packet->u.name, message->u.group, sizeof packet->u.name);
        break;
    default:
        assert(!"a message that is never sent");
    }
    request(w, s, conn, packet);
}

static void carry_reply(struct world *w, struct sup *s, const struct reply *reply)
{
    struct ticket *ticket;

    if (reply->ticket == 0 || reply->ticket > w->n_tickets ||
        w->tickets[reply->ticket - 1].is_ask) {
        world_fail(w, "%s replies to a request that nobody made", s->name);
        return;
    }
    ticket = &w->tickets[reply->ticket - 1];
    if (ticket->replied)
        world_fail(w, "%s replies to a request twice", s->name);
    ticket->replied = true;
    if (ticket->is_forget && reply->code == REPLY_OK)
        audit_forget_answered(w, s, ticket);
    if (ticket->is_hold && reply->code == REPLY_OK)
        audit_hold_answered(w, s, ticket->group, ticket->engine, ticket->hold_until);
    if (w->on_reply != NULL)
        w->on_reply(w->arg, s, reply);
}

void carry_parcel(struct world *w, struct sup *s, const struct parcel *parcel)
{
    switch (parcel->kind) {
    case PARCEL_MESSAGE:
        carry_message(w, s, &parcel->u.message);
        break;
    case PARCEL_ORDER:
        if (parcel->stale)
            carry_lost(w, s, &parcel->u.order);
        else
            carry_order(w, s, &parcel->u.order);
        break;
    case PARCEL_EVENT:
        audit_event(w, s, &parcel->u.event);
        fault_early_heir(w, s, &parcel->u.event);
        fault_cut_channel(w, s, &parcel->u.event);
        if (w->on_event != NULL)
            w->on_event(w->arg, s, &parcel->u.event);
        break;
    case PARCEL_REPLY:
        carry_reply(w, s, &parcel->u.reply);
        break;
    }
}
