/*
 * Writes a keyspace as an RDB stream to wherever the caller's function puts the bytes: a file, a
 * socket, memory.
 */
#ifndef STORE_RDB_WRITE_H
#define STORE_RDB_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/rdb_out.h"

struct keyspace;
struct rdb_info;

struct rdb_write_options {
    bool compress; /* LZF for long strings */
    bool checksum; /* else a checksum of zero, which readers take for "none" */
    int64_t now_s; /* Unix time, for the file's head */
    size_t used_bytes;
    bool idle;           /* for how long each key was not used, if the policy goes by that */
    bool aof_base;       /* the log goes on from here */
    uint64_t *keys_done; /* counts the keys that are written; NULL: nobody wants to know */
};

/* False when the sink refused; the stream is then cut short and must be thrown away. */
bool rdb_write(const struct keyspace *ks, const struct rdb_info *info,
               const struct rdb_write_options *options, rdb_sink_fn *sink, void *arg);

#endif
