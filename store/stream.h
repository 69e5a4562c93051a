/*
 * A stream of commands in wire form, as replicas and the append-only log take it: each command an
 * array, and a SELECT in front of those that belong to another database than the one before.
 */
#ifndef STORE_STREAM_H
#define STORE_STREAM_H

#include <stddef.h>

#include "wire/slice.h"

struct buf;

/* Appends a command for database db (-1: does not matter). *selected: the stream's database, -1:
 * none yet. */
void stream_put_command(struct buf *to, int *selected, int db, size_t argc,
                        const struct slice *argv);

#endif
