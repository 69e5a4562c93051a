/*
 * span: a length of time as people write it: "90s", "30m", "12h", "7d"; a number alone is seconds.
 */
#ifndef SENTINEL_CTL_SPAN_H
#define SENTINEL_CTL_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#define SPAN_MAX_MS (30 * 24 * 3600 * INT64_C(1000))

/* False, and RET_MS untouched: it is none, is not longer than nothing, or longer than SPAN_MAX_MS.
 */
bool span_parse(const char *text, int64_t *ret_ms);

#endif
