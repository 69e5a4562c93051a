/*
 * script_io: makes the calls that queues of notify/scripts ask for: Sentinel's two scripts and our
 * hooks, as processes of their own.
 *
 * A script has a session and process group of its own, /dev/null as stdin and stdout, our stderr,
 * our environment without what systemd left there for us, and no other descriptor. A hook has its
 * event as stdin and an environment that is given to it. When its time is over its whole process
 * group is killed. At most one is started in a turn of the loop, whichever queue it is of, so that
 * many at a time do not hold up a failover.
 */
#ifndef NOTIFY_SCRIPT_IO_H
#define NOTIFY_SCRIPT_IO_H

#include <stdbool.h>
#include <uv.h>

#include "notify/scripts.h"

struct event;
struct script_io;
struct script_queue;

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

/* How the calls of a queue are made that is not Sentinel's. */
struct script_maker {
    /* The environment of a program, NULL at its end, valid until the next call; NULL: memory. */
    char **(*environment)(void *arg, const struct scripts_step *step);
    /* Instead of a process, unless NULL: script_io_ended() follows, not from within. False: it
     * could not begin. */
    bool (*start)(void *arg, const struct scripts_step *step);
    void (*released)(void *arg); /* it is not used any more */
    void *arg;
};

/* Look after another queue, which is owned from then on. NULL: memory, the queue stays whose it
 * was. */
struct script_queue *script_io_add(struct script_io *io, struct scripts *scripts,
                                   const struct script_maker *maker);

/* Start no more of it; what runs is left to its end or deadline, and is not tried again. RELEASED
 * is told when nothing runs, perhaps from within. */
void script_io_drop(struct script_queue *queue);

struct scripts *script_io_queue(const struct script_queue *queue);

/* Something was added to a queue. */
void script_io_kick(struct script_io *io);

/* A call that a maker's start began has ended: see scripts_ended(). */
void script_io_ended(struct script_queue *queue, uint64_t id, int code, int signal);

/* Why PATH can be no hook; NULL: it is a file that we may execute. Constant text. */
const char *script_io_fault(const char *path);

#endif
