#include "sentinel/lag.h"

#include <string.h>

void lag_saw(struct lag *lag, msec at, uint64_t offset)
{
    if (lag->n > 0 && (offset < lag->offset[lag->n - 1] || at < lag->at[lag->n - 1]))
        lag->n = 0;
    if (lag->n == LAG_SIGHTS_MAX) {
        lag->n--;
        memmove(lag->at, lag->at + 1, lag->n * sizeof lag->at[0]);
        memmove(lag->offset, lag->offset + 1, lag->n * sizeof lag->offset[0]);
    }
    lag->at[lag->n] = at;
    lag->offset[lag->n++] = offset;
}

/* When the primary was at OFFSET, which lies between sights I and I + 1. */
static msec when(const struct lag *lag, uint32_t i, uint64_t offset)
{
    double part = (double)(offset - lag->offset[i]) / (double)(lag->offset[i + 1] - lag->offset[i]);

    return lag->at[i] + (msec)(part * (double)(lag->at[i + 1] - lag->at[i]));
}

msec lag_estimate(const struct lag *lag, msec at, uint64_t offset)
{
    uint32_t i = lag->n;

    if (lag->n == 0)
        return -1;
    while (i > 0 && lag->offset[i - 1] > offset)
        i--;
    if (i == lag->n)
        return 0;
    return msec_max(at - (i == 0 ? lag->at[0] : when(lag, i - 1, offset)), 0);
}
