#include "notify/script_io.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify/event.h"
#include "notify/spawn_io.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

struct script_queue {
    struct script_io *io;
    struct script_queue *next;
    struct scripts *scripts;
    struct script_maker maker;
    bool dropped; /* goes when nothing of it runs */
};

/* A script that runs. */
struct child {
    uv_process_t process;
    struct script_io *io;
    struct script_queue *queue;
    struct child *next;
    uint64_t id;
};

struct script_io {
    uv_loop_t *loop;
    uv_timer_t timer;
    struct script_queue *queues; /* Sentinel's first */
    struct script_queue *turn;   /* who is looked at first for the next step */
    struct child *children;
    size_t handles; /* not closed yet; at 0 all of it is freed */
    bool stopped;
};

static void arm(struct script_io *io);

/* --- starting and ending --- */

static void free_queue(struct script_queue *queue)
{
    scripts_free(queue->scripts);
    if (queue->maker.released != NULL)
        queue->maker.released(queue->maker.arg);
    free(queue);
}

static void free_when_closed(struct script_io *io)
{
    if (--io->handles > 0)
        return;
    while (io->queues != NULL) {
        struct script_queue *queue = io->queues;

        io->queues = queue->next;
        free_queue(queue);
    }
    free(io);
}

/* A queue that was dropped goes with the last of its calls. */
static void leave(struct script_queue *queue)
{
    struct script_queue **link = &queue->io->queues;

    if (!queue->dropped || scripts_running(queue->scripts) > 0)
        return;
    while (*link != queue)
        link = &(*link)->next;
    *link = queue->next;
    queue->io->turn = queue->io->queues;
    free_queue(queue);
}

void script_io_ended(struct script_queue *queue, uint64_t id, int code, int signal)
{
    struct script_io *io = queue->io;

    scripts_ended(queue->scripts, loop_now_ms(), id, code, signal);
    if (queue->dropped)
        scripts_clear(queue->scripts); /* no further attempt */
    leave(queue);
    arm(io);
}

static void child_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    struct script_io *io = child->io;

    free(child);
    free_when_closed(io);
}

static void on_exit_of(uv_process_t *process, int64_t code, int signal)
{
    struct child *child = process->data;
    struct script_io *io = child->io;
    struct child **link = &io->children;

    while (*link != child)
        link = &(*link)->next;
    *link = child->next;
    uv_close((uv_handle_t *)process, child_closed);
    script_io_ended(child->queue, child->id, (int)code, signal);
}

/* 0, or libuv's error. */
static int spawn(struct child *child, const struct scripts_step *step)
{
    const struct script_maker *maker = &child->queue->maker;
    struct spawn spawn = { .argv = step->argv, .body = step->body, .ended = on_exit_of };

    if (maker->environment != NULL) {
        spawn.env = maker->environment(maker->arg, step);
        if (spawn.env == NULL)
            return UV_ENOMEM;
    }
    child->process.data = child;
    return spawn_process(child->io->loop, &child->process, &spawn);
}

/* Whether there was no process at all; else there was one that could not become the script. */
static bool is_shortage(int rc)
{
    return rc == UV_EAGAIN || rc == UV_ENOMEM || rc == UV_EMFILE || rc == UV_ENFILE;
}

static void start_failed(struct script_queue *queue, const struct scripts_step *step, int rc)
{
    bool shortage = is_shortage(rc);

    log_warning("%s cannot be started: %s", step->argv[0], uv_strerror(rc));
    script_io_ended(queue, step->id, shortage ? 0 : SCRIPTS_NOT_EXECUTABLE,
                    shortage ? SCRIPTS_NOT_STARTED : 0);
}

static void start_process(struct script_queue *queue, const struct scripts_step *step)
{
    struct script_io *io = queue->io;
    struct child *child = calloc(1, sizeof *child);

    if (child == NULL) {
        start_failed(queue, step, UV_ENOMEM);
        return;
    }
    child->io = io;
    child->queue = queue;
    child->id = step->id;
    int rc = spawn(child, step);

    if (child->process.loop == NULL) { /* it never became a handle */
        free(child);
        start_failed(queue, step, rc);
        return;
    }
    io->handles++;
    if (rc != 0) {
        uv_close((uv_handle_t *)&child->process, child_closed);
        start_failed(queue, step, rc);
        return;
    }
    child->next = io->children;
    io->children = child;
    scripts_started(queue->scripts, step->id, child->process.pid);
}

static void start(struct script_queue *queue, const struct scripts_step *step)
{
    const struct script_maker *maker = &queue->maker;

    if (maker->start == NULL)
        start_process(queue, step);
    else if (!maker->start(maker->arg, step))
        start_failed(queue, step, UV_ENOMEM);
}

