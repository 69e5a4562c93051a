/*
 * What aof_io.c and aof_rewrite_io.c share; nobody else includes it.
 */
#ifndef STORE_AOF_PARTS_IO_H
#define STORE_AOF_PARTS_IO_H

#include <stdbool.h>

#include "store/aof_io.h"

struct shell;

/* aof_io.c: opens a file of commands and logs to it from here on; the one before must have been
 * written. */
bool aof_open(struct shell *sh, const char *name, bool fresh);

/* Closes the file of commands. */
void aof_close(struct shell *sh);

/* Writes and syncs all of it now. */
bool aof_write_through(struct shell *sh);

/* aof_rewrite_io.c: puts a manifest in force, on disk first. */
bool aof_persist(struct shell *sh, struct aof_manifest *fresh);

/* Deletes files that are history, in a thread. */
void aof_delete_history(struct shell *sh);

/* Writes a first base at once. False with the reason. */
bool aof_write_base(struct shell *sh, char *ret_error, size_t error_size);

/* Begins a rewrite when one is due, and the child's place is free. */
void aof_rewrite_tick(struct shell *sh);

/* Notes a failure: the next try is later, and without a base nothing is logged until then. */
void aof_rewrite_failed(struct shell *sh);

/* Ends one under way, without a trace. */
void aof_rewrite_stop(struct shell *sh);

#endif
