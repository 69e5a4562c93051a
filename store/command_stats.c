#include "store/command_stats.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void add_group(struct command_stats *x, const struct command *rows,
                      const struct command *parent)
{
    struct command_group *g = &x->groups[x->count++];

    assert(x->count <= COMMAND_GROUPS_MAX);
    g->rows = rows;
    g->parent = parent;
    while (rows[g->count].name != NULL)
        g->count++;
    g->stats = calloc(g->count, sizeof(*g->stats));
    assert(g->stats != NULL);
    for (size_t i = 0; i < g->count; i++) {
        if (rows[i].subs != NULL)
            add_group(x, rows[i].subs, &rows[i]);
    }
}

void command_stats_init(struct command_stats *x, const struct command *rows)
{
    memset(x, 0, sizeof(*x));
    add_group(x, rows, NULL);
}

void command_stats_done(struct command_stats *x)
{
    for (size_t i = 0; i < x->count; i++)
        free(x->groups[i].stats);
    memset(x, 0, sizeof(*x));
}

void command_stats_reset(struct command_stats *x)
{
    for (size_t i = 0; i < x->count; i++)
        memset(x->groups[i].stats, 0, x->groups[i].count * sizeof(*x->groups[i].stats));
}

struct command_stat *command_stats_of(const struct command_stats *x, const struct command *row)
{
    for (size_t i = 0; i < x->count; i++) {
        const struct command_group *g = &x->groups[i];

        if (row >= g->rows && row < g->rows + g->count)
            return &g->stats[row - g->rows];
    }
    assert(!"a row of no table");
    return NULL;
}

void command_stat_add(struct command_stat *x, int64_t ns, bool timed)
{
    size_t i = 0;

    x->calls++;
    x->ns += (uint64_t)ns;
    if (!timed)
        return;
    while (i + 1 < COMMAND_TIMES && ns >= (int64_t)COMMAND_TIME_MIN_NS << i)
        i++;
    x->times[i]++;
}

/* Redis keeps two digits of each time; a class ends with the last time that has the same ones. */
int64_t command_time_us(size_t i)
{
    int64_t ns = (int64_t)COMMAND_TIME_MIN_NS << i;

    return (ns + ns / 128 - 1) / 1000;
}
