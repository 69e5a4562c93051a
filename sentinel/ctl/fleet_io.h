/*
 * fleet_io: a command of picketctl at all supervisors of a group. What an operator wants must hold
 * wherever a leader may come from; who could not be told is said.
 */
#ifndef SENTINEL_CTL_FLEET_IO_H
#define SENTINEL_CTL_FLEET_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>

#include "quorum/hello.h"
#include "wire/addr.h"

#define FLEET_MAX 130 /* supervisors: as many as a group may have, and those that are given */

struct ctl;

struct fleet {
    struct addr addrs[FLEET_MAX];
    size_t n;
};

/* Those that are given, and those that the first of them which answers knows: for GROUP, or,
 * if it knows none (NULL: always), for any. False: printed. */
bool fleet_find(const struct ctl *ctl, const char *group, struct fleet *ret_fleet);

/* Of how many supervisors how many did it. */
struct fleet_told {
    size_t n, done;
};

/* Without the one at that address. */
void fleet_drop(struct fleet *fleet, const struct addr *addr);

/* Send the words to each of them; what goes wrong is printed. */
struct fleet_told fleet_tell(const struct ctl *ctl, const struct fleet *fleet, int argc,
                             const char *const *argv);

/* "at 3 of 3 supervisors" and the end of the line. The status to exit with. */
int fleet_report(const struct fleet_told *told);

#endif
