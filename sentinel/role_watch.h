/*
 * role_watch: what somebody else does to the roles of the nodes. INFO comes every ten seconds only;
 * ROLE, a small question that goes out with each PING, shows a change within one. Whoever hands
 * the primary over by hand (a replica is made a primary, then the old one its replica) is followed
 * by an election at once, without waiting until a primary that is none counts as down.
 */
#ifndef SENTINEL_ROLE_WATCH_H
#define SENTINEL_ROLE_WATCH_H

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

/* Ask NODE for its role, if that is of use now. */
void role_watch_ask(struct core *core, struct node *node);

/* How an order to NODE ended; other tickets than the question's are left alone. */
void role_watch_settled(struct core *core, struct node *node, const struct settled *settled);

/* When the group's primary counts as handed over to another node; MSEC_NEVER when it is not. */
msec role_watch_handed_over_at(const struct group *group);

/* Have a second look at whom the primary says that it follows. */
void role_watch_run(struct core *core, struct group *group);

#endif
