#include "sentinel/ctl/find_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"

struct addr find_read_addr(const char *command, const char *word)
{
    struct addr addr;

    if (!addr_parse(&addr, word) || addr.port == 0)
        ctl_misused(command, "a node is given as HOST:PORT", word);
    return addr;
}

static bool is_at(const redisReply *map, const struct addr *addr)
{
    struct addr there;

    return addr_set(&there, ctl_field(map, "ip"), atoll(ctl_field(map, "port"))) &&
           addr_equal(&there, addr);
}

static bool is_replica(redisContext *link, const char *group, const struct addr *addr)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", "REPLICAS", group);
    bool found = false;

    for (size_t i = 0; reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        found = found || is_at(reply->element[i], addr);
    freeReplyObject(reply);
    return found;
}

bool find_node(redisContext *link, const struct addr *addr, struct found *ret_found)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", "MASTERS");
    char text[ADDR_TEXT_MAX];
    bool found = false;

    if (!reply)
        return false;
    for (size_t i = 0; !found && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++) {
        const redisReply *map = reply->element[i];
        const char *group = ctl_field(map, "name");

        ret_found->primary = is_at(map, addr);
        ret_found->addr = *addr;
        found = ret_found->primary || is_replica(link, group, addr);
        snprintf(ret_found->group, sizeof(ret_found->group), "%s", group);
    }
    freeReplyObject(reply);
    if (!found)
        fprintf(stderr,
                "picketctl: no group has a node at %s\n"
                "  what to do: give it as `picketctl status` shows it\n",
                addr_format(addr, text));
    return found;
}

bool find_primary(redisContext *link, const char *group, struct addr *ret_addr)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", group);
    bool found = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                 reply->element[0]->type == REDIS_REPLY_STRING &&
                 reply->element[1]->type == REDIS_REPLY_STRING &&
                 addr_set(ret_addr, reply->element[0]->str, atoll(reply->element[1]->str));

    if (reply && !found)
        fprintf(stderr,
                "picketctl: there is no group \"%s\"\n"
                "  what to do: `picketctl status` shows which there are\n",
                group);
    freeReplyObject(reply);
    return found;
}
