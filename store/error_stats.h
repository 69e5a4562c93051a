/*
 * How often each kind of error was replied (INFO errorstats). The kind is the first word of the
 * error.
 */
#ifndef STORE_ERROR_STATS_H
#define STORE_ERROR_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

#define ERROR_KINDS_MAX 64 /* what comes beyond is counted in the sum only */
#define ERROR_KIND_SIZE 24

struct error_kind {
    char name[ERROR_KIND_SIZE];
    uint64_t count;
};

/* All zero: none. */
struct error_stats {
    struct error_kind kinds[ERROR_KINDS_MAX];
    size_t n;
    uint64_t sum;
};

/* Counts a reply if it is an error ("-ERR ..."); longer names are cut. */
void error_stats_add(struct error_stats *x, struct slice reply);

#endif
