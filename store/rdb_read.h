/*
 * Reads an RDB stream into a keyspace, piece by piece, as the bytes come: from a file in portions
 * that do not hold the loop up, or from a primary's socket.
 *
 *     status = rdb_read(r, data, n, &used);   // data begins with what earlier calls left unused
 *     drop `used` bytes; RDB_READ_MORE: add bytes and call again
 *
 * Nothing is believed: every length, type and opcode is checked, and the checksum at the end. On an
 * error the keyspace holds what was read so far, and the caller throws it away: a part is never
 * taken for the whole.
 */
#ifndef STORE_RDB_READ_H
#define STORE_RDB_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/limits.h"
#include "store/rdb.h"
#include "wire/slice.h"

struct entry;
struct keyspace;

#define RDB_ERROR_TEXT_MAX 256
#define RDB_RESERVE_MAX    ((uint64_t)1 << 22)

enum rdb_read_status {
    RDB_READ_MORE,   /* the next item is not complete in these bytes */
    RDB_READ_DONE,   /* the stream has ended, and is whole; bytes behind it are not touched */
    RDB_READ_BROKEN, /* r->error says what is wrong, and at which offset */
};

struct rdb_reader {
    struct keyspace *ks;     /* not owned; empty at the start */
    int64_t drop_expired_ms; /* keys that expired before this Unix time are left out, unless the
                                stream names its history; -1: none is */
    enum rdb_read_status status;
    int version; /* 0: the head is not read yet */
    bool at_end; /* the end mark is read, the checksum is next */
    unsigned db;
    int64_t expires_at_ms; /* of the next key, -1: none */
    uint64_t idle_s;       /* for how long it was not used */
    uint64_t offset;       /* bytes used so far */
    uint64_t crc;
    uint64_t keys;
    uint64_t reserve_left; /* keys for which room is made before they come */
    uint64_t keys_expired; /* left out */
    struct rdb_info info;
    struct value_limits limits; /* of compact forms; Redis's unless the owner sets others */
    struct entry *building;     /* a value of which elements are still to come; NULL: none. Owned */
    unsigned building_type;     /* with which it began */
    uint64_t left;              /* those elements */
    char *unpacked;             /* scratch for LZF */
    size_t unpacked_cap;
    char error[RDB_ERROR_TEXT_MAX];
};

void rdb_reader_init(struct rdb_reader *r, struct keyspace *ks, int64_t drop_expired_ms);
void rdb_reader_done(struct rdb_reader *r);

/* *ret_used is set in every case. After RDB_READ_DONE or _BROKEN each call returns the same, and
 * uses nothing. */
enum rdb_read_status rdb_read(struct rdb_reader *r, const char *data, size_t n, size_t *ret_used);

/* What to say when the bytes ended before the stream did. Sets r->error. */
void rdb_read_cut(struct rdb_reader *r);

#endif
