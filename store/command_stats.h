/*
 * What each command has cost: calls, time, and how the times are spread (INFO commandstats, LATENCY
 * HISTOGRAM). A row's numbers are found by its place in the program's tables, without a search.
 */
#ifndef STORE_COMMAND_STATS_H
#define STORE_COMMAND_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "wire/command.h"

#define COMMAND_GROUPS_MAX  32 /* tables of rows: the top one, and one for each container */
#define COMMAND_TIMES       21 /* classes of times, each twice as long as the one before */
#define COMMAND_TIME_MIN_NS 1024

struct command_stat {
    uint64_t calls;
    uint64_t rejected; /* not run */
    uint64_t failed;   /* run, and replied with an error */
    uint64_t ns;
    uint64_t times[COMMAND_TIMES]; /* calls that took up to COMMAND_TIME_MIN_NS << i */
};

/* A run of rows. */
struct command_group {
    const struct command *rows, *parent; /* parent NULL: the top */
    size_t count;
    struct command_stat *stats;
};

struct command_stats {
    struct command_group groups[COMMAND_GROUPS_MAX];
    size_t count;
};

void command_stats_init(struct command_stats *x, const struct command *rows);
void command_stats_done(struct command_stats *x);

/* All at zero again. */
void command_stats_reset(struct command_stats *x);

/* The numbers of a row of the tables. */
struct command_stat *command_stats_of(const struct command_stats *x, const struct command *row);

/* Counts a call; timed: its time goes into the classes too. */
void command_stat_add(struct command_stat *x, int64_t ns, bool timed);

/* The upper end of a class of times in microseconds, as Redis names it. */
int64_t command_time_us(size_t i);

#endif
