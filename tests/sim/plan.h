/*
 * plan: everything about a run that is fixed before it begins: how many of what,
 * the settings, the ranges of delays and which faults may come. Drawn from a
 * seed, or written down by a story. The configuration itself must be drawn: with the
 * quorum fixed at the majority, a wrong majority rule shows nothing.
 */
#ifndef TESTS_SIM_PLAN_H
#define TESTS_SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "sentinel/group_conf.h"
#include "sentinel/question.h"
#include "wire/msec.h"

#define PLAN_SUPS_MAX    8 /* 7, and one that is added */
#define PLAN_GROUPS_MAX  3
#define PLAN_REPLICA_MAX 5
#define PLAN_TURNS_MAX   5
#define PLAN_PREFER      "zone=a zone=b" /* of a group that has a preference */
#define PLAN_ENGINES_MAX (PLAN_GROUPS_MAX * (PLAN_REPLICA_MAX + 1))

/*   X(id, name): what may go wrong; tests/sim/chaos.c has the function of each */
#define FAULTS(X)                                                                                  \
    X(KILL, "kill")                 /* a node's process dies and is restarted */                   \
    X(POWER, "power")               /* a node's host goes off and on */                            \
    X(HANG, "hang")                 /* a node's process stands still */                            \
    X(SLOW, "slow")                 /* a node needs long for each command */                       \
    X(SCRIPT, "script")             /* a node answers BUSY */                                      \
    X(DENY, "deny")                 /* a node answers NOAUTH */                                    \
    X(MISCONF, "misconf")           /* a node answers MISCONF */                                   \
    X(FULL, "full")                 /* a node's memory is full: it takes no writes */              \
    X(HOLD, "hold")                 /* a node holds all writes back */                             \
    X(REFUSE, "refuse")             /* a node refuses orders */                                    \
    X(LAG, "lag")                   /* a replica falls behind */                                   \
    X(PRIORITY, "priority")         /* a replica's priority changes */                             \
    X(CUT, "cut")                   /* two hosts lose one another, one way or both */              \
    X(ISOLATE, "isolate")           /* a host is cut off */                                        \
    X(SPLIT, "split")               /* the hosts fall into two halves */                           \
    X(DELAY, "delay")               /* slow and lossy paths */                                     \
    X(CRASH, "crash")               /* a supervisor is killed and restarted */                     \
    X(SUP_POWER, "sup-power")       /* a supervisor's host goes off and on */                      \
    X(STALL, "stall")               /* a supervisor's process stands still */                      \
    X(SLOW_DISK, "slow-disk")       /* commits take long */                                        \
    X(FAIL_DISK, "fail-disk")       /* commits fail */                                             \
    X(OP_HAND_OVER, "op-hand-over") /* REPLICAOF by hand, at a replica and at its primary */       \
    X(OP_FAILOVER, "op-failover")   /* SENTINEL FAILOVER */                                        \
    X(OP_SET, "op-set")             /* SENTINEL SET */                                             \
    X(OP_ACK, "op-ack")             /* PICKET ACK */                                               \
    X(OP_RESET, "op-reset")         /* SENTINEL RESET */                                           \
    X(OP_REMOVE, "op-remove")       /* SENTINEL REMOVE, later MONITOR */                           \
    X(OP_RELOAD, "op-reload")       /* SIGHUP: the file again */                                   \
    X(OP_VOTERS, "op-voters")       /* the list of voters */                                       \
    X(OP_TIMING, "op-timing")       /* down-after, periods and limits */                           \
    X(OP_PEER_PASS, "op-peer-pass") /* another password among supervisors */                       \
    X(OP_NODE_PASS, "op-node-pass") /* and for the nodes of a group */                             \
    X(FORGE, "forge")               /* a hello with an impossible epoch */                         \
    X(BEHIND, "behind") /* one and the primary miss a failover, the new one restarts */            \
    X(FORGE_MEMBER, "forge-member") /* hellos of supervisors that are not, or not there */         \
    X(OP_HOLD, "op-hold")           /* PICKET PAUSE, MAINTENANCE */                                \
    X(OP_FORGET, "op-forget")       /* PICKET FORGET */

