/* picketctl history, why, simulate. */
#include <stdio.h>
#include <string.h>

#include "sentinel/ctl/attempt_io.h"
#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/json_io.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"

/* --- history --- */

/* Returns the status to exit with. */
static int print_rows(const redisReply *reply)
{
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        attempt_print_row(reply->element[i]);
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

int ctl_why(const struct ctl *ctl, int argc, char **argv)
{
    const char *what = ctl_read_words(NULL, argc, argv, 1, 1, NULL)[0];
    redisContext *link = ctl_open(ctl);
    redisReply *reply = link ? CTL_CALL(link, "PICKET", "WHY", what) : NULL;
    const redisReply *attempt = reply;

    if (reply && ctl_value(reply, "why")) {
        printf("%s: %s", what, strcmp(ctl_field(reply, "held"), "yes") == 0 ? "waiting: " : "");
        ctl_print(ctl_field(reply, "why"));
        putchar('\n');
        attempt = ctl_value(reply, "last");
        if (attempt)
            printf("\nThe last time something happened:\n");
    }
    if (attempt)
        attempt_print(attempt);
    int status = reply ? 0 : 1;

    freeReplyObject(reply);
    ctl_close(link);
    return status;
}

/* --- simulate --- */

static void print_simulated(const redisReply *map)
{
    const redisReply *attempt = ctl_value(map, "attempt");

    printf("if the %s ", ctl_field(map, "role"));
    ctl_print(ctl_field(map, "node"));
    printf(strcmp(ctl_field(map, "how"), "hang") == 0 ? " hung now: " : " crashed now: ");
    if (strcmp(ctl_field(map, "outcome"), "switched") == 0) {
        ctl_print(ctl_field(map, "primary"));
        printf(" would be the primary after %s ms\n", ctl_field(map, "after-ms"));
        if (ctl_field(map, "why")[0] != '\0') {
            ctl_print(ctl_field(map, "why"));
            putchar('\n');
        }
    } else {
        printf("nothing would change within %s ms: ", ctl_field(map, "after-ms"));
        ctl_print(ctl_field(map, "why"));
        putchar('\n');
    }
    printf(
        "(as this supervisor would lead it, with the others that it reaches agreeing at once)\n");
    if (attempt)
        attempt_print_steps(attempt, true);
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
