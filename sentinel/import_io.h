/*
 * import_io: a sentinel.conf and what it includes, read from disk for sentinel/import.
 *
 * `include` takes a path or, with one of * ? [ in it, a pattern for paths; a pattern that matches
 * nothing includes nothing. Relative paths are seen from the working folder, as Sentinel sees them.
 */
#ifndef SENTINEL_IMPORT_IO_H
#define SENTINEL_IMPORT_IO_H

#include <stdio.h>

#define IMPORT_FILES_MAX 256 /* files read, counted as often as they are included */
#define IMPORT_DEPTH_MAX 16  /* of includes in included files */

/* Write the configuration that has the meaning of PATH to OUT, or what is wrong to ERRORS. The exit
 * status for main: 0, or 1 with nothing written to OUT (unless writing itself failed). */
int import_file(const char *path, FILE *out, FILE *errors);

#endif
