/* Connections that an order to step down was put into: they belong to it alone, until their end. */
#include "sentinel/input.h"
#include "sentinel/output.h"
#include "tests/sim/sup.h"
#include "tests/sim/world.h"

/* The link's connection becomes nobody's; the core is told that the link ended. */
static void give_away(struct world *w, struct sup *s, struct conn *conn)
{
    struct id_links *links = &s->links[conn->id];

    audit_closed(w, s, conn);
    carry_settle_lost(w, s, conn);
    links->conn[conn->link] = links->serial[conn->link] = 0;
    links->given_at[conn->link] = w->now;
    world_later(w, 0, H_GIVEN, s->index, s->life, (uint64_t)conn->id << 1 | conn->link);
    conn->given = true;
    conn->n_pending = 0;
}

/* The one that has been there longest is served first when the node wakes up. */
static struct conn *find_open(struct world *w, struct sup *s, uint32_t id, enum link_kind link)
{
    struct id_links *links = id < s->n_links ? &s->links[id] : NULL;
    struct conn *conn = links ? net_find(w, links->conn[link], links->serial[link]) : NULL;

    return conn != NULL && conn->client_open ? conn : NULL;
}

void armed_fence(struct world *w, struct sup *s, const struct order *order)
{
    struct conn *cmd = find_open(w, s, order->id, LINK_CMD);
    struct conn *pubsub = find_open(w, s, order->id, LINK_PUBSUB);
    struct conn *conn = pubsub != NULL && pubsub->up ? pubsub : cmd;
    struct packet *packet;

    w->stats.orders++;
    if (conn == NULL) {
        world_later(w, 0, H_LOST, s->index, s->life, order->ticket);
        return;
    }
    if (cmd != NULL)
        give_away(w, s, cmd);
    if (pubsub != NULL)
        give_away(w, s, pubsub);
    audit_order(w, s, order, conn->server - PLAN_SUPS_MAX);
    packet = packet_new(w, order->min_replicas > 0 ? PKT_HOLD : PKT_FOLLOW);
    packet->ticket = order->ticket;
    if (order->min_replicas > 0)
        packet->u.guard.min_replicas = order->min_replicas;
    else
        packet->u.addr = order->addr;
    packet->without = order->without;
    conn->tickets[conn->n_tickets++] = order->ticket;
    net_send(w, conn, TO_SERVER, packet);
}

void armed_disarm(struct world *w, struct sup *s, uint32_t id)
{
    for (uint32_t i = 0; i < w->n_conns; i++) {
        struct conn *conn = w->conns[i];

        if (!conn->used || !conn->given || conn->client != s->endpoint || conn->id != id ||
            !conn->client_open)
            continue;
        carry_settle_lost(w, s, conn);
        net_reset_client(w, conn);
    }
}

void armed_given(struct world *w, struct sup *s, uint64_t what)
{
    struct input input = { .kind = INPUT_OBSERVATION };

    if (s->stalled) {
        world_later(w, 50, H_GIVEN, s->index, s->life, what);
        return;
    }
    if (find_open(w, s, (uint32_t)(what >> 1), (enum link_kind)(what & 1)) != NULL)
        return; /* closed and opened anew before it was told: nothing is heard of a closed one */
    input.u.observation.id = (uint32_t)(what >> 1);
    input.u.observation.link = (enum link_kind)(what & 1);
    input.u.observation.evidence = EVIDENCE_TIMEOUT;
    sup_feed(w, s, &input);
}
