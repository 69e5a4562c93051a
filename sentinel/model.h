/*
 * model: what the core holds. For reading between steps (commands, HTTP,
 * metrics, the simulator's checks); only files of the core write it.
 *
 *   core ─┬─ groups[] ─┬─ nodes[]    one of them is the primary
 *         │            └─ members[] ── peer (shared by all groups)
 *         └─ things: id ─▶ group, node or peer
 */
#ifndef SENTINEL_MODEL_H
#define SENTINEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/node_info.h"
#include "probes/probe.h"
#include "quorum/hello.h"
#include "quorum/vote.h"
#include "sentinel/arm.h"
#include "sentinel/busy.h"
#include "sentinel/failover.h"
#include "sentinel/fight.h"
#include "sentinel/flap.h"
#include "sentinel/gather.h"
#include "sentinel/global_conf.h"
#include "sentinel/group_conf.h"
#include "sentinel/hold.h"
#include "sentinel/lag.h"
#include "sentinel/lease.h"
#include "sentinel/lineage.h"
#include "sentinel/output.h"
#include "sentinel/salvage.h"
#include "sentinel/tune.h"
#include "sentinel/write_watch.h"
#include "wire/addr.h"
#include "wire/backoff.h"
#include "wire/deadline.h"
#include "wire/prng.h"

#define GROUPS_MAX 4096
#define NODES_MAX  128        /* of one group, the primary included */
#define PEERS_MAX  128        /* of one group, and in all */
#define THINGS_MAX (1u << 22) /* ids of all groups, nodes and peers, and of those that are gone */
/* Supervisors that are being looked into, each with one link at most; and groups of which known
 * ones are said to be members. */
#define CANDIDATES_MAX 32
#define CLAIMS_MAX     1024

struct group;
struct removed;

/* Another supervisor, whichever groups it shares with us. */
struct peer {
    uint32_t id;
    char runid[PEER_RUNID_LEN + 1];
    struct addr addr;
    struct probe probe;
    struct deadline deadline;
    uint32_t n_groups; /* memberships; 0 = it is a candidate's: what it is said to be is not sure */
    bool stock;        /* does not know OPINION: a Redis or Valkey Sentinel */
};

/* A peer as a member of one group: its vote and what it thinks of the primary. */
struct member {
    struct peer *peer;
    msec hello_at;         /* last hello for this group, MSEC_NEVER = none yet */
    msec agreed_at;        /* last one that named our primary in our config epoch; 0 = none */
    bool confirmed;        /* asked, it names the rumour's address as the primary's */
    uint64_t where_ticket; /* that question in flight; 0 = none */
    msec where_at;         /* when it was last asked what it holds */
    msec held_at;          /* when it was asked what it answered last; MSEC_NEVER = not */
    uint64_t held_epoch;   /* the config epoch, */
    struct addr held_addr; /* and the primary */
    bool down;             /* it says that OUR current primary is down */
    msec down_at;          /* when it last said so */
    msec blamed_at; /* when it was last pushed, perhaps by anybody, that it says so; 0 = never */
    uint64_t leading_epoch;          /* failover that it says it leads, */
    msec leading_at;                 /* when it said so, */
    uint64_t leading_config;         /* and the config epoch that it had then */
    char leader[PEER_RUNID_LEN + 1]; /* its last vote that we know of */
    uint64_t leader_epoch;
    bool ask_again;      /* the peer has changed its mind since that question */
    uint64_t ask_ticket; /* ask in flight; 0 = none */
    uint64_t ask_epoch;  /* config epoch of the group when it was asked */
    msec asked_at;
    uint64_t vote_asked;     /* epoch of the campaign in which its vote was asked for last, */
    uint64_t vote_answered;  /* and in which it answered */
    struct lease_vote lease; /* what it pledges to whom we claim for */
    msec corrected_at;       /* when we last sent it a newer configuration */
    bool sdown;              /* the peer itself, by this group's down_after */
    msec sdown_at;
};

/* A supervisor that is said to watch a group, which nobody but itself can confirm. */
struct candidate {
    struct peer *peer; /* who is asked: one that is known, or one at the claimed address */
    uint32_t group;    /* id */
    msec since;
    uint64_t ticket; /* question in flight; 0 = none */
    bool refuted;
};

/* How a replica is being brought to follow the primary. */
enum repoint { REPOINT_NONE, REPOINT_SENT, REPOINT_INPROG, REPOINT_DONE };

