/*
 * chaos: faults at drawn times, and their end; then the calm, in which all must
 * come right. Stories do without: plan.chaos_ms = 0.
 */
#ifndef TESTS_SIM_CHAOS_H
#define TESTS_SIM_CHAOS_H

struct happening;
struct world;

/* Schedule the phases of the plan. */
void chaos_begin(struct world *w);

/* Handler of everything from H_SUP_START on. */
void chaos_due(struct world *w, const struct happening *h);

#endif
