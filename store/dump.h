/*
 * The payload of DUMP and RESTORE: a value as an RDB stream has it, behind its type; then the
 * version of the format (2 bytes) and the CRC-64 of all that comes before (8 bytes), both
 * little-endian. Published by Redis as the serialization format of DUMP.
 */
#ifndef STORE_DUMP_H
#define STORE_DUMP_H

#include <stdbool.h>

#include "wire/slice.h"

struct buf;
struct entry;
struct keyspace;
struct value_limits;

#define DUMP_EXTRA_BYTES 11 /* of a payload: type, version, checksum */

/* Appends the payload of a value; false: no memory. */
bool dump_write(const struct entry *e, bool compress, struct buf *ret_payload);

/* True when the checksum holds and the version is one that can be read. */
bool dump_check(struct slice payload);

/* True when a checked payload is of a version that nodes which read ours may not know. */
bool dump_is_newer(struct slice payload);

/* The value of a checked payload, in an entry of this key that is the caller's; NULL: it is
 * malformed, or of a type that there is not. The keyspace lends the key of its hash tables. */
struct entry *dump_read(struct slice payload, struct slice key, const struct value_limits *limits,
                        struct keyspace *ks);

#endif
