/* picketctl events. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"

/* Local time of the day in milliseconds, the event and its payload. */
static void print_event(const char *event, const char *payload)
{
    struct timespec now;
    struct tm tm;
    char clock[16] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    if (localtime_r(&now.tv_sec, &tm))
        strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
    printf("%s.%03d ", clock, (int)(now.tv_nsec / 1000000));
    ctl_print(event);
    putchar(' ');
    ctl_print(payload);
    putchar('\n');
    fflush(stdout);
}

static bool is_message(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 4)
        return false;
    for (size_t i = 0; i < reply->elements; i++)
        if (reply->element[i]->type != REDIS_REPLY_STRING)
            return false;
    return strcmp(reply->element[0]->str, "pmessage") == 0;
}

int ctl_events(const struct ctl *ctl, int argc, char **argv)
{
    ctl_read_words(NULL, argc, argv, 0, 0, NULL);
    redisContext *link = ctl_open(ctl);
    redisReply *reply = link ? CTL_CALL(link, "PSUBSCRIBE", "*") : NULL;

    while (reply) {
        if (is_message(reply))
            print_event(reply->element[2]->str, reply->element[3]->str);
        freeReplyObject(reply);
        reply = ferror(stdout) ? NULL : ctl_wait(link);
    }
    ctl_close(link);
    return 1;
}
