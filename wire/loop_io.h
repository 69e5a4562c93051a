/*
 * Signals and the end of a daemon on libuv. SIGTERM and SIGINT call stop() once; SIGHUP calls
 * reload(); SIGPIPE is ignored. A second SIGTERM or SIGINT, or STOP_MAX_MS without the loop coming
 * to its end, ends the process at once with status 1.
 */
#ifndef WIRE_LOOP_IO_H
#define WIRE_LOOP_IO_H

#include <stddef.h>
#include <uv.h>

#include "wire/msec.h"

struct loop_signals;

#define LOOP_STOP_MAX_MS 900 /* from the first SIGTERM to the forced end */

struct loop_handlers {
    void (*stop)(void *arg,
                 int signum);  /* stops what was started, so that the loop runs out of handles */
    void (*reload)(void *arg); /* NULL: SIGHUP is ignored */
    msec stop_max_ms;          /* 0: LOOP_STOP_MAX_MS */
};

/* handlers are copied. NULL: memory, or the loop refused. */
struct loop_signals *loop_signals_start(uv_loop_t *loop, const struct loop_handlers *handlers,
                                        void *arg);

/* Does what SIGTERM does (SHUTDOWN command). */
void loop_signals_raise_stop(struct loop_signals *ls);

/* Stops watching; frees once the loop has closed the handles. Call it from stop(), or after it. */
void loop_signals_stop(struct loop_signals *ls);

/* Monotonic time in milliseconds, now (not the loop's cached time). */
msec loop_now_ms(void);

/* Wall clock, milliseconds since 1970. */
msec loop_wall_ms(void);

/* Raises the limit of open files to `wanted` if it may, and returns the one in force. */
size_t loop_files_limit(size_t wanted);

/*
 * Runs the loop until nothing is left, closes it, and returns 0; or, when handles are left open
 * after that, their number (each is logged by type).
 */
int loop_run(uv_loop_t *loop);

#endif
