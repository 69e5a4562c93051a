/*
 * groups: the life of a group, the change of its primary, and the one place
 * where everything that may follow from an input is looked at, group_run().
 */
#ifndef SENTINEL_GROUPS_H
#define SENTINEL_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct addr;
struct core;
struct group;
struct node;

/* Add a group whose primary stands at ADDR, with default settings; NULL when
 * GROUPS_MAX is reached. Emits nothing but the links' orders. */
struct group *group_add(struct core *core, const char *name, const struct addr *addr);

/* A group that is new to the state begins with no vote to give in epochs that we
 * have seen: it may have voted in them before it was removed. */
void group_bar_old_epochs(struct core *core, struct group *group);

/* Forget a group, its nodes and members. With its row if ROW. */
void group_remove(struct core *core, struct group *group, int row);

/* Free all that a group holds, without a word (core_free). */
void group_free(struct group *group);

/* Point the group to another address, as for a new one: nodes and members go. */
void group_readdress(struct core *core, struct group *group, const struct addr *addr);

/* Forget replicas and members, keep the primary. */
void group_reset(struct core *core, struct group *group);

/* Make NODE the primary under config EPOCH: durable, announced, told to all. What
 * was believed of the old primary dies with it. */
void group_switch(struct core *core, struct group *group, struct node *node, uint64_t epoch);

/* The primary is what the configuration says, as far as we know now. */
bool group_is_sane(const struct group *group);

/* Draw all conclusions: down or not, opinions, failover, repairs; then arm the deadline. */
void group_run(struct core *core, struct group *group);

/* After a change of settings: take them over into the probes. */
void group_settings_changed(struct core *core, struct group *group);

#endif
