/*
 * hooks_io: tells the configured hooks (notify/hook.h) of events: each has a queue of its own
 * (notify/scripts.h), which notify/script_io works off; what is not delivered survives a restart
 * (notify/pending_io.h), so that each event is told at least once. Whoever must not act twice looks
 * at the number "seq" in it.
 *
 * A program finds no variable but PICKET_<FIELD> for each field of the JSON (PICKET_EVENT,
 * PICKET_GROUP ...) and those that its hook names.
 */
#ifndef NOTIFY_HOOKS_IO_H
#define NOTIFY_HOOKS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "notify/scripts.h"

struct event;
struct hook;
struct hook_view;
struct hooks;
struct script_io;

/* DIR: where the file of what is pending is; SUPERVISOR: our run id. Both are borrowed. TELL hears
 * what becomes of the calls. NULL: memory. */
struct hooks *hooks_new(uv_loop_t *loop, struct script_io *scripts, const char *dir,
                        const char *supervisor, scripts_tell_fn *tell, void *arg);

/* From now on these are the hooks; they are copied. Those that were there already keep what waits
 * for them; what waits for others is given up. The first call brings back what a former life left;
 * it blocks on the disk. */
void hooks_set(struct hooks *hooks, const struct hook *list, size_t n);

/* Queue what the event asks for. Nothing is started from within. */
void hooks_event(struct hooks *hooks, const struct event *event);

/* The hook at place I, in the order of the file; false: there are not so many. */
bool hooks_show(const struct hooks *hooks, size_t i, struct hook_view *ret_view);

/* After script_io_stop(). What is not delivered stays in the file. NULL is fine. */
void hooks_stop(struct hooks *hooks);

#endif
