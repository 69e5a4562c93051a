#include "sentinel/arm.h"

#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/role_order.h"
#include "sentinel/salvage.h"

/* For one who comes to miss the old primary a little later than the majority that replaced it.
 * What was learnt longer ago may be true no more. */
#define LATE_MS 1000

void arm_switched(struct core *core, struct group *group, struct node *old)
{
    struct node *primary = group->primary;

    if (primary->arm.armed)
        output_order(&core->output, ORDER_DISARM, primary->id);
    primary->arm = (struct arm){ 0 };
    old->arm.until = old->arm.armed ? 0 : core->now + LATE_MS;
}

/* Whether it says nothing at all, on a connection that it has answered on. */
static bool is_silent(const struct core *core, const struct node *node)
{
    const struct probe *probe = &node->probe;

    return node->sdown && core->now - probe->last_reply >= probe->down_after_ms &&
           (probe->links[LINK_CMD].state == LINK_UP || probe->links[LINK_PUBSUB].state == LINK_UP);
}

static bool is_wanted(const struct core *core, const struct node *node)
{
    const struct group *group = node->group;
    int64_t min_replicas;

    return core->now < node->arm.until && node != group->primary && node->owed &&
           group->conf.fencing != FENCING_OFF && is_silent(core, node) &&
           (!group->conf.salvage || salvage_holds(node, &min_replicas));
}

static void arm(struct core *core, struct node *node)
{
    struct order *order = role_order(core, node, ORDER_FENCE);

    order->addr = group_primary_addr(node->group);
    if (!salvage_holds(node, &order->min_replicas))
        order->min_replicas = 0;
    node->arm = (struct arm){ .armed = true, .ticket = order->ticket };
    emit_node_event(core, EVENT_FENCE_ARMED, node);
}

void arm_run(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (is_wanted(core, group->nodes[i]))
            arm(core, group->nodes[i]);
    }
}

bool arm_is_own(const struct node *node, const struct settled *settled)
{
    return node->arm.ticket != 0 && node->arm.ticket == settled->ticket;
}

void arm_settled(struct core *core, struct node *node, const struct settled *settled)
{
    if (!arm_is_own(node, settled))
        return;
    node->arm.ticket = 0;
    node_want_info(core, node, core->now);
}
