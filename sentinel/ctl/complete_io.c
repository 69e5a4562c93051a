#include "sentinel/ctl/complete_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/complete.h"
#include "sentinel/ctl/data_options_io.h"
#include "sentinel/ctl/link_io.h"

#define ROW_MAX 1024 /* of a command's arguments, with all options */

static void say(const char *word, const char *meaning)
{
    ctl_print(word);
    putchar('\t');
    ctl_print(meaning);
    putchar('\n');
}

/* --- what the supervisor knows --- */

static void say_group(redisContext *link, const redisReply *map)
{
    (void)link;
    say(ctl_field(map, "name"), "group");
}

static void say_addr(const redisReply *map, const char *meaning)
{
    char text[320];
    bool v6 = strchr(ctl_field(map, "ip"), ':') != NULL;

    snprintf(text, sizeof(text), "%s%.255s%s:%.10s", v6 ? "[" : "", ctl_field(map, "ip"),
             v6 ? "]" : "", ctl_field(map, "port"));
    say(text, meaning);
}

static void say_list(redisContext *link, const char *list, const char *group, const char *meaning)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", list, group);

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        say_addr(reply->element[i], meaning);
    freeReplyObject(reply);
}

static void say_nodes(redisContext *link, const redisReply *map)
{
    say_addr(map, "primary");
    say_list(link, "REPLICAS", ctl_field(map, "name"), "replica");
}

static void say_peers(redisContext *link, const redisReply *map)
{
    say_list(link, "SENTINELS", ctl_field(map, "name"), "supervisor");
}

/* Those of one group: all have the same. */
static void say_settings(redisContext *link, const redisReply *map)
{
    static bool said;
    redisReply *reply = said ? NULL : CTL_CALL(link, "PICKET", "SETTINGS", ctl_field(map, "name"));

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2)
        if (reply->element[i]->type == REDIS_REPLY_STRING)
            say(reply->element[i]->str, "");
    said = true;
    freeReplyObject(reply);
}

static const struct {
    const char *kind;
    void (*say)(redisContext *link, const redisReply *map);
} kinds[] = {
    { "GROUP", say_group },
    { "NODE", say_nodes },
    { "SUPERVISOR", say_peers },
    { "OPTION", say_settings },
};

/* --- */

static void ask(const struct ctl *ctl, void (*what)(redisContext *link, const redisReply *map))
{
    redisContext *link = ctl_open(ctl);
    redisReply *reply = link ? CTL_CALL(link, "SENTINEL", "MASTERS") : NULL;

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        what(link, reply->element[i]);
    freeReplyObject(reply);
    ctl_close(link);
}

static void may(void *arg, const char *word)
{
    if (strcmp(word, "FILE") == 0 || strcmp(word, "FOLDER") == 0)
        puts("//file");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(word, kinds[i].kind) == 0)
            ask(arg, kinds[i].say);
    if (word[0] < 'A' || word[0] > 'Z')
        say(word, "");
}

void ctl_complete(const struct ctl *ctl, int n, char **words)
{
    const struct ctl_command *command = n > 0 ? ctl_command_find(words[0]) : NULL;
    char row[ROW_MAX];

    for (size_t i = 0; n == 0 && i < ctl_commands_count; i++)
        say(ctl_commands[i].name, ctl_commands[i].help);
    if (!command)
        return;
    snprintf(row, sizeof(row), "%s ", command->args);
    data_options_add(command->name, row, sizeof(row));
    complete_next(row, n - 1, words + 1, may, (void *)(uintptr_t)ctl);
}
