#include "store/cmd.h"

#include <stdio.h>

#include "store/store.h"

#define SLOWLOG_SHOWN 10

/* --- SLOWLOG --------------------------------------------------------------------------------- */

static void put_slow(struct client *c, const struct slow_command *x)
{
    resp_array(&c->reply, 6);
    resp_int(&c->reply, x->id);
    resp_int(&c->reply, x->at_s);
    resp_int(&c->reply, x->took_us);
    resp_array(&c->reply, x->words);
    for (size_t i = 0; i < x->words; i++)
        resp_bulk(&c->reply, x->word[i]);
    resp_bulk_str(&c->reply, x->addr);
    resp_bulk_str(&c->reply, x->name);
}

void cmd_slowlog_get(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    const struct slow_command *x = s->slowlog.first;
    int64_t most = SLOWLOG_SHOWN;
    size_t mark = resp_hold(&c->reply), n = 0;

    if (argc == 3 && (!slice_to_int64(argv[2], &most) || most < -1)) {
        resp_error(&c->reply, "ERR count should be greater than or equal to -1");
        return;
    }
    for (; x != NULL && (most < 0 || n < (size_t)most); x = x->next, n++)
        put_slow(c, x);
    resp_array_at(&c->reply, mark, n);
}

void cmd_slowlog_len(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    resp_int(&c->reply, (int64_t)s->slowlog.count);
}

void cmd_slowlog_reset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    slowlog_trim(&s->slowlog, 0);
    resp_ok(&c->reply);
}

/* --- LATENCY --------------------------------------------------------------------------------- */

void cmd_latency_latest(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    size_t mark = resp_hold(&c->reply), n = 0;

    (void)argc;
    (void)argv;
    for (int i = 0; i < LATENCY_EVENT_COUNT; i++) {
        const struct latency_series *x = &s->latency.series[i];
        const struct latency_sample *last;

        if (x->count == 0)
            continue;
        last = latency_sample(x, x->count - 1);
        resp_array(&c->reply, 4);
        resp_bulk_str(&c->reply, latency_event_name((enum latency_event)i));
        resp_int(&c->reply, last->at_s);
        resp_int(&c->reply, last->ms);
        resp_int(&c->reply, x->worst_ms);
        n++;
    }
    resp_array_at(&c->reply, mark, n);
}

void cmd_latency_history(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    int event = latency_event_find(argv[2]);
    const struct latency_series *x = event >= 0 ? &s->latency.series[event] : NULL;

    (void)argc;
    resp_array(&c->reply, x != NULL ? x->count : 0);
    for (size_t i = 0; x != NULL && i < x->count; i++) {
        resp_array(&c->reply, 2);
        resp_int(&c->reply, latency_sample(x, i)->at_s);
        resp_int(&c->reply, latency_sample(x, i)->ms);
    }
}

void cmd_latency_reset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    int64_t n = 0;

    for (size_t i = 2; i < argc; i++) {
        int event = latency_event_find(argv[i]);

        n += event >= 0 && latency_reset(&s->latency, (enum latency_event)event);
    }
    for (int i = 0; argc == 2 && i < LATENCY_EVENT_COUNT; i++)
        n += latency_reset(&s->latency, (enum latency_event)i);
    resp_int(&c->reply, n);
}

/* What can be done about each kind. */
static const char *const advice[LATENCY_EVENT_COUNT] = {
    [LATENCY_COMMAND] = "SLOWLOG GET names commands that take long; their work is that of the data",
    [LATENCY_FAST_COMMAND] = "fast commands are slow when the machine is: swapping, other "
                             "processes, or very large values",
    [LATENCY_FORK] = "a fork takes longer the more memory there is; save less often",
    [LATENCY_EXPIRE] = "very many keys expire at once; spread their times",
    [LATENCY_EVICTION] = "much has to be deleted at once; maxmemory is near",
    [LATENCY_FREE] = "freeing large values in portions took long; the machine may be busy",
    [LATENCY_AOF_WRITE] = "the disk takes writes slowly",
    [LATENCY_AOF_FSYNC] =
        "the disk is slow to make writes durable; appendfsync everysec waits less",
};

void cmd_latency_doctor(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct buf text = { 0 };

    (void)argc;
    (void)argv;
    if (option_number(&s->options, OPT_LATENCY_MS) == 0)
        buf_printf(&text, "Nothing is noted: CONFIG SET latency-monitor-threshold <milliseconds> "
                          "turns the monitor on.\n");
    for (int i = 0; i < LATENCY_EVENT_COUNT; i++) {
        const struct latency_series *x = &s->latency.series[i];

        if (x->count > 0)
            buf_printf(&text, "%s: in %zu seconds; the worst took %lld ms: %s.\n",
                       latency_event_name((enum latency_event)i), x->count, (long long)x->worst_ms,
                       advice[i]);
    }
    if (buf_used(&text) == 0)
        buf_printf(&text, "Nothing took longer than latency-monitor-threshold.\n");
    resp_verbatim(&c->reply, "txt", buf_slice(&text));
    buf_done(&text);
}

/* --- LATENCY HISTOGRAM ----------------------------------------------------------------------- */

/* Calls up to each class of times, where there are more than in the one before. */
static void put_histogram(struct client *c, const char *name, const struct command_stat *x)
{
    uint64_t sum = 0;
    size_t mark, n = 0;

    resp_bulk_str(&c->reply, name);
    resp_map(&c->reply, 2);
    resp_bulk_str(&c->reply, "calls");
    resp_int(&c->reply, (int64_t)x->calls);
    resp_bulk_str(&c->reply, "histogram_usec");
    mark = resp_hold(&c->reply);
    for (size_t i = 0; i < COMMAND_TIMES; i++) {
        if (x->times[i] == 0)
            continue;
        sum += x->times[i];
        resp_int(&c->reply, command_time_us(i));
        resp_int(&c->reply, (int64_t)sum);
        n++;
    }
    resp_map_at(&c->reply, mark, n);
}

/* One row, if it was called and timed; returns how many were put. */
static size_t put_row(struct client *c, const struct command_stats *all,
                      const struct command_match *m)
{
    const struct command_stat *x = command_stats_of(all, m->command);
    char name[COMMAND_FULL_NAME_SIZE];
    uint64_t timed = 0;

    for (size_t i = 0; i < COMMAND_TIMES; i++)
        timed += x->times[i];
    if (timed == 0)
        return 0;
    put_histogram(c, command_full_name(m, name), x);
    return 1;
}

/* A row and those below it. */
static size_t put_rows(struct client *c, const struct command_stats *all,
                       const struct command_match *m)
{
    size_t n = put_row(c, all, m);

    for (const struct command *sub = m->parent == NULL ? m->command->subs : NULL;
         sub != NULL && sub->name != NULL; sub++) {
        struct command_match below = { sub, m->command };
        n += put_row(c, all, &below);
    }
    return n;
}

void cmd_latency_histogram(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    size_t mark = resp_hold(&c->reply), n = 0;

    for (size_t i = 2; i < argc; i++) {
        struct command_match m = command_find_name(s->commands, argv[i]);

        if (m.command != NULL)
            n += put_rows(c, &s->command_stats, &m);
    }
    for (const struct command *row = command_table_rows(s->commands);
         argc == 2 && row->name != NULL; row++) {
        struct command_match m = { row, NULL };
        n += put_rows(c, &s->command_stats, &m);
    }
    resp_map_at(&c->reply, mark, n);
}
