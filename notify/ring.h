/*
 * ring: gives events their numbers and keeps the latest, for those who missed some.
 *
 * Numbers go up by one, without a gap, as long as the process lives, and are never given twice: the
 * first of a life is `life * RING_LIFE + 1`, where lives are counted durably. Events of level DEBUG
 * get none and are not kept.
 */
#ifndef NOTIFY_RING_H
#define NOTIFY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"

struct event;
struct ring;

#define EVENTS_KEPT_MAX 10000
#define RING_LIFE       UINT64_C(1000000000) /* numbers of one life */
#define RING_LIVES_MAX  UINT64_C(9000000) /* numbers stay below 2^53, which is what JSON carries */

/* NULL: memory. */
struct ring *ring_new(uint64_t life);

/* NULL is fine. */
void ring_free(struct ring *ring);

/* Stamp the event and keep a copy. When memory is out it has its number all the same. */
void ring_stamp(struct ring *ring, struct event *event, msec wall_ms);

/* The oldest one kept, and the last one given; first = last + 1 while there is none. */
uint64_t ring_first(const struct ring *ring);
uint64_t ring_last(const struct ring *ring);

/* The event of that number; false, RET_EVENT untouched: it is not kept. */
bool ring_get(const struct ring *ring, uint64_t seq, struct event *ret_event);

#endif
