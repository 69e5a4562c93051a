/* What is done from time to time, and, in portions, whenever the loop has nothing else to do. */
#include "store/mem.h"
#include "store/memory_io.h"
#include "store/primary_io.h"
#include "store/shell_parts_io.h"

#define CHORE_ENTRIES 512     /* freed or expired at a time: well below a millisecond, ... */
#define CHORE_PORTION 4       /* ... unless they are long: so the clock is looked at */
#define CHORE_NS      1000000 /* in between */
#define OPS_PERIOD_MS 1000

/* Notes how long a portion took; returns the time at which the next one begins. */
static int64_t note_chore(struct shell *sh, enum latency_event event, int64_t began_ns)
{
    int64_t now_ns = shell_clock_ns();

    store_note_latency(&sh->store, event, (now_ns - began_ns) / 1000000);
    return now_ns;
}

/* Frees some of what was deleted; true when there is more. */
static bool sweep(struct shell *sh, int64_t began_ns)
{
    bool more = true;

    for (int n = 0; more && n < CHORE_ENTRIES && shell_clock_ns() - began_ns < CHORE_NS;
         n += CHORE_PORTION)
        more = keyspace_sweep(&sh->store.data, CHORE_PORTION);
    return more;
}

/* A portion of each; the idle handle keeps the loop turning until there is nothing left. */
static void on_chores(uv_idle_t *idle)
{
    struct shell *sh = idle->data;
    bool more;

    int64_t at_ns = shell_clock_ns();

    shell_set_clock(sh);
    more = sweep(sh, at_ns);
    at_ns = note_chore(sh, LATENCY_FREE, at_ns);
    more = store_expire_due(&sh->store, CHORE_ENTRIES) == CHORE_ENTRIES || more;
    at_ns = note_chore(sh, LATENCY_EXPIRE, at_ns);
    mem_settle();
    more = evict_goes_on(&sh->store) || more;
    note_chore(sh, LATENCY_EVICTION, at_ns);
    replicas_flush(sh);
    aof_flush(sh);
    if (!more)
        uv_idle_stop(idle);
}

void shell_wake_chores(struct shell *sh)
{
    uv_idle_start(&sh->chores, on_chores);
}

static void count_ops(struct shell *sh)
{
    msec passed_ms = sh->store.mono_ms - sh->ops_at_ms;

    if (passed_ms < OPS_PERIOD_MS)
        return;
    sh->ops_per_s = (sh->store.stats.commands - sh->ops_seen) * 1000 / (uint64_t)passed_ms;
    sh->ops_seen = sh->store.stats.commands;
    sh->ops_at_ms = sh->store.mono_ms;
}

void shell_tick(uv_timer_t *timer)
{
    struct shell *sh = timer->data;

    shell_set_clock(sh);
    count_ops(sh);
    memory_note(sh);
    said_tick(sh);
    if (sh->store.phase != STORE_READY)
        return;
    aof_tick(sh);
    save_tick(sh);
    primary_tick(sh->primary);
    replicas_tick(sh);
    shell_wake_chores(sh);
}
