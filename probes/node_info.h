/*
 * node_info: what a data node says of itself in its INFO reply, as far as a
 * supervisor needs it. Parsed from the text of Redis >= 2.8, Valkey and
 * picket-store; unknown fields are skipped, missing ones keep the defaults
 * below, malformed ones are taken as missing.
 */
#ifndef PROBES_NODE_INFO_H
#define PROBES_NODE_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/addr.h"
#include "wire/msec.h"

#define RUNID_LEN         40
#define ZONE_LEN_MAX      63
#define INFO_REPLICAS_MAX 128 /* slaveN lines looked at; the rest are counted */

#define LINK_DOWN_UNIT_MS 1000 /* link_down_ms is told in whole seconds */

enum node_role { ROLE_UNKNOWN, ROLE_PRIMARY, ROLE_REPLICA };

/* One slaveN line of a primary. */
struct info_replica {
    struct addr addr;
    uint64_t offset;
    uint64_t lag_s; /* since its last acknowledgement; UINT64_MAX = not known, as when the primary's
                       clock was set back since (it says a negative number then) */
    bool online;    /* state=online */
};

struct node_info {
    enum node_role role;
    char runid[RUNID_LEN + 1];
    bool loading;
    msec loading_left_ms; /* loading_eta_seconds; -1 = not said */
    uint64_t used_memory; /* bytes; 0 = not said */
    uint64_t max_memory;  /* maxmemory; 0 = no limit */
    bool save_failed;     /* rdb_last_bgsave_status:err */
    bool append_failed;   /* aof_last_write_status:err */
    char
        zone[ZONE_LEN_MAX + 1]; /* availability_zone (Valkey >= 8); empty = not said, or too long */
    /* of a replica */
    struct addr primary;  /* whom it follows; empty when it does not say */
    bool link_up;         /* master_link_status:up */
    bool syncing;         /* master_sync_in_progress:1 */
    msec link_down_ms;    /* how long its link has been down; -1 = never up or unknown */
    int priority;         /* slave_priority; default 100; 0 = never promote */
    bool announced;       /* replica_announced; default true */
    uint64_t repl_offset; /* slave_repl_offset, else master_repl_offset */
    /* replication history */
    char replid[RUNID_LEN + 1];
    char replid2[RUNID_LEN + 1];
    uint64_t second_offset; /* second_repl_offset; 0 when there is no second id (-1) */
    int64_t keys;           /* of all databases; -1 = the section Keyspace is missing */
    /* picket-store's write lease */
    uint64_t write_lease_ms; /* for how long one lasts at most; 0 = it needs none, as stock nodes */
    uint64_t lease_left_ms;
    uint64_t lease_epoch;
    uint64_t lease_clock_ms; /* the node's clock */
    int64_t sync_replicas;   /* sync-replicas of a picket-store; -1 = it has no such thing */
    bool gate_closed;        /* start_gate:closed */
    /* of a primary */
    uint64_t primary_offset;             /* master_repl_offset */
    uint32_t n_replicas;                 /* entries behind REPLICAS */
    uint32_t n_dropped;                  /* slaveN lines beyond INFO_REPLICAS_MAX or malformed */
    const struct info_replica *replicas; /* node_info_parse()'s caller's; may be NULL */
};

/* Defaults: all unknown, priority 100, announced. */
void node_info_init(struct node_info *info);

/* Parse LEN bytes of INFO text. RET_REPLICAS has room for INFO_REPLICAS_MAX
 * entries; RET_INFO->replicas points to it. False when the text names no role:
 * then it is no INFO of a data node and RET_INFO is untouched. */
bool node_info_parse(struct node_info *ret_info, struct info_replica *ret_replicas,
                     const char *text, size_t len);

/* Whether two replication ids are both known, and equal. */
bool replid_equal(const char *a, const char *b);

/* Whether an id of A is an id of B: one may have been promoted out of the other's history. */
bool node_info_are_kin(const struct node_info *a, const struct node_info *b);

const char *node_role_name(enum node_role role); /* "master", "slave", "?" */

#endif
