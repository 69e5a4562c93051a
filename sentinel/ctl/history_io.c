/* picketctl history, why, simulate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/json_io.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"

/* The value of that name in a list of names and values, of whatever type; NULL: none. */
static const redisReply *value_of(const redisReply *map, const char *name)
{
    for (size_t i = 0; map->type == REDIS_REPLY_ARRAY && i + 1 < map->elements; i += 2) {
        if (map->element[i]->type == REDIS_REPLY_STRING && strcmp(map->element[i]->str, name) == 0)
            return map->element[i + 1];
    }
    return NULL;
}

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

/* --- history --- */

static void print_row(const redisReply *map)
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

/* Returns the status to exit with. */
static int print_rows(const redisReply *reply)
{
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        print_row(reply->element[i]);
    if (reply->elements == 0)
        printf("nothing has happened yet\n");
    return 0;
}

int ctl_history(const struct ctl *ctl, int argc, char **argv)
{
    const char *count = "20";
    bool json = false;
    const struct ctl_option options[] = { { "count", NULL, &count },
                                          { "json", &json, NULL },
                                          { 0 } };
    int n, status = 1;
    char **words = ctl_read_words(options, argc, argv, 0, 1, &n);
    redisContext *link = ctl_open(ctl);
    redisReply *reply = NULL;

    if (link && n == 1)
        reply = CTL_CALL(link, "PICKET", "HISTORY", words[0], "COUNT", count);
    else if (link)
        reply = CTL_CALL(link, "PICKET", "HISTORY", "COUNT", count);
    if (reply)
        status = json ? ctl_json_print(ctl_json_maps(reply)) : print_rows(reply);
    freeReplyObject(reply);
    ctl_close(link);
    return status;
}

/* --- why --- */

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

static void print_steps(const redisReply *map)
{
    const redisReply *steps = value_of(map, "steps");

    for (size_t i = 0; steps && steps->type == REDIS_REPLY_ARRAY && i < steps->elements; i++) {
        const redisReply *step = steps->element[i];

        if (step->type != REDIS_REPLY_ARRAY || step->elements != 3)
            continue;
        printf("%8s ms  %-36s ", step->element[0]->str, step->element[1]->str);
        ctl_print(step->element[2]->str);
        putchar('\n');
    }
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

static void print_attempt(const redisReply *map)
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
    print_steps(map);
}

int ctl_why(const struct ctl *ctl, int argc, char **argv)
{
    const char *what = ctl_read_words(NULL, argc, argv, 1, 1, NULL)[0];
    redisContext *link = ctl_open(ctl);
    redisReply *reply = link ? CTL_CALL(link, "PICKET", "WHY", what) : NULL;
    const redisReply *attempt = reply;

    if (reply && value_of(reply, "why")) {
        printf("%s: %s", what, strcmp(ctl_field(reply, "held"), "yes") == 0 ? "waiting: " : "");
        ctl_print(ctl_field(reply, "why"));
        putchar('\n');
        attempt = value_of(reply, "last");
        if (attempt)
            printf("\nThe last time something happened:\n");
    }
    if (attempt)
        print_attempt(attempt);
    int status = reply ? 0 : 1;

    freeReplyObject(reply);
    ctl_close(link);
    return status;
}

/* --- simulate --- */

static void print_simulated(const redisReply *map)
{
    const redisReply *attempt = value_of(map, "attempt");

    printf("if the %s ", ctl_field(map, "role"));
    ctl_print(ctl_field(map, "node"));
    printf(strcmp(ctl_field(map, "how"), "hang") == 0 ? " hung now: " : " crashed now: ");
    if (strcmp(ctl_field(map, "outcome"), "switched") == 0) {
        ctl_print(ctl_field(map, "primary"));
        printf(" would be the primary after %s ms\n", ctl_field(map, "after-ms"));
    } else {
        printf("nothing would change within %s ms: ", ctl_field(map, "after-ms"));
        ctl_print(ctl_field(map, "why"));
        putchar('\n');
    }
    printf(
        "(as this supervisor would lead it, with the others that it reaches agreeing at once)\n");
    if (attempt)
        print_steps(attempt);
}

int ctl_simulate(const struct ctl *ctl, int argc, char **argv)
{
    bool hang = false;
    const struct ctl_option options[] = { { "hang", &hang, NULL }, { NULL, NULL, NULL } };
    char **words = ctl_read_words(options, argc, argv, 2, 2, NULL);

    if (strcmp(words[0], "fail") != 0)
        ctl_misused("simulate", "only fail can be simulated", words[0]);
    redisContext *link = ctl_open(ctl);
    redisReply *reply = NULL;

    if (link && hang)
        reply = CTL_CALL(link, "PICKET", "SIMULATE", "FAIL", words[1], "HANG");
    else if (link)
        reply = CTL_CALL(link, "PICKET", "SIMULATE", "FAIL", words[1]);
    if (reply)
        print_simulated(reply);
    int status = reply ? 0 : 1;

    freeReplyObject(reply);
    ctl_close(link);
    return status;
}
