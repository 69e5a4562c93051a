/*
 * removed: groups that stand in the configuration file and were taken away by SENTINEL REMOVE. They
 * stay away, over restarts and reloads, until the file says something else of them or nothing at
 * all, or SENTINEL MONITOR brings them back.
 */
#ifndef SENTINEL_REMOVED_H
#define SENTINEL_REMOVED_H

#include <stdbool.h>

#include "quorum/hello.h"
#include "sentinel/group_conf.h"
#include "wire/addr.h"

struct core;
struct request;
struct row;

/* What the file said of it when it was removed. */
struct removed {
    char name[GROUP_NAME_MAX + 1];
    struct addr addr;
    struct group_conf conf;
    bool configured; /* the file said so again, since the last RETAIN */
};

/* Remember it, durably. As many as there may be groups are remembered. */
void removed_add(struct core *core, const struct removed *removed);

/* The one of that name, or NULL; valid until the next is added or forgotten. */
struct removed *removed_find(const struct core *core, const char *name);

/* Forget it, durably. */
void removed_forget(struct core *core, struct removed *removed);

/* Whether REQUEST, a group as the file has it, says what the file said before. */
bool removed_is_same(const struct removed *removed, const struct request *request);

/* The file has been read to its end: forget those that no longer stand in it. */
void removed_retain(struct core *core);

/* From a row of the state. */
void removed_restore(struct core *core, const struct row *row);

#endif