/* The process is there until its end has been told, so the group is still its own. */
static void kill_group(const struct scripts_step *step)
{
    assert(step->pid > 1);
    if (kill((pid_t)-step->pid, SIGKILL) != 0)
        log_warning("process group %lld cannot be killed: %s", (long long)step->pid,
                    strerror(errno));
}

/* The queue behind that one, in a circle. */
static struct script_queue *queue_after(const struct script_queue *queue)
{
    return queue->next != NULL ? queue->next : queue->io->queues;
}

/* One step a turn; the queues take turns in it. */
static void on_timer(uv_timer_t *timer)
{
    struct script_io *io = timer->data;
    struct script_queue *queue = io->turn;
    struct scripts_step step;

    do {
        if (scripts_next(queue->scripts, loop_now_ms(), &step)) {
            io->turn = queue_after(queue);
            if (step.kill)
                kill_group(&step);
            else
                start(queue, &step);
            break;
        }
        queue = queue_after(queue);
    } while (queue != io->turn);
    arm(io);
}

/* One timer for everything that is to be done at some time. */
static void arm(struct script_io *io)
{
    msec wake = MSEC_NEVER;

    if (io->stopped)
        return;
    for (const struct script_queue *queue = io->queues; queue != NULL; queue = queue->next)
        wake = msec_min(wake, scripts_wake(queue->scripts));
    if (wake == MSEC_NEVER) {
        uv_timer_stop(&io->timer);
        return;
    }
    uv_update_time(io->loop);
    uv_timer_start(&io->timer, on_timer, (uint64_t)msec_max(0, wake - loop_now_ms()), 0);
}

/* --- life --- */

static void timer_closed(uv_handle_t *handle)
{
    free_when_closed(handle->data);
}

struct script_io *script_io_new(uv_loop_t *loop, scripts_tell_fn *tell, void *arg)
{
    static const struct script_maker as_sentinel = { 0 };
    struct script_io *io = calloc(1, sizeof *io);
    struct scripts *scripts = scripts_new(tell, arg);

    if (io == NULL || scripts == NULL)
        goto err;
    io->loop = loop;
    if (script_io_add(io, scripts, &as_sentinel) == NULL)
        goto err;
    uv_timer_init(loop, &io->timer);
    io->timer.data = io;
    io->handles = 1;
    return io;

err:
    scripts_free(scripts);
    free(io);
    return NULL;
}

struct script_queue *script_io_add(struct script_io *io, struct scripts *scripts,
                                   const struct script_maker *maker)
{
    struct script_queue *queue = calloc(1, sizeof *queue);
    struct script_queue **link = &io->queues;

    if (queue == NULL)
        return NULL;
    *queue = (struct script_queue){ .io = io, .scripts = scripts, .maker = *maker };
    while (*link != NULL)
        link = &(*link)->next;
    *link = queue;
    io->turn = io->queues;
    return queue;
}

void script_io_drop(struct script_queue *queue)
{
    struct script_io *io = queue->io;

    queue->dropped = true;
    scripts_clear(queue->scripts);
    leave(queue);
    arm(io);
}

struct scripts *script_io_queue(const struct script_queue *queue)
{
    return queue->scripts;
}

void script_io_kick(struct script_io *io)
{
    arm(io);
}

void script_io_stop(struct script_io *io)
{
    if (io == NULL)
        return;
    io->stopped = true;
    for (struct child *child = io->children; child != NULL; child = child->next)
        uv_close((uv_handle_t *)&child->process, child_closed);
    uv_close((uv_handle_t *)&io->timer, timer_closed);
}

void script_io_event(struct script_io *io, const struct event *event,
                     const struct scripts_paths *paths)
{
    if (io->stopped)
        return;
    scripts_event(io->queues->scripts, loop_now_ms(), event, paths);
    arm(io);
}

void script_io_set_times(struct script_io *io, const struct scripts_times *times)
{
    const struct scripts_times *old = scripts_times(io->queues->scripts);

    if (old->run_max_ms == times->run_max_ms && old->retry_ms == times->retry_ms)
        return;
    scripts_set_times(io->queues->scripts, times);
    arm(io);
}

const struct scripts *script_io_scripts(const struct script_io *io)
{
    return io->queues->scripts;
}

const char *script_io_fault(const char *path)
{
    struct stat found;

    if (stat(path, &found) != 0)
        return strerror(errno);
    if (!S_ISREG(found.st_mode))
        return "it is no file";
    return access(path, X_OK) == 0 ? NULL : strerror(errno);
}
