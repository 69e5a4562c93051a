/*
 * things: the core's own table of ids. An id names a group, node or peer, is
 * given out once and never again, so that a late answer about something that is gone finds
 * nothing. Also the one place that arms deadlines.
 */
#ifndef SENTINEL_THINGS_H
#define SENTINEL_THINGS_H

#include <stdint.h>

#include "sentinel/model.h"
#include "wire/msec.h"

uint32_t thing_add(struct core *core, enum thing_kind kind, void *ptr);
void thing_remove(struct core *core, uint32_t id);

/* The thing of that id and kind, NULL if there is none. */
void *thing_find(const struct core *core, uint32_t id, enum thing_kind kind);

/* Arm for AT, but not within this step: what is due is done before arming, so a
 * deadline that is still in the past waits for the next millisecond instead of looping. */
void core_arm(struct core *core, struct deadline *deadline, msec at);

#endif
