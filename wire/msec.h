/*
 * msec: the one unit of time. A point in time is monotonic milliseconds, zero at
 * an arbitrary start; MSEC_NEVER is a deadline that does not come. Wall-clock
 * time is never compared with it.
 */
#ifndef WIRE_MSEC_H
#define WIRE_MSEC_H

#include <stdint.h>

typedef int64_t msec;

#define MSEC_NEVER INT64_MAX

/* The earlier of two deadlines. */
static inline msec msec_min(msec a, msec b)
{
    return a < b ? a : b;
}

/* The later of two deadlines. */
static inline msec msec_max(msec a, msec b)
{
    return a > b ? a : b;
}

#endif
