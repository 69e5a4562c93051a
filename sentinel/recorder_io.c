#include "sentinel/recorder_io.h"

#include <assert.h>
#include <stdlib.h>

#include "notify/attempt.h"
#include "notify/event.h"
#include "notify/history.h"
#include "notify/history_db_io.h"
#include "sentinel/model.h"
#include "sentinel/why.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

#define LOOK_EVERY_MS 500 /* why nothing is done; and the next attempt to store */
#define BATCH_MAX     32  /* attempts that are stored at once */

struct recorder {
    uv_loop_t *loop;
    uv_timer_t timer;
    const struct core *core; /* NULL: we stop */
    struct history *history;
    struct history_db *db; /* NULL: in memory alone */
    bool closed;           /* the timer is */
    bool failing;          /* the log has been told */
    bool running;          /* a thread has what follows */
    uv_work_t work;
    struct attempt *batch[BATCH_MAX]; /* copies */
    size_t n_batch;
    uint64_t floor;
    int rc;
    char error[HISTORY_DB_ERROR_MAX];
};

/* When nothing is under way any more. */
static void free_if_done(struct recorder *recorder)
{
    if (recorder->core != NULL || !recorder->closed || recorder->running)
        return;
    for (size_t i = 0; i < recorder->n_batch; i++)
        attempt_free(recorder->batch[i]);
    history_db_close(recorder->db);
    history_free(recorder->history);
    free(recorder);
}

/* --- storing --- */

/* On a thread of the pool. */
static void store(uv_work_t *work)
{
    struct recorder *recorder = work->data;

    recorder->rc = history_db_store(recorder->db, recorder->batch, recorder->n_batch,
                                    recorder->floor, recorder->error);
}

static void kick(struct recorder *recorder);

static void stored(uv_work_t *work, int status)
{
    struct recorder *recorder = work->data;
    bool ok = status == 0 && recorder->rc == 0;

    recorder->running = false;
    if (!ok && !recorder->failing)
        log_warning("history: %s; it is tried again", recorder->error);
    recorder->failing = !ok;
    for (size_t i = 0; ok && i < recorder->n_batch; i++)
        attempt_free(recorder->batch[i]);
    if (ok)
        recorder->n_batch = 0;
    if (ok)
        kick(recorder);
    free_if_done(recorder);
}

/* Have what changed stored, unless that is being done. What could not be stored goes first. */
static void kick(struct recorder *recorder)
{
    const struct attempt *changed;

    if (recorder->db == NULL || recorder->running)
        return;
    while (recorder->n_batch < BATCH_MAX &&
           (changed = history_take_dirty(recorder->history)) != NULL)
        recorder->batch[recorder->n_batch++] = attempt_copy(changed);
    recorder->floor = history_floor(recorder->history);
    if (recorder->n_batch > 0)
        recorder->running = uv_queue_work(recorder->loop, &recorder->work, store, stored) == 0;
}

/* --- looking --- */

/* Why nothing is done in each of the groups in which something should be. */
static void look(struct recorder *recorder)
{
    size_t left = history_count_open(recorder->history);
    char why[WHY_TEXT_MAX];

    for (size_t i = 0; left > 0; i++) {
        const struct attempt *attempt = history_at(recorder->history, i);

        if (attempt->outcome != ATTEMPT_OPEN)
            continue;
        left--;
        const struct group *group = core_find_group(recorder->core, attempt->group);

        if (group != NULL && why_held(recorder->core, group, why))
            history_held(recorder->history, attempt->group, why, loop_now_ms());
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct recorder *recorder = timer->data;

    look(recorder);
    kick(recorder);
    if (history_count_open(recorder->history) == 0 && recorder->n_batch == 0)
        uv_timer_stop(timer);
}

void recorder_event(struct recorder *recorder, const struct event *event)
{
    assert(recorder->core != NULL);
    history_take(recorder->history, event, event->wall_ms, loop_now_ms());
    kick(recorder);
    if (!uv_is_active((uv_handle_t *)&recorder->timer) &&
        (history_count_open(recorder->history) > 0 || recorder->n_batch > 0))
        uv_timer_start(&recorder->timer, on_timer, LOOK_EVERY_MS, LOOK_EVERY_MS);
}

const struct history *recorder_history(const struct recorder *recorder)
{
    return recorder->history;
}

/* --- life --- */

struct recorder *recorder_new(uv_loop_t *loop, const char *dir, const struct core *core)
{
    struct recorder *recorder = calloc(1, sizeof *recorder);

    if (recorder == NULL)
        return NULL;
    recorder->loop = loop;
    recorder->core = core;
    recorder->history = history_new(core->runid);
    recorder->db = history_db_open(dir, recorder->history, recorder->error);
    if (recorder->error[0] != '\0')
        log_warning("history: %s%s", recorder->error,
                    recorder->db == NULL ? "; it is kept in memory alone" : "");
    uv_timer_init(loop, &recorder->timer);
    recorder->timer.data = recorder->work.data = recorder;
    kick(recorder);
    return recorder;
}

static void timer_closed(uv_handle_t *handle)
{
    struct recorder *recorder = handle->data;

    recorder->closed = true;
    free_if_done(recorder);
}

void recorder_stop(struct recorder *recorder)
{
    if (recorder == NULL)
        return;
    kick(recorder);
    recorder->core = NULL;
    uv_close((uv_handle_t *)&recorder->timer, timer_closed);
}
