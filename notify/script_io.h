/*
 * script_io: runs the hooks that notify/scripts asks for, as processes of their own.
 *
 * A script has a session and process group of its own, /dev/null as stdin and stdout, our stderr,
 * our environment without what systemd left there for us, and no other descriptor. When its time is
 * over its whole process group is killed. At most one is started in a turn of the loop, so that
 * many at a time do not hold up a failover.
 */
#ifndef NOTIFY_SCRIPT_IO_H
#define NOTIFY_SCRIPT_IO_H

#include <stdbool.h>
#include <uv.h>

#include "notify/scripts.h"

struct event;
struct script_io;

/* TELL hears what becomes of the scripts, in turns of the loop. NULL: memory. */
struct script_io *script_io_new(uv_loop_t *loop, scripts_tell_fn *tell, void *arg);

/* Start nothing more and leave what runs to itself. TELL is not called any more. Frees when the
 * loop has closed the handles. NULL is fine. */
void script_io_stop(struct script_io *io);

/* See scripts_event(). Nothing is started from within. */
void script_io_event(struct script_io *io, const struct event *event,
                     const struct scripts_paths *paths);

/* See scripts_set_times(). */
void script_io_set_times(struct script_io *io, const struct scripts_times *times);

/* For reading between turns. */
const struct scripts *script_io_scripts(const struct script_io *io);

/* Why PATH can be no hook; NULL: it is a file that we may execute. Constant text. */
const char *script_io_fault(const char *path);

#endif
