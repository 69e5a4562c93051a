#include "store/held_io.h"

#include "store/shell_io.h"

static const char late[] = "NOREPLICAS The write was done here, but not acknowledged by "
                           "sync-replicas replicas in time. It may survive a failover or not.";
static const char lost[] = "NOREPLICAS The write was done here, but this node became a replica "
                           "before enough replicas acknowledged it. It may survive or not.";

/* The offset that this many replicas have; -1: there are not so many. */
static int64_t acked_by(const struct shell *sh, size_t wanted)
{
    int64_t best[OPTION_SYNC_REPLICAS_MAX]; /* the highest ones, in falling order */
    size_t n = 0;

    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        size_t at = n;

        if (r->phase != REPLICA_ONLINE)
            continue;
        while (at > 0 && best[at - 1] < r->acked)
            at--;
        if (at == wanted)
            continue;
        n += n < wanted;
        for (size_t i = n - 1; i > at; i--)
            best[i] = best[i - 1];
        best[at] = r->acked;
    }
    return n == wanted ? best[wanted - 1] : -1;
}

static void on_timer(uv_timer_t *timer);

static void arm(struct shell *sh)
{
    msec next_ms = held_next_ms(&sh->store.held);

    if (next_ms != MSEC_NEVER && !uv_is_active((uv_handle_t *)&sh->held_timer))
        uv_timer_start(&sh->held_timer, on_timer,
                       (uint64_t)msec_max(next_ms - sh->store.mono_ms, 0) + 1, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct shell *sh = timer->data;

    shell_set_clock(sh);
    held_fail(&sh->store.held, sh->store.mono_ms, late);
    arm(sh);
}

void held_start(struct shell *sh)
{
    uv_timer_init(sh->loop, &sh->held_timer);
    sh->held_timer.data = sh;
}

void held_stop(struct shell *sh)
{
    uv_close((uv_handle_t *)&sh->held_timer, NULL);
}

void held_written(struct store *s, struct client *c, uint64_t reply_at)
{
    struct shell *sh = shell_of(s);
    int64_t timeout_ms = option_number(&s->options, OPT_SYNC_TIMEOUT);

    if (option_number(&s->options, OPT_SYNC_REPLICAS) == 0)
        return;
    held_add(&s->held, c, reply_at, s->repl.offset,
             timeout_ms > 0 ? s->mono_ms + timeout_ms : MSEC_NEVER);
    sh->replicas.ask_acks = true;
    arm(sh);
}

void held_check(struct shell *sh)
{
    struct store *s = &sh->store;
    size_t wanted = (size_t)option_number(&s->options, OPT_SYNC_REPLICAS);

    if (s->held.first != NULL)
        held_release(&s->held, wanted > 0 ? acked_by(sh, wanted) : INT64_MAX);
}

void held_lose(struct shell *sh)
{
    sh->held_lost = true;
}

void held_settle(struct shell *sh)
{
    if (sh->held_lost)
        held_fail(&sh->store.held, MSEC_NEVER, lost);
    sh->held_lost = false;
}
