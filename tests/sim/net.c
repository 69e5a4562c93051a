#include "tests/sim/net.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define RETRY_MIN_MS  200   /* until something lost is sent again */
#define ON_ITS_WAY_MS 1000  /* what the network itself may delay */
#define GIVE_UP_MS    10000 /* what a closed end still tries to send */
#define NOWHERE       255   /* an address that nobody has */

const char *packet_name(enum packet_kind kind)
{
    static const char *const names[] = {
#define X(id, name) name,
        PACKETS(X)
#undef X
    };
    return names[kind];
}

int net_host(const struct world *w, int endpoint)
{
    return endpoint_is_sup(endpoint) ? w->plan.sup_host[endpoint]
                                     : w->plan.node_host[endpoint - PLAN_SUPS_MAX];
}

static bool host_on(struct world *w, int endpoint)
{
    return endpoint_is_sup(endpoint) ? endpoint_sup(w, endpoint)->host_on
                                     : endpoint_engine(w, endpoint)->host_on;
}

struct path *net_path(struct world *w, int from_endpoint, int to_endpoint)
{
    return &w->paths[net_host(w, from_endpoint)][net_host(w, to_endpoint)];
}

/* Whether something sent from A arrives at B. */
static bool passes(struct world *w, int a, int b)
{
    bool local = net_host(w, a) == net_host(w, b);

    return (local || net_path(w, a, b)->cuts == 0) && host_on(w, a) && host_on(w, b);
}

bool net_reachable(struct world *w, int a, int b)
{
    return passes(w, a, b) && passes(w, b, a);
}

static msec one_way_bad_at(struct world *w, int from, int to)
{
    const struct path *path = net_path(w, from, to);

    return path->cuts > 0 || path->extra_ms > 0 || path->loss_pm > 0 ? w->now : path->bad_at;
}

msec net_bad_at(struct world *w, int a, int b)
{
    if (net_host(w, a) == net_host(w, b))
        return 0;
    return msec_max(one_way_bad_at(w, a, b), one_way_bad_at(w, b, a));
}

msec net_latency(struct world *w, int from, int to)
{
    struct path *path = net_path(w, from, to);
    msec latency = world_between(w, w->plan.latency_min_ms, w->plan.latency_max_ms);

    if (net_host(w, from) == net_host(w, to))
        return latency;
    if (path->extra_ms > 0)
        latency += world_between(w, 0, path->extra_ms);
    while (world_chance(w, w->plan.loss_pm + path->loss_pm)) {
        latency += world_between(w, RETRY_MIN_MS, 2 * RETRY_MIN_MS);
        path->bad_at = msec_max(path->bad_at, w->now + latency);
    }
    return latency;
}

struct packet *packet_new(struct world *w, enum packet_kind kind)
{
    struct packet *packet = w->packets;

    if (packet != NULL)
        w->packets = packet->next;
    else
        packet = malloc(sizeof *packet);
    assert(packet != NULL);
    memset(packet, 0, sizeof *packet);
    packet->kind = kind;
    return packet;
}

void packet_free(struct world *w, struct packet *packet)
{
    packet->next = w->packets;
    w->packets = packet;
}

static void pipe_clear(struct world *w, struct pipe *pipe)
{
    while (pipe->head != NULL) {
        struct packet *packet = pipe->head;
        pipe->head = packet->next;
        packet_free(w, packet);
    }
    pipe->tail = NULL;
}

static void held_clear(struct world *w, struct conn *conn)
{
    while (conn->held != NULL) {
        struct packet *packet = conn->held;
        conn->held = packet->next;
        packet_free(w, packet);
    }
    conn->held_tail = NULL;
}

static struct conn *conn_new(struct world *w)
{
    struct conn *conn;

    if (w->n_free > 0)
        return w->conns[w->free_conns[--w->n_free]];
    if (w->n_conns == w->cap_conns) {
        w->cap_conns = w->cap_conns ? w->cap_conns * 2 : 64;
        w->conns = realloc(w->conns, w->cap_conns * sizeof *w->conns);
        w->free_conns = realloc(w->free_conns, w->cap_conns * sizeof *w->free_conns);
        assert(w->conns != NULL && w->free_conns != NULL);
    }
    conn = calloc(1, sizeof *conn);
    assert(conn != NULL);
    conn->index = w->n_conns;
    w->conns[w->n_conns++] = conn;
    return conn;
}

struct conn *net_open(struct world *w, int client, int server, uint32_t id, enum link_kind link)
{
    struct conn *conn = conn_new(w);
    uint32_t index = conn->index;

    memset(conn, 0, sizeof *conn);
    conn->used = conn->client_open = true;
    conn->index = index;
    conn->serial = ++w->last_serial;
    conn->client = (uint8_t)client;
    conn->server = server < 0 ? NOWHERE : (uint8_t)server;
    conn->id = id;
    conn->link = link;
    conn->pipe[TO_SERVER].blocked_since = conn->pipe[TO_CLIENT].blocked_since = MSEC_NEVER;
    if (server < 0)
        net_send(w, conn, TO_CLIENT, packet_new(w, PKT_UNREACHABLE));
    else
        net_send(w, conn, TO_SERVER, packet_new(w, PKT_OPEN));
    return conn;
}

