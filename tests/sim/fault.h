/*
 * fault: what may go wrong, a function each (fault_KILL ...), by the table in
 * tests/sim/plan.h; and how it ends.
 */
#ifndef TESTS_SIM_FAULT_H
#define TESTS_SIM_FAULT_H

#include "tests/sim/plan.h"
#include "wire/msec.h"

struct engine;
struct event;
struct sup;
struct world;

#define X(id, name) void fault_##id(struct world *w);
FAULTS(X)
#undef X

/* Aimed: a supervisor is about to send the order to demote E. */
void fault_late_demotion(struct world *w, const struct sup *s, const struct engine *e);

/* Aimed: S begins a switchover that nobody asked for. */
void fault_early_heir(struct world *w, const struct sup *s, const struct event *event);

/* Aimed: S wants to replace a primary that stands still. */
void fault_cut_channel(struct world *w, struct sup *s, const struct event *event);

/* Let it end after LOW to HIGH ms; A and B say what it was about. */
void fault_ends(struct world *w, enum fault fault, msec low, msec high, unsigned a, unsigned b);

/* Handler of H_UNDO. */
void fault_undo(struct world *w, enum fault fault, unsigned a, unsigned b);

/* Cut, or heal, everything between the hosts in the mask and the others. */
void fault_split(struct world *w, unsigned mask, bool cut);

/* Operators say that E, or else (E NULL) the plan's supervisor, is gone for good. */
void fault_forget(struct world *w, struct engine *e, int group);

/* The present primary of a group dies and is there again at once. */
void fault_restart_newest(struct world *w, int group);

/* Whom it meets: nodes are mostly primaries. */
struct engine *fault_engine(struct world *w);
struct engine *fault_replica(struct world *w);
struct sup *fault_sup(struct world *w);
int fault_host(struct world *w);
int fault_group(struct world *w);
msec fault_down_after(const struct world *w);

#endif
