#include "sentinel/shell_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "notify/ring.h"
#include "notify/script_io.h"
#include "quorum/hello.h"
#include "sentinel/core.h"
#include "sentinel/model.h"
#include "sentinel/output.h"
#include "sentinel/recorder_io.h"
#include "sentinel/salvage_io.h"
#include "sentinel/shell_parts_io.h"
#include "sentinel/state_io.h"
#include "sentinel/trace_fields.h"
#include "sentinel/tracer_io.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

static void run(struct shell *shell);

/* --- inputs --- */

/* One step, and everything that follows from it. */
static void step(struct shell *shell, struct input *input)
{
    input->now = loop_now_ms();
    tracer_input(shell->tracer, input);
    const struct output *output = core_step(shell->core, input);
    tracer_output(shell->tracer, output);

    shell->stats.inputs++;
    shell->wake = output->wake;
    outbox_take(shell->outbox, output);
    disk_kick(shell->disk);
}

void shell_feed(struct shell *shell, struct input *input)
{
    if (shell->done != NULL)
        return;
    if (!shell->busy) {
        shell->busy = true;
        step(shell, input);
        run(shell);
        return;
    }
    /* INFO is parsed in place and comes from the loop only, never from within */
    assert(input->kind != INPUT_OBSERVATION || input->u.observation.info == NULL);
    if (!inputs_push(&shell->inputs, input))
        shell->stats.dropped++;
}

void shell_submit(struct shell *shell, const struct request *request)
{
    struct input input = { .kind = INPUT_REQUEST, .u.request = *request };

    shell_feed(shell, &input);
}

void shell_message(struct shell *shell, const struct message *message)
{
    struct input input = { .kind = INPUT_MESSAGE, .u.message = *message };

    shell_feed(shell, &input);
}

/* What becomes of a hook concerns the log and the subscribers, not the core. */
static void on_script(void *arg, const struct event *event)
{
    const struct shell *shell = arg;
    struct event told = *event;

    carry_tell(&shell->carry, &told);
}

static void on_overdue(uv_idle_t *overdue)
{
    (void)overdue;
}

/* What had arrived when the timer rang has been read by now. */
static void on_ticker(uv_check_t *ticker)
{
    struct shell *shell = ticker->data;
    struct input input = { .kind = INPUT_TICK };

    uv_check_stop(&shell->ticker);
    uv_idle_stop(&shell->overdue);
    shell->armed = MSEC_NEVER;
    shell_feed(shell, &input);
}

/* Time is up, but timers come before sockets in a turn: first read what may
 * already wait there, since a reply that was in time must not be taken for silence. */
static void on_timer(uv_timer_t *timer)
{
    struct shell *shell = timer->data;

    uv_idle_start(&shell->overdue, on_overdue);
    uv_check_start(&shell->ticker, on_ticker);
}

/* --- carrying out --- */

static void release(struct shell *shell)
{
    struct parcel parcel;

    while (outbox_next(shell->outbox, &parcel))
        carry_out(&shell->carry, &parcel);
}

/* One timer for all that the core waits for. */
static void arm(struct shell *shell)
{
    if (shell->wake == shell->armed || shell->done != NULL)
        return;
    shell->armed = shell->wake;
    if (shell->wake == MSEC_NEVER) {
        uv_timer_stop(&shell->timer);
        return;
    }
    uv_update_time(shell->loop); /* time-outs count from the loop's clock, which stands in a turn */
    msec wait = msec_max(0, shell->wake - loop_now_ms());

    uv_timer_start(&shell->timer, on_timer, (uint64_t)wait, 0);
}

/* Carry out what may leave, and take the inputs that this brings, until nothing is left. */
static void run(struct shell *shell)
{
    assert(shell->busy);
    release(shell);
    while (shell->inputs.n > 0) {
        struct input input = inputs_pop(&shell->inputs);

        step(shell, &input);
        release(shell);
    }
    shell->busy = false;
    arm(shell);
}

/* --- life --- */

/* In a turn of its own, so that nobody who led here still uses what goes. */
static void handle_closed(uv_handle_t *handle)
{
    struct shell *shell = handle->data;
    void (*done)(void *arg) = shell->done;
    void *done_arg = shell->done_arg;

    if (--shell->open_handles > 0)
        return;
    script_io_stop(shell->carry.scripts);
    recorder_stop(shell->carry.recorder);
    hooks_stop(shell->carry.hooks);
    ring_free(shell->carry.ring);
    disk_free(shell->disk);
    outbox_free(shell->outbox);
    core_free(shell->core);
    inputs_done(&shell->inputs);
    free(shell);
    done(done_arg);
}

static void finish(struct shell *shell)
{
    shell->open_handles = 3;
    uv_close((uv_handle_t *)&shell->timer, handle_closed);
    uv_close((uv_handle_t *)&shell->overdue, handle_closed);
    uv_close((uv_handle_t *)&shell->ticker, handle_closed);
}

static void on_durable(void *arg)
{
    struct shell *shell = arg;

    assert(!shell->busy); /* commits end in turns of their own */
    shell->busy = true;
    run(shell);
    shell->carry.ops->durable(shell->carry.ops_arg);
    if (shell->done != NULL && disk_idle(shell->disk))
        finish(shell);
}

static const struct disk_ops disk_ops = { on_durable, shell_on_disk };

static void restore(void *arg, const struct row *row)
{
    struct shell *shell = arg;

    tracer_row(shell->tracer, row, shell->core->now);
    core_restore(shell->core, row);
}

