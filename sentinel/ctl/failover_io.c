/* picketctl primary, failover, switchover. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/commands.h"
#include "sentinel/ctl/find_io.h"
#include "sentinel/ctl/link_io.h"
#include "sentinel/ctl/switch_io.h"
#include "sentinel/ctl/words_io.h"

int ctl_primary(const struct ctl *ctl, int argc, char **argv)
{
    const char *group = ctl_read_words(NULL, argc, argv, 1, 1, NULL)[0];
    redisContext *link = ctl_open(ctl);
    struct addr addr;
    char text[ADDR_TEXT_MAX];
    bool found = link && find_primary(link, group, &addr);

    if (found)
        printf("%s\n", addr_format(&addr, text));
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

int ctl_switchover(const struct ctl *ctl, int argc, char **argv)
{
    const char *to = NULL;
    bool force = false;
    const struct ctl_option options[] = { { "to", NULL, &to }, { "force", &force, NULL }, { 0 } };
    const char *group = ctl_read_words(options, argc, argv, 1, 1, NULL)[0];
    struct addr target;

    if (to)
        target = find_read_addr(argv[0], to);
    return switch_over(ctl, group, to ? &target : NULL, force) ? 0 : 1;
}
