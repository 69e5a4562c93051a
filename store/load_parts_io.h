/*
 * What load_io.c and load_log_io.c share; nobody else includes it.
 */
#ifndef STORE_LOAD_PARTS_IO_H
#define STORE_LOAD_PARTS_IO_H

#include <stdbool.h>

struct shell;

/* load_io.c: opens a file; false after the end was told. */
bool load_open(struct shell *sh, const char *path);

/* Ends in failure, or well. */
void load_fail(struct shell *sh, const char *format, ...) __attribute__((format(printf, 2, 3)));
void load_finish(struct shell *sh);

/* load_log_io.c: begins with the files that the manifest names. */
void load_log_start(struct shell *sh);

/* Runs the commands that are there. False after a failure. */
bool load_log_run(struct shell *sh);

/* The file has ended: cuts off what is not whole, or fails; opens the next one, or finishes. */
void load_log_next(struct shell *sh);

#endif
