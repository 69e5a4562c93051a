#include "sentinel/restore.h"

#include <string.h>

#include "sentinel/flap.h"
#include "sentinel/groups.h"
#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/peers.h"
#include "sentinel/removed.h"

static struct node *node_of(struct core *core, struct group *group, const struct addr *addr)
{
    struct node *node = node_find(group, addr);

    return node != NULL ? node : node_add(core, group, addr);
}

static void restore_group(struct core *core, struct group *group, const struct row *row)
{
    struct node *primary = node_of(core, group, &row->addr);

    if (primary != NULL)
        group->primary = primary;
    group->config_epoch = row->epoch;
    group->conf = row->conf;
    group->base = row->base;
    group->base_addr = row->base_addr;
    group->from_file = row->from_file;
    /* Nothing but the setting: what a wake-up would order here is never heard of. */
    for (size_t i = 0; i < group->n_nodes; i++)
        probe_set_down_after(&group->nodes[i]->probe, row->conf.down_after_ms);
}

static void restore_vote(struct group *group, const struct row *row)
{
    group->vote.epoch = row->epoch;
    memcpy(group->vote.leader, row->runid, sizeof group->vote.leader);
}

static void restore_node(struct core *core, struct group *group, const struct row *row)
{
    struct node *node = node_of(core, group, &row->addr);

    if (node == NULL)
        return;
    memcpy(node->runid, row->runid, sizeof node->runid);
    memcpy(node->ip, row->ip, sizeof node->ip);
    node->owed = row->owed;
    node->tune.sync_set = row->sync_set;
    node->lease.needed = row->leased;
    if (row->min_replicas < 0)
        return;
    node->min_replicas = row->min_replicas;
    node->max_lag_s = row->max_lag_s;
    node->guard_at = core->now;
    node->guard_stale = true;
}

static void restore_hold(struct core *core, struct group *group, const struct row *row)
{
    bool of_node = addr_is_set(&row->addr);
    struct node *node = of_node ? node_of(core, group, &row->addr) : NULL;

    if (!of_node || node != NULL)
        hold_restore(core, group, node, row);
}

static void restore_epoch(struct core *core, const struct row *row)
{
    if (row->epoch > core->current_epoch)
        core->current_epoch = row->epoch;
}

void restore_row(struct core *core, const struct row *row)
{
    struct group *group = core_find_group(core, row->group);

    if (row->kind == ROW_EPOCH)
        restore_epoch(core, row);
    if (row->kind == ROW_GLOBAL) {
        core->global = row->global;
        core->global_base = row->global_base;
    }
    if (row->kind == ROW_REMOVED)
        removed_restore(core, row);
    if (row->kind == ROW_GROUP && group == NULL)
        group = group_add(core, row->group, &row->addr);
    if (group == NULL)
        return;
    switch (row->kind) {
    case ROW_GROUP:
        restore_group(core, group, row);
        break;
    case ROW_LINEAGE:
        group->lineage = row->lineage;
        break;
    case ROW_VOTE:
        restore_vote(group, row);
        break;
    case ROW_NODE:
        restore_node(core, group, row);
        break;
    case ROW_HOLD:
        restore_hold(core, group, row);
        break;
    case ROW_FLAP:
        flap_restore(core, group, row);
        break;
    case ROW_PEER:
        member_restore(core, group, row->runid, &row->addr);
        break;
    default:
        break; /* the rest are never stored */
    }
}
