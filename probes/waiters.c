#include "probes/waiters.h"

#include <stdlib.h>

void waiters_done(struct waiters *waiters)
{
    free(waiters->ring);
    *waiters = (struct waiters){ 0 };
}

static bool grow(struct waiters *waiters)
{
    size_t cap = waiters->cap ? waiters->cap * 2 : 8;
    struct waiter *ring = cap <= WAITERS_MAX ? malloc(cap * sizeof *ring) : NULL;

    if (ring == NULL)
        return false;
    for (size_t i = 0; i < waiters->n; i++)
        ring[i] = waiters->ring[(waiters->head + i) % waiters->cap];
    free(waiters->ring);
    *waiters = (struct waiters){ .ring = ring, .n = waiters->n, .cap = cap };
    return true;
}

bool waiters_push(struct waiters *waiters, struct waiter waiter)
{
    if (waiters->n == waiters->cap && !grow(waiters))
        return false;
    waiters->ring[(waiters->head + waiters->n++) % waiters->cap] = waiter;
    return true;
}

bool waiters_pop(struct waiters *waiters, struct waiter *ret_waiter)
{
    if (waiters->n == 0)
        return false;
    *ret_waiter = waiters->ring[waiters->head];
    waiters->head = (waiters->head + 1) % waiters->cap;
    waiters->n--;
    return true;
}
