/*
 * reign: whether another node may be a primary that replicas of the group obey: one that was
 * promoted by a leader who died before it told anybody. With fencing = strict its replicas are what
 * lets it accept writes, and ours as well: nobody is taken from it to our primary before it
 * certainly accepts none.
 */
#ifndef SENTINEL_REIGN_H
#define SENTINEL_REIGN_H

#include <stdbool.h>

struct node;

/* Whether REPLICA may be told to follow our primary. */
bool reign_permits(const struct node *replica);

#endif
