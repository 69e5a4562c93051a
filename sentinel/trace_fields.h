/*
 * trace_fields: the fields of what goes into the core and comes out of it, as tables, so that a
 * trace (sentinel/trace.h) can write and read them. A unit test holds the tables to the structs:
 * whoever adds a field adds its row.
 */
#ifndef SENTINEL_TRACE_FIELDS_H
#define SENTINEL_TRACE_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "wire/addr.h"
#include "wire/msec.h"

enum trace_type {
    TRACE_BOOL,
    TRACE_U32, /* and enums */
    TRACE_INT,
    TRACE_I64,
    TRACE_U64,
    TRACE_TEXT, /* an array of char */
    TRACE_ADDR,
    TRACE_GROUP_CONF,
    TRACE_GLOBAL_CONF,
    TRACE_TUNABLES,
    TRACE_LINEAGE,
    TRACE_APART /* a pointer or a count: its lines of their own carry it */
};

struct trace_field {
    const char *name;
    enum trace_type type;
    size_t offset, size;
    const char *(*word)(int value); /* an enum's; NULL: it is written as a number */
    int words;                      /* how many it has */
};

struct trace_shape {
    const struct trace_field *fields;
    size_t n;
    size_t size; /* of the struct */
};

/* What a core begins with. */
struct trace_core {
    char runid[PEER_RUNID_LEN + 1];
    struct addr self;
    uint64_t seed;
};

extern const struct trace_shape trace_core_shape, trace_row_shape, trace_observation_shape,
    trace_info_shape, trace_replica_shape, trace_message_shape, trace_request_shape,
    trace_voter_shape, trace_settled_shape, trace_order_shape, trace_reply_shape;

/* What a message of that kind has besides. */
const struct trace_shape *trace_message_part(int kind);

#endif
