/*
 * Our replicas: who they are, what of the stream each has, and how each gets the rest.
 *
 *     NEW ──PSYNC, continues──────────────────────────────────────▶ ONLINE
 *      └───PSYNC, everything──▶ WAIT ──child forked──▶ SYNC ──sent──▶ LOADING ──first ACK──▶ ONLINE
 *                                ▲                        └─ child failed: closed
 *                                └─ until the one child's place is free
 *
 * The stream is kept once, in the backlog; each replica has a cursor into it. What a replica that
 * is not online cannot get yet is put aside (`aside`) before the ring overwrites it. The child
 * writes to the replicas' sockets itself, so nothing is sent to them meanwhile.
 */
#ifndef STORE_REPLICAS_IO_H
#define STORE_REPLICAS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "wire/addr.h"
#include "wire/buf.h"
#include "wire/command.h"
#include "wire/msec.h"

struct client;
struct shell;
struct sync;
struct waiter;

enum replica_phase { REPLICA_NEW, REPLICA_WAIT, REPLICA_SYNC, REPLICA_LOADING, REPLICA_ONLINE };

struct replica {
    struct replica *next;
    uint64_t client_id;
    enum replica_phase phase;
    bool early_ack;   /* it has read all, before we know that all was sent */
    bool capa_eof;    /* takes a stream whose length is not known before */
    bool capa_psync2; /* takes the id of a new history with +CONTINUE */
    uint16_t port;    /* what it told us; 0: nothing */
    char ip[HOST_LEN_MAX + 1];
    int64_t cursor; /* offset of the next byte of the stream to send or put aside */
    int64_t acked;  /* offset that it has */
    msec heard_ms;  /* its last word; monotonic */
    msec waits_since_ms;
    struct buf aside;
    msec over_since_ms; /* aside is above the soft limit; 0: it is not */
};

struct replicas {
    struct replica *first;
    size_t count; /* beyond NEW */
    msec pinged_ms;
    msec empty_since_ms; /* the last one left; for repl-backlog-ttl */
    msec sync_failed_ms; /* the last fork that failed; 0: none */
    struct sync *sync;   /* the child sends to those in SYNC; sync_io's */
    struct waiter *waiters;
    uv_timer_t wait_timer; /* the earliest time-out of WAIT */
    bool ask_acks;         /* somebody began to WAIT: REPLCONF GETACK goes out */
};

void replicas_start(struct shell *sh);
void replicas_stop(struct shell *sh);

/* The record of a link that says it is a replica's; made at its first REPLCONF or PSYNC. */
struct replica *replicas_need(struct shell *sh, struct client *c);

/* From now on the client is a replica's link, and says no more than a replica does. */
void replicas_enter(struct shell *sh, struct client *c, struct replica *r,
                    enum replica_phase phase);

/* The one way to change a replica's phase; asserts that the move is allowed. */
void replica_move(struct replica *r, enum replica_phase to);

/* Counts those that min-replicas-to-write takes for good. */
void replicas_count_good(struct shell *sh);

/* A client has gone; ends what it was to us. */
void replicas_client_closed(struct shell *sh, struct client *c);

/* Sends what the stream has gained. To be called when commands have been run, before the loop
 * waits. */
void replicas_flush(struct shell *sh);

/* Every tenth of a second: PING, time-outs, the count of good replicas, synchronisations that wait.
 */
void replicas_tick(struct shell *sh);

/* The one child has ended. */
void replicas_child_ended(struct shell *sh);

/* Our history is another one now: all replicas must ask anew. */
void replicas_disconnect(struct shell *sh, const char *why);

/* Seconds since the last word of a replica, -1 while it is not online. */
int64_t replica_lag_s(const struct shell *sh, const struct replica *r);

/* The address at which others reach a replica. */
void replica_addr(const struct shell *sh, const struct replica *r, struct addr *ret);

/* The word that INFO has for its phase. */
const char *replica_state_name(const struct replica *r);

command_fn cmd_replconf, cmd_psync, cmd_sync, cmd_wait, cmd_role;

#endif
