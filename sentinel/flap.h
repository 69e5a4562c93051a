/*
 * flap: failovers in short succession. After flap_failovers of them, with no more than
 * flap_window_ms between one and the next, the group cools down: the next one begins no sooner than
 * flap_cool_down_ms after the last, then twice that, four times ... but never later than
 * flap_window_ms. Only what supervisors begin by themselves waits; SENTINEL FAILOVER does not.
 *
 * A node that lost the primary's role for being down FLAP_STRIKES times, with no more than
 * flap_window_ms in between, is quarantined: as a candidate it goes behind all that have the same
 * data, whatever their priority.
 *
 * Each supervisor counts by itself what it learns of, and keeps it over restarts; the time since
 * the last one begins anew with those. PICKET ACK, an operator's word that the cause is gone, and a
 * SENTINEL RESET end it all. Planned switchovers do not count.
 */
#ifndef SENTINEL_FLAP_H
#define SENTINEL_FLAP_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct row;

#define FLAP_STRIKES 2

/* Of a group: failovers; of a node: how often it lost the role. */
struct flap {
    uint32_t count; /* in short succession */
    msec last_at;   /* the last one */
    bool told;
};

/* OLD's role goes to another node now. */
void flap_note(struct core *core, struct group *group, struct node *old);

/* Tell of what is over. */
void flap_run(struct core *core, struct group *group);
msec flap_next(const struct core *core, const struct group *group);

/* Until when no failover begins by itself; in the past: nothing holds it. */
msec flap_hold_until(const struct group *group);

/* How often it was in short succession, the last time included; 0 when that is over. */
uint32_t flap_count(const struct core *core, const struct group *group);
uint32_t flap_strikes(const struct core *core, const struct node *node);
bool flap_is_quarantined(const struct core *core, const struct node *node);

/* All of it is forgotten. */
void flap_clear(struct core *core, struct group *group);

/* What was stored of the group, or of the node at the row's address. */
void flap_restore(struct core *core, struct group *group, const struct row *row);

#endif
