/*
 * core: every decision of the supervisor, as a pure function of its inputs.
 *
 *   core_step(core, input) -> output
 *
 * It reads no clock, socket, file or random source; time comes in with each
 * input, chance from the seed. Carrying out the output is the shell's part, in
 * the order that sentinel/output.h names.
 *
 * Life: core_new, core_restore once for each stored row (a group's GROUP row before its others),
 * then REQUEST_CONFIGURE for each group in the file and one REQUEST_RETAIN, then the inputs as they
 * come, and a TICK whenever output.wake is reached.
 *
 * Between steps anybody may read: sentinel/model.h shows the fields. Nobody but
 * the core writes them.
 */
#ifndef SENTINEL_CORE_H
#define SENTINEL_CORE_H

#include <stdint.h>

#include "wire/addr.h"
#include "wire/msec.h"

struct core;
struct input;
struct output;
struct row;

/* A new core with no groups. RUNID: 40 letters or digits, this supervisor's
 * identity. SELF: the address that peers shall use; an empty host means "the one this
 * link has" and is filled in by the shell. */
struct core *core_new(const char *runid, const struct addr *self, uint64_t seed, msec now);

/* NULL is fine. */
void core_free(struct core *core);

/* Give back a stored row, only before the first step. GROUP rows come before the
 * other rows of their group; rows of a group that has none are dropped. */
void core_restore(struct core *core, const struct row *row);

/* Take one input. The output is the core's, valid until the next step. */
const struct output *core_step(struct core *core, const struct input *input);

#endif
