#include "sentinel/ctl/commands_io.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sentinel/ctl/link_io.h"

#define CALL(link, ...)                                                                            \
    ctl_call(link, (int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)),           \
             (const char *const[]){ __VA_ARGS__ })

/* --- status ------------------------------------------------------------------------------- */

/* One word for how an instance is. */
static const char *state_of(const redisReply *map)
{
    static const struct {
        const char *flag, *word;
    } words[] = {
        { "o_down", "DOWN (agreed)" },
        { "s_down", "DOWN" },
        { "disconnected", "no link" },
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (ctl_has_word(ctl_field(map, "flags"), words[i].flag))
            return words[i].word;
    return "up";
}

/* A line for an instance below its group. */
static void print_instance(const char *kind, const redisReply *map)
{
    char addr[300];
    snprintf(addr, sizeof(addr), "%s:%s", ctl_field(map, "ip"), ctl_field(map, "port"));
    printf("  %-10s ", kind);
    ctl_print(addr);
    printf("%*s %s", (int)(strlen(addr) < 24 ? 24 - strlen(addr) : 0), "", state_of(map));
    if (strcmp(kind, "replica") == 0) {
        bool linked = strcmp(ctl_field(map, "master-link-status"), "ok") == 0;
        printf(", link %s, offset ", linked ? "ok" : "down");
        ctl_print(ctl_field(map, "slave-repl-offset"));
    } else if (strcmp(kind, "supervisor") == 0) {
        printf(", ");
        ctl_print(ctl_field(map, "runid"));
    }
    putchar('\n');
}

/* The lines of a list (REPLICAS, SENTINELS). Returns 0 or 1. */
static int print_list(redisContext *link, const char *list, const char *kind, const char *group)
{
    redisReply *reply = CALL(link, "SENTINEL", list, group);
    if (!reply)
        return 1;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        print_instance(kind, reply->element[i]);
    freeReplyObject(reply);
    return 0;
}

/* What CKQUORUM says; 1 when a failover is out of reach. */
static int print_quorum(redisContext *link, const char *group)
{
    redisReply *reply = CALL(link, "SENTINEL", "CKQUORUM", group);
    if (!reply)
        return 1;
    freeReplyObject(reply);
    return 0;
}

static int print_group(redisContext *link, const redisReply *map)
{
    const char *group = ctl_field(map, "name");
    int bad = ctl_has_word(ctl_field(map, "flags"), "s_down");

    ctl_print(group);
    printf(": quorum %s, epoch %s", ctl_field(map, "quorum"), ctl_field(map, "config-epoch"));
    if (ctl_has_word(ctl_field(map, "flags"), "failover_in_progress"))
        printf(", failover: %s", ctl_field(map, "failover-state"));
    putchar('\n');
    print_instance("primary", map);
    bad |= print_list(link, "REPLICAS", "replica", group);
    bad |= print_list(link, "SENTINELS", "supervisor", group);
    fflush(stdout);
    bad |= print_quorum(link, group);
    return bad;
}

int ctl_status(redisContext *link, const char *unused)
{
    int bad = 0;
    (void)unused;
    redisReply *reply = CALL(link, "SENTINEL", "MASTERS");
    if (!reply)
        return 1;
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 0)
        printf("no groups\n");
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        bad |= print_group(link, reply->element[i]);
    freeReplyObject(reply);
    return bad;
}

/* --- primary, failover -------------------------------------------------------------------- */

int ctl_primary(redisContext *link, const char *group)
{
    redisReply *reply = CALL(link, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", group);
    if (!reply)
        return 1;
    bool found = reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                 reply->element[0]->type == REDIS_REPLY_STRING &&
                 reply->element[1]->type == REDIS_REPLY_STRING;
    if (found) {
        bool v6 = strchr(reply->element[0]->str, ':') != NULL;
        printf("%s%s%s:%s\n", v6 ? "[" : "", reply->element[0]->str, v6 ? "]" : "",
               reply->element[1]->str);
    } else {
        fprintf(stderr, "picketctl: there is no group \"%s\"\n", group);
    }
    freeReplyObject(reply);
    return found ? 0 : 1;
}

int ctl_failover(redisContext *link, const char *group)
{
    redisReply *reply = CALL(link, "SENTINEL", "FAILOVER", group);
    if (!reply)
        return 1;
    printf("the failover of %s has begun; `picketctl events` shows how it goes\n", group);
    freeReplyObject(reply);
    return 0;
}

/* --- events ------------------------------------------------------------------------------- */

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

int ctl_events(redisContext *link, const char *unused)
{
    (void)unused;
    redisReply *reply = CALL(link, "PSUBSCRIBE", "*");
    while (reply) {
        if (is_message(reply))
            print_event(reply->element[2]->str, reply->element[3]->str);
        freeReplyObject(reply);
        if (ferror(stdout))
            return 1;
        reply = ctl_wait(link);
    }
    return 1;
}
