/*
 * What the files store/aof_*io.c share; nobody else includes it.
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

/* aof_manifest_io.c: where the files are, and how their names begin. */
const char *aof_folder(const struct shell *sh);
const char *aof_prefix(const struct shell *sh);

/* Makes the folder, if it is not there. */
bool aof_need_folder(const struct shell *sh);

/* Puts a manifest in force, on disk first. What is in it is taken over; it is empty afterwards in
 * every case. */
bool aof_persist(struct shell *sh, struct aof_manifest *fresh);

/* Sums up the files that count, but for the one being written. */
void aof_measure(struct shell *sh);

/* Deletes files that are history, in a thread. */
void aof_delete_history(struct shell *sh);

/* aof_base_io.c: writes a first base at once. False with the reason. */
bool aof_write_base(struct shell *sh, char *ret_error, size_t error_size);

/* Adds a file of commands; *ret_seq is its number, name its name. False: there are too many. */
bool aof_add_incr(struct shell *sh, struct aof_manifest *m, int64_t *ret_seq,
                  char name[AOF_FILE_NAME_MAX]);

/* Turns m into what holds when there is a new base; its name. */
void aof_plan_base(struct shell *sh, struct aof_manifest *m, int64_t incr_seq,
                   char name[AOF_FILE_NAME_MAX]);

/* aof_rewrite_io.c: begins a rewrite when one is due, and the child's place is free. */
void aof_rewrite_tick(struct shell *sh);

/* Notes a failure: the next try is later, and without a base nothing is logged until then. */
void aof_rewrite_failed(struct shell *sh);

/* Ends one under way, without a trace. */
void aof_rewrite_stop(struct shell *sh);

#endif
