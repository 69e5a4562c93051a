/*
 * import: a sentinel.conf of Redis or Valkey, as its owner wrote it or as a running Sentinel
 * rewrote it, turned into a configuration for picketd with the same meaning: settings, groups, and
 * a `seed` with identity, epochs and what was known of replicas and peers. Pure; the files are read
 * by sentinel/import_io.
 *
 *   import_new ─▶ import_line, for each line of each file ─▶ import_finish ─▶ import_free
 *
 * Lines are only collected until import_finish(); then generic directives are applied in their
 * order, and those of `sentinel` in three passes (what concerns the process, `monitor`, the rest),
 * so that their order in the file does not matter. A generic directive that has no meaning here
 * becomes a comment that says why; the value of a secret one is not shown. What has a meaning that
 * cannot be carried over, and what is wrong, is an error:
 *
 *     sentinel.conf:12: sentinel down-after-milliseconds: "0" is not allowed, allowed are ...
 *
 * Passwords appear in the result, never in errors and comments.
 */
#ifndef SENTINEL_IMPORT_H
#define SENTINEL_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/buf.h"
#include "wire/slice.h"

#define IMPORT_BYTES_MAX  ((size_t)16 * 1024 * 1024) /* of all lines together */
#define IMPORT_LINES_MAX  1000000                    /* of them, comments not counted */
#define IMPORT_LINE_MAX   ((size_t)64 * 1024)        /* bytes of one */
#define IMPORT_ERRORS_MAX 100                        /* errors told; more are counted */
#define IMPORT_STATE_DIR  "/var/lib/picket"          /* state_dir in the result */

struct import;

/* NULL: no memory. */
struct import *import_new(void);
void import_free(struct import *im);

/* Take the next line, number LINE (from 1) of FILE, without its end. When it is an `include`, what
 * to read before the line behind it: a path, or a pattern for paths; seen from the working folder
 * unless the lines before said `dir` with an absolute path. It is valid until the next call. Else
 * NULL. */
const char *import_line(struct import *im, const char *file, unsigned line, struct slice text);

/* Note an error of one's own. LINE 0: of the file as a whole. */
void import_fail(struct import *im, const char *file, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* All lines are there: append the configuration to RET_TEXT. False, with nothing appended, when
 * there were errors. To be called once. */
bool import_finish(struct import *im, struct buf *ret_text);

/* All errors so far, a line each; valid until the next call. */
const char *import_errors(struct import *im);

#endif
