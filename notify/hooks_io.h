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

#include "notify/hook.h"
#include "notify/scripts.h"

struct addr;
struct event;
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

/* A question to all hooks that are to be asked it. */
struct hooks_question {
    const char *name; /* HOOK_PRE_... */
    const char *group;
    const struct addr *primary;
    const struct addr *candidate;
    uint64_t ticket; /* not in use for another question */
    msec limit_ms;   /* then no answer is an answer */
};

/* WHO: what was called, and how it ended; empty: nobody had to be asked. Perhaps from within
 * hooks_ask(). */
typedef void hooks_answer_fn(void *arg, uint64_t ticket, enum hook_answer answer, const char *who);

/* Ask all of them side by side, before anything else that waits for them. The first no is the
 * answer; no answer of one counts when no other says no. */
void hooks_ask(struct hooks *hooks, const struct hooks_question *question, hooks_answer_fn *fn,
               void *arg);

/* The hook at place I, in the order of the file; false: there are not so many. */
bool hooks_show(const struct hooks *hooks, size_t i, struct hook_view *ret_view);

/* After script_io_stop(). What is not delivered stays in the file. NULL is fine. */
void hooks_stop(struct hooks *hooks);

#endif
