#include "sentinel/ctl/fleet_io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/ctl/ctl.h"
#include "sentinel/ctl/link_io.h"

static void add(struct fleet *fleet, const char *host, long long port)
{
    struct addr addr;

    if (!addr_set(&addr, host, port))
        return;
    for (size_t i = 0; i < fleet->n; i++)
        if (addr_equal(&fleet->addrs[i], &addr))
            return;
    if (fleet->n < FLEET_MAX)
        fleet->addrs[fleet->n++] = addr;
}

/* The others of one group, as LINK's supervisor knows them; *RET_ANY is set when there are any. */
static bool add_peers(redisContext *link, const char *group, struct fleet *fleet, bool *ret_any)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", "SENTINELS", group);

    if (!reply)
        return false;
    *ret_any = *ret_any || (reply->type == REDIS_REPLY_ARRAY && reply->elements > 0);
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        add(fleet, ctl_field(reply->element[i], "ip"), atoll(ctl_field(reply->element[i], "port")));
    freeReplyObject(reply);
    return true;
}

static bool add_all_peers(redisContext *link, struct fleet *fleet)
{
    redisReply *reply = CTL_CALL(link, "SENTINEL", "MASTERS");
    bool ok = reply != NULL, any = false;

    for (size_t i = 0; ok && reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        ok = add_peers(link, ctl_field(reply->element[i], "name"), fleet, &any);
    freeReplyObject(reply);
    return ok;
}

bool fleet_find(const struct ctl *ctl, const char *group, struct fleet *ret_fleet)
{
    redisContext *link = ctl_open(ctl);
    bool ok, any = false;

    *ret_fleet = (struct fleet){ .n = 0 };
    if (!link)
        return false;
    for (size_t i = 0; i < ctl->n_supervisors; i++)
        add(ret_fleet, ctl->supervisors[i].host, ctl->supervisors[i].port);
    ok = !group || add_peers(link, group, ret_fleet, &any);
    if (ok && !any) /* a group may be so new that it knows nobody */
        ok = add_all_peers(link, ret_fleet);
    ctl_close(link);
    return ok;
}

void fleet_drop(struct fleet *fleet, const struct addr *addr)
{
    for (size_t i = fleet->n; i-- > 0;)
        if (addr_equal(&fleet->addrs[i], addr))
            fleet->addrs[i] = fleet->addrs[--fleet->n];
}

/* The same one may stand under two addresses. */
static bool is_among(char (*seen)[PEER_RUNID_LEN + 1], size_t n, const char *runid)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(seen[i], runid) == 0)
            return true;
    return false;
}

struct fleet_told fleet_tell(const struct ctl *ctl, const struct fleet *fleet, int argc,
                             const char *const *argv)
{
    static char seen[FLEET_MAX][PEER_RUNID_LEN + 1];
    struct fleet_told told = { 0, 0 };
    size_t n_seen = 0;

    for (size_t i = 0; i < fleet->n; i++) {
        redisContext *link = ctl_open_at(ctl, fleet->addrs[i].host, fleet->addrs[i].port);
        char *runid = seen[n_seen];
        bool known = link && ctl_ask_runid(link, runid);

        if (known && is_among(seen, n_seen, runid)) {
            ctl_close(link);
            continue;
        }
        n_seen += known;
        told.n++;
        redisReply *reply = link ? ctl_call(link, argc, argv) : NULL;
        if (link && !reply)
            fprintf(stderr, "  at %s:%u\n", fleet->addrs[i].host, fleet->addrs[i].port);
        told.done += reply != NULL;
        freeReplyObject(reply);
        ctl_close(link);
    }
    return told;
}

int fleet_report(const struct fleet_told *told)
{
    printf("at %zu of %zu supervisors\n", told->done, told->n);
    return told->done == told->n && told->n > 0 ? 0 : 1;
}
