/*
 * fetch_io: all data of a node into a file, checked as they come: the structure by the store's
 * reader, and the checksum at the end.
 */
#ifndef SENTINEL_CTL_FETCH_IO_H
#define SENTINEL_CTL_FETCH_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "sentinel/ctl/feed_io.h"

struct fetched {
    uint64_t bytes, keys;
};

/* Writes to fd, and syncs it. unchecked: the data may be of types that the reader does not know.
 * False: printed. */
bool fetch_data(struct feed *f, int fd, bool unchecked, bool quiet, struct fetched *ret);

#endif
