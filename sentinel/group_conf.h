/*
 * group_conf: the settings of one group. One table gives the fields, their names
 * in the file and on the wire (SENTINEL SET), defaults, ranges and meanings.
 *
 *   X(field, type, SENTINEL SET name, default, min, max, meaning)
 */
#ifndef SENTINEL_GROUP_CONF_H
#define SENTINEL_GROUP_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sentinel/options.h"

#define GROUP_NUMBERS(X)                                                                           \
    X(quorum, "quorum", 2, 1, 1000, "supervisors that must agree that the primary is down")        \
    X(down_after_ms, "down-after-milliseconds", 30000, 1, 86400000,                                \
      "silence after which a node counts as down, in milliseconds")                                \
    X(failover_timeout_ms, "failover-timeout", 180000, 1, 86400000,                                \
      "bound on each stage of a failover, in milliseconds")                                        \
    X(parallel_syncs, "parallel-syncs", 1, 1, 1000,                                                \
      "replicas that are repointed to a new primary at the same time")                             \
    X(master_reboot_down_after_ms, "master-reboot-down-after-period", 0, 0, 86400000,              \
      "a restarted primary that does not answer PONG for so long counts as down; 0 = off")         \
    X(flap_failovers, "flap-failovers", 3, 0, 1000,                                                \
      "failovers in short succession after which the next one waits; 0 = it never does")           \
    X(flap_window_ms, "flap-window", 600000, 1000, 86400000,                                       \
      "failovers with no more than this between them are in short succession, in milliseconds")    \
    X(flap_cool_down_ms, "flap-cool-down", 10000, 100, 86400000,                                   \
      "how long the first one waits, in milliseconds; doubled with each further one")              \
    X(write_probe_ms, "write-probe", 0, 0, 60000,                                                  \
      "how often the primary is asked whether it takes writes, in milliseconds; 0 = never")        \
    X(write_down_after_ms, "write-down-after", 10000, 100, 86400000,                               \
      "a primary that takes no writes for so long counts as down, if a replica can do better")     \
    X(loading_max_ms, "loading-max", 10000, 0, 86400000,                                           \
      "a restarted primary that will be loading for longer counts as down while a replica can "    \
      "take over; 0 = off")                                                                        \
    X(priority_max_lag_bytes, "priority-max-lag-bytes", 65536, 0, INT64_C(1) << 50,                \
      "a preferred replica further behind the most advanced one loses its preference")             \
    X(catch_up_ms, "catch-up", 3000, 0, 600000,                                                    \
      "time for a preferred replica that is behind to come over to the most advanced one and "     \
      "then "                                                                                      \
      "take over, in milliseconds; 0 = the most advanced one stays")                               \
    X(switchover_timeout_ms, "switchover-timeout", 3000, 100, 8000,                                \
      "writes are paused no longer than this in a planned switchover, in milliseconds")            \
    X(lease_ms, "lease", 5000, 2000, 600000,                                                       \
      "time without a quorum after which a primary that can be reached is fenced, in "             \
      "milliseconds")                                                                              \
    X(min_replicas, "min-replicas", 1, 1, 128,                                                     \
      "replicas that a primary needs to accept writes, where they are looked after")               \
    X(max_lag_s, "max-lag", 10, 1, 3600,                                                           \
      "silence after which a replica does not count for that, in seconds")                         \
    X(salvage_max_bytes, "salvage-max-bytes", 67108864, 1024, INT64_C(1) << 40,                    \
      "a longer tail of a former primary is not fetched")                                          \
    X(sync_replicas, "sync-replicas", 1, 1, 16,                                                    \
      "replicas whose acknowledgement a write waits for, where durability is quorum")

/*   X(field, SENTINEL SET name, preset, meaning, words...) */
#define GROUP_CHOICES(X)                                                                           \
    X(crash_detection, "crash-detection", 1,                                                       \
      "fast: a reset link, two refusals and a replica's word make a primary down at once", "off",  \
      "fast")                                                                                      \
    X(fencing, "fencing", FENCING_AUTO,                                                            \
      "auto: a replaced primary is demoted before it answers anybody; strict: nobody is promoted " \
      "while the old primary may accept writes",                                                   \
      "off", "auto", "strict")                                                                     \
    X(durability, "durability", DURABILITY_ASYNC,                                                  \
      "bounded: min-replicas-to-write and -max-lag of the nodes are kept right; quorum: a "        \
      "failover loses no write that sync-replicas replicas acknowledged",                          \
      "async", "bounded", "quorum")                                                                \
    X(salvage, "salvage", 0,                                                                       \
      "writes that only a former primary has are fetched into a file before it follows", "no",     \
      "yes")

enum fencing { FENCING_OFF, FENCING_AUTO, FENCING_STRICT };
enum durability { DURABILITY_ASYNC, DURABILITY_BOUNDED, DURABILITY_QUORUM };

/*   X(field, SENTINEL SET name, secret, meaning) */
#define GROUP_TEXTS(X)                                                                             \
    X(auth_user, "auth-user", 1, "user name for the nodes; empty = the default user")              \
    X(auth_pass, "auth-pass", 1, "password for the nodes; empty = none")                           \
    X(notification_script, "notification-script", 0,                                               \
      "program run for each event of level warning; empty = none")                                 \
    X(client_reconfig_script, "client-reconfig-script", 0,                                         \
      "program run when the primary changes; empty = none")                                        \
    X(prefer, "prefer", 0,                                                                         \
      "places for the primary, the best first: zone=NAME, network/bits, .domain, host, host:port") \
    X(rename_commands, "rename-command", 0,                                                        \
      "commands that the nodes know by another name: \"OLD=new OLD2=new2\"")

struct group_conf {
#define X(field, ...) int64_t field;
    GROUP_NUMBERS(X)
    GROUP_CHOICES(X)
#undef X
#define X(field, ...) char field[CONF_TEXT_MAX + 1];
    GROUP_TEXTS(X)
#undef X
};

extern const struct conf_option group_options[];
extern const size_t group_options_count;
extern const struct conf_table group_table;

/* All defaults. */
void group_conf_init(struct group_conf *conf);

/* The option by its name on the wire (no case there); NULL if there is none. */
const struct conf_option *group_option_by_wire_name(const char *name);

#endif
