/*
 * chaos: faults at drawn times, and their end; then the calm, in which all must
 * come right. Stories do without: plan.chaos_ms = 0.
 */
#ifndef TESTS_SIM_CHAOS_H
#define TESTS_SIM_CHAOS_H

#include <stdbool.h>
#include <stdint.h>

struct happening;
struct world;

/* Schedule the phases of the plan. */
void chaos_begin(struct world *w);

/* The primary of the newest configuration that anybody has. */
int chaos_newest_primary(struct world *w, int group, uint64_t *ret_epoch);

/* An operator's tool begins to turn a replica away, again and again (tests/sim/tool.c); false when
 * there is none, or nothing for it to do. Handler of H_TOOL. */
bool tool_begin(struct world *w);
void tool_due(struct world *w);

/* Handler of everything from H_SUP_START on. */
void chaos_due(struct world *w, const struct happening *h);

#endif
