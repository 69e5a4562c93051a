/*
 * net: hosts, paths between them, and TCP-like connections over them.
 *
 * A connection is a pipe each way: first in, first out, whatever the path does. Over
 * a cut path nothing is lost either, it is sent again until it gets through or an end
 * gives up; so what was sent may arrive much later. A dead process
 * answers with a reset, a host that is off or cut off with nothing at all.
 */
#ifndef TESTS_SIM_NET_H
#define TESTS_SIM_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/evidence.h"
#include "probes/node_info.h"
#include "quorum/message.h"
#include "sentinel/output.h"
#include "wire/addr.h"
#include "wire/msec.h"

struct world;

#define NET_PENDING_MAX  64   /* requests that may wait on one connection; more = piled up */
#define NET_TICKETS_MAX  8    /* orders in flight on one connection */
#define NET_RETRY_MAX_MS 1600 /* longest wait until something is sent again */

/*   X(id, name) */
#define PACKETS(X)                                                                                 \
    X(OPEN, "open")                                                                                \
    X(PING, "ping")                                                                                \
    X(INFO, "info")                                                                                \
    X(PUBLISH, "publish")                                                                          \
    X(FOLLOW, "follow")                                                                            \
    X(PROMOTE, "promote")                                                                          \
    X(GUARD_ASK, "guard-ask")                                                                      \
    X(GUARD_SET, "guard-set")                                                                      \
    X(SYNC, "sync")                                                                                \
    X(CONFIRM, "confirm")                                                                          \
    X(HOLD, "hold")                                                                                \
    X(FETCH, "fetch")                                                                              \
    X(PAUSE, "pause")                                                                              \
    X(UNPAUSE, "unpause")                                                                          \
    X(ROLE, "role")                                                                                \
    X(SCRIPT_KILL, "script-kill")                                                                  \
    X(FUNCTION_KILL, "function-kill")                                                              \
    X(WRITE, "write")                                                                              \
    X(ASK, "ask")                                                                                  \
    X(OPINION, "opinion")                                                                          \
    X(PEER_HELLO, "peer-hello")                                                                    \
    X(WHERE, "where")                                                                              \
    X(CLAIM, "claim")                                                                              \
    X(LEASE, "lease")                                                                              \
    X(END, "end") /* either way: the sender's end is closed */                                     \
    X(UP, "up")                                                                                    \
    X(REFUSED, "refused")                                                                          \
    X(UNREACHABLE, "unreachable")                                                                  \
    X(EVIDENCE, "evidence") /* a reply to PING, INFO or PUBLISH, see ev */                         \
    X(INFO_REPLY, "info-reply")                                                                    \
    X(SETTLED, "settled")                                                                          \
    X(CHANNEL, "channel") /* a hello from a node's channel */                                      \
    X(ANSWER, "answer")                                                                            \
    X(THERE, "there")                                                                              \
    X(PLEDGE, "pledge")                                                                            \
    X(STOCK, "stock")                                                                              \
    X(DONE, "done") /* a reply that nobody cares about */

enum packet_kind {
#define X(id, name) PKT_##id,
    PACKETS(X)
#undef X
};

/* A replica as its primary's INFO lists it, and the INFO itself: small, for there are many. */
struct info_line {
    uint8_t engine;
    bool online;
    uint64_t offset;
};

struct info_reply {
    struct node_info info; /* replicas unset */
    int n_lines;
    struct info_line lines[6];
};

struct packet {
    enum packet_kind kind;
    enum evidence ev;
    uint64_t ticket;      /* orders: the core's; ASK, ANSWER: the asker's */
    msec ready_at;        /* not before */
    int8_t group, engine; /* ANSWER: which primary was asked about; -1 = none of ours */
    uint64_t about;       /* ASK, ANSWER: config epoch that the asker was in */
    unsigned without;     /* FOLLOW, PROMOTE: parts left out */
    struct packet *next;
    union {
        struct hello hello;
        struct ask ask;
        struct answer answer;
        struct opinion opinion;
        struct info_reply info;
        struct addr addr;
        struct there there;
        struct claim claim;
        struct pledge pledge;
        struct lease_order lease;      /* LEASE, PROMOTE */
        char name[GROUP_NAME_MAX + 1]; /* WHERE: the group */
        struct {
            bool ok;
            enum node_role role;
            uint64_t offset;
            char replid[RUNID_LEN + 1];
            unsigned refused;
            int64_t min_replicas, max_lag_s;
            uint64_t lease_left_ms, lease_clock_ms;
            const char *error;
        } settled;
        msec pause_ms; /* PAUSE */
        struct {
            int64_t min_replicas, max_lag_s;
        } guard; /* GUARD_SET; HOLD, SYNC: the first */
        struct {
            char replid[RUNID_LEN + 1];
            uint64_t from, until;
        } fetch;
    } u;
};

