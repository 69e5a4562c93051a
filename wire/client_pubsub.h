/*
 * SUBSCRIBE, PSUBSCRIBE, UNSUBSCRIBE, PUNSUBSCRIBE and the rule of what a protocol 2 client may
 * still say once it has subscribed, for a struct client and a registry; the same in both daemons.
 */
#ifndef WIRE_CLIENT_PUBSUB_H
#define WIRE_CLIENT_PUBSUB_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/pubsub.h"
#include "wire/slice.h"

struct client;
struct command_match;

/* argv as the request came; each topic gets its own reply. Over a limit: an error reply for that
 * topic. */
void client_subscribe(struct pubsub *ps, struct client *c, enum pubsub_kind kind, size_t argc,
                      const struct slice *argv);

/* Without topics: ends all of the kind. */
void client_unsubscribe(struct pubsub *ps, struct client *c, enum pubsub_kind kind, size_t argc,
                        const struct slice *argv);

/* PUBSUB CHANNELS [pattern], NUMSUB [channel ...], NUMPAT; argv[1] is the subcommand. */
void client_pubsub_channels(const struct pubsub *ps, struct client *c, size_t argc,
                            const struct slice *argv);
void client_pubsub_numsub(const struct pubsub *ps, struct client *c, size_t argc,
                          const struct slice *argv);
void client_pubsub_numpat(const struct pubsub *ps, struct client *c);

/*
 * True when the command may run: the client speaks protocol 3, has no subscription, or the command
 * is one of those allowed. Else false, and Redis's error has been written.
 */
bool client_pubsub_allows(struct client *c, const struct command_match *m);

/* PING: +PONG, the bulk, or the pair of a protocol 2 subscriber. argc 1 or 2 (else: the caller's
 * arity error). */
void client_ping(struct client *c, size_t argc, const struct slice *argv);

#endif
