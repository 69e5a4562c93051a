/*
 * event: what happened, for the log, pub/sub and all other readers. One table
 * gives the enum, Sentinel's names, levels and payload forms. Names, levels and
 * payloads are Redis Sentinel's where it has the event (clients parse them); the
 * rest are Picket's own.
 *
 * Payload forms use: @ the instance ("<type> <name> <ip> <port>" and, unless it
 * is a primary, " @ <group> <ip> <port>"), %q count/quorum, %e epoch, %r run id,
 * %d detail, %s the switch ("<group> <oldip> <oldport> <newip> <newport>").
 *
 * Levels: WARNING log + pub/sub + notification-script; NOTICE log + pub/sub;
 * VERBOSE pub/sub, logged at verbose only; DEBUG log only.
 */
#ifndef NOTIFY_EVENT_H
#define NOTIFY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "wire/addr.h"
#include "wire/msec.h"

#define EVENT_PAYLOAD_MAX 1024
#define EVENT_DETAIL_MAX  320 /* an option's name and value, a script's path and status */

#define EVENT_TABLE(X)                                                                             \
    X(MONITOR, "+monitor", WARNING, "@ quorum %c")                                                 \
    X(STAYS_AWAY, "-monitor-skipped", WARNING, "%d") /* it stands in the file, but was removed */  \
    X(UNMONITOR, "-monitor", WARNING, "@")                                                         \
    X(SET, "+set", WARNING, "@ %d")                                                                \
    X(RESET_MASTER, "+reset-master", WARNING, "@")                                                 \
    X(SLAVE, "+slave", NOTICE, "@")                                                                \
    X(SENTINEL, "+sentinel", NOTICE, "@")                                                          \
    X(SENTINEL_ADDRESS_SWITCH, "+sentinel-address-switch", NOTICE, "@ %d")                         \
    X(SENTINEL_INVALID_ADDR, "+sentinel-invalid-addr", NOTICE, "@")                                \
    X(SENTINEL_REFUSED, "-sentinel-refused", NOTICE, "@ %d") /* a hello's claim that is not so */  \
    X(SDOWN, "+sdown", WARNING, "@")                                                               \
    X(SUP, "-sdown", WARNING, "@")                                                                 \
    X(ODOWN, "+odown", WARNING, "@ #quorum %q")                                                    \
    X(OUP, "-odown", WARNING, "@")                                                                 \
    X(NEW_EPOCH, "+new-epoch", WARNING, "%e")                                                      \
    X(VOTE_FOR_LEADER, "+vote-for-leader", WARNING, "%r %e")                                       \
    X(TRY_FAILOVER, "+try-failover", WARNING, "@")                                                 \
    X(ELECTED_LEADER, "+elected-leader", WARNING, "@")                                             \
    X(STATE_SELECT_SLAVE, "+failover-state-select-slave", WARNING, "@")                            \
    X(SELECTED_SLAVE, "+selected-slave", WARNING, "@")                                             \
    X(STATE_SEND_SLAVEOF_NOONE, "+failover-state-send-slaveof-noone", NOTICE, "@")                 \
    X(STATE_WAIT_PROMOTION, "+failover-state-wait-promotion", NOTICE, "@")                         \
    X(PROMOTED_SLAVE, "+promoted-slave", WARNING, "@")                                             \
    X(STATE_RECONF_SLAVES, "+failover-state-reconf-slaves", WARNING, "@")                          \
    X(SLAVE_RECONF_SENT, "+slave-reconf-sent", NOTICE, "@")                                        \
    X(SLAVE_RECONF_INPROG, "+slave-reconf-inprog", NOTICE, "@")                                    \
    X(SLAVE_RECONF_DONE, "+slave-reconf-done", NOTICE, "@")                                        \
    X(SLAVE_RECONF_TIMEOUT, "-slave-reconf-sent-timeout", NOTICE, "@")                             \
    X(FAILOVER_END, "+failover-end", WARNING, "@")                                                 \
    X(FAILOVER_END_TIMEOUT, "+failover-end-for-timeout", WARNING, "@")                             \
    X(ABORT_NOT_ELECTED, "-failover-abort-not-elected", WARNING, "@")                              \
    X(ABORT_NO_GOOD_SLAVE, "-failover-abort-no-good-slave", WARNING, "@")                          \
    X(ABORT_SLAVE_TIMEOUT, "-failover-abort-slave-timeout", WARNING, "@")                          \
    X(ABORT_PRIMARY_BACK, "-failover-abort-primary-back", WARNING, "@")                            \
    X(ABORT_PAUSED, "-failover-abort-paused", WARNING, "@")                                        \
    X(PAUSED, "+paused", WARNING, "@ %d") /* no failover of itself, for so long */                 \
    X(UNPAUSED, "-paused", WARNING, "@")                                                           \
    X(MAINTENANCE, "+maintenance", NOTICE, "@ %d") /* no candidate, no alarm */                    \
    X(MAINTENANCE_OVER, "-maintenance", NOTICE, "@")                                               \
    X(SLAVE_GONE, "-slave", NOTICE, "@")       /* an operator had it forgotten */                  \
    X(SENTINEL_GONE, "-sentinel", NOTICE, "@") /* the same */                                      \
    X(ABORT_SUPERSEDED, "-failover-abort-superseded", WARNING, "@")                                \
    X(ABORT_SWITCHOVER, "-failover-abort-switchover", WARNING, "@ %d") /* nothing has changed */   \
    X(ABORT_VETOED, "-failover-abort-vetoed", WARNING, "@ %d")         /* by a hook */             \
    X(QUESTION, "+question-asked", NOTICE, "@ %d")                     /* of hooks */              \
    X(UNANSWERED, "-question-unanswered", WARNING, "@ %d")             /* it goes on */            \
    X(SWITCHOVER_UNPAUSED, "+switchover-unpaused", WARNING,                                        \
      "@ %d")                                                  /* as stock Sentinel does it */     \
    X(SWITCHOVER_PAUSED, "+switchover-paused", NOTICE, "@ %d") /* the primary's clients wait */    \
    X(SWITCHOVER_CAUGHT_UP, "+switchover-caught-up", NOTICE, "@ %d") /* the replica */             \
    X(SWITCHOVER_DEMOTED, "+switchover-demoted", NOTICE, "@")        /* the old primary */         \
    X(CATCH_UP, "+catch-up", NOTICE, "@ %d")     /* who is preferred takes over when it can */     \
    X(CATCH_UP_END, "-catch-up", NOTICE, "@ %d") /* it does not, and why */                        \
    X(ABORT_NOT_READ, "-failover-abort-replicas-unread", WARNING,                                  \
      "@ %d")                                       /* durability = quorum */                      \
    X(FENCE_ARMED, "+fence-armed", NOTICE, "@")     /* it will step down when it is back */        \
    X(FENCE_WAITS, "+fence-waits", WARNING, "@ %d") /* nobody may be promoted yet, and why */      \
    X(FENCED, "+fenced", WARNING, "@")              /* the old primary is a replica */             \
    X(ABORT_NOT_FENCED, "-failover-abort-not-fenced", WARNING, "@ %d")                             \
    X(WRITES_TAKEN, "+writes-taken", WARNING, "@") /* from a primary, by one without majority */   \
    X(WRITES_GIVEN, "-writes-taken", WARNING, "@")                                                 \
    X(FIGHT, "+fight", WARNING, "@ %d") /* a replica is changed back again and again */            \
    X(FIGHT_OVER, "-fight", NOTICE, "@")                                                           \
    X(TAIL, "+divergent-tail", WARNING, "@ %d") /* a former primary has writes that nobody got */  \
    X(SALVAGED, "+salvaged", WARNING, "@ %d")   /* they stand in a file */                         \
    X(SALVAGE_FAILED, "-salvage-failed", WARNING, "@ %d")                                          \
    X(CONFIG_UPDATE_FROM, "+config-update-from", WARNING, "@")                                     \
    X(UPDATE_REFUSED, "-config-update-refused", WARNING, "@ %d") /* nobody vouched for it */       \
    X(REAFFIRMED, "+config-reaffirmed", WARNING, "@ epoch %e") /* the same primary, voted anew */  \
    X(SWITCH_MASTER, "+switch-master", WARNING, "%s")                                              \
    X(ROLE_CHANGE_AGREES, "+role-change", VERBOSE, "@ new reported role is %d")                    \
    X(ROLE_CHANGE_DIFFERS, "-role-change", VERBOSE, "@ new reported role is %d")                   \
    X(REBOOT, "+reboot", NOTICE, "@")                                                              \
    X(AMNESIA, "+amnesia", WARNING, "@ %d") /* it came back with less than a replica has */        \
    X(WRITE_FAULT, "+write-fault", WARNING, "@ %d") /* the primary takes no writes, and why */     \
    X(WRITE_OK, "-write-fault", WARNING, "@")                                                      \
    X(WRITE_DENIED, "+write-probe-denied", WARNING, "@ %d") /* it does not let us ask */           \
    X(FLAPPING, "+flapping", WARNING, "@ %d")               /* the next failover waits */          \
    X(FLAPPING_END, "-flapping", WARNING, "@")                                                     \
    X(QUARANTINE, "+quarantine", WARNING, "@ %d") /* a candidate behind all others */              \
    X(QUARANTINE_END, "-quarantine", WARNING, "@")                                                 \
    X(LOADING_LONG, "+loading-long", WARNING, "@ %d") /* and a replica can take over */            \
    X(CONVERT_TO_SLAVE, "+convert-to-slave", NOTICE, "@")                                          \
    X(FIX_SLAVE_CONFIG, "+fix-slave-config", NOTICE, "@")                                          \
    X(REFUSED_SLAVE, "-candidate-refused", NOTICE, "@ %d") /* why a replica was not chosen */      \
    X(GATE_OPENED, "+gate-opened", NOTICE,                                                         \
      "@") /* a restarted node was told that it is the primary */                                  \
    X(ORDER_FAILED, "-order-failed", WARNING, "@ %d") /* what a node answered to an order */       \
    X(ORDER_PART_REFUSED, "-order-part-refused", WARNING, "@ %d") /* the rest was taken */         \
    X(ACCESS_DENIED, "+access-denied", WARNING, "@") /* the node refuses our credentials */        \
    X(ACCESS_GRANTED, "-access-denied", WARNING, "@")                                              \
    X(TILT, "+tilt", WARNING, "#tilt mode entered")                                                \
    X(UNTILT, "-tilt", WARNING, "#tilt mode exited")                                               \
    X(EPOCH_REFUSED, "-epoch-refused", WARNING, "%e %d") /* a jump beyond EPOCH_JUMP_MAX */        \
    X(LIMIT, "-limit-reached", WARNING, "@ %d")          /* a table is full */                     \
    X(DISK_STALLED, "+disk-stalled", WARNING, "%d")                                                \
    X(DISK_OK, "-disk-stalled", WARNING, "%d")                                                     \
    X(SCRIPT_ERROR, "-script-error", WARNING, "%d")     /* path, signal, exit status */            \
    X(SCRIPT_TIMEOUT, "-script-timeout", WARNING, "%d") /* path, pid */                            \
    X(SCRIPT_CHILD, "+script-child", DEBUG, "%d")       /* pid */                                  \
    X(SCRIPT_CHILD_ENDED, "-script-child", DEBUG, "%d") /* pid, exit status, signal */

