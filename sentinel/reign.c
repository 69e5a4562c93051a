#include "sentinel/reign.h"

#include "sentinel/fence.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

#define SECONDS_MS 2000 /* max-lag is compared in whole seconds, once a second */

/* Whether NODE tells us that it has not been OTHER's replica for as long as that may count it. */
static bool has_left(const struct node *node, const struct node *other)
{
    const struct node_info *info = &node->info;
    msec lag_ms = node->group->conf.max_lag_s * 1000 + SECONDS_MS + FENCE_MARGIN_MS;

    if (!probe_is_up(&node->probe) || node->sdown || !node_info_since(node, node->group->config_at))
        return false;
    return info->role != ROLE_REPLICA || !node_is_at(other, &info->primary) ||
           (!info->link_up && info->link_down_ms >= lag_ms);
}

/* Whether it lacks the replicas that it needs for a write. */
static bool is_starved(const struct node *node)
{
    const struct group *group = node->group;
    int64_t left = 0;

    for (size_t i = 0; i < group->n_nodes; i++) {
        if (group->nodes[i] != node)
            left += !has_left(group->nodes[i], node);
    }
    return left < group->conf.min_replicas;
}

/* Whether NODE, as far as is known, may be a primary that accepts writes. */
static bool may_reign(const struct node *node)
{
    bool heard = probe_is_up(&node->probe) && !node->sdown;

    if (node->crashed || probe_is_refused(&node->probe))
        return false;
    if (heard && node->info.role == ROLE_REPLICA && node_info_since(node, node->group->config_at))
        return false;
    return !is_starved(node);
}

bool reign_permits(const struct node *replica)
{
    const struct group *group = replica->group;
    const struct node *other = node_find(group, &replica->info.primary);

    if (group->conf.fencing != FENCING_STRICT || replica->info.role != ROLE_REPLICA)
        return true;
    if (other == NULL || other == group->primary || other == replica)
        return true;
    return other->owed || !may_reign(other); /* owed: the one before ours, which was fenced */
}
