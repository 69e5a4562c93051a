/*
 * The parts of an RDB stream, written to wherever the owner's function puts the bytes: a file, a
 * socket, memory. After the function has refused once, nothing more is handed to it.
 */
#ifndef STORE_RDB_OUT_H
#define STORE_RDB_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

#define RDB_WRITE_CHUNK_BYTES ((size_t)64 * 1024)

/* Takes all n bytes, or returns false, which ends the writing. */
typedef bool rdb_sink_fn(void *arg, const void *bytes, size_t n);

struct rdb_out {
    bool compress; /* LZF for long strings */
    bool checksum;
    rdb_sink_fn *sink;
    void *arg;
    bool failed;
    uint64_t crc; /* of what was handed on, with checksum */
    size_t used;
    char *packed; /* scratch for LZF */
    size_t packed_cap;
    char chunk[RDB_WRITE_CHUNK_BYTES];
};

/* NULL: no memory. */
struct rdb_out *rdb_out_new(bool compress, bool checksum, rdb_sink_fn *sink, void *arg);

/* Does not flush. NULL is fine. */
void rdb_out_free(struct rdb_out *o);

/* Hands on what is held back. */
void rdb_out_flush(struct rdb_out *o);

void rdb_out_bytes(struct rdb_out *o, const void *bytes, size_t n);
void rdb_out_byte(struct rdb_out *o, unsigned byte);

/* Little-endian. */
void rdb_out_word(struct rdb_out *o, uint64_t value, size_t bytes);

void rdb_out_length(struct rdb_out *o, uint64_t n);

/* A string, in the shortest form that the stream may have. */
void rdb_out_string(struct rdb_out *o, struct slice s);

/* The digits of an integer as a string. */
void rdb_out_int(struct rdb_out *o, int64_t value);

#endif
