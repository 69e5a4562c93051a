/*
 * LATENCY: what held the process up, by kind of event, with the worst of each of the last seconds
 * in which it happened. Nothing is noted while latency-monitor-threshold is 0.
 */
#ifndef STORE_LATENCY_H
#define STORE_LATENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

#define LATENCY_SAMPLES 160 /* seconds kept of each kind */

/* Kinds; the names are those of Redis where it has the same. */
#define LATENCY_EVENTS(X)                                                                          \
    X(COMMAND, "command")           /* one that is not fast by its nature */                       \
    X(FAST_COMMAND, "fast-command") /* one that is */                                              \
    X(FORK, "fork")                                                                                \
    X(EXPIRE, "expire-cycle")                                                                      \
    X(EVICTION, "eviction-cycle")                                                                  \
    X(FREE, "lazy-free")                                                                           \
    X(AOF_WRITE, "aof-write")                                                                      \
    X(AOF_FSYNC, "aof-fsync-always")

enum latency_event {
#define X(id, name) LATENCY_##id,
    LATENCY_EVENTS(X)
#undef X
        LATENCY_EVENT_COUNT
};

struct latency_sample {
    int64_t at_s; /* Unix time */
    int64_t ms;
};

struct latency_series {
    struct latency_sample samples[LATENCY_SAMPLES]; /* a ring */
    size_t next;                                    /* place of the next one */
    size_t count;
    int64_t worst_ms;
};

/* Zero bytes: nothing was noted. */
struct latency {
    struct latency_series series[LATENCY_EVENT_COUNT];
};

const char *latency_event_name(enum latency_event event);

/* The event of a name; -1: there is none. */
int latency_event_find(struct slice name);

/* Notes an event. Of several in one second the worst counts. */
void latency_add(struct latency *l, enum latency_event event, int64_t at_s, int64_t ms);

/* Forgets a kind; false: nothing had been noted. */
bool latency_reset(struct latency *l, enum latency_event event);

/* Number i of a series, the oldest first. */
const struct latency_sample *latency_sample(const struct latency_series *x, size_t i);

#endif
