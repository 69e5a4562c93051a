/*
 * The last bytes of the replication stream, in a ring, by their offsets: what a replica that was
 * away for a moment continues from. Offsets count from 1: the byte at offset n is the n-th of the
 * history.
 */
#ifndef STORE_BACKLOG_H
#define STORE_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

#define BACKLOG_BYTES_MIN ((size_t)16 * 1024)

struct backlog {
    char *mem; /* NULL: there is none */
    size_t size;
    size_t held;  /* bytes of history in the ring */
    int64_t next; /* offset of the byte that comes next */
};

/* Starts an empty one of size bytes whose first byte will have offset next. */
void backlog_start(struct backlog *b, size_t size, int64_t next);

/* Frees it; `mem` is NULL again. */
void backlog_done(struct backlog *b);

/* Changes the size; keeps as much of the newest history as fits. */
void backlog_resize(struct backlog *b, size_t size);

/* Adds the next n bytes of the stream, overwriting the oldest. */
void backlog_append(struct backlog *b, const void *bytes, size_t n);

/* Offset of the oldest byte held. */
static inline int64_t backlog_first(const struct backlog *b)
{
    return b->next - (int64_t)b->held;
}

/* True when everything from this offset on is held (also when nothing is missing at all). */
static inline bool backlog_holds(const struct backlog *b, int64_t offset)
{
    return b->mem != NULL && offset >= backlog_first(b) && offset <= b->next;
}

/* Takes the newest bytes back: offset next is to come again. */
void backlog_cut(struct backlog *b, int64_t next);

/* Up to two runs of bytes from this offset to the end; returns their number. backlog_holds must be
 * true. */
size_t backlog_read(const struct backlog *b, int64_t offset, struct slice ret_runs[2]);

#endif
