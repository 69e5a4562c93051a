/*
 * output: what one step wants done, in the order in which it must be done:
 * rows durable first, then messages, orders, events, replies.
 *
 * The core owns the arrays; they are valid until its next step. What waits for
 * the disk and what does not is decided in sentinel/outbox.h, in one place.
 */
#ifndef SENTINEL_OUTPUT_H
#define SENTINEL_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "notify/event.h"
#include "probes/evidence.h"
#include "probes/node_info.h"
#include "quorum/message.h"
#include "sentinel/row.h"
#include "wire/addr.h"
#include "wire/msec.h"

/*   X(id, name, waits for the disk)
 *
 *   OPEN    make LINK to ADDR (id: node or peer; a group's credentials apply to nodes)
 *   CLOSE   drop LINK; nothing more is heard of it
 *   FORGET  drop both links, the id will not be used again
 *   PING    PING on LINK; the reply is an observation
 *   INFO    INFO on the command link; the reply is an observation
 *   HELLO   PUBLISH hello on the node's channel; any reply is HELLO_SENT
 *   FOLLOW  MULTI, REPLICAOF addr, CONFIG REWRITE, CLIENT KILL TYPE normal, EXEC, then ROLE,
 *           without the parts that the node refuses; settles TICKET
 *   PROMOTE the same with REPLICAOF NO ONE; settles TICKET
 *   SCRIPT_KILL, FUNCTION_KILL  SCRIPT KILL, FUNCTION KILL; settles TICKET
 *   DEMOTE  as FOLLOW, of a primary, before anybody else is promoted; settles TICKET with the
 *           offset of its last write
 *   FENCE   as DEMOTE, over every connection that is open, even one that does not answer; they are
 *           given up to it: both links report that they ended. Settles TICKET, perhaps very late.
 *           With MIN_REPLICAS: as HOLD
 *   DISARM  end the connections that FENCE took
 *   HOLD    MULTI, CONFIG SET min-replicas-to-write, CLIENT KILL TYPE normal, EXEC, of a former
 *           primary that is to keep its history for now; settles TICKET with role and offset
 *   FETCH   ask it for what it has of REPLID from FROM up to UNTIL, over a connection of its own,
 *           and make that a file; settles TICKET, its error saying which file
 *   DETACH  as FOLLOW, before ADDR is a primary; settles TICKET
 *   GUARD_ASK  CONFIG GET min-replicas-to-write and -max-lag; settles TICKET with both
 *   GUARD_SET  CONFIG SET of both (and CONFIG REWRITE if REWRITE); settles TICKET with both
 *   SYNC    CONFIG SET sync-replicas MIN_REPLICAS and CONFIG REWRITE, of a picket-store; settles
 *           TICKET
 *   CONFIRM PICKET CONFIRM, which opens the start gate of a picket-store; settles TICKET
 *   PAUSE   CLIENT PAUSE pause_ms WRITE, then ROLE; settles TICKET with the offset
 *   UNPAUSE CLIENT UNPAUSE; the reply does not matter
 *   LEASE   PICKET LEASE lease.ms lease.epoch <group> FROM lease.clock; settles TICKET with what is
 *           left of the lease, and the node's clock. Never waits for the disk: quorum/message.h
 *   WRITE   a write that changes nothing (sentinel/write_watch.h), on its own link; settles TICKET
 *   ROLE    ROLE; settles TICKET with role and offset
 *   QUESTION  to the hooks, whether ADDR may take the place of the primary ID; settles TICKET: ok =
 *           yes, lost = no answer within LIMIT_MS, else no
 */
#define ORDER_KINDS(X)                                                                             \
    X(OPEN, "open", 0)                                                                             \
    X(CLOSE, "close", 0)                                                                           \
    X(FORGET, "forget", 0)                                                                         \
    X(PING, "ping", 0)                                                                             \
    X(INFO, "info", 0)                                                                             \
    X(HELLO, "hello", 1)                                                                           \
    X(FOLLOW, "follow", 1)                                                                         \
    X(PROMOTE, "promote", 1)                                                                       \
    X(SCRIPT_KILL, "script-kill", 0)                                                               \
    X(FUNCTION_KILL, "function-kill", 0)                                                           \
    X(WRITE, "write", 0)                                                                           \
    X(FENCE, "fence", 1)                                                                           \
    X(HOLD, "hold", 1)                                                                             \
    X(FETCH, "fetch", 0)                                                                           \
    X(DISARM, "disarm", 0)                                                                         \
    X(DETACH, "detach", 1)                                                                         \
    X(DEMOTE, "demote", 1)                                                                         \
    X(PAUSE, "pause", 1)                                                                           \
    X(GUARD_ASK, "guard-ask", 0)                                                                   \
    X(GUARD_SET, "guard-set", 1)                                                                   \
    X(SYNC, "sync", 0)                                                                             \
    X(CONFIRM, "confirm", 0)                                                                       \
    X(UNPAUSE, "unpause", 0)                                                                       \
    X(LEASE, "lease", 0)                                                                           \
    X(ROLE, "role", 0)                                                                             \
    X(QUESTION, "question", 1)

