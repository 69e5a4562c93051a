/*
 * How a request becomes a command: found, checked against the state of store and client, queued or
 * run, and fed to the replicas.
 */
#ifndef STORE_EXEC_H
#define STORE_EXEC_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/slice.h"

struct client;
struct command;
struct store;

/*
 * Runs one request of a client. False: not now, it must come again when the pause is over (nothing
 * was done or written). The clocks of the store must be up to date.
 */
bool exec_request(struct store *s, struct client *c, size_t argc, const struct slice *argv);

/* Why writes of clients are refused; the first reason that there is. */
enum write_obstacle {
    OBSTACLE_NONE,
    OBSTACLE_REPLICA,
    OBSTACLE_GATE,
    OBSTACLE_LEASE,
    OBSTACLE_SAVE, /* stop-writes-on-bgsave-error */
    OBSTACLE_LOG,  /* the append-only log cannot be written */
    OBSTACLE_MIN_REPLICAS,
    OBSTACLE_SYNC_REPLICAS
};
enum write_obstacle exec_write_obstacle(const struct store *s);

/* Runs a command that passed the checks, and feeds it. For EXEC. */
void exec_call(struct store *s, struct client *c, const struct command *command, size_t argc,
               const struct slice *argv);

#endif
