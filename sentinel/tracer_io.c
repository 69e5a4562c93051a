#include "sentinel/tracer_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sentinel/trace.h"
#include "wire/buf.h"
#include "wire/log_io.h"

#define NAME_MAX_BYTES 1100

struct tracer {
    uv_loop_t *loop;
    char path[NAME_MAX_BYTES];
    int fd;
    bool running, stopped;
    bool ended; /* nothing more is written */
    size_t bytes;
    struct buf pending;
    /* handed to the worker and back: */
    uv_work_t work;
    struct buf writing;
    int error; /* errno, or 0 */
};

/* --- the worker --- */

/* On a thread of the pool. */
static void write_all(uv_work_t *work)
{
    struct tracer *tracer = work->data;
    struct slice left = buf_slice(&tracer->writing);

    tracer->error = 0;
    while (left.n > 0) {
        ssize_t n = write(tracer->fd, left.p, left.n);

        if (n < 0 && errno != EINTR) {
            tracer->error = errno;
            return;
        }
        left.p += n > 0 ? n : 0;
        left.n -= n > 0 ? (size_t)n : 0;
    }
}

/* Nothing more is traced; what waits is given up. */
static void end(struct tracer *tracer, const char *why)
{
    if (tracer->ended)
        return;
    tracer->ended = true;
    buf_reset(&tracer->pending);
    log_warning("trace: %s: it ends here: %s", tracer->path, why);
}

static void free_if_done(struct tracer *tracer)
{
    if (!tracer->stopped || tracer->running)
        return;
    close(tracer->fd);
    buf_done(&tracer->pending);
    buf_done(&tracer->writing);
    free(tracer);
}

static void kick(struct tracer *tracer);

static void written(uv_work_t *work, int status)
{
    struct tracer *tracer = work->data;

    tracer->running = false;
    tracer->bytes += buf_used(&tracer->writing);
    buf_reset(&tracer->writing);
    if (status != 0 || tracer->error != 0)
        end(tracer, tracer->error != 0 ? strerror(tracer->error) : "no thread to write it");
    kick(tracer);
    free_if_done(tracer);
}

static void kick(struct tracer *tracer)
{
    if (tracer->running || buf_used(&tracer->pending) == 0)
        return;
    buf_swap(&tracer->pending, &tracer->writing);
    tracer->running = uv_queue_work(tracer->loop, &tracer->work, write_all, written) == 0;
    if (!tracer->running)
        end(tracer, "no thread to write it");
}

/* --- what is traced --- */

static bool is_on(const struct tracer *tracer)
{
    return tracer != NULL && !tracer->ended;
}

/* A whole line has been added. */
static void added(struct tracer *tracer)
{
    if (tracer->pending.overflow)
        end(tracer, "the disk is too slow for it");
    else if (tracer->bytes + buf_used(&tracer->pending) > TRACER_BYTES_MAX)
        end(tracer, "it is as long as it may be");
    else
        kick(tracer);
}

void tracer_core(struct tracer *tracer, const struct trace_core *core, int64_t now)
{
    if (!is_on(tracer))
        return;
    trace_write_core(&tracer->pending, core, now);
    added(tracer);
}

void tracer_row(struct tracer *tracer, const struct row *row, int64_t now)
{
    if (!is_on(tracer))
        return;
    trace_write_row(&tracer->pending, row, now);
    added(tracer);
}

void tracer_input(struct tracer *tracer, const struct input *input)
{
    if (is_on(tracer)) /* added() waits for what comes of it */
        trace_write_input(&tracer->pending, input);
}

void tracer_output(struct tracer *tracer, const struct output *output)
{
    if (!is_on(tracer))
        return;
    trace_write_events(&tracer->pending, output);
    added(tracer);
}

/* --- life --- */

struct tracer *tracer_start(uv_loop_t *loop, const char *path, char ret_error[TRACER_ERROR_MAX])
{
    struct tracer *tracer = calloc(1, sizeof *tracer);
    char old[NAME_MAX_BYTES + 4];

    if (tracer == NULL) {
        snprintf(ret_error, TRACER_ERROR_MAX, "trace: no memory");
        return NULL;
    }
    tracer->loop = loop;
    tracer->work.data = tracer;
    snprintf(tracer->path, sizeof tracer->path, "%s", path);
    snprintf(old, sizeof old, "%s.1", path);
    buf_init(&tracer->pending, TRACER_PENDING_MAX);
    buf_init(&tracer->writing, TRACER_PENDING_MAX);
    if (rename(path, old) != 0 && errno != ENOENT)
        goto err;
    tracer->fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (tracer->fd < 0)
        goto err;
    return tracer;

err:
    snprintf(ret_error, TRACER_ERROR_MAX, "trace: %s: %s", path, strerror(errno));
    free(tracer);
    return NULL;
}

void tracer_stop(struct tracer *tracer)
{
    if (tracer == NULL)
        return;
    tracer->stopped = true;
    kick(tracer);
    free_if_done(tracer);
}
