/*
 * find_io: which group a node belongs to, as a supervisor has it.
 */
#ifndef SENTINEL_CTL_FIND_IO_H
#define SENTINEL_CTL_FIND_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>

#include "quorum/hello.h"
#include "wire/addr.h"

struct found {
    char group[GROUP_NAME_MAX + 1];
    struct addr addr; /* as the supervisor calls it */
    bool primary;
};

/* Reads HOST:PORT; ends the program when it is none. */
struct addr find_read_addr(const char *command, const char *word);

/* False: printed, with what to do. */
bool find_node(redisContext *link, const struct addr *addr, struct found *ret_found);

/* The group's primary; false: printed. */
bool find_primary(redisContext *link, const char *group, struct addr *ret_addr);

#endif
