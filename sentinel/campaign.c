#include "sentinel/campaign.h"

#include <assert.h>
#include <string.h>

#include "sentinel/adopt.h"
#include "sentinel/busy.h"
#include "sentinel/emit.h"
#include "sentinel/hold.h"
#include "sentinel/lease.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/opinions.h"
#include "sentinel/peers.h"
#include "sentinel/tell.h"

#define STAGGER_MS     30    /* between supervisors that saw the same at the same time */
#define READ_MS        5     /* to read what came in while this machine was busy */
#define READ_MAX_MS    200   /* where it always is, a campaign begins all the same */
#define REAFFIRM_MS    3000  /* after a rumour began that nobody can verify */
#define HOLD_MS        2500  /* a vote is held while its leader is heard to lead */
#define HOLD_MAX_MS    10000 /* but not for longer */
#define HOLD_STOCK_MS  5000  /* for a leader that does not tell */
#define BLIND_MS       2000  /* for those who know better whether the old primary takes writes */
#define LEADER_GONE_MS 500   /* the leader's link is down: how long to wait for it */

/* 64-bit FNV-1a, to deal groups out among supervisors. */
static uint64_t mix(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t place(const struct group *group, const char *runid)
{
    return mix(mix(UINT64_C(0xcbf29ce484222325), group->name), runid);
}

uint32_t campaign_rank(const struct core *core, const struct group *group)
{
    uint64_t own = place(group, core->runid);
    uint32_t rank = 0;

    for (size_t i = 0; i < group->n_members; i++) {
        const struct peer *peer = group->members[i].peer;

        rank += probe_is_up(&peer->probe) && place(group, peer->runid) < own;
    }
    return rank;
}

/* Until when MEMBER, for whom we voted, is given time. */
static msec leader_hold_until(const struct group *group, const struct member *member)
{
    const struct probe *probe = &member->peer->probe;
    msec limit = group->voted_at + msec_min(group->conf.failover_timeout_ms, HOLD_MAX_MS);

    if (!probe_is_up(probe))
        return msec_min(limit,
                        msec_max(group->voted_at, probe->links[LINK_CMD].lost_at) + LEADER_GONE_MS);
    if (member->peer->stock)
        return msec_min(limit, group->voted_at + HOLD_STOCK_MS);
    if (member->leading_at == MSEC_NEVER || member->leading_at <= group->voted_at)
        return msec_min(limit, group->voted_at + HOLD_MS);
    if (member->leading_epoch != group->vote.epoch && member->leading_config < group->vote.epoch)
        return 0; /* it said that it has given up, not that it is done and we shall hear of it */
    return msec_min(limit, member->leading_at + HOLD_MS);
}

msec campaign_hold_until(const struct group *group)
{
    const struct member *leader;

    if (group->voted_at == MSEC_NEVER || group->vote.epoch <= group->config_epoch)
        return 0;
    leader = member_find(group, group->vote.leader);
    return leader != NULL ? leader_hold_until(group, leader) : 0;
}

void campaign_contested(struct core *core, struct group *group, const char *candidate)
{
    const struct member *member = member_find(group, candidate);

    if (member != NULL && member->peer->stock)
        group->failover.next_at = msec_max(group->failover.next_at, core->now + HOLD_STOCK_MS);
}

uint32_t campaign_reachable(const struct group *group)
{
    uint32_t n = 1;

    for (size_t i = 0; i < group->n_members; i++)
        n += probe_is_up(&group->members[i].peer->probe);
    return n;
}

/* Since when the present rumour could have been verified: a link that has just come up (a cut that
 * ends) brings the answers only now. */
static msec doubt_since(const struct group *group)
{
    const struct node *node = node_find(group, &group->rumour.primary);
    msec since = group->rumour.since;

    for (size_t i = 0; i < group->n_members; i++) {
        const struct probe *probe = &group->members[i].peer->probe;

        if (probe_is_up(probe))
            since = msec_max(since, probe->links[LINK_CMD].since);
    }
    if (node != NULL && probe_is_up(&node->probe))
        since = msec_max(since, node->probe.links[LINK_CMD].since);
    return since;
}

/* When a campaign that could begin at AT does, before the stagger. Our timer may be late and a
 * peer's campaign in a socket: who votes for himself before he has read that splits the vote. */
static msec read_at(const struct core *core, msec at)
{
    return msec_max(at, msec_min(core->late_at + READ_MS, at + READ_MAX_MS));
}

msec campaign_at(const struct core *core, const struct group *group)
{
    const struct failover *fo = &group->failover;
    msec stagger = campaign_rank(core, group) * STAGGER_MS;
    msec at = msec_max(fo->next_at, campaign_hold_until(group));

    if (!fo->forced)
        at = msec_max(at, msec_max(busy_hold_until(group), flap_hold_until(group)));
    if (fo->state != FAILOVER_IDLE && fo->state != FAILOVER_REPOINT)
        return MSEC_NEVER;
    if (hold_is_paused(group))
        return MSEC_NEVER;
    if (core->disk_stalled || campaign_reachable(group) < group_needed(group))
        return MSEC_NEVER;
    if (fo->reaffirm && group->rumour.active)
        return msec_max(at, doubt_since(group) + REAFFIRM_MS) + stagger;
    if (fo->reaffirm && !group->odown && !fo->forced)
        return msec_max(at, lease_outdated_until(group)) + stagger;
    if (adopt_confirmations(group) > 0)
        return MSEC_NEVER;
    if (!group->odown && !fo->forced)
        return gather_reaffirm_at(group) == MSEC_NEVER
                   ? MSEC_NEVER
                   : msec_max(at, gather_reaffirm_at(group)) + stagger;
    if (fence_is_blind(group))
        stagger += BLIND_MS;
    return fo->forced ? at : read_at(core, msec_max(at, group->odown_at)) + stagger;
}

/* Our own vote, as durable as any other before it can be counted elsewhere. */
static void vote_for_self(struct core *core, struct group *group, uint64_t epoch)
{
    bool granted = vote_grant(&group->vote, epoch, core->runid);
    struct event *event;

    assert(granted);
    group->voted_at = MSEC_NEVER;
    emit_vote_row(core, group);
    event = emit_group_event(core, EVENT_VOTE_FOR_LEADER, group);
    memcpy(event->runid, core->runid, sizeof event->runid);
    event->epoch = epoch;
}

uint64_t campaign_start(struct core *core, struct group *group)
{
    uint64_t epoch = core->current_epoch;

    if (epoch < group->vote.epoch)
        epoch = group->vote.epoch;
    epoch++;
    core_raise_epoch(core, group, epoch);
    if (!group->failover.reaffirm)
        tell_try(core, group);
    vote_for_self(core, group, epoch);
    for (size_t i = 0; i < group->n_nodes; i++)
        node_want_info(core, group->nodes[i], core->now);
    return epoch;
}

enum verdict campaign_verdict(struct core *core, struct group *group)
{
    uint64_t epoch = group->failover.epoch;
    struct tally tally = { .needed = group_needed(group) };

    tally.granted = vote_is_for(&group->vote, epoch, core->runid);
    for (size_t i = 0; i < group->n_members; i++) {
        struct member *member = &group->members[i];
        bool up = probe_is_up(&member->peer->probe);

        if (up && member->vote_asked != epoch)
            opinions_ask(core, group, member, epoch);
        if (member->leader_epoch == epoch && strcmp(member->leader, core->runid) == 0)
            tally.granted++;
        else if (up && member->vote_answered != epoch)
            tally.open++;
    }
    return tally_verdict(&tally);
}

msec campaign_deadline(const struct group *group)
{
    return group->failover.state_at +
           msec_min(group->core->tunables.election_timeout, group->conf.failover_timeout_ms);
}
