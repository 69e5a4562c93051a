#include "sentinel/ctl/attempt_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sentinel/ctl/link_io.h"

static long long number_of(const redisReply *map, const char *name)
{
    return strtoll(ctl_field(map, name), NULL, 10);
}

/* Date and local time of the day, to the second. */
static void print_time(long long wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    char text[32] = "?";

    if (localtime_r(&seconds, &tm))
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
    fputs(text, stdout);
}

/* How long it took, or that it is not over. */
static void print_length(const redisReply *map)
{
    long long ended = number_of(map, "ended-ms");

    if (ended > 0)
        printf("%lld ms", ended - number_of(map, "begun-ms"));
    else
        printf("no end is known");
}

/* "a -> b", or "a" alone. */
static void print_way(const redisReply *map)
{
    ctl_print(ctl_field(map, "from"));
    if (ctl_field(map, "to")[0]) {
        printf(" -> ");
        ctl_print(ctl_field(map, "to"));
    }
}

void attempt_print_row(const redisReply *map)
{
    printf("%5s  ", ctl_field(map, "id"));
    print_time(number_of(map, "begun-ms"));
    printf("  ");
    ctl_print(ctl_field(map, "group"));
    printf("  %s %s, ", ctl_field(map, "kind"), ctl_field(map, "outcome"));
    print_way(map);
    printf(", ");
    print_length(map);
    if (ctl_field(map, "asked-by")[0]) {
        printf(", asked for by ");
        ctl_print(ctl_field(map, "asked-by"));
    }
    if (ctl_field(map, "reason")[0]) {
        printf(": ");
        ctl_print(ctl_field(map, "reason"));
    }
    putchar('\n');
}

/* The parts that are shown with how long they took, in their order. */
static void print_phases(const redisReply *map)
{
    const char *before = "took:     ";

    for (size_t i = 0; i + 1 < map->elements; i += 2) {
        const redisReply *name = map->element[i], *value = map->element[i + 1];
        size_t n = name->type == REDIS_REPLY_STRING ? strlen(name->str) : 0;

        if (n < 4 || strcmp(name->str + n - 3, "-ms") != 0 || strcmp(name->str, "begun-ms") == 0 ||
            strcmp(name->str, "ended-ms") == 0 || value->type != REDIS_REPLY_STRING)
            continue;
        printf("%s%.*s %s ms", before, (int)(n - 3), name->str, value->str);
        before = ", ";
    }
    if (before[0] == ',')
        putchar('\n');
}

static const char *word_at(const redisReply *steps, size_t i, size_t at)
{
    const redisReply *step = steps->element[i];
    bool ok = step->type == REDIS_REPLY_ARRAY && step->elements == 3 &&
              step->element[at]->type == REDIS_REPLY_STRING;

    return ok ? step->element[at]->str : "";
}

static void print_step(const redisReply *steps, size_t i)
{
    printf("%8s ms  %-36s ", word_at(steps, i, 0), word_at(steps, i, 1));
    ctl_print(word_at(steps, i, 2));
    putchar('\n');
}

/* How many steps belong together, from place I on: up to the next epoch. */
static size_t count_together(const redisReply *steps, size_t i)
{
    size_t n = 1;

    while (i + n < steps->elements && strcmp(word_at(steps, i + n, 1), "+new-epoch") != 0)
        n++;
    return n;
}

/* Whether the N steps at A and those at B are the same events. */
static bool are_alike(const redisReply *steps, size_t a, size_t b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word_at(steps, a + i, 1), word_at(steps, b + i, 1)) != 0)
            return false;
    return true;
}

static void print_repeats(size_t repeats)
{
    if (repeats > 0)
        printf("             the same %zu times more\n", repeats);
}

static void print_list(const redisReply *steps, bool brief)
{
    size_t repeats = 0, n_before = 0;

    for (size_t i = 0, n; i < steps->elements; i += n) {
        n = count_together(steps, i);
        if (brief && n == n_before && are_alike(steps, i - n, i, n)) {
            repeats++;
            continue;
        }
        print_repeats(repeats);
        repeats = 0;
        n_before = n;
        for (size_t k = i; k < i + n; k++)
            print_step(steps, k);
    }
    print_repeats(repeats);
}

void attempt_print_steps(const redisReply *map, bool brief)
{
    const redisReply *steps = ctl_value(map, "steps");

    if (steps && steps->type == REDIS_REPLY_ARRAY)
        print_list(steps, brief);
    if (number_of(map, "steps-lost") > 0)
        printf("%s steps in the middle were not kept\n", ctl_field(map, "steps-lost"));
}

/* A line with a name, unless there is nothing to say. */
static void print_line(const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    printf("%-10s", name);
    ctl_print(text);
    putchar('\n');
}

void attempt_print(const redisReply *map)
{
    long long at_risk = number_of(map, "bytes-at-risk");

    printf("%s %s of ", ctl_field(map, "kind"), ctl_field(map, "id"));
    ctl_print(ctl_field(map, "group"));
    printf(": %s\nprimary:  ", ctl_field(map, "outcome"));
    print_way(map);
    printf("\nbegun:    ");
    print_time(number_of(map, "begun-ms"));
    printf(", ");
    print_length(map);
    putchar('\n');
    print_line("reason:", ctl_field(map, "reason"));
    print_line("asked by:", ctl_field(map, "asked-by"));
    if (ctl_field(map, "leader")[0])
        printf("led by:   %s%s in epoch %s\n", ctl_field(map, "leader"),
               strcmp(ctl_field(map, "led"), "yes") == 0 ? " (this supervisor)" : "",
               ctl_field(map, "epoch"));
    if (at_risk >= 0)
        printf("at risk:  %lld bytes that another node is known to have had\n", at_risk);
    print_phases(map);
    attempt_print_steps(map, false);
}
