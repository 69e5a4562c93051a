/*
 * A store without files, network and clock, for targets that run commands.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <stdbool.h>

#include "store/store.h"

struct world {
    struct store store;
    struct client client; /* trusted, as the one in whose name a log is read */
};

void world_init(struct world *w);
void world_done(struct world *w);

/* Runs a request if it may stand in a log; what was replied is in client.out. */
void world_run(struct world *w, size_t argc, const struct slice *argv);

/* Runs any command of words with blanks between them. */
void world_ask(struct world *w, const char *line);

/* Writes the data as an RDB stream and reads them again: there must be the same keys. */
void world_check(struct world *w);

/* The same for any keyspace. */
void world_check_data(struct keyspace *ks);

#endif
