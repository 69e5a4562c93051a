/* picketctl status. */
#include <stdio.h>
#include <string.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"

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
    redisReply *reply = CTL_CALL(link, "SENTINEL", list, group);
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
    redisReply *reply = CTL_CALL(link, "SENTINEL", "CKQUORUM", group);
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

int ctl_status(const struct ctl *ctl, int argc, char **argv)
{
    int bad = 0;
    ctl_read_words(NULL, argc, argv, 0, 0, NULL);
    redisContext *link = ctl_open(ctl);
    redisReply *reply = link ? CTL_CALL(link, "SENTINEL", "MASTERS") : NULL;
    if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 0)
        printf("no groups\n");
    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        bad |= print_group(link, reply->element[i]);
    bad |= reply == NULL;
    freeReplyObject(reply);
    ctl_close(link);
    return bad;
}
