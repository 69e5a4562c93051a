/*
 * deadline: many deadlines, one "when is the next?". A binary heap of intrusive
 * entries: the owner embeds a struct deadline, arms it as often as it likes and
 * must disarm it before its memory goes. Equal deadlines fire in the order in
 * which they were armed, so that a run can be repeated.
 *
 * A heap holds at most DEADLINES_MAX entries (asserted: owners are limited
 * below it by their own tables).
 */
#ifndef WIRE_DEADLINE_H
#define WIRE_DEADLINE_H

#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"

#define DEADLINES_MAX (1u << 24)

struct deadline {
    msec at;
    uint64_t seq;  /* order of arming, breaks ties */
    size_t pos;    /* place in the heap + 1; 0 = not armed */
    uint32_t kind; /* the owner's: what this is */
    uint32_t id;   /* the owner's: which one */
};

struct deadlines {
    struct deadline **heap;
    size_t n;
    size_t cap;
    uint64_t seq;
};

void deadlines_init(struct deadlines *set);

/* Frees the heap, not the entries. */
void deadlines_done(struct deadlines *set);

void deadline_init(struct deadline *deadline, uint32_t kind, uint32_t id);

/* Arm or move to AT; MSEC_NEVER disarms. */
void deadline_arm(struct deadlines *set, struct deadline *deadline, msec at);
void deadline_disarm(struct deadlines *set, struct deadline *deadline);

/* The earliest deadline, MSEC_NEVER when none is armed. */
msec deadlines_next(const struct deadlines *set);

/* Disarm and return an entry that is due at NOW, the earliest first; NULL when
 * none is due. */
struct deadline *deadlines_pop(struct deadlines *set, msec now);

#endif
