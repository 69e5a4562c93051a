/*
 * tell: the events of a failover that say why: with which votes, why this replica, who asked for
 * it. What they say stands in their detail, which Sentinel's payloads have no place for; the
 * history (notify/history.h) and the JSON of an event show it.
 */
#ifndef SENTINEL_TELL_H
#define SENTINEL_TELL_H

struct core;
struct group;
struct node;

/* +try-failover: an attempt begins. */
void tell_try(struct core *core, const struct group *group);

/* +elected-leader: we were elected, by whom. */
void tell_elected(struct core *core, const struct group *group);

/* +selected-slave: NODE was chosen; how many bytes another one is known to have beyond it. */
void tell_selected(struct core *core, const struct node *node);

/* -failover-abort-not-elected: what was asked for could not begin in time. */
void tell_not_begun(struct core *core, const struct group *group);

#endif
