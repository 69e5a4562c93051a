#include "store/latency.h"

#include <string.h>

static const char *const names[LATENCY_EVENT_COUNT] = {
#define X(id, name) name,
    LATENCY_EVENTS(X)
#undef X
};

const char *latency_event_name(enum latency_event event)
{
    return names[event];
}

int latency_event_find(struct slice name)
{
    for (int i = 0; i < LATENCY_EVENT_COUNT; i++) {
        if (slice_is_nocase(name, names[i]))
            return i;
    }
    return -1;
}

void latency_add(struct latency *l, enum latency_event event, int64_t at_s, int64_t ms)
{
    struct latency_series *x = &l->series[event];
    struct latency_sample *last = &x->samples[(x->next + LATENCY_SAMPLES - 1) % LATENCY_SAMPLES];

    if (ms > x->worst_ms)
        x->worst_ms = ms;
    if (x->count > 0 && last->at_s == at_s) {
        if (ms > last->ms)
            last->ms = ms;
        return;
    }
    x->samples[x->next].at_s = at_s;
    x->samples[x->next].ms = ms;
    x->next = (x->next + 1) % LATENCY_SAMPLES;
    if (x->count < LATENCY_SAMPLES)
        x->count++;
}

bool latency_reset(struct latency *l, enum latency_event event)
{
    bool any = l->series[event].count > 0;

    memset(&l->series[event], 0, sizeof(l->series[event]));
    return any;
}

const struct latency_sample *latency_sample(const struct latency_series *x, size_t i)
{
    return &x->samples[(x->next + LATENCY_SAMPLES - x->count + i) % LATENCY_SAMPLES];
}
