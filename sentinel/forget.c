#include "sentinel/forget.h"

#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/peers.h"

static enum reply_code forget_node(struct core *core, struct group *group, const struct addr *addr)
{
    struct node *node = node_find(group, addr);

    if (node == NULL)
        return REPLY_NO_SUCH_NODE;
    if (node == group->primary)
        return REPLY_IS_PRIMARY;
    if (group->failover.state != FAILOVER_IDLE)
        return REPLY_IN_PROGRESS;
    if (probe_is_up(&node->probe) && node_follows_primary(node))
        return REPLY_STILL_THERE;
    emit_node_event(core, EVENT_SLAVE_GONE, node);
    node_remove(core, node);
    return REPLY_OK;
}

static enum reply_code forget_peer(struct core *core, struct group *group, const char *runid)
{
    struct member *member = member_find(group, runid);

    if (member == NULL)
        return REPLY_NO_SUCH_PEER;
    if (failover_leading(group) != 0)
        return REPLY_IN_PROGRESS;
    if (probe_is_up(&member->peer->probe))
        return REPLY_STILL_THERE;
    emit_peer_event(core, EVENT_SENTINEL_GONE, group, member->peer);
    member_forget(core, group, member);
    return REPLY_OK;
}

enum reply_code forget_take(struct core *core, struct group *group, const struct request *request)
{
    enum reply_code code = request->runid[0] != '\0' ? forget_peer(core, group, request->runid)
                                                     : forget_node(core, group, &request->addr);

    if (code == REPLY_OK)
        group_run(core, group);
    return code;
}
