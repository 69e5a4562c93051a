/*
 * role_order: the orders that change a node's role, as far as the node takes them. One that refuses
 * a part beside the change itself (CONFIG REWRITE, CLIENT KILL, MULTI: no right, or no such
 * command) is ordered again at once without it, and has it left out for a while.
 */
#ifndef SENTINEL_ROLE_ORDER_H
#define SENTINEL_ROLE_ORDER_H

#include <stdbool.h>

#include "sentinel/output.h"

struct core;
struct node;
struct settled;

/* An order of that kind (FOLLOW, PROMOTE, DEMOTE) with a new ticket; the rest is the caller's. */
struct order *role_order(struct core *core, struct node *node, enum order_kind kind);

/* How an order to NODE ended. True: nothing has changed for a part's sake, and the order without it
 * may be taken. */
bool role_order_settled(struct core *core, struct node *node, const struct settled *settled);

#endif