enum fault {
#define X(id, name) FAULT_##id,
    FAULTS(X)
#undef X
        FAULT_COUNT
};

/* After the calm: the primary of each group is lost for good, in a quiet world. ROW: and so is each
 * that takes its place, as soon as it does, until one node is left that followed none of them. */
enum finale { FINALE_NONE, FINALE_KILL, FINALE_POWER, FINALE_HANG, FINALE_ROW, FINALE_COUNT };

/* What hooks say when they are asked; LOST: the shell knows that no answer comes. */
enum sim_answer { ANSWER_DRAWN, ANSWER_YES, ANSWER_NO, ANSWER_LOST, ANSWER_SILENCE };

struct plan {
    uint64_t seed;
    int n_sups;
    int n_late; /* of them, those that join during the chaos */
    int n_groups;
    int n_nodes[PLAN_GROUPS_MAX]; /* the primary included */
    struct group_conf conf[PLAN_GROUPS_MAX];
    bool meet_first;           /* chaos begins when every supervisor knows all others */
    bool names;                /* the file names primaries, INFO and links say numbers */
    bool own_hellos;           /* the shell lets our own hellos through */
    bool anonymous;            /* supervisors do not know their own address: the link fills it in */
    bool stock[PLAN_SUPS_MAX]; /* does not know PICKET OPINION */
    uint8_t sup_host[PLAN_SUPS_MAX]; /* hosts may be shared */
    uint8_t node_host[PLAN_ENGINES_MAX];

    msec latency_min_ms, latency_max_ms; /* one way */
    unsigned loss_pm;                    /* segments that must be sent again, per mille */
    unsigned dup_pm;                     /* messages between peers that come twice */
    msec user_timeout_ms;                /* TCP_USER_TIMEOUT */
    msec disk_min_ms, disk_max_ms;
    msec timer_slack_ms; /* a timer is late by up to this */
    bool tick_first;     /* after a standstill: the timer before the sockets */

    uint32_t write_rate;             /* bytes/s that clients write to a primary */
    msec full_sync_ms;               /* a full synchronisation takes so long */
    uint64_t backlog;                /* bytes; more than this behind = full */
    msec repl_timeout_ms;            /* until replicas notice a silent primary */
    uint8_t picky[PLAN_ENGINES_MAX]; /* parts of orders that a node never takes (enum order_part) */
    int priority[PLAN_ENGINES_MAX];  /* of each node, */
    msec lag_ms[PLAN_ENGINES_MAX];   /* and how far behind it is, at first */
    uint8_t zone[PLAN_ENGINES_MAX];  /* that it tells: 1 is "a", 2 "b"; 0 = it tells none */
    bool no_pause[PLAN_ENGINES_MAX]; /* refuses CLIENT PAUSE */
    bool serve_stale;                /* false: replicas without link answer MASTERDOWN */

    bool picket[PLAN_GROUPS_MAX]; /* its nodes have sync-replicas and a start gate */
    bool strangers; /* a node with other data may take a dead primary's address at once */
    int64_t write_lease_ms[PLAN_GROUPS_MAX]; /* of its nodes; 0 = they need none */
    int drift_pm[PLAN_ENGINES_MAX];          /* how much faster a node's clock is, per mille */

    struct question_times questions; /* whether there are hooks that are asked */
    enum sim_answer answer;
    msec answer_ms; /* unless it is drawn */

    msec chaos_ms; /* 0 = none */
    msec gap_ms;   /* between faults, on average */
    unsigned weight[FAULT_COUNT];
    int forget_sup; /* the only one that operators ever say is gone for good; -1 = none is */
    int tool_turns; /* how often an operator's tool turns a replica away in the calm; 0 = none */
    enum finale finale; /* how the primaries go when all is calm again */
    unsigned aim_pm;    /* steps with rows that end in a crash, per mille */
};

/* What stories begin with: 3 supervisors, 1 group of 3 nodes, fixed latency, no chaos. */
void plan_init(struct plan *plan);

/* Draw everything from a seed. */
void plan_draw(struct plan *plan, uint64_t seed);

int plan_majority(const struct plan *plan);
const char *fault_name(enum fault fault);

#endif
