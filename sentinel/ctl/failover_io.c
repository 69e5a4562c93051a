/* picketctl primary, failover. */
#include <stdio.h>
#include <string.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"

/* Prints the address in a reply of GET-MASTER-ADDR-BY-NAME; false: there is none in it. */
static bool print_addr(const redisReply *reply)
{
    bool found = reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                 reply->element[0]->type == REDIS_REPLY_STRING &&
                 reply->element[1]->type == REDIS_REPLY_STRING;
    if (found) {
        bool v6 = strchr(reply->element[0]->str, ':') != NULL;
        printf("%s%s%s:%s\n", v6 ? "[" : "", reply->element[0]->str, v6 ? "]" : "",
               reply->element[1]->str);
    }
    return found;
}

int ctl_primary(const struct ctl *ctl, int argc, char **argv)
{
    const char *group = ctl_read_words(NULL, argc, argv, 1, 1, NULL)[0];
    redisContext *link = ctl_open(ctl);
    redisReply *reply = link ? CTL_CALL(link, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", group) : NULL;
    bool found = reply && print_addr(reply);

    if (reply && !found)
        fprintf(stderr, "picketctl: there is no group \"%s\"\n", group);
    freeReplyObject(reply);
    ctl_close(link);
    return found ? 0 : 1;
}

int ctl_failover(const struct ctl *ctl, int argc, char **argv)
{
    const char *group = ctl_read_words(NULL, argc, argv, 1, 1, NULL)[0];
    redisContext *link = ctl_open(ctl);
    redisReply *reply = link ? CTL_CALL(link, "SENTINEL", "FAILOVER", group) : NULL;
    int status = reply ? 0 : 1;

    if (reply)
        printf("the failover of %s has begun; `picketctl events` shows how it goes\n", group);
    freeReplyObject(reply);
    ctl_close(link);
    return status;
}
