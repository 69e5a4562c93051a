#include "sentinel/role_watch.h"

#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/lineage.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

#define SETTLING_MS 300   /* a peer that has done it tells us before */
#define DENIED_MS   60000 /* until a node that refuses ROLE is asked again */
#define SLOW_FACTOR 20    /* x what an answer took: a slow node has enough to do */

void role_watch_ask(struct core *core, struct node *node)
{
    struct order *order;

    if (!node->contacted || node->role_ticket != 0 || core->now < node->role_ask_at)
        return;
    order = output_order(&core->output, ORDER_ROLE, node->id);
    order->ticket = node->role_ticket = core_ticket(core, node->id);
    node->role_asked_at = core->now;
}

void role_watch_settled(struct core *core, struct node *node, const struct settled *settled)
{
    if (node->role_ticket != settled->ticket)
        return;
    node->role_ticket = 0;
    if (settled->lost)
        return;
    node->role_ask_at = core->now + SLOW_FACTOR * (core->now - node->role_asked_at);
    if (!settled->ok)
        node->role_ask_at = core->now + DENIED_MS;
    else if (settled->role != ROLE_UNKNOWN && settled->role != node->info.role)
        node_want_info(core, node, core->now);
}

/* The node of ours that our own primary says it follows, or NULL. */
static struct node *heir(const struct group *group)
{
    const struct node *primary = group->primary;
    struct node *node;

    if (primary->info.role != ROLE_REPLICA || !node_info_since(primary, group->config_at))
        return NULL;
    node = node_find(group, &primary->info.primary);
    return node == primary ? NULL : node;
}

/* It was promoted out of the history that the group has, or our primary has taken over its own. */
static bool is_rightful(const struct group *group, const struct node *node)
{
    return lineage_find(&group->lineage, node->info.replid2) == 0 ||
           node_info_are_kin(&node->info, &group->primary->info);
}

msec role_watch_handed_over_at(const struct group *group)
{
    const struct node *node = heir(group);

    if (node == NULL || node->rumoured || node->sdown || node->info.role != ROLE_PRIMARY ||
        !is_rightful(group, node))
        return MSEC_NEVER;
    return msec_max(msec_max(node->role_at, group->primary->role_at), group->config_at) +
           SETTLING_MS;
}

void role_watch_run(struct core *core, struct group *group)
{
    struct node *node = heir(group);

    if (node != NULL && !node_info_since(node, group->primary->role_at))
        node_want_info(core, node, core->now);
}
