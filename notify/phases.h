/*
 * phases: how long the parts of failovers took, from the list of events, as histograms.
 *
 *     last reply ──detection──▶ +odown
 *                               +try-failover ──election──▶ +elected-leader
 *                                  +failover-state-send-slaveof-noone ──promotion──▶
 * +promoted-slave last reply (planned: +try-failover) ──────────────switch──────────────▶
 * +switch-master
 *
 * Detection and switch are measured wherever the primary was seen to fall silent; election and
 * promotion at the supervisor that led.
 */
#ifndef NOTIFY_PHASES_H
#define NOTIFY_PHASES_H

#include <stddef.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "wire/msec.h"

struct event;

#define PHASES_GROUPS_MAX 256 /* groups in trouble at a time; of more, nothing is measured */

/*   X(id, name, what it is) */
#define PHASES(X)                                                                                  \
    X(DETECTION, "detection",                                                                      \
      "From the last reply of a primary to the quorum's word that it is "                          \
      "down.")                                                                                     \
    X(ELECTION, "election", "From the beginning of a failover to the majority's votes.")           \
    X(PROMOTION, "promotion", "From the order to promote a replica to its being promoted.")        \
    X(SWITCH, "switch",                                                                            \
      "From the last reply of a primary (of a planned switchover: from its "                       \
      "beginning) to the announcement of the new one.")

enum phase {
#define X(id, name, help) PHASE_##id,
    PHASES(X)
#undef X
        PHASE_COUNT
};

/* Upper bounds of the buckets, in milliseconds; one more takes the rest. */
#define PHASE_BUCKETS(X)                                                                           \
    X(10) X(25) X(50) X(100) X(250) X(500) X(1000) X(2500) X(5000) X(10000) X(30000) X(60000)
enum {
#define X(ms) +1
    PHASE_BOUND_COUNT = 0 PHASE_BUCKETS(X)
#undef X
};
extern const msec phase_bounds_ms[PHASE_BOUND_COUNT];

struct histogram {
    uint64_t in[PHASE_BOUND_COUNT + 1]; /* each value in one of them */
    uint64_t count;
    uint64_t sum_ms;
};

/* A group in trouble; times are MSEC_NEVER until it was so. */
struct phase_group {
    char name[GROUP_NAME_MAX + 1]; /* empty: the place is free */
    msec silent_at, try_at, order_at;
};

struct phases {
    struct histogram histograms[PHASE_COUNT];
    struct phase_group groups[PHASES_GROUPS_MAX];
    size_t n_groups; /* places looked at */
};

const char *phase_name(enum phase phase);
const char *phase_help(enum phase phase);

/* Take an event that happened at NOW. SILENT_AT: the last reply of the group's primary, where it is
 * known; else MSEC_NEVER. */
void phases_event(struct phases *phases, const struct event *event, msec now, msec silent_at);

#endif
