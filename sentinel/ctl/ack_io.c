/* picketctl ack. Each supervisor counts failovers by itself, so each is told. */
#include <stdio.h>
#include <stdlib.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/words_io.h"

static bool ack_over(redisContext *link, const char *group)
{
    redisReply *reply = link ? CTL_CALL(link, "PICKET", "ACK", group) : NULL;
    bool ok = reply != NULL;

    freeReplyObject(reply);
    return ok;
}

/* The other supervisor that MAP describes; the error has been printed when it was not told. */
static bool ack_at(const struct ctl *ctl, const redisReply *map, const char *group)
{
    redisContext *link = ctl_open_at(ctl, ctl_field(map, "ip"), atoi(ctl_field(map, "port")));
    bool ok = ack_over(link, group);

    ctl_close(link);
    return ok;
}

int ctl_ack(const struct ctl *ctl, int argc, char **argv)
{
    const char *group = ctl_read_words(NULL, argc, argv, 1, 1, NULL)[0];
    redisContext *link = ctl_open(ctl);
    redisReply *others = NULL;
    size_t told = 0, all = 1;

    if (ack_over(link, group)) {
        told++;
        others = CTL_CALL(link, "SENTINEL", "SENTINELS", group);
    }
    for (size_t i = 0; others && others->type == REDIS_REPLY_ARRAY && i < others->elements; i++) {
        all++;
        told += ack_at(ctl, others->element[i], group);
    }
    if (told > 0)
        printf("%s: %zu of %zu supervisors know that the failovers are no concern any more\n",
               group, told, all);
    freeReplyObject(others);
    ctl_close(link);
    return told == all ? 0 : 1;
}