struct conn *net_find(struct world *w, uint32_t index, uint32_t serial)
{
    if (index >= w->n_conns || serial == 0 || w->conns[index]->serial != serial ||
        !w->conns[index]->used)
        return NULL;
    return w->conns[index];
}

static void schedule_head(struct world *w, struct conn *conn, int dir, msec at)
{
    conn->pipe[dir].due_at = msec_max(at, w->now);
    world_later(w, conn->pipe[dir].due_at - w->now, H_PACKET, conn->index, (uint32_t)dir,
                conn->serial);
}

void net_send(struct world *w, struct conn *conn, int dir, struct packet *packet)
{
    struct pipe *pipe = &conn->pipe[dir];
    int from = dir == TO_SERVER ? conn->client : conn->server;
    int to = dir == TO_SERVER ? conn->server : conn->client;

    if (dir == TO_CLIENT && !conn->client_open) {
        packet_free(w, packet);
        return;
    }
    packet->ready_at = w->now + 1;
    if (from != NOWHERE)
        packet->ready_at = msec_max(w->now + net_latency(w, from, to), pipe->last_at);
    pipe->last_at = packet->ready_at;
    packet->next = NULL;
    if (pipe->head == NULL) {
        pipe->head = packet;
        schedule_head(w, conn, dir, packet->ready_at);
    } else {
        pipe->tail->next = packet;
    }
    pipe->tail = packet;
}

void net_release(struct world *w, struct conn *conn)
{
    if (!conn->used || conn->client_open || conn->server_open || conn->pipe[TO_SERVER].head != NULL)
        return;
    pipe_clear(w, &conn->pipe[TO_CLIENT]);
    held_clear(w, conn);
    conn->used = false;
    w->free_conns[w->n_free++] = conn->index;
}

/* The kernel forgets what it would have to send again (socket_abandon()); what is on its way
 * arrives. */
static void abandon_unsent(struct world *w, struct pipe *pipe)
{
    struct packet **at = &pipe->head, *last = NULL;

    if (pipe->blocked_since != MSEC_NEVER) {
        pipe_clear(w, pipe);
        return;
    }
    while (*at != NULL && (*at)->ready_at <= w->now + ON_ITS_WAY_MS) {
        last = *at;
        at = &last->next;
    }
    while (*at != NULL) {
        struct packet *packet = *at;
        *at = packet->next;
        packet_free(w, packet);
    }
    pipe->tail = last;
    pipe->last_at = last != NULL ? last->ready_at : w->now;
}

void net_close_client(struct world *w, struct conn *conn)
{
    if (!conn->given)
        abandon_unsent(w, &conn->pipe[TO_SERVER]);
    conn->client_open = false;
    pipe_clear(w, &conn->pipe[TO_CLIENT]);
    if (conn->server_open || conn->pipe[TO_SERVER].head != NULL)
        net_send(w, conn, TO_SERVER, packet_new(w, PKT_END));
    net_release(w, conn);
}

void net_reset_client(struct world *w, struct conn *conn)
{
    pipe_clear(w, &conn->pipe[TO_SERVER]);
    net_close_client(w, conn);
}

void net_close_server(struct world *w, struct conn *conn)
{
    conn->server_open = conn->subscribed = false;
    held_clear(w, conn);
    if (conn->client_open && !conn->ended) {
        conn->ended = true;
        net_send(w, conn, TO_CLIENT, packet_new(w, PKT_END));
    }
    net_release(w, conn);
}

/* The client's process died, or its host: what is still to be sent may be lost. */
static void drop_client(struct world *w, struct conn *conn, bool off)
{
    if (!conn->given)
        abandon_unsent(w, &conn->pipe[TO_SERVER]);
    if (off || world_chance(w, 500)) {
        pipe_clear(w, &conn->pipe[TO_SERVER]);
        if (off)
            conn->server_open = conn->subscribed = false;
    }
    conn->client_open = false;
    pipe_clear(w, &conn->pipe[TO_CLIENT]);
    if (conn->server_open || conn->pipe[TO_SERVER].head != NULL)
        net_send(w, conn, TO_SERVER, packet_new(w, PKT_END));
    net_release(w, conn);
}

void net_drop_process(struct world *w, int endpoint, bool off)
{
    for (uint32_t i = 0; i < w->n_conns; i++) {
        struct conn *conn = w->conns[i];
        if (!conn->used)
            continue;
        if (conn->client == endpoint && conn->client_open) {
            drop_client(w, conn, off);
        } else if (conn->server == endpoint && conn->server_open && !off) {
            net_close_server(w, conn);
        } else if (conn->server == endpoint && conn->server_open) {
            conn->server_open = conn->subscribed = false;
            held_clear(w, conn);
            pipe_clear(w, &conn->pipe[TO_CLIENT]);
            net_release(w, conn);
        }
    }
}

