/*
 * The data file at start: read in portions from the loop, so that clients get their -LOADING
 * meanwhile. It is taken whole or not at all.
 */
#ifndef STORE_LOAD_IO_H
#define STORE_LOAD_IO_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "store/keyspace.h"
#include "store/rdb_read.h"
#include "wire/buf.h"

struct shell;

#define LOAD_CHUNK_BYTES ((size_t)1024 * 1024)

struct loader {
    uv_idle_t idle;
    int fd; /* -1: not reading */
    uint64_t size;
    int64_t started_s; /* Unix time */
    struct keyspace fresh;
    struct rdb_reader reader;
    struct buf unread;
    uint64_t keys_loaded, keys_expired; /* at the last load */
};

/*
 * Begins to read the data file, if there is one; shell_loaded or shell_load_failed is called in the
 * end, maybe before this returns.
 */
void load_start(struct shell *sh);

/* Gives up. */
void load_stop(struct shell *sh);

#endif
