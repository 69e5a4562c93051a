/*
 * feed_io: a node's data as it gives them to a replica: an RDB stream, in either of its two forms
 * (with its length in front, or up to a mark), and then the stream of commands. The protocol is the
 * one that Redis publishes for PSYNC.
 *
 * The node counts us among its replicas, without a port.
 */
#ifndef SENTINEL_CTL_FEED_IO_H
#define SENTINEL_CTL_FEED_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sentinel/ctl/node_io.h"
#include "wire/buf.h"

#define FEED_MARK_BYTES     40
#define FEED_CHUNK_BYTES    ((size_t)256 * 1024)
#define FEED_LINE_BYTES_MAX 512
#define FEED_SILENCE_MS     60000             /* then the node is taken for dead */
#define FEED_HELD_BYTES_MAX ((size_t)1 << 30) /* of the stream, while the data are written */

struct feed {
    const struct node *node; /* not owned */
    redisContext *link;
    struct buf in;       /* received, not used yet */
    size_t given;        /* bytes at its front that the last feed_read handed out */
    int64_t offset;      /* in the node's stream, of what was used; -1: the node did not say */
    uint64_t data_bytes; /* the length of the data; 0: not known */
    uint64_t left;       /* of it, still to come */
    bool marked;         /* the data end with the mark */
    char mark[FEED_MARK_BYTES];
    bool ended; /* all data have been handed out */
};

/* Connects and asks for all data. follow: the stream is wanted as well. False: printed. */
bool feed_start(struct feed *f, const struct node *node, bool follow);

/* Frees everything. */
void feed_stop(struct feed *f);

/* The next bytes of the data, valid until the next call; none: they have ended. False: printed, or
 * a signal has come. */
bool feed_read(struct feed *f, struct slice *ret);

/* After the data: takes in what is there of the stream, waiting for at most so long. False:
 * printed. */
bool feed_receive(struct feed *f, int wait_ms);

/* Tells the node how far we are; false: printed. */
bool feed_ack(struct feed *f);

#endif
