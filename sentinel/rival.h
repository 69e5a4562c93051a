/*
 * rival: under fencing = strict, a node that may be a primary although nobody has seen that it is:
 * it was told to be one and has not answered. Before another one is promoted, be it the old primary
 * again, the rival is fenced as the old primary is (sentinel/fence.h).
 *
 * It is none if it has said that it is a replica when it was asked later. Known of are the one that
 * this supervisor gave up waiting for, until the group has a new configuration, and, whoever led,
 * the one that the primary follows.
 */
#ifndef SENTINEL_RIVAL_H
#define SENTINEL_RIVAL_H

#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;

/* The last one that did not answer. */
struct rival {
    uint32_t node; /* id; 0 = none */
    msec since;    /* what it is asked after that tells */
};

/* That of the chosen one; NULL = none that is known. */
struct node *rival_of(const struct core *core, const struct group *group);

#endif