struct pipe {
    struct packet *head, *tail;
    msec last_at;       /* when the last one that was put in is ready */
    msec due_at;        /* when the head is tried next */
    msec blocked_since; /* MSEC_NEVER = not blocked */
    msec retry_ms;
};

enum { TO_SERVER, TO_CLIENT };

struct conn {
    bool used;
    uint32_t index, serial; /* SERIAL rises each time that the place is used again */
    uint8_t client, server; /* endpoints: supervisors first, then nodes */
    uint32_t server_life;   /* which life of the server's process it leads to */
    uint32_t id;            /* what the client's core calls the server */
    enum link_kind link;
    bool client_open, server_open;
    bool up; /* the client was told that it is connected, */
    msec up_at;
    bool subscribed;
    int login;     /* the password that the client has; 0 = none */
    bool accepted; /* the server, a node, has read from it */
    bool given;    /* to an order to step down: it is no link of ID any more */
    bool denied;   /* the server refused it its rights when it was made */
    bool ended;    /* an END or REFUSED to the client is under way */
    struct pipe pipe[2];
    /* the client's side: what is in flight */
    bool ping, info, hello;
    uint64_t tickets[NET_TICKETS_MAX];
    int n_tickets, n_pending;
    /* the server's side: requests behind an ASK that is not answered yet; behind a PUBLISH that is
     * held back by a pause */
    uint64_t blocked_by;
    struct packet *held, *held_tail;
};

/* From one host to another. */
struct path {
    int cuts;    /* how many faults cut it now */
    bool reject; /* a cut that says so: unreachable instead of silence */
    msec extra_ms;
    unsigned loss_pm;
    msec bad_at; /* when it last was not as good as the plan says */
};

int net_host(const struct world *w, int endpoint);
struct path *net_path(struct world *w, int from_endpoint, int to_endpoint);

/* Whether both ways are free (not cut, both hosts on). */
bool net_reachable(struct world *w, int a, int b);

/* When the way there and back was last bad; now, if it is. */
msec net_bad_at(struct world *w, int a, int b);

/* Draw how long something takes from one endpoint to another. */
msec net_latency(struct world *w, int from, int to);

struct packet *packet_new(struct world *w, enum packet_kind kind);
void packet_free(struct world *w, struct packet *packet);

/* A new connection of a supervisor; its OPEN is under way. SERVER < 0: to nowhere. */
struct conn *net_open(struct world *w, int client, int server, uint32_t id, enum link_kind link);

/* Put a packet into the pipe. */
void net_send(struct world *w, struct conn *conn, int dir, struct packet *packet);

/* An end closes: the other is told by END behind everything sent so far. */
void net_close_client(struct world *w, struct conn *conn);

/* The client closes, and what has not reached the server's host is lost. */
void net_reset_client(struct world *w, struct conn *conn);
void net_close_server(struct world *w, struct conn *conn);

/* A process is gone. HOST_OFF: nobody is told. */
void net_drop_process(struct world *w, int endpoint, bool host_off);

/* The connection if it is still that one, else NULL. */
struct conn *net_find(struct world *w, uint32_t index, uint32_t serial);

/* Handler of H_PACKET: the head of a pipe is due. */
void net_deliver(struct world *w, uint32_t index, uint32_t serial, int dir);

/* Free it when neither end needs it any more. */
void net_release(struct world *w, struct conn *conn);

void net_done(struct world *w);
const char *packet_name(enum packet_kind kind);

#endif
