/*
 * waiters: who waits for the replies on one connection, in the order in which they will come.
 */
#ifndef PROBES_WAITERS_H
#define PROBES_WAITERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct redisReply;

#define WAITERS_MAX 16384 /* of one connection */

/* REPLY: NULL when the connection went before it. Valid during the call. */
typedef void reply_fn(void *ctx, uint64_t tag, const struct redisReply *reply);

struct waiter {
    reply_fn *fn;
    void *ctx;
    uint64_t tag; /* for FN */
};

/* A queue; all zero is an empty one. */
struct waiters {
    struct waiter *ring;
    size_t head, n, cap;
};

void waiters_done(struct waiters *waiters);

/* False when WAITERS_MAX wait, or memory is out. */
bool waiters_push(struct waiters *waiters, struct waiter waiter);

/* Take the oldest; false when nobody waits. */
bool waiters_pop(struct waiters *waiters, struct waiter *ret_waiter);

#endif