/* A process that was here before this one. */
struct past_life {
    msec lost_at;               /* when the link to it was lost, */
    uint64_t offset;            /* where it was by its last INFO; UINT64_MAX = not known, */
    char replid[RUNID_LEN + 1]; /* and its history; empty = not known */
};

struct node {
    uint32_t id;
    struct group *group;
    struct addr addr;          /* as configured or as the primary's INFO names it */
    char ip[HOST_LEN_MAX + 1]; /* numeric address it was reached at; empty = not yet */
    struct probe probe;
    struct deadline deadline;
    struct node_info info;     /* last INFO; valid if probe.info_seen_at is set */
    char runid[RUNID_LEN + 1]; /* last seen; survives a restart */
    msec created_at;
    msec role_at;      /* since when it reports info.role */
    msec replica_from; /* when the last INFO was asked that says that it is a replica; 0 */
    bool contacted;    /* INFO seen since the link came up */
    msec reborn_at;    /* primary: since when it has to answer PONG again; MSEC_NEVER = it has */
    bool reborn;       /* run id differed from RUNID at first contact */
    struct {
        msec since; /* it came back as another process, and what it holds is in doubt; MSEC_NEVER */
        msec until; /* replicas are waited for */
        bool told;  /* it holds less than a replica, and that was told */
        struct past_life believed; /* the last process that was not in doubt, */
        struct past_life last;     /* and the last one; the same, unless that was in doubt */
    } amnesia;
    struct {
        msec since; /* INFO says that it is loading; MSEC_NEVER = it does not */
        bool told;  /* that it takes too long */
    } loading;
    struct gather_doubt doubt;     /* of what it acknowledged (durability = quorum) */
    struct gather_reading reading; /* GATHER */
    bool sdown;
    bool quiet;      /* and that was not told, since it is in maintenance */
    bool crashed;    /* sdown by the crash path, not by silence */
    msec sdown_at;   /* since when (also the time of -sdown) */
    bool rumoured;   /* known from an unverified hello only */
    msec cut_off_at; /* since when a failover keeps it from being linked; MSEC_NEVER = it is not */
    msec wrong_at;   /* since when it does not follow the primary; MSEC_NEVER = it does */
    struct arm arm;
    int64_t min_replicas, max_lag_s; /* what it needs to accept writes, as it said itself, */
    msec guard_at;                   /* and when; MSEC_NEVER = never in the life of this process */
    msec guard_wrong_at;      /* since when that is not what it shall be; MSEC_NEVER = it is */
    bool guard_stale;         /* its link was made anew since */
    uint64_t guard_ticket;    /* order in flight; 0 = none */
    msec guard_ask_at;        /* the next one not before */
    size_t prompt_replicas;   /* a primary: that it lists as online and without lag */
    struct lease_node lease;  /* to write, where it needs one */
    struct tune tune;         /* what a picket-store is told */
    struct fight fight;       /* with somebody else, over what it follows */
    struct salvage salvage;   /* of what it wrote last */
    bool owed;                /* a former primary: demote it at first contact */
    bool was_down;            /* sdown has been true in the life of this process */
    struct flap flap;         /* how often it lost the role of the primary */
    struct busy busy;         /* what it runs is being ended */
    struct write_watch write; /* the primary: whether it takes writes */
    bool denied;              /* +access-denied was raised */
    msec balked_at;       /* when it last did not let itself be promoted; MSEC_NEVER = not yet */
    uint64_t role_ticket; /* ROLE in flight; 0 = none */
    msec role_asked_at;
    msec role_ask_at; /* not before */
    unsigned refuses; /* parts of orders that it does not take (enum order_part), */
    msec refused_at;  /* and when it said so last; MSEC_NEVER = not yet */
    enum repoint repoint;
    msec repoint_at;
    bool astray;     /* seen not to follow the primary; it was not told yet that it does again */
    uint64_t ticket; /* order in flight; 0 = none */
    struct hold maintenance;
    struct backoff fix_backoff; /* between two orders to follow */
    msec fix_at;                /* not before */
};

/* A switch that a peer told of and that is not verified yet. */
struct rumour {
    bool active;
    struct addr primary;
    uint64_t config_epoch;
    uint32_t peer; /* id of who said it first */
    msec since;
    msec ask_at; /* next round of questions to the members */
};

