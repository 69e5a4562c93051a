/*
 * replay_io: runs a trace (sentinel/trace.h) through the core again, and prints what comes out.
 */
#ifndef SENTINEL_REPLAY_IO_H
#define SENTINEL_REPLAY_IO_H

#include <stdio.h>

/* The status to exit with: 0; 1 when the file is none, as ERR says with its line, or when other
 * events come of it than stand in it. Nothing but OUT is written to: no node, no peer, no state. */
int replay_file(const char *path, FILE *out, FILE *err);

#endif
