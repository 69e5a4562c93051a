/*
 * switch_io: a planned switchover, from the wish to its end.
 */
#ifndef SENTINEL_CTL_SWITCH_IO_H
#define SENTINEL_CTL_SWITCH_IO_H

#include <stdbool.h>

#define SWITCH_WAIT_MS 60000 /* for the end of it */

struct addr;
struct ctl;

/* Hand GROUP over to the replica at TO (NULL: the best one) and wait until that is done, which is
 * printed. FORCE: without waiting for the last writes. False: it was refused or given up, and the
 * reason has been printed. */
bool switch_over(const struct ctl *ctl, const char *group, const struct addr *to, bool force);

#endif
