#include "sentinel/ctl/switch_io.h"

#include <stdio.h>
#include <string.h>

#include "quorum/hello.h"
#include "sentinel/ctl/ctl.h"
#include "sentinel/ctl/link_io.h"
#include "wire/loop_io.h"

/* The group that an event is about: "<group> ..." of a switch, else "master <group> ...". */
static bool is_about(const char *payload, const char *group)
{
    size_t len = strlen(group);

    if (strncmp(payload, "master ", 7) == 0)
        payload += 7;
    return strncmp(payload, group, len) == 0 && payload[len] == ' ';
}

enum outcome { OUTCOME_NONE, OUTCOME_SWITCHED, OUTCOME_ABORTED };

/* What a message on the second link says of GROUP. */
static enum outcome outcome_of(const redisReply *message, const char *group)
{
    const char *event, *payload;

    if (!ctl_is_event(message, &event, &payload) || !is_about(payload, group))
        return OUTCOME_NONE;
    if (strcmp(event, "+switch-master") == 0) {
        printf("switched over: ");
        ctl_print(payload);
        return OUTCOME_SWITCHED;
    }
    fprintf(stderr, "picketctl: the switchover was given up: %.40s %.400s\n", event + 1, payload);
    return OUTCOME_ABORTED;
}

static bool wait_for_end(redisContext *events, const char *group, long long begun)
{
    long long left;

    while ((left = begun + SWITCH_WAIT_MS - loop_now_ms()) > 0) {
        bool late = false;
        redisReply *message = ctl_wait_for(events, (int)left, &late);

        if (!message && !late)
            return false;
        enum outcome outcome = message ? outcome_of(message, group) : OUTCOME_NONE;
        freeReplyObject(message);
        if (outcome == OUTCOME_SWITCHED)
            printf(" (%lld ms)\n", loop_now_ms() - begun);
        if (outcome != OUTCOME_NONE)
            return outcome == OUTCOME_SWITCHED;
    }
    fprintf(stderr,
            "picketctl: the switchover of %s has not ended in %d s\n"
            "  what to do: `picketctl why %s` tells what is waited for\n",
            group, SWITCH_WAIT_MS / 1000, group);
    return false;
}

static redisReply *ask(redisContext *link, const char *group, const struct addr *to, bool force)
{
    const char *argv[8] = { "PICKET", "SWITCHOVER", group };
    char port[8];
    int argc = 3;

    if (to) {
        snprintf(port, sizeof(port), "%u", to->port);
        argv[argc++] = "TO";
        argv[argc++] = to->host;
        argv[argc++] = port;
    }
    if (force)
        argv[argc++] = "FORCE";
    return ctl_call(link, argc, argv);
}

/* The reasons and the end come as events: they are listened to before it begins. */
static bool run(redisContext *link, redisContext *events, const char *group, const struct addr *to,
                bool force)
{
    redisReply *reply = CTL_CALL(events, "PSUBSCRIBE", "[+]switch-master", "-failover-abort-*");
    long long begun = loop_now_ms();

    if (!reply)
        return false;
    freeReplyObject(reply);
    reply = ask(link, group, to, force);
    if (!reply)
        return false;
    freeReplyObject(reply);
    return wait_for_end(events, group, begun);
}

bool switch_over(const struct ctl *ctl, const char *group, const struct addr *to, bool force)
{
    redisContext *link = ctl_open(ctl);
    redisContext *events =
        link ? ctl_open_at(ctl, link->tcp.host ? link->tcp.host : "", link->tcp.port) : NULL;
    bool ok = events && run(link, events, group, to, force);

    ctl_close(events);
    ctl_close(link);
    return ok;
}
