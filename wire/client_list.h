/*
 * client_list: the replies of CLIENT LIST [TYPE type | ID id ...] and CLIENT INFO.
 */
#ifndef WIRE_CLIENT_LIST_H
#define WIRE_CLIENT_LIST_H

#include <stddef.h>

#include "wire/msec.h"
#include "wire/slice.h"

struct client;

#define CLIENT_LIST_IDS_MAX 100 /* each costs a walk over all connections */

/* Calls FN for every connection. */
typedef void client_each_fn(void *arg, void (*fn)(void *ctx, struct client *client), void *ctx);

/* To C, about all that EACH knows; those that are asked for by ID in the order asked for. */
void client_list(struct client *c, msec now_ms, client_each_fn *each, void *arg, size_t argc,
                 const struct slice *argv);

/* To C, about itself. */
void client_info(struct client *c, msec now_ms);

#endif