/* The client's kernel gives up: nothing that was sent is acknowledged. */
static void time_out(struct world *w, struct conn *conn)
{
    pipe_clear(w, &conn->pipe[TO_SERVER]);
    conn->server_open = conn->subscribed = false;
    if (conn->client_open)
        receive_evidence(w, endpoint_sup(w, conn->client), conn, EVIDENCE_TIMEOUT);
    else
        net_release(w, conn);
}

/* The path is cut: try again later, or give up. */
static void retry(struct world *w, struct conn *conn, int dir)
{
    struct pipe *pipe = &conn->pipe[dir];

    if (pipe->blocked_since == MSEC_NEVER) {
        pipe->blocked_since = w->now;
        pipe->retry_ms = RETRY_MIN_MS;
    }
    if (dir == TO_SERVER && pipe->head->kind == PKT_OPEN && conn->client_open &&
        net_path(w, conn->client, conn->server)->reject) {
        pipe_clear(w, pipe);
        receive_evidence(w, endpoint_sup(w, conn->client), conn, EVIDENCE_UNREACHABLE);
        return;
    }
    msec patience = conn->client_open ? w->plan.user_timeout_ms : GIVE_UP_MS;
    if (dir == TO_SERVER && pipe->head->kind != PKT_OPEN &&
        w->now - pipe->blocked_since > patience) {
        time_out(w, conn);
        return;
    }
    if (dir == TO_SERVER && !conn->client_open && w->now - pipe->blocked_since > GIVE_UP_MS) {
        time_out(w, conn);
        return;
    }
    schedule_head(w, conn, dir, w->now + world_between(w, pipe->retry_ms / 2, pipe->retry_ms));
    pipe->retry_ms = msec_min(pipe->retry_ms * 2, NET_RETRY_MAX_MS);
}

/* Whether the process that the connection leads to is still that one. */
static bool server_lives(struct world *w, const struct conn *conn)
{
    uint32_t life;

    if (endpoint_is_sup(conn->server)) {
        const struct sup *s = endpoint_sup(w, conn->server);
        life = s->alive ? s->life : 0;
    } else {
        const struct engine *e = endpoint_engine(w, conn->server);
        life = e->alive ? e->life : 0;
    }
    return life != 0 && conn->server_open && life == conn->server_life;
}

/* The kernel takes a connection for a process, running or not; nobody listens for a dead one. */
static bool accept_open(struct world *w, struct conn *conn)
{
    if (endpoint_is_sup(conn->server)) {
        const struct sup *s = endpoint_sup(w, conn->server);
        conn->server_open = s->alive;
        conn->server_life = s->life;
    } else {
        const struct engine *e = endpoint_engine(w, conn->server);
        conn->server_open = e->alive;
        conn->server_life = e->life;
    }
    if (!conn->server_open && conn->client_open && !conn->ended) {
        conn->ended = true;
        net_send(w, conn, TO_CLIENT, packet_new(w, PKT_REFUSED));
    }
    return conn->server_open;
}

static void arrive_at_server(struct world *w, struct conn *conn, struct packet *packet)
{
    if (packet->kind == PKT_OPEN ? !accept_open(w, conn) : !server_lives(w, conn)) {
        packet_free(w, packet);
        net_close_server(w, conn);
        return;
    }
    if (endpoint_is_sup(conn->server))
        receive_packet(w, endpoint_sup(w, conn->server), conn, TO_SERVER, packet);
    else
        engine_receive(w, endpoint_engine(w, conn->server), conn, packet);
}

void net_deliver(struct world *w, uint32_t index, uint32_t serial, int dir)
{
    struct conn *conn = net_find(w, index, serial);

    if (conn == NULL || conn->pipe[dir].head == NULL || conn->pipe[dir].due_at != w->now)
        return; /* of a pipe that was cleared and filled again */
    struct pipe *pipe = &conn->pipe[dir];
    pipe->due_at = MSEC_NEVER;
    struct packet *packet = pipe->head;
    int from = dir == TO_SERVER ? conn->client : conn->server;
    int to = dir == TO_SERVER ? conn->server : conn->client;
    if (from != NOWHERE && !passes(w, from, to)) {
        retry(w, conn, dir);
        return;
    }
    pipe->blocked_since = MSEC_NEVER;
    pipe->head = packet->next;
    if (pipe->head != NULL)
        schedule_head(w, conn, dir, pipe->head->ready_at);
    if (dir == TO_SERVER) {
        arrive_at_server(w, conn, packet);
    } else if (conn->client_open) {
        receive_packet(w, endpoint_sup(w, conn->client), conn, TO_CLIENT, packet);
    } else {
        packet_free(w, packet);
    }
    conn = net_find(w, index, serial);
    if (conn != NULL)
        net_release(w, conn);
}

void net_done(struct world *w)
{
    for (uint32_t i = 0; i < w->n_conns; i++) {
        pipe_clear(w, &w->conns[i]->pipe[TO_SERVER]);
        pipe_clear(w, &w->conns[i]->pipe[TO_CLIENT]);
        held_clear(w, w->conns[i]);
        free(w->conns[i]);
    }
    free(w->conns);
    free(w->free_conns);
    while (w->packets != NULL) {
        struct packet *packet = w->packets;
        w->packets = packet->next;
        free(packet);
    }
}
