/*
 * scripts: a queue of calls to be made: of the two scripts of Redis Sentinel, or of one hook (a
 * program or a URL, notify/hook.h). It is told of what is to be called and of the time, and says
 * which call to start and which to kill; notify/script_io carries that out and tells how each one
 * ended.
 *
 *     event ─▶ WAITING ─start─▶ RUNNING ─┬─ it succeeded ────────────────────▶ gone
 *                 ▲                │     ├─ it failed, attempts left ─┐
 *                 │     too long: kill   └─ else: -script-error ──────────▶ gone
 *                 └────── after retry_ms, twice that, four times that ... ───┘
 *
 * Sentinel's two scripts (scripts_event):
 *
 * notification-script: for each event of level WARNING that concerns a group, with the arguments
 *     <event> <payload>
 * client-reconfig-script: for each +switch-master, with the arguments
 *     <group> leader|observer start <from-ip> <from-port> <to-ip> <to-port>
 * leader: the failover was led from here; observer: a peer told of it.
 *
 * Their arguments, exit codes (1 and signals: again; anything else but 0: no more), retries and
 * limits are Redis Sentinel's. They are started in the order of their events, but run side by side:
 * nothing says which ends first.
 *
 * A hook's calls (scripts_add) are made in their order within a group: the next one begins when the
 * one before has succeeded or was given up. Each failure is tried again.
 *
 * When the queue is full, the oldest job that does not run is dropped.
 */
#ifndef NOTIFY_SCRIPTS_H
#define NOTIFY_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/msec.h"

struct event;
struct scripts;

#define SCRIPTS_QUEUE_MAX     256 /* jobs, those that run included */
#define SCRIPTS_RUNNING_MAX   16
#define SCRIPTS_ATTEMPTS_MAX  10
#define SCRIPTS_ARGS_MAX      9 /* the path included */
#define SCRIPTS_RUN_MAX_MS    60000
#define SCRIPTS_RETRY_MS      30000 /* after the first attempt; doubled after each further one */
#define SCRIPTS_TIME_LIMIT_MS ((msec)1 << 40) /* of both times, when they are changed */

#define SCRIPTS_RETRY_MAX_MS 300000 /* of a hook: it is not doubled beyond this */

/* What scripts_ended() is told instead of a signal when no process could be made. */
#define SCRIPTS_NOT_STARTED 99

/* What scripts_ended() is told as the code when the path cannot be executed. */
#define SCRIPTS_NOT_EXECUTABLE 2

/* -script-error, -script-timeout, +script-child, -script-child, -limit-reached; all without a
 * group. EVENT is borrowed for the call, which may not change the queue. */
typedef void scripts_tell_fn(void *arg, const struct event *event);

struct scripts_times {
    msec run_max_ms;
    msec retry_ms;
};

/* How a queue treats its jobs. */
struct scripts_policy {
    struct scripts_times times;
    unsigned attempts_max; /* at least 1 */
    size_t running_max;    /* at most SCRIPTS_RUNNING_MAX */
    bool is_hook;          /* in order within a group, and every failure is tried again */
    bool ends_itself;      /* whoever makes the call looks after run_max_ms: nothing is killed */
};

/* What became of jobs. */
struct scripts_counts {
    uint64_t done;
    uint64_t failed;  /* given up */
    uint64_t dropped; /* the queue was full, or memory was out */
};

/* How the last attempt ended: as scripts_ended() was told. */
struct scripts_end {
    int code;
    int signal;
};

/* A job with that tag is gone from the queue, for good. END NULL: it was dropped. */
typedef void scripts_gone_fn(void *arg, uint64_t tag, const struct scripts_end *end);

/* The hooks of the event's group; NULL or empty: none. */
struct scripts_paths {
    const char *notification;
    const char *client_reconfig;
};

/* Something to carry out. ARGV is valid until the job's end has been told. */
struct scripts_step {
    bool kill;               /* kill PID and its whole process group; else start ARGV */
    uint64_t id;             /* of the job, never 0 */
    int64_t pid;             /* kill */
    const char *const *argv; /* start: the path and its arguments, NULL behind the last */
    const char *body;        /* start: for its standard input; NULL: nothing. Valid as ARGV */
};

/* A job as shown to operators. ARGV is valid until the queue changes. */
struct scripts_view {
    const char *const *argv;
    size_t argc;
    bool running;
    int64_t pid;       /* 0: does not run */
    msec time_ms;      /* how long it has been running, or until it may be started */
    unsigned attempts; /* begun so far */
};

/* A queue for Sentinel's two scripts. NULL: memory. */
struct scripts *scripts_new(scripts_tell_fn *tell, void *arg);

/* A queue for a hook. GONE: NULL if nobody wants to know. NULL: memory. */
struct scripts *scripts_new_for(const struct scripts_policy *policy, scripts_tell_fn *tell,
                                scripts_gone_fn *gone, void *arg);

/* Counts from now on, as scripts_set_times(). */
void scripts_set_policy(struct scripts *scripts, const struct scripts_policy *policy);

/* NULL is fine. What runs is left alone. */
void scripts_free(struct scripts *scripts);

/* Both times are 1 to SCRIPTS_TIME_LIMIT_MS. They hold at once: for what runs, and for what ends
 * from now on; what waits already is not moved. */
void scripts_set_times(struct scripts *scripts, const struct scripts_times *times);
const struct scripts_times *scripts_times(const struct scripts *scripts);

/* Queue what the event asks for. */
void scripts_event(struct scripts *scripts, msec now, const struct event *event,
                   const struct scripts_paths *paths);

/* A call to be queued; all of it is copied. */
struct scripts_call {
    uint64_t tag;      /* for GONE */
    const char *group; /* "": none */
    size_t argc;
    const char *const *argv;
    const char *body;
};

void scripts_add(struct scripts *scripts, msec now, const struct scripts_call *call);

/* Forget what waits; GONE is told. What runs is left to end. */
void scripts_clear(struct scripts *scripts);

const struct scripts_counts *scripts_counts(const struct scripts *scripts);

/* What is to be done at NOW, one step at a time; false: nothing. A job that is to be started counts
 * as running from then on: scripts_started() or scripts_ended() follows before the next step. A
 * kill is asked for once; the end is told as that of any other job. */
bool scripts_next(struct scripts *scripts, msec now, struct scripts_step *ret_step);

void scripts_started(struct scripts *scripts, uint64_t id, int64_t pid);

/* SIGNAL: what killed it, SCRIPTS_NOT_STARTED, or 0; CODE: its exit status when SIGNAL is 0. */
void scripts_ended(struct scripts *scripts, msec now, uint64_t id, int code, int signal);

/* When scripts_next() has something to say next; MSEC_NEVER: not by the time alone. */
msec scripts_wake(const struct scripts *scripts);

/* Jobs in the queue, those of them that run, and the one at place I of it (oldest first). */
size_t scripts_count(const struct scripts *scripts);
size_t scripts_running(const struct scripts *scripts);
struct scripts_view scripts_show(const struct scripts *scripts, size_t i, msec now);

#endif
