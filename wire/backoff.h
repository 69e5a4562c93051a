/*
 * backoff: how long to wait before trying again. Doubles from MIN_MS to MAX_MS;
 * each wait is drawn from the upper half of its step, so that many that failed
 * together do not come back together.
 */
#ifndef WIRE_BACKOFF_H
#define WIRE_BACKOFF_H

#include "wire/msec.h"

struct prng;

struct backoff {
    msec min_ms;
    msec max_ms;
    msec step_ms; /* the next step; 0 = MIN_MS */
};

/* 1 <= MIN_MS <= MAX_MS. */
void backoff_init(struct backoff *backoff, msec min_ms, msec max_ms);

/* Milliseconds to wait now; the following call waits up to twice as long. */
msec backoff_next(struct backoff *backoff, struct prng *prng);

/* Begin again at MIN_MS: what was tried has worked. */
void backoff_reset(struct backoff *backoff);

#endif