enum order_kind {
#define X(id, name, waits) ORDER_##id,
    ORDER_KINDS(X)
#undef X
        ORDER_COUNT
};

/* A write lease, counted from a reading of the node's clock. */
struct lease_order {
    bool wanted; /* PROMOTE: there is one in the transaction, */
    int64_t ms;  /* which may be none at all: then this is but the word of the epoch */
    uint64_t epoch, clock_ms;
};

struct order {
    enum order_kind kind;
    uint32_t id;         /* node or peer */
    enum link_kind link; /* OPEN, CLOSE, PING */
    uint64_t ticket;     /* of orders that settle it; else 0 */
    struct addr addr;    /* OPEN: where to; FOLLOW, DEMOTE: whom to follow */
    unsigned
        without; /* FOLLOW, PROMOTE, DEMOTE, FENCE, DETACH: parts to leave out (enum order_part) */
    msec pause_ms;                   /* PAUSE */
    int64_t min_replicas, max_lag_s; /* GUARD_SET; HOLD, SYNC, and FENCE if not 0: the first */
    struct lease_order lease;        /* LEASE; PROMOTE, where the node needs one */
    bool rewrite;
    char replid[RUNID_LEN + 1]; /* FETCH */
    uint64_t from, until;
    bool planned;       /* QUESTION: an operator wants it */
    msec limit_ms;      /* QUESTION */
    struct hello hello; /* HELLO */
};

/* How a request ended; texts in sentinel/admin. */
enum reply_code {
    REPLY_OK,
    REPLY_NO_SUCH_GROUP,
    REPLY_DUPLICATE_GROUP,
    REPLY_IN_PROGRESS,     /* a failover is under way */
    REPLY_NO_GOOD_REPLICA, /* nothing to promote */
    REPLY_NO_SUCH_REPLICA, /* the one asked for is none of this group */
    REPLY_NO_QUORUM,       /* too few supervisors can be reached to elect a leader */
    REPLY_PAUSED,          /* an operator has paused the group */
    REPLY_NO_SUCH_NODE,    /* no node of this group stands there */
    REPLY_NO_SUCH_PEER,    /* no supervisor of that run id is known */
    REPLY_IS_PRIMARY,      /* it is the primary, of all nodes */
    REPLY_STILL_THERE,     /* what was to be forgotten would be found again at once */
    REPLY_FULL             /* GROUPS_MAX reached */
};

struct reply {
    uint64_t ticket;
    enum reply_code code;
    uint32_t count; /* RESET: groups */
};

struct output {
    struct row *rows;
    struct message *messages;
    struct order *orders;
    struct event *events;
    struct reply *replies;
    size_t n_rows, n_messages, n_orders, n_events, n_replies;
    size_t cap_rows, cap_messages, cap_orders, cap_events, cap_replies;
    msec wake; /* feed a TICK at this time; MSEC_NEVER = no need */
};

const char *order_kind_name(enum order_kind kind);

/* Whether the order promises something and must wait for the disk. */
int order_waits(enum order_kind kind);

void output_init(struct output *output);
void output_done(struct output *output);

/* Empty all arrays, keep their memory. */
void output_clear(struct output *output);

/* Append a zeroed entry and return it. */
struct row *output_row(struct output *output, enum row_kind kind);
struct message *output_message(struct output *output, enum message_kind kind, uint32_t peer);
struct order *output_order(struct output *output, enum order_kind kind, uint32_t id);
struct event *output_event(struct output *output, enum event_kind kind);
struct reply *output_reply(struct output *output, uint64_t ticket, enum reply_code code);

#endif
