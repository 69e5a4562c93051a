#include "wire/backoff.h"

#include "wire/prng.h"

#include <assert.h>

void backoff_init(struct backoff *backoff, msec min_ms, msec max_ms)
{
    assert(1 <= min_ms && min_ms <= max_ms);
    backoff->min_ms = min_ms;
    backoff->max_ms = max_ms;
    backoff->step_ms = 0;
}

msec backoff_next(struct backoff *backoff, struct prng *prng)
{
    msec step = msec_max(backoff->step_ms, backoff->min_ms);

    backoff->step_ms = msec_min(step * 2, backoff->max_ms);
    return prng_between(prng, (step + 1) / 2, step);
}

void backoff_reset(struct backoff *backoff)
{
    backoff->step_ms = 0;
}
