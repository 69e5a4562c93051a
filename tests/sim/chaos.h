/*
 * chaos: faults at drawn times, and their end; then the calm, in which all must
 * come right. Stories do without: plan.chaos_ms = 0.
 */
#ifndef TESTS_SIM_CHAOS_H
#define TESTS_SIM_CHAOS_H

#include <stdint.h>

struct happening;
struct world;

/* Schedule the phases of the plan. */
void chaos_begin(struct world *w);

/* The primary of the newest configuration that anybody has. */
int chaos_newest_primary(struct world *w, int group, uint64_t *ret_epoch);

/* Handler of everything from H_SUP_START on. */
void chaos_due(struct world *w, const struct happening *h);

#endif
