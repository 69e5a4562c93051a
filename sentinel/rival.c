#include "sentinel/rival.h"

#include "sentinel/model.h"
#include "sentinel/nodes.h"

/* Whether NODE is neither the primary nor the chosen one, and was not seen as a replica since. */
static bool may_be_primary(const struct group *group, const struct node *node, msec since)
{
    return node != NULL && node->group == group && node != group->primary &&
           node != group->failover.promoted && node->replica_from <= since;
}

struct node *rival_of(const struct core *core, const struct group *group)
{
    const struct failover *fo = &group->failover;
    const struct node *primary = group->primary;
    struct node *node = fo->rival.node != 0 ? core_find_node(core, fo->rival.node) : NULL;

    if (group->conf.fencing != FENCING_STRICT)
        return NULL;
    if (may_be_primary(group, node, fo->rival.since))
        return node;
    if (primary->info.role != ROLE_REPLICA || !node_info_since(primary, fo->started_at))
        return NULL;
    node = node_find(group, &primary->info.primary);
    return may_be_primary(group, node, fo->started_at) ? node : NULL;
}
