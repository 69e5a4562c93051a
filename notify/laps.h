/*
 * laps: how long the parts of failovers took, from the list of events, as histograms.
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
#ifndef NOTIFY_LAPS_H
#define NOTIFY_LAPS_H

#include <stddef.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "wire/msec.h"

struct event;

#define LAPS_GROUPS_MAX 256 /* groups in trouble at a time; of more, nothing is measured */

/*   X(id, name, what it is) */
#define LAPS(X)                                                                                    \
    X(DETECTION, "detection",                                                                      \
      "From the last reply of a primary to the quorum's word that it is "                          \
      "down.")                                                                                     \
    X(ELECTION, "election", "From the beginning of a failover to the majority's votes.")           \
    X(PROMOTION, "promotion", "From the order to promote a replica to its being promoted.")        \
    X(SWITCH, "switch",                                                                            \
      "From the last reply of a primary (of a planned switchover: from its "                       \
      "beginning) to the announcement of the new one.")

enum lap {
#define X(id, name, help) LAP_##id,
    LAPS(X)
#undef X
        LAP_COUNT
};

/* Upper bounds of the buckets, in milliseconds; one more takes the rest. */
#define LAP_BUCKETS(X)                                                                             \
    X(10) X(25) X(50) X(100) X(250) X(500) X(1000) X(2500) X(5000) X(10000) X(30000) X(60000)
enum {
#define X(ms) +1
    LAP_BOUND_COUNT = 0 LAP_BUCKETS(X)
#undef X
};
extern const msec lap_bounds_ms[LAP_BOUND_COUNT];

struct histogram {
    uint64_t in[LAP_BOUND_COUNT + 1]; /* each value in one of them */
    uint64_t count;
    uint64_t sum_ms;
};

/* A group in trouble; times are MSEC_NEVER until it was so. */
struct lap_group {
    char name[GROUP_NAME_MAX + 1]; /* empty: the place is free */
    msec silent_at, try_at, order_at;
};

struct laps {
    struct histogram histograms[LAP_COUNT];
    struct lap_group groups[LAPS_GROUPS_MAX];
    size_t n_groups; /* places looked at */
};

const char *lap_name(enum lap lap);
const char *lap_help(enum lap lap);

/* Take an event that happened at NOW. SILENT_AT: the last reply of the group's primary, where it is
 * known; else MSEC_NEVER. */
void laps_event(struct laps *laps, const struct event *event, msec now, msec silent_at);

#endif