/* Events are numbered on from where the last life of this supervisor ended. */
static struct ring *new_ring(struct state *state)
{
    char error[STATE_ERROR_MAX];
    uint64_t life;

    if (state_begin_life(state, &life, error) != 0)
        log_warning("%s; numbers of events may be given again after a restart", error);
    return ring_new(life);
}

static void begin_core(struct shell *shell, const char *runid, const struct addr *self,
                       uint64_t seed)
{
    struct trace_core core = { .self = *self, .seed = seed };

    memcpy(core.runid, runid, sizeof core.runid);
    shell->core = core_new(runid, self, seed, loop_now_ms());
    tracer_core(shell->tracer, &core, shell->core->now);
}

/* Build the parts; false when memory is out. */
static bool build(struct shell *shell, struct state *state, const struct addr *self)
{
    struct carry *carry = &shell->carry;
    uint64_t seed = uv_hrtime();

    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        log_warning("no random seed from the kernel, the time is used instead");
    begin_core(shell, state_runid(state), self, seed);
    shell->outbox = outbox_new();
    shell->disk = disk_new(shell->loop, state, shell->outbox, &disk_ops, shell);
    carry->links =
        link_set_new(shell->loop, state_runid(state), HELLO_CHANNEL, &shell_link_ops, shell);
    carry->given =
        link_set_new(shell->loop, state_runid(state), HELLO_CHANNEL, &shell_given_ops, shell);
    carry->peers = peer_line_new(carry->links, shell_on_peer, shell);
    carry->scripts = script_io_new(shell->loop, on_script, shell);
    carry->hooks = hooks_new(shell->loop, carry->scripts, state_dir(state), state_runid(state),
                             on_script, shell);
    carry->ring = new_ring(state);
    carry->recorder = recorder_new(shell->loop, state_dir(state), shell->core);
    carry->salvage = salvage_io_new(shell->loop, state_dir(state), shell_on_settled, shell);
    carry->core = shell->core;
    carry->answered = shell_on_answer;
    carry->settled = shell_on_settled;
    carry->settled_arg = shell;
    return shell->core && shell->outbox && shell->disk && carry->links && carry->given &&
           carry->peers && carry->scripts && carry->ring && carry->recorder && carry->salvage;
}

struct shell *shell_new(uv_loop_t *loop, struct state *state, const struct addr *self,
                        struct tracer *tracer, const struct shell_ops *ops, void *arg,
                        char *ret_error)
{
    struct shell *shell = calloc(1, sizeof *shell);

    assert(self->port != 0);
    if (shell == NULL)
        goto err_memory;
    shell->loop = loop;
    shell->tracer = tracer;
    shell->carry.ops = ops;
    shell->carry.ops_arg = arg;
    shell->wake = shell->armed = MSEC_NEVER;
    uv_timer_init(loop, &shell->timer);
    uv_idle_init(loop, &shell->overdue);
    uv_check_init(loop, &shell->ticker);
    shell->timer.data = shell->overdue.data = shell->ticker.data = shell;
    if (!build(shell, state, self))
        goto err_memory;
    if (state_load(state, restore, shell, ret_error) == 0)
        return shell;
    return NULL; /* the process ends: what was built goes with it */

err_memory:
    snprintf(ret_error, STATE_ERROR_MAX, "no memory");
    return NULL;
}

void shell_stop(struct shell *shell, void (*done)(void *arg), void *arg)
{
    shell->done = done;
    shell->done_arg = arg;
    shell->inputs.n = 0;
    uv_timer_stop(&shell->timer);
    uv_idle_stop(&shell->overdue);
    uv_check_stop(&shell->ticker);
    link_set_free(shell->carry.given);
    link_set_free(shell->carry.links);
    peer_line_free(shell->carry.peers);
    salvage_io_stop(shell->carry.salvage);
    shell->carry.given = shell->carry.links = NULL;
    shell->carry.peers = NULL;
    if (disk_idle(shell->disk))
        finish(shell);
}

bool shell_groups_durable(const struct shell *shell)
{
    return outbox_groups_durable(shell->outbox);
}

msec shell_worst_commit_ms(const struct shell *shell)
{
    return disk_worst_ms(shell->disk);
}

const struct core *shell_core(const struct shell *shell)
{
    return shell->core;
}

struct slice shell_node_info(const struct shell *shell, uint32_t id)
{
    if (shell->carry.links == NULL)
        return (struct slice){ NULL, 0 };
    return link_kept_info(shell->carry.links, id);
}

void shell_set_requirepass(struct shell *shell, const char *requirepass)
{
    snprintf(shell->carry.requirepass, sizeof shell->carry.requirepass, "%s", requirepass);
}

void shell_set_hooks(struct shell *shell, const struct hook *hooks, size_t n)
{
    hooks_set(shell->carry.hooks, hooks, n);
}

bool shell_hook(const struct shell *shell, size_t i, struct hook_view *ret_view)
{
    return hooks_show(shell->carry.hooks, i, ret_view);
}

const struct ring *shell_events(const struct shell *shell)
{
    return shell->carry.ring;
}

const struct history *shell_history(const struct shell *shell)
{
    return recorder_history(shell->carry.recorder);
}

const struct scripts *shell_scripts(const struct shell *shell)
{
    return script_io_scripts(shell->carry.scripts);
}

const struct shell_stats *shell_stats(const struct shell *shell)
{
    return &shell->stats;
}

uint64_t shell_malformed(const struct shell *shell)
{
    const struct peer_line *peers = shell->carry.peers;

    return shell->stats.malformed + (peers != NULL ? peer_malformed(peers) : 0);
}
