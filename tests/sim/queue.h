/*
 * queue: what is going to happen, and when: the simulator's only notion of time.
 * A binary heap; what is due at the same millisecond happens in the order in
 * which it was put in, so that a run can be repeated.
 */
#ifndef TESTS_SIM_QUEUE_H
#define TESTS_SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"

/* A happening is addressed to WHO; GEN is compared with the addressee's, so that what
 * was overtaken (a restart, a new deadline) simply comes to nothing. */
struct happening {
    msec at;
    uint64_t seq;
    int kind;      /* enum happening_kind in tests/sim/world.h */
    uint32_t who;  /* which supervisor, engine or connection */
    uint32_t what; /* the kind's own */
    uint64_t gen;
    void *ptr; /* owned by the happening's handler; NULL mostly */
};

struct queue {
    struct happening *heap;
    size_t n, cap;
    uint64_t seq;
};

void queue_init(struct queue *queue);
void queue_done(struct queue *queue);

void queue_push(struct queue *queue, struct happening happening);

/* Take the earliest; false when nothing is going to happen any more. */
bool queue_pop(struct queue *queue, struct happening *ret_happening);

/* When the earliest is due; MSEC_NEVER when there is none. */
msec queue_next(const struct queue *queue);

#endif
