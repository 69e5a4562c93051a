/*
 * Replies that are held back: writes that are done here, and whose clients must not hear so before
 * enough replicas have them (sync-replicas). Pure.
 *
 * The replies stay where they are, in the clients' buffers; what is behind the first one of a
 * client is held too, so that its replies leave in order. Writes end in the order of their offsets,
 * so there is one queue for all clients.
 *
 *     written ──held_add──▶ held ──replicas have it──▶ sent
 *                            └──out of time, no primary any more──▶ replaced by an error, sent
 */
#ifndef STORE_HELD_H
#define STORE_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"

struct client;
struct held_reply;

#define HELD_PER_CLIENT_MAX 16384 /* then no further request of that client is read */

/* Of a store. */
struct held {
    struct held_reply *first, *last;
    size_t count;
    uint64_t failed; /* replies that became errors, ever */
};

/* Of a client; hangs on its session. */
struct held_list {
    struct held_reply *first, *last;
    size_t count;
    bool blocks; /* too many: the client is blocked because of that */
};

/* Holds back what was replied to the client from position reply_at (client_reply_at) on. offset:
 * of the stream behind the write; never lower than that of the one before. */
void held_add(struct held *h, struct client *c, uint64_t reply_at, int64_t offset, msec until_ms);

/* Enough replicas have the stream up to this offset. */
void held_release(struct held *h, int64_t offset);

/* Replaces the replies whose time has come by the error; MSEC_NEVER: all of them. */
void held_fail(struct held *h, msec now_ms, const char *error);

/* When the oldest one runs out of time; MSEC_NEVER: there is none. A shorter time-out of a later
 * one counts from then on. */
msec held_next_ms(const struct held *h);

/* The client has gone. */
void held_forget(struct held *h, struct client *c);

#endif
