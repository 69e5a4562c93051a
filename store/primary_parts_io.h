/*
 * What primary_io.c, primary_link_io.c and primary_data_io.c share; nobody else includes it.
 */
#ifndef STORE_PRIMARY_PARTS_IO_H
#define STORE_PRIMARY_PARTS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "store/follow.h"
#include "store/keyspace.h"
#include "store/primary_io.h"
#include "store/rdb_read.h"
#include "wire/buf.h"
#include "wire/client.h"
#include "wire/msec.h"
#include "wire/resp_read.h"

struct shell;

/* One connection. A new try has a new one, so that what comes late from an old one finds nothing.
 */
struct link {
    uv_tcp_t tcp;
    uv_connect_t connect;
    struct primary *primary; /* NULL: given up */
    bool open;               /* connected */
};

struct primary {
    struct shell *shell;
    struct link *link; /* NULL: none */
    uv_getaddrinfo_t *lookup;
    struct follow follow;
    struct client client; /* runs the stream's commands */
    struct buf in;
    struct buf unfed; /* bytes of a transaction that is not complete */
    struct resp_reader reader;
    msec heard_ms; /* the last byte */
    msec acked_ms;
    msec tried_ms;
    msec told_ms;  /* to follow */
    msec began_ms; /* the stream */
    msec down_since_ms;
    bool ack_soon;
    unsigned handovers; /* how often the new primary was asked to take over */
    bool astray;        /* a command of the stream failed here: only a full synchronisation helps */

    /* full synchronisation */
    bool reading; /* fresh and rdb are in use */
    bool data_whole;
    uint64_t data_bytes; /* of the data, seen so far */
    struct keyspace fresh;
    struct rdb_reader rdb;
    char read_bytes[PRIMARY_READ_BYTES];
};

/* primary_link_io.c: begins a connection to the primary of the options. */
void primary_connect(struct primary *p);

/* Drops the connection, and what was only good for it. */
void primary_unlink(struct primary *p);

/* The link is gone; the next try comes with the tick. */
void primary_lose(struct primary *p, const char *why);

/* Tells the primary how far we are. */
void primary_send_ack(struct primary *p);

/* primary_data_io.c: a full synchronisation begins; the stream goes on from where we are; bytes of
 * either have come. */
void primary_begin_data(struct primary *p);
void primary_begin_continue(struct primary *p);
void primary_take_data(struct primary *p);
void primary_run_stream(struct primary *p);

/* Throws away what has been read of data that are not whole. */
void primary_end_reading(struct primary *p);

#endif
