/*
 * status_io: all groups as a table that is read at a glance.
 */
#ifndef SENTINEL_CTL_STATUS_IO_H
#define SENTINEL_CTL_STATUS_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>

/* Prints what LINK's supervisor holds. Returns 1 when a primary is down or a failover is out of
 * reach, or there is no answer (printed); else 0. */
int status_print(redisContext *link, bool colour);

#endif
