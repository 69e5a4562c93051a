/*
 * apply_io: keys into a running node, many requests at a time. Each key is written by one RESTORE,
 * or, where the node does not take ours (before Redis 7.0) or the value is huge, by ordinary
 * commands in a transaction: so that, whenever we die, a key is there as a whole or not at all.
 */
#ifndef SENTINEL_CTL_APPLY_IO_H
#define SENTINEL_CTL_APPLY_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sentinel/ctl/data_options_io.h"
#include "wire/buf.h"

struct entry;

#define APPLY_PENDING_MAX   512 /* requests without a reply */
#define APPLY_PENDING_BYTES ((size_t)512 * 1024)
#define APPLY_PAYLOAD_MAX   ((size_t)256 * 1024 * 1024) /* larger ones go by commands */
#define APPLY_WORDS_MAX     256                         /* elements' words in one command */

enum apply_kind { APPLY_PLAIN, APPLY_RESTORE, APPLY_EXEC };

struct apply {
    const struct node *node;
    const struct data_options *options;
    redisContext *link;
    bool by_commands;
    bool again;       /* keys may be there that an earlier run has written: those are fine */
    int db;           /* selected, -1: none is */
    struct buf out;   /* requests, not sent yet */
    struct buf words; /* scratch */
    struct {
        enum apply_kind kind;
        unsigned db;
        const struct entry *entry; /* NULL: of no key */
    } pending[APPLY_PENDING_MAX];
    size_t pending_count;
    uint64_t written, skipped, expired, unmatched;
    int64_t started_ms;
    bool (*tick)(void *arg); /* called between batches; false ends the work. NULL: none */
    void *tick_arg;
};

/* Connects, and looks whether the node can be written to. False: printed. apply_close in both
 * cases. */
bool apply_open(struct apply *a, const struct data_options *o);
void apply_close(struct apply *a);

/* Writes a key, unless the options are against it. The entry must stay until apply_flush. False:
 * printed. */
bool apply_key(struct apply *a, unsigned db, struct entry *e);

/* Sends a request as it is (of a stream of commands). */
bool apply_raw(struct apply *a, struct slice request);

/* Sends what is held back, and waits until all has been answered. */
bool apply_flush(struct apply *a);

/* The digest of the value that a node has for a key (elements.h). False: printed. *ret_there: there
 * is such a key. */
bool apply_digest(redisContext *link, const struct node *node, struct slice key, bool *ret_there,
                  uint64_t *ret);

#endif
