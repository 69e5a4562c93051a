/*
 * things: the core's own table of ids. An id names a group, node or peer. One that was given back
 * is given out again only when THINGS_REST_MIN others were given back after it, so that a late
 * answer about something that is gone finds nothing, and strangers who make us look at ever new
 * addresses do not use the ids up. Also the one place that arms deadlines.
 */
#ifndef SENTINEL_THINGS_H
#define SENTINEL_THINGS_H

#include <stdint.h>

#include "sentinel/model.h"
#include "wire/msec.h"

#define THINGS_REST_MIN (1u << 17)

uint32_t thing_add(struct core *core, enum thing_kind kind, void *ptr);
void thing_remove(struct core *core, uint32_t id);

/* The thing of that id and kind, NULL if there is none. */
void *thing_find(const struct core *core, uint32_t id, enum thing_kind kind);

/* Arm for AT, but not within this step: what is due is done before arming, so a
 * deadline that is still in the past waits for the next millisecond instead of looping. */
void core_arm(struct core *core, struct deadline *deadline, msec at);

#endif
