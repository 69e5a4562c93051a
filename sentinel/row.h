/*
 * row: what must survive a restart, a row each. The core hands rows out to be
 * made durable; at start it is given back what the last run stored. A row replaces the
 * earlier one with the same key; a *_GONE row deletes it (GROUP_GONE also every LINEAGE, VOTE,
 * NODE, PEER and HOLD of the group, NODE_GONE the HOLD of the node).
 *
 *   kind    key             fields
 *   GLOBAL  -               global, global_base
 *   EPOCH   -               epoch (the highest seen)
 *   GROUP   group           addr, epoch (config epoch), conf, base_addr, base, from_file
 *   REMOVED group           base_addr, base (what the file said of it when it was taken away)
 *   LINEAGE group           lineage
 *   VOTE    group           epoch, runid (whom we voted for in it)
 *   NODE    group, addr     runid (last seen, may be empty), ip (the same), owed, leased
 *   PEER    group, runid    addr
 *   HOLD    group, addr     until_wall_ms (no address: of the group itself)
 *   FLAP    group, addr     count (of the node there; without addr of the group; 0 = no row)
 */
#ifndef SENTINEL_ROW_H
#define SENTINEL_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "sentinel/global_conf.h"
#include "sentinel/group_conf.h"
#include "sentinel/lineage.h"
#include "wire/addr.h"

#define ROW_KINDS(X)                                                                               \
    X(GLOBAL, "global")                                                                            \
    X(EPOCH, "epoch")                                                                              \
    X(GROUP, "group")                                                                              \
    X(GROUP_GONE, "group-gone")                                                                    \
    X(REMOVED, "removed")                                                                          \
    X(REMOVED_GONE, "removed-gone")                                                                \
    X(LINEAGE, "lineage")                                                                          \
    X(VOTE, "vote")                                                                                \
    X(NODE, "node")                                                                                \
    X(NODE_GONE, "node-gone")                                                                      \
    X(PEER, "peer")                                                                                \
    X(PEER_GONE, "peer-gone")                                                                      \
    X(HOLD, "hold")                                                                                \
    X(HOLD_GONE, "hold-gone")                                                                      \
    X(FLAP, "flap")

enum row_kind {
#define X(id, name) ROW_##id,
    ROW_KINDS(X)
#undef X
};

struct row {
    enum row_kind kind;
    char group[GROUP_NAME_MAX + 1];
    char runid[PEER_RUNID_LEN + 1];
    struct addr addr;
    uint64_t epoch;
    char ip[HOST_LEN_MAX + 1];       /* NODE: numeric address it was last reached at */
    bool owed;                       /* NODE: a former primary that has still to be demoted */
    int64_t min_replicas, max_lag_s; /* NODE: what it needs to accept writes; -1 = not known */
    int64_t sync_set;                /* NODE: sync-replicas that we gave it; 0 = it has its own */
    bool leased;                     /* NODE: takes writes only with a lease */
    bool from_file;         /* GROUP: stands in the configuration file, not only in the state */
    struct addr base_addr;  /* GROUP: address and settings as the file had them when last read: */
    struct group_conf base; /* an option that the file changes later wins over the state */
    struct global_conf global, global_base; /* GLOBAL: in force, and as the file had them */
    struct group_conf conf;                 /* GROUP: settings in force */
    struct lineage lineage;                 /* LINEAGE */
    int64_t until_wall_ms;                  /* HOLD: when it ends, since 1970 */
    msec left_ms;                           /* HOLD: until then; filled in when it is loaded */
    uint32_t count;                         /* FLAP */
};

const char *row_kind_name(enum row_kind kind);

#endif
