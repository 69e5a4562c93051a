#include "sentinel/salvage_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER_MAX 1024

struct salvage_io {
    uv_loop_t *loop;
    char folder[FOLDER_MAX];
    order_settled_fn *settled;
    void *arg;
    struct salvage_job *jobs[SALVAGE_JOBS_MAX]; /* oldest first; the first one runs */
    size_t n_jobs;
    bool running, stopped;
    atomic_bool stop; /* for the thread */
    uv_work_t work;
    bool ok; /* of the job that ran */
    char text[EVIDENCE_ERROR_MAX + 1];
};

static void start(struct salvage_io *io);

struct salvage_io *salvage_io_new(uv_loop_t *loop, const char *folder, order_settled_fn *settled,
                                  void *arg)
{
    struct salvage_io *io = calloc(1, sizeof *io);

    if (io == NULL)
        return NULL;
    io->loop = loop;
    snprintf(io->folder, sizeof io->folder, "%s", folder);
    io->settled = settled;
    io->arg = arg;
    io->work.data = io;
    return io;
}

static void io_free(struct salvage_io *io)
{
    for (size_t i = 0; i < io->n_jobs; i++)
        free(io->jobs[i]);
    free(io);
}

void salvage_io_stop(struct salvage_io *io)
{
    if (io == NULL)
        return;
    io->stopped = true;
    io->stop = true;
    if (!io->running)
        io_free(io);
}

static void tell(struct salvage_io *io, const struct salvage_job *job, bool lost)
{
    struct order_result result = {
        .id = job->id, .ticket = job->ticket, .ok = io->ok && !lost, .lost = lost
    };

    memcpy(result.error, io->text, sizeof result.error);
    io->settled(io->arg, &result);
}

/* On a thread of the pool. */
static void run(uv_work_t *work)
{
    struct salvage_io *io = work->data;

    io->ok = salvage_fetch(io->jobs[0], io->folder, &io->stop, io->text);
}

static void ended(uv_work_t *work, int status)
{
    struct salvage_io *io = work->data;
    struct salvage_job *job = io->jobs[0];

    (void)status; /* never cancelled */
    io->running = false;
    if (io->stopped) {
        io_free(io);
        return;
    }
    memmove(io->jobs, io->jobs + 1, --io->n_jobs * sizeof *io->jobs);
    tell(io, job, false);
    free(job);
    if (!io->running)
        start(io);
}

static void start(struct salvage_io *io)
{
    if (io->n_jobs == 0)
        return;
    io->running = uv_queue_work(io->loop, &io->work, run, ended) == 0;
    assert(io->running); /* fails without a callback alone */
}

void salvage_io_fetch(struct salvage_io *io, const struct salvage_job *job)
{
    struct salvage_job *copy = io->n_jobs < SALVAGE_JOBS_MAX ? malloc(sizeof *copy) : NULL;

    if (copy == NULL) {
        tell(io, job, true);
        return;
    }
    *copy = *job;
    io->jobs[io->n_jobs++] = copy;
    if (!io->running)
        start(io);
}
