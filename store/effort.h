/*
 * What running a command cost, and where that is noted: its own numbers, the slow log, the latency
 * monitor.
 */
#ifndef STORE_EFFORT_H
#define STORE_EFFORT_H

#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct client;
struct command;
struct store;

struct effort {
    int64_t began_ns;
    size_t replied; /* bytes of earlier replies */
};

/* Before and behind a command. */
void effort_begin(struct effort *x, const struct store *s, const struct client *c);
void effort_end(const struct effort *x, struct store *s, struct client *c,
                const struct command *command, size_t argc, const struct slice *argv);

#endif