struct group {
    uint32_t id;
    char name[GROUP_NAME_MAX + 1];
    const struct core *core;
    struct group_conf conf;
    struct addr base_addr; /* as the file had it when last read */
    struct group_conf base;
    bool from_file;
    bool twins;      /* two nodes may turn out to be one: their addresses were resolved */
    bool announced;  /* +monitor was raised */
    bool configured; /* CONFIGUREd since the last RETAIN */
    uint64_t config_epoch;
    msec epoch_at;  /* since when that is it, */
    msec config_at; /* when the current primary became it here, */
    msec
        forked_at; /* and since when it had nothing new of the former one; MSEC_NEVER = not known */
    struct node *primary;
    struct node *nodes[NODES_MAX];
    size_t n_nodes;
    struct member *members; /* at most PEERS_MAX */
    size_t n_members, cap_members;
    struct lineage lineage; /* histories of its last primaries, durable */
    struct lag lag;         /* where the primary was */
    struct lease lease;     /* of the primary, or of who is about to be one */
    struct vote vote;       /* our last vote in this group, durable before visible */
    msec voted_at; /* when we last voted for somebody else; MSEC_NEVER = not in this life */
    bool odown;
    msec odown_at;
    struct rumour rumour;
    struct failover failover;
    struct hold pause;
    struct flap flap;    /* failovers in short succession, durable */
    msec hello_due_at;   /* to peers */
    msec confirm_ask_at; /* next round of questions to the members, when something is to be
                            confirmed */
    msec opinion_at;     /* when our opinion was last pushed */
    bool opinion_pushed; /* the value pushed last */
    uint64_t leading_pushed;
    struct deadline deadline;
};

enum thing_kind { THING_NONE, THING_GROUP, THING_NODE, THING_PEER };

struct thing {
    enum thing_kind kind;
    void *ptr;
    uint32_t next; /* NONE: the id that was given back after this one; 0 = none was */
};

/* One who may vote, by run id or by address. */
struct voter {
    char runid[PEER_RUNID_LEN + 1]; /* empty = known by address */
    struct addr addr;
};

struct core {
    char runid[PEER_RUNID_LEN + 1];
    struct addr self;               /* what we listen on; host empty = that of each link */
    struct global_conf global;      /* settings in force, */
    struct global_conf global_base; /* and as the file had them when last read */
    struct tunables tunables;
    struct pace pace;     /* of all probes, from the tunables */
    struct voter *voters; /* the voter set by configuration; none = all members */
    uint32_t n_voters;
    struct question_times questions; /* whether hooks are asked, and for how long */
    uint64_t current_epoch;
    msec now;
    msec started_at;
    msec tilt_until; /* reports sentinel_tilt until then; MSEC_NEVER = not tilted */
    msec tilt_since;
    msec late_at;   /* when a timer came late last: there may be something to read */
    msec steady_at; /* we stood still: no node is given a role before what came in meanwhile is read
                     */
    bool disk_stalled;
    struct prng prng;
    struct group *groups[GROUPS_MAX]; /* sorted by name */
    size_t n_groups;
    struct removed *removed; /* groups of the file that are to stay away; at most GROUPS_MAX */
    size_t n_removed;
    struct peer *peers[PEERS_MAX];
    size_t n_peers;
    struct candidate candidates[CANDIDATES_MAX + CLAIMS_MAX]; /* oldest first */
    size_t n_candidates;
    msec refusal_told_at; /* when a refused candidate was last told of */
    struct thing *things; /* by id */
    uint32_t n_things, cap_things;
    uint32_t gone_first, gone_last, n_gone; /* ids that were given back, oldest first */
    uint64_t last_ticket;
    uint64_t first_serial; /* of locks: another in each life of this supervisor */
    struct deadlines deadlines;
    struct output output;
};

/* Whether that supervisor may vote at all. */
bool core_is_voter(const struct core *core, const char *runid, const struct addr *addr);

/* The group of that name, or NULL. */
struct group *core_find_group(const struct core *core, const char *name);

/* The node or peer of that id, or NULL. */
struct node *core_find_node(const struct core *core, uint32_t id);
struct peer *core_find_peer(const struct core *core, uint32_t id);

/* The node's address as shown to others: numeric if it has been reached. */
struct addr node_shown_addr(const struct node *node);

/* The address that clients shall use for the group's primary. */
struct addr group_primary_addr(const struct group *group);

/* Supervisors that count for the group's majority, this one included. */
uint32_t group_voters(const struct group *group);

/* Those of them that are usable, this one included: not subjectively down, and not refusing what we
 * log in with. */
uint32_t group_usable(const struct group *group);

/* What an election needs: the majority of all voters, and at least the quorum. */
uint32_t group_needed(const struct group *group);

#endif
