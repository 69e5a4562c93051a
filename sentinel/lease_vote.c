#include "quorum/epoch.h"
#include "sentinel/input.h"
#include "sentinel/lease_own.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/peers.h"

static bool is_locked_for(const struct group *group, const struct addr *addr)
{
    const struct addr *locked = &group->lease.lock.addr;
    const struct node *node = node_find(group, addr);

    return addr_equal(locked, addr) || (node != NULL && node == node_find(group, locked));
}

/* Whether the claim is about no older configuration than ours, and no absurd one. */
static bool is_current(const struct core *core, const struct group *group,
                       const struct stake *stake)
{
    if (stake->epoch == group->config_epoch)
        return node_is_at(group->primary, &stake->addr);
    return stake->epoch > group->config_epoch && epoch_plausible(core->current_epoch, stake->epoch);
}

void lease_consider(struct core *core, struct group *group, const struct stake *stake,
                    struct pledge *ret_pledge)
{
    msec bar = group->lease.since + group->conf.lease_ms;
    struct stake cut = *stake;

    *ret_pledge = (struct pledge){ .ms = core->now < bar ? bar - core->now : LEASE_RETRY_MS };
    if (core->now < bar || !is_current(core, group, stake))
        return;
    cut.ms = msec_min(stake->ms, group->conf.lease_ms);
    lock_take(&group->lease.lock, &cut, is_locked_for(group, &stake->addr), core->now, ret_pledge);
}

void lease_take_claim(struct core *core, const struct message *message)
{
    const struct claim *claim = &message->u.claim;
    struct group *group = core_find_group(core, claim->group);
    struct message *reply = output_message(&core->output, MESSAGE_PLEDGE, 0);

    reply->ticket = message->ticket;
    if (group != NULL && member_find(group, claim->runid) != NULL && claim->stake.ms > 0)
        lease_consider(core, group, &claim->stake, &reply->u.pledge);
}

int64_t lease_pledged_ms(const struct core *core, const struct group *group)
{
    return msec_max(0, group->lease.lock.until - core->now);
}
