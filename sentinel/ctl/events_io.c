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

/* One of those that are kept: number, time, name, level, group, payload. */
static void print_kept(const redisReply *event)
{
    char clock[32] = "";
    struct tm tm;

    if (event->type != REDIS_REPLY_ARRAY || event->elements != 6 ||
        event->element[0]->type != REDIS_REPLY_INTEGER ||
        event->element[1]->type != REDIS_REPLY_INTEGER ||
        event->element[2]->type != REDIS_REPLY_STRING ||
        event->element[5]->type != REDIS_REPLY_STRING)
        return;
    time_t at = (time_t)(event->element[1]->integer / 1000);

    if (localtime_r(&at, &tm))
        strftime(clock, sizeof(clock), "%Y-%m-%d %H:%M:%S", &tm);
    printf("%lld %s.%03d ", event->element[0]->integer, clock,
           (int)(event->element[1]->integer % 1000));
    ctl_print(event->element[2]->str);
    putchar(' ');
    ctl_print(event->element[5]->str);
    putchar('\n');
}

/* Those behind a number, as far as they are kept. */
static int print_since(redisContext *link, const char *number)
{
    redisReply *reply = CTL_CALL(link, "PICKET", "EVENTS", "SINCE", number);
    bool ok = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 3;

    for (size_t i = 0;
         ok && reply->element[2]->type == REDIS_REPLY_ARRAY && i < reply->element[2]->elements; i++)
        print_kept(reply->element[2]->element[i]);
    freeReplyObject(reply);
    return ok ? 0 : 1;
}

static int print_live(redisContext *link)
{
    redisReply *reply = CTL_CALL(link, "PSUBSCRIBE", "*");
    const char *event, *payload;

    while (reply) {
        if (ctl_is_event(reply, &event, &payload))
            print_event(event, payload);
        freeReplyObject(reply);
        reply = ferror(stdout) ? NULL : ctl_wait(link);
    }
    return 1;
}

int ctl_events(const struct ctl *ctl, int argc, char **argv)
{
    const char *since = NULL;
    const struct ctl_option options[] = { { "since", NULL, &since }, { 0 } };

    ctl_read_words(options, argc, argv, 0, 0, NULL);
    redisContext *link = ctl_open(ctl);
    int status = !link ? 1 : since ? print_since(link, since) : print_live(link);

    ctl_close(link);
    return status;
}
