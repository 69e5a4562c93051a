/*
 * What SCAN and its kin have in common: cursor, options, the walk over a table, the reply.
 */
#ifndef STORE_SCAN_H
#define STORE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/dict.h"
#include "wire/buf.h"
#include "wire/slice.h"

struct client;

#define SCAN_TYPE_ANY (-1)

struct scan {
    struct client *client;
    struct slice pattern;
    bool all;       /* the pattern matches everything */
    int type;       /* enum value_type, SCAN_TYPE_ANY, VALUE_TYPE_COUNT: none */
    int64_t wanted; /* COUNT */
    uint64_t cursor;
    size_t seen;
    size_t written; /* elements of the reply */
    struct buf found, *out;
};

/* Reads the cursor; false after the error was written. */
bool scan_start(struct scan *s, struct client *c, struct slice cursor);

/* COUNT, MATCH and (typed) TYPE; false after the error was written. */
bool scan_options(struct scan *s, size_t argc, const struct slice *argv, bool typed);

/* True when the name passes MATCH. */
bool scan_matches(const struct scan *s, struct slice name);

/* From begin to end, what is written to the client is held back: the cursor that comes first in the
 * reply is known last. `written` must count its elements. */
void scan_begin(struct scan *s);
void scan_end(struct scan *s);

/* Visits as many nodes as were asked for, and moves the cursor. visit counts `seen`. */
void scan_dict(struct scan *s, const struct dict *d,
               void (*visit)(void *arg, struct dict_node *node), void *arg);

/* The reply for a key that is not there. */
void scan_reply_empty(struct client *c);

#endif
