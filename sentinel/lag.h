/*
 * lag: how long ago a primary was where a replica is now. Offsets are seen only as often as INFO is
 * asked; between two sights the primary is taken to have written at an even pace. An estimate, for
 * showing: no decision hangs on it.
 */
#ifndef SENTINEL_LAG_H
#define SENTINEL_LAG_H

#include <stdint.h>

#include "wire/msec.h"

#define LAG_SIGHTS_MAX 16

/* The last sights of a primary's offset, oldest first. All zero: there was none. */
struct lag {
    uint32_t n;
    msec at[LAG_SIGHTS_MAX];
    uint64_t offset[LAG_SIGHTS_MAX];
};

/* The primary was at OFFSET. One that goes back is another history: what was seen before is void.
 */
void lag_saw(struct lag *lag, msec at, uint64_t offset);

/* How far behind, in milliseconds, a replica was that had OFFSET at AT; when that is more than all
 * sights reach back, at least so much. -1: nothing is known. */
msec lag_estimate(const struct lag *lag, msec at, uint64_t offset);

#endif
