/*
 * forget: an operator says that a replica or a supervisor is gone for good, and need not be waited
 * for, asked or counted any more. Only one that cannot be reached, or a node that follows somebody
 * else, can be forgotten: any other would be found again at once.
 */
#ifndef SENTINEL_FORGET_H
#define SENTINEL_FORGET_H

#include "sentinel/output.h"

struct core;
struct group;
struct request;

/* REQUEST_FORGET: the supervisor of that run id, or else the node at that address. */
enum reply_code forget_take(struct core *core, struct group *group, const struct request *request);

#endif
