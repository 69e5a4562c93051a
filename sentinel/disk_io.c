#include "sentinel/disk_io.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/outbox.h"
#include "sentinel/row.h"
#include "sentinel/state_io.h"
#include "wire/backoff.h"
#include "wire/loop_io.h"
#include "wire/prng.h"

struct disk {
    uv_loop_t *loop;
    struct state *state;
    struct outbox *outbox;
    const struct disk_ops *ops;
    void *arg;
    uv_work_t work;
    uv_timer_t late;  /* of the commit that runs, its retries included */
    uv_timer_t retry; /* between two attempts */
    struct backoff backoff;
    struct prng prng;
    bool running; /* from the first attempt until it is durable */
    bool stalled; /* told so */
    msec begun;   /* while it runs */
    msec worst_ms;
    int handles; /* not yet closed by the loop, while freeing */
    /* handed to the worker and back: */
    const struct row *rows;
    size_t n;
    int rc;
    char error[STATE_ERROR_MAX];
};

static void attempt(struct disk *disk);

struct disk *disk_new(uv_loop_t *loop, struct state *state, struct outbox *outbox,
                      const struct disk_ops *ops, void *arg)
{
    struct disk *disk = calloc(1, sizeof *disk);

    if (disk == NULL)
        return NULL;
    disk->loop = loop;
    disk->state = state;
    disk->outbox = outbox;
    disk->ops = ops;
    disk->arg = arg;
    backoff_init(&disk->backoff, DISK_RETRY_MIN_MS, DISK_RETRY_MAX_MS);
    prng_seed(&disk->prng, uv_hrtime());
    uv_timer_init(loop, &disk->late);
    uv_timer_init(loop, &disk->retry);
    disk->late.data = disk->retry.data = disk->work.data = disk;
    return disk;
}

static void handle_closed(uv_handle_t *handle)
{
    struct disk *disk = handle->data;

    if (--disk->handles == 0)
        free(disk);
}

void disk_free(struct disk *disk)
{
    if (disk == NULL)
        return;
    assert(!disk->running);
    disk->handles = 2;
    uv_close((uv_handle_t *)&disk->late, handle_closed);
    uv_close((uv_handle_t *)&disk->retry, handle_closed);
}

msec disk_worst_ms(const struct disk *disk)
{
    return msec_max(disk->worst_ms, disk->running ? loop_now_ms() - disk->begun : 0);
}

bool disk_idle(const struct disk *disk)
{
    return !disk->running && !outbox_busy(disk->outbox);
}

static void stall(struct disk *disk, const char *reason)
{
    if (disk->stalled)
        return;
    disk->stalled = true;
    disk->ops->settled(disk->arg, false, reason);
}

static void on_late(uv_timer_t *timer)
{
    stall(timer->data, "a commit takes more than a second");
}

static void on_retry(uv_timer_t *timer)
{
    attempt(timer->data);
}

/* On a thread of the pool. */
static void store(uv_work_t *work)
{
    struct disk *disk = work->data;

    disk->rc = state_store(disk->state, disk->rows, disk->n, disk->error);
}

/* The commit is on the disk. */
static void committed(struct disk *disk)
{
    uv_timer_stop(&disk->late);
    disk->worst_ms = disk_worst_ms(disk);
    backoff_reset(&disk->backoff);
    disk->running = false;
    outbox_committed(disk->outbox);
    disk_kick(disk); /* what waits is on its way before anything else is done */
    disk->ops->durable(disk->arg);
    if (disk->stalled && disk_idle(disk)) {
        disk->stalled = false;
        disk->ops->settled(disk->arg, true, "all is durable again");
    }
}

static void stored(uv_work_t *work, int status)
{
    struct disk *disk = work->data;

    if (status == 0 && disk->rc == 0) {
        committed(disk);
        return;
    }
    stall(disk, disk->error);
    uv_timer_start(&disk->retry, on_retry, (uint64_t)backoff_next(&disk->backoff, &disk->prng), 0);
}

static void attempt(struct disk *disk)
{
    if (uv_queue_work(disk->loop, &disk->work, store, stored) == 0)
        return;
    snprintf(disk->error, sizeof disk->error, "no thread for the commit");
    disk->rc = -1;
    stored(&disk->work, 0);
}

void disk_kick(struct disk *disk)
{
    uint64_t commit;

    if (disk->running)
        return;
    disk->rows = outbox_commit(disk->outbox, &disk->n, &commit);
    if (disk->rows == NULL)
        return;
    disk->running = true;
    disk->begun = loop_now_ms();
    uv_timer_start(&disk->late, on_late, DISK_LATE_MS, 0);
    attempt(disk);
}
