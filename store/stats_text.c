#include "store/stats_text.h"

#include <stdbool.h>
#include <string.h>

#include "store/command_stats.h"
#include "store/error_stats.h"
#include "wire/buf.h"

/* The kind with the least name behind LAST; NULL: none. There are few. */
static const struct error_kind *next_kind(const struct error_stats *x,
                                          const struct error_kind *last)
{
    const struct error_kind *next = NULL;

    for (size_t i = 0; i < x->n; i++) {
        const struct error_kind *kind = &x->kinds[i];

        if ((last == NULL || strcmp(kind->name, last->name) > 0) &&
            (next == NULL || strcmp(kind->name, next->name) < 0))
            next = kind;
    }
    return next;
}

void stats_text_errors(const struct error_stats *x, struct buf *to)
{
    const struct error_kind *kind = NULL;

    while ((kind = next_kind(x, kind)) != NULL)
        buf_printf(to, "errorstat_%s:count=%llu\r\n", kind->name, (unsigned long long)kind->count);
}

/* The time within which so many of a thousand calls ended. */
static int64_t percentile_us(const struct command_stat *x, uint64_t calls, uint64_t of_1000)
{
    uint64_t seen = 0;
    size_t i = 0;

    while (i + 1 < COMMAND_TIMES && (seen += x->times[i]) * 1000 < calls * of_1000)
        i++;
    return command_time_us(i);
}

static void put_percentiles(const struct command_group *g, size_t row, struct buf *to)
{
    const struct command_stat *x = &g->stats[row];
    uint64_t timed = 0;

    for (size_t i = 0; i < COMMAND_TIMES; i++)
        timed += x->times[i];
    if (timed == 0)
        return;
    buf_printf(to, "latency_percentiles_usec_%s%s%s:p50=%lld,p99=%lld,p99.9=%lld\r\n",
               g->parent != NULL ? g->parent->name : "", g->parent != NULL ? "|" : "",
               g->rows[row].name, (long long)percentile_us(x, timed, 500),
               (long long)percentile_us(x, timed, 990), (long long)percentile_us(x, timed, 999));
}

void stats_text_latency(const struct command_stats *x, struct buf *to)
{
    for (size_t i = 0; i < x->count; i++)
        for (size_t k = 0; k < x->groups[i].count; k++)
            put_percentiles(&x->groups[i], k, to);
}
