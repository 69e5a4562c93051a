#include "quorum/epoch.h"
#include "sentinel/adopt.h"
#include "sentinel/emit.h"
#include "sentinel/lease_own.h"
#include "sentinel/model.h"
#include "sentinel/repoint.h"

static bool is_outdated(const struct group *group)
{
    const struct node *node = group->primary;

    if (!lease_is_needed(node) || !node->contacted || node->info.role != ROLE_PRIMARY)
        return false;
    return node->info.lease_epoch > group->config_epoch ||
           (node->lease.stale && node->lease.stale_epoch == group->config_epoch);
}

msec lease_outdated_until(const struct group *group)
{
    msec at = group->lease.outdated_at;

    return at == MSEC_NEVER ? MSEC_NEVER : at + LEASE_OUTDATED_MS;
}

void lease_outbid_epoch(struct core *core, struct group *group)
{
    const struct node *node = group->primary;

    if (!is_outdated(group)) {
        group->lease.outdated_at = MSEC_NEVER;
        return;
    }
    if (group->lease.outdated_at == MSEC_NEVER)
        group->lease.outdated_at = core->now;
    if (core->now < lease_outdated_until(group) || group->failover.reaffirm)
        return;
    adopt_ask(core, group);
    if (!repoint_is_confirmed(core, node) ||
        !epoch_plausible(core->current_epoch, node->info.lease_epoch))
        return;
    core_raise_epoch(core, group, node->info.lease_epoch);
    failover_reaffirm(core, group);
}
