/* picketctl watch: the status, drawn anew with each event and once a second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/ctl.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/status_io.h"
#include "sentinel/ctl/words_io.h"

#define LINES_MAX    10  /* events that are shown */
#define LINE_MAX_LEN 160 /* bytes of each */
#define PERIOD_MS    1000
#define FRAME_BYTES  65536 /* a frame is written at once, so that nothing flickers */

struct watch {
    char lines[LINES_MAX][LINE_MAX_LEN];
    size_t n; /* events so far; the last one stands at (n - 1) % LINES_MAX */
};

static void take(struct watch *watch, const redisReply *message)
{
    const char *event, *payload;
    char clock[16] = "";
    time_t now = time(NULL);
    struct tm tm;

    if (!ctl_is_event(message, &event, &payload))
        return;
    if (localtime_r(&now, &tm))
        strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
    snprintf(watch->lines[watch->n++ % LINES_MAX], LINE_MAX_LEN, "%s %.40s %.100s", clock, event,
             payload);
}

/* False: the supervisor does not answer any more. */
static bool draw(const struct watch *watch, redisContext *link, bool colour)
{
    size_t first = watch->n > LINES_MAX ? watch->n - LINES_MAX : 0;

    printf("\033[H\033[J");
    status_print(link, colour);
    putchar('\n');
    for (size_t i = first; i < watch->n; i++) {
        ctl_print(watch->lines[i % LINES_MAX]);
        putchar('\n');
    }
    return fflush(stdout) == 0 && !link->err;
}

/* What has come, after the first of it; false: the connection is gone. */
static bool listen_for(struct watch *watch, redisContext *events)
{
    bool late = false;

    for (int ms = PERIOD_MS; !late; ms = 0) {
        redisReply *message = ctl_wait_for(events, ms, &late);

        if (!message && !late)
            return false;
        if (message)
            take(watch, message);
        freeReplyObject(message);
    }
    return true;
}

/* As long as one supervisor answers. */
static void follow(struct watch *watch, const struct ctl *ctl, bool colour)
{
    redisContext *link = ctl_open(ctl);
    redisContext *events = link ? ctl_open_at(ctl, link->tcp.host, link->tcp.port) : NULL;
    redisReply *reply = events ? CTL_CALL(events, "PSUBSCRIBE", "*") : NULL;

    while (reply && draw(watch, link, colour) && listen_for(watch, events))
        ;
    freeReplyObject(reply);
    ctl_close(events);
    ctl_close(link);
}

int ctl_watch(const struct ctl *ctl, int argc, char **argv)
{
    static char frame[FRAME_BYTES];
    static struct watch watch;
    bool colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");

    ctl_read_words(NULL, argc, argv, 0, 0, NULL);
    setvbuf(stdout, frame, _IOFBF, sizeof(frame));
    while (!ferror(stdout)) {
        follow(&watch, ctl, colour);
        usleep(PERIOD_MS * 1000); /* then the next one that answers */
    }
    return 1;
}
