/*
 * metrics: the model as Prometheus' text format, version 0.0.4 (its exposition formats are
 * published by the Prometheus project). Each family stands in one table with its name and help.
 */
#ifndef SENTINEL_METRICS_H
#define SENTINEL_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "notify/event.h"
#include "notify/hook.h"
#include "notify/laps.h"
#include "wire/msec.h"

struct buf;
struct core;

#define METRICS_BYTES_MAX ((size_t)64 << 20)

/* What the model does not know. */
struct metrics_facts {
    const char *version;
    double started_s; /* of the process, since 1970 */
    double cpu_s;
    uint64_t inputs, inputs_dropped, malformed;
    uint64_t http_requests, http_refused, http_dropped;
    uint64_t http_streams;
    uint64_t events[EVENT_COUNT];
    struct laps laps;
    struct hook_view hooks[HOOKS_MAX];
    size_t n_hooks;
};

/* Append all of it; what does not fit sets the buffer's overflow. */
void metrics_write(struct buf *buf, const struct core *core, const struct metrics_facts *facts);

#endif
