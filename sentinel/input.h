/*
 * input: the five things that the shell can tell the core. An input is borrowed
 * for the length of core_step(); nothing in it is kept.
 */
#ifndef SENTINEL_INPUT_H
#define SENTINEL_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/evidence.h"
#include "probes/node_info.h"
#include "quorum/message.h"
#include "sentinel/failover.h"
#include "sentinel/global_conf.h"
#include "sentinel/group_conf.h"
#include "sentinel/question.h"
#include "wire/addr.h"
#include "wire/msec.h"

enum input_kind { INPUT_TICK, INPUT_OBSERVATION, INPUT_MESSAGE, INPUT_REQUEST, INPUT_SETTLED };

/* What a link showed. ID is the node's or peer's that ORDER_OPEN named. After
 * any evidence of class DOWN the link is gone until the next ORDER_OPEN. */
struct observation {
    uint32_t id;
    enum link_kind link;
    enum evidence evidence;
    char ip[HOST_LEN_MAX + 1];    /* CONNECTED: the numeric address it leads to; may be empty */
    const struct node_info *info; /* INFO: the parsed reply; else NULL */
};

/* An operator's or client's change. REPLY comes back with the same ticket. */
enum request_kind {
    REQUEST_MONITOR, /* name, addr, conf: add a group at run time */
    REQUEST_REMOVE,  /* name */
    REQUEST_SET,   /* name, conf, set: change the options whose bit (index in group_options) is set,
                      all or none */
    REQUEST_RESET, /* name: glob; reply counts the groups */
    REQUEST_FAILOVER,   /* name; addr: the replica wanted, empty = the best; hasty: do not drain */
    REQUEST_FLUSH,      /* answered once everything so far is durable */
    REQUEST_CONFIG_SET, /* global, set: as SET, of the whole process (bits by global_table) */
    REQUEST_DEBUG,      /* tunables, set: periods and time-outs until the next restart (bits by
                           tunable_table) */
    REQUEST_CONFIGURE_GLOBAL, /* global: as the file has it */
    REQUEST_QUESTIONS,        /* questions: how long hooks are waited for */
    REQUEST_VOTERS, /* voters, n_voters: the voter set, this supervisor included; 0 = all members */
    REQUEST_CONFIGURE, /* name, addr, conf: a group as the file has it (start and reload) */
    REQUEST_HOLD,   /* name; addr: a node, or empty = the group; for_ms: 0 = no longer; wall_ms */
    REQUEST_FORGET, /* name; runid: a supervisor; or addr: a node */
    REQUEST_RETAIN, /* end of a reload: forget the file's groups not CONFIGUREd since the last one
                     */
    REQUEST_ACK,    /* name: failovers in short succession are forgotten */
    REQUEST_COUNT
};

struct voter;

struct request {
    enum request_kind kind;
    uint64_t ticket; /* 0 = no reply wanted */
    char name[GROUP_NAME_MAX + 1];
    struct addr addr;
    struct group_conf conf;
    struct global_conf global;
    struct tunables tunables;
    const struct voter *voters; /* borrowed for the step; at most PEERS_MAX + 1 */
    uint32_t n_voters;
    struct question_times questions;
    uint64_t set;
    bool hasty;
    char asked_by[FAILOVER_ASKED_MAX + 1]; /* FAILOVER: who it is, for the history; may be empty */
    msec for_ms;
    int64_t wall_ms;                /* HOLD: the time now, since 1970 */
    char runid[PEER_RUNID_LEN + 1]; /* FORGET */
};

/* The outcome of an order that had a ticket (FOLLOW, PROMOTE), or news of the disk. */
enum settled_kind {
    SETTLED_ORDER,
    SETTLED_DISK /* ok = false: a commit failed or is late; true: all is durable again */
};

struct settled {
    enum settled_kind kind;
    uint64_t ticket;
    bool ok;          /* order: the node took it (each reply of the transaction was read) */
    bool lost;        /* order: the link went before the reply: it may or may not have happened */
    bool again;       /* set by the core: nothing happened, it is to be ordered again at once */
    unsigned refused; /* order: parts that were (enum order_part) */
    enum node_role role;                /* order: what ROLE, read right behind it, said, */
    uint64_t offset;                    /* and the replication offset in it, */
    char replid[RUNID_LEN + 1];         /* and the history that INFO named; may be empty */
    int64_t min_replicas, max_lag_s;    /* GUARD_ASK, GUARD_SET: in force now */
    uint64_t lease_left_ms;             /* LEASE: what is left of it, */
    uint64_t lease_clock_ms;            /* and the node's clock */
    char error[EVIDENCE_ERROR_MAX + 1]; /* order: the first error reply, also of a part; FETCH: also
                                           what was fetched, and where it is; disk: the reason */
};

struct input {
    enum input_kind kind;
    msec now; /* monotonic, never less than in the step before */
    union {
        struct observation observation;
        struct message message;
        struct request request;
        struct settled settled;
    } u;
};

#endif