enum event_kind {
#define X(id, name, level, form) EVENT_##id,
    EVENT_TABLE(X)
#undef X
        EVENT_COUNT
};

enum event_level { EVENT_DEBUG, EVENT_VERBOSE, EVENT_NOTICE, EVENT_WARNING };

enum instance_type { INSTANCE_NONE, INSTANCE_MASTER, INSTANCE_SLAVE, INSTANCE_SENTINEL };

/* `count` of SWITCH_MASTER when the failover was led from here; 0: a peer told of it. */
#define EVENT_SWITCH_LED 1

/* Everything a payload can need, copied at the moment it happened. The shell stamps it
 * (notify/ring.h); inside of the core both stamps are 0. */
struct event {
    uint64_t seq; /* its number; 0 = it has none */
    msec wall_ms; /* when it was told, since 1970 */
    enum event_kind kind;
    enum instance_type type;
    uint32_t id;                    /* the node's or peer's id, 0 = none */
    char group[GROUP_NAME_MAX + 1]; /* empty = concerns no group */
    char runid[PEER_RUNID_LEN + 1]; /* name of a supervisor; vote's candidate */
    struct addr addr;               /* the instance's */
    struct addr primary; /* the group's primary (of a switch: the old one; ADDR is the new) */
    uint64_t epoch;
    uint32_t count;
    uint32_t quorum;
    bool bytes_known; /* SELECTED_SLAVE: how many bytes another node is known to have had, */
    uint64_t bytes;   /* and this one has not; TAIL: how many only this one has */
    char detail[EVENT_DETAIL_MAX + 1]; /* UNMONITOR, not shown: the notification-script it had */
};

const char *event_name(enum event_kind kind);
enum event_level event_level(enum event_kind kind);
const char *event_level_name(enum event_level level); /* "warning" */
const char *event_type_name(enum instance_type type); /* "slave" */

/* Write the payload (truncated at EVENT_PAYLOAD_MAX - 1); returns its length. */
size_t event_format(const struct event *event, char ret_text[EVENT_PAYLOAD_MAX]);

#endif
