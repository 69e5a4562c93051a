/*
 * commands_io: what picketctl can do. Each returns the status to exit with: 0, or 1 when something
 * is wrong, in which case it has been printed.
 */
#ifndef SENTINEL_CTL_COMMANDS_IO_H
#define SENTINEL_CTL_COMMANDS_IO_H

#include <hiredis/hiredis.h>

/* All groups with their nodes and supervisors. 1 as well when a primary is down or a group lacks
 * the supervisors for a failover. */
int ctl_status(redisContext *link, const char *unused);

/* The address of the group's primary, host:port. */
int ctl_primary(redisContext *link, const char *group);

/* Each event as it happens, until the connection ends. */
int ctl_events(redisContext *link, const char *unused);

/* Ask for a failover. */
int ctl_failover(redisContext *link, const char *group);

#endif
