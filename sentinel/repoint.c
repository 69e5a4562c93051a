#include "sentinel/repoint.h"

#include <stdbool.h>
#include <string.h>

#include "quorum/tally.h"
#include "sentinel/adopt.h"
#include "sentinel/campaign.h"
#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/fight.h"
#include "sentinel/gather.h"
#include "sentinel/groups.h"
#include "sentinel/guard.h"
#include "sentinel/hold.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/reign.h"
#include "sentinel/role_order.h"
#include "sentinel/salvage.h"

#define POLL_MS           100  /* INFO while a replica is coming over */
#define RETRY_LOST_MS     100  /* the link went before the reply */
#define FIX_PATIENCE_MS   2000 /* with a replica that follows somebody else */
#define STRAY_PATIENCE_MS 4000 /* with a replica that has become a primary */
#define RANK_MS           200  /* between supervisors that see the same */
#define CONFIRM_MS        1000 /* an answer to an older question proves nothing */
#define LEAD_SURE_MS      1000 /* after its switch nobody else can have been elected: votes are held */
#define RECHECK_MS        200 /* when something is to repair but may not be yet */

static bool is_coming_over(const struct node *node)
{
    return node->repoint == REPOINT_SENT || node->repoint == REPOINT_INPROG;
}

/* Whether another replica may be sent to the new primary for its data. */
static bool has_slot(const struct group *group)
{
    int64_t n = 0;

    for (size_t i = 0; i < group->n_nodes; i++)
        n += is_coming_over(group->nodes[i]);
    return n < group->conf.parallel_syncs;
}

static void order_follow(struct core *core, struct node *node, enum event_kind event)
{
    struct order *order = role_order(core, node, ORDER_FOLLOW);

    node->ticket = order->ticket;
    order->addr = group_primary_addr(node->group);
    node->repoint = REPOINT_SENT;
    node->repoint_at = core->now;
    node->fix_at = core->now + backoff_next(&node->fix_backoff, &core->prng);
    emit_node_event(core, event, node);
}

/* NODE follows the primary and has its data. */
static void came_over(struct core *core, struct node *node)
{
    if (is_coming_over(node))
        emit_node_event(core, EVENT_SLAVE_RECONF_DONE, node);
    node->repoint = REPOINT_DONE;
    node->astray = false;
    backoff_reset(&node->fix_backoff);
}

/* What the last INFO tells about a node that was told to follow. */
static void note_progress(struct core *core, struct node *node)
{
    bool follows = node_info_since(node, node->repoint_at) && node_follows_primary(node);

    if (follows && node->info.link_up) {
        came_over(core, node);
        return;
    }
    if (follows && node->repoint == REPOINT_SENT) {
        node->repoint = REPOINT_INPROG;
        emit_node_event(core, EVENT_SLAVE_RECONF_INPROG, node);
    }
    if (node->repoint == REPOINT_SENT &&
        core->now - node->repoint_at >= core->tunables.slave_reconf_timeout) {
        node->repoint = REPOINT_NONE;
        node->fix_at = core->now + backoff_next(&node->fix_backoff, &core->prng); /* others first */
        emit_node_event(core, EVENT_SLAVE_RECONF_TIMEOUT, node);
    } else if (node->sdown || (node->repoint == REPOINT_INPROG && !node_follows_primary(node))) {
        node->repoint = REPOINT_NONE; /* it died, was restarted, or somebody else spoke to it */
    }
    if (is_coming_over(node))
        node_want_info(core, node,
                       node->probe.info_seen_at == MSEC_NEVER ? core->now
                                                              : node->probe.info_seen_at + POLL_MS);
}

/* NODE was brought over by another supervisor, whose order has thrown out the node's clients: those
 * who listen to us alone must hear that it is worth connecting anew. */
static void note_arrival(struct core *core, struct node *node)
{
    if (!node->astray || !node_info_since(node, node->group->config_at) ||
        !node_follows_primary(node) || !node->info.link_up)
        return;
    node->astray = false;
    emit_node_event(core, EVENT_SLAVE_RECONF_DONE, node);
}

/* Debts that are paid: a former primary that follows the new one. */
static void note_debt(struct core *core, struct node *node)
{
    if (!node->owed || !node_info_since(node, node->group->config_at) ||
        !node_follows_primary(node))
        return;
    node->owed = false;
    emit_node_row(core, node);
}

/* It can be told something; while it is loading it takes no orders. */
static bool is_reachable(const struct node *node)
{
    return probe_is_up(&node->probe) && !node->sdown && !node->rumoured && !node->info.loading;
}

/* Since when NODE, on the link that we have to it, does what we see it do. */
static msec seen_since(const struct node *node)
{
    return msec_max(node->probe.links[LINK_CMD].since, node->role_at);
}

/* A majority, ourselves included, has the configuration that we have, and nobody has a newer one:
 * asked after NODE was seen as it is. What was said before that tells nothing of it: we may have
 * been cut off while others elected it, and hellos may be anybody's. */
static bool is_confirmed(const struct core *core, const struct node *node)
{
    const struct group *group = node->group;
    msec since = msec_max(seen_since(node), core->now - CONFIRM_MS);
    uint32_t same = 1;

    if (group_voters(group) < group->conf.quorum)
        return false; /* there must be others, whom we do not know yet: we are no majority alone */
    for (size_t i = 0; i < group->n_members; i++) {
        const struct member *member = &group->members[i];

        if (member->held_at == MSEC_NEVER || member->held_at < since)
            continue;
        if (member->held_epoch > group->config_epoch)
            return false;
        same += member->held_epoch == group->config_epoch &&
                node_is_at(group->primary, &member->held_addr);
    }
    return same >= tally_needed(group_voters(group), 1);
}

/* The same; if it is not, it is asked for. */
static bool confirm(struct core *core, const struct node *node)
{
    if (is_confirmed(core, node))
        return true;
    adopt_ask(core, node->group);
    return false;
}

bool repoint_is_confirmed(const struct core *core, const struct node *node)
{
    return is_confirmed(core, node);
}

/* Whether NODE was promoted out of the history of the primary that we have: after it, then, by
 * somebody of whom we have not heard yet. A former primary has it the other way round. */
static bool is_successor(const struct node *node)
{
    return node->info.role == ROLE_PRIMARY && !node->reborn &&
           replid_equal(node->info.replid2, node->group->primary->info.replid);
}

/* Whether a primary may be made a replica: by a leader who has just been elected, or with a
 * majority behind it. Later, others may have elected somebody, and this may be whom they promoted.
 */
static bool may_demote(struct core *core, const struct node *node)
{
    if (!node->owed)
        return false;
    if (is_successor(node)) /* or of an earlier reign of the present primary: time will tell */
        return core->now - node->wrong_at >= STRAY_PATIENCE_MS && confirm(core, node);
    return core->now - node->group->config_at < LEAD_SURE_MS || confirm(core, node);
}

/* Whether there is nothing in the air that would make an order of ours wrong. */
static bool is_steady(const struct core *core, const struct group *group)
{
    return !core->disk_stalled && !group->rumour.active && core->now >= core->steady_at &&
           campaign_hold_until(group) <= core->now; /* another may be giving out roles */
}

/* The leader's part, for one replica. */
static void lead_node(struct core *core, struct group *group, struct node *node)
{
    bool follows = node_info_since(node, group->config_at) && node_follows_primary(node);

    if (node->repoint == REPOINT_NONE && follows)
        node->repoint = node->info.link_up ? REPOINT_DONE : REPOINT_INPROG;
    if (node->repoint != REPOINT_NONE || node->ticket != 0 || !is_reachable(node) ||
        core->now < node->fix_at || !is_steady(core, group))
        return;
    if ((node->info.role == ROLE_PRIMARY ? may_demote(core, node)
                                         : node->owed || has_slot(group)) &&
        salvage_permits(core, node))
        order_follow(core, node, EVENT_SLAVE_RECONF_SENT);
}

/* Whether nothing more can be done for NODE by the failover itself. */
static bool is_settled(const struct node *node)
{
    return node->repoint == REPOINT_DONE || node->sdown || node->rumoured ||
           (node->owed && !probe_is_up(&node->probe)) ||
           (node->info.role == ROLE_PRIMARY && !node->owed); /* a stray: left to the repairs */
}

static void lead(struct core *core, struct group *group)
{
    bool settled = true;
    bool late = core->now - group->failover.state_at >= group->conf.failover_timeout_ms;

    if (catch_up_node(core, group) != NULL)
        lead_node(core, group, catch_up_node(core, group)); /* it is waited for */
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (group->nodes[i] == group->primary)
            continue;
        lead_node(core, group, group->nodes[i]);
        settled = settled && is_settled(group->nodes[i]);
    }
    if (settled || late)
        failover_repointed(core, group, !settled);
}

static bool may_repair(const struct core *core, const struct group *group)
{
    return is_steady(core, group) && group->failover.state == FAILOVER_IDLE && !group->odown &&
           !failover_vote_held(core, group) && group_is_sane(group);
}

/* When NODE may be put right; MSEC_NEVER when there is nothing wrong with it, or
 * nothing to be done now. */
static msec repair_at(const struct core *core, const struct node *node)
{
    const struct group *group = node->group;
    msec patience = FIX_PATIENCE_MS;

    if (node == group->primary || !is_reachable(node) || node->ticket != 0 ||
        is_coming_over(node) || !node->contacted || node->wrong_at == MSEC_NEVER ||
        !node_info_since(node, group->config_at) || (hold_is_paused(group) && !node->owed))
        return MSEC_NEVER;
    if (node->info.role == ROLE_PRIMARY)
        patience = (node->owed || node->reborn) && !is_successor(node) ? 0 : STRAY_PATIENCE_MS;
    return msec_max(msec_max(node->fix_at, fight_hold_until(node)),
                    node->wrong_at + patience + campaign_rank(core, group) * RANK_MS);
}

static void repair(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];
        bool stray = node->info.role == ROLE_PRIMARY;

        if (repair_at(core, node) > core->now || !may_repair(core, group) ||
            (!stray && guard_is_taken(group)) || gather_left_open(node))
            continue;
        if ((stray || has_slot(group)) && confirm(core, node) && salvage_permits(core, node) &&
            reign_permits(node))
            order_follow(core, node, stray ? EVENT_CONVERT_TO_SLAVE : EVENT_FIX_SLAVE_CONFIG);
    }
}

/* Whether this step tells of the switch: orders leave before events, so they wait for the next. */
static bool tells_of_switch(const struct core *core, const struct group *group)
{
    return core->now == group->config_at && group->config_epoch > 0;
}

void repoint_run(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        if (is_coming_over(node))
            note_progress(core, node);
        note_arrival(core, node);
        note_debt(core, node);
        salvage_run(core, node);
        fight_run(core, node);
    }
    if (tells_of_switch(core, group))
        return;
    if (group->failover.state == FAILOVER_REPOINT)
        lead(core, group);
    else
        repair(core, group);
}

msec repoint_next(const struct core *core, const struct group *group)
{
    bool leads = group->failover.state == FAILOVER_REPOINT;
    msec next = MSEC_NEVER;

    if (tells_of_switch(core, group))
        return core->now + 1;
    if (leads)
        next = group->failover.state_at + group->conf.failover_timeout_ms;

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];

        next = msec_min(next, fight_next(node));
        if (node->repoint == REPOINT_SENT)
            next = msec_min(next, node->repoint_at + core->tunables.slave_reconf_timeout);
        if (leads && node->repoint == REPOINT_NONE && is_reachable(node))
            next = msec_min(next, msec_max(node->fix_at, core->now + POLL_MS));
        if (!leads && repair_at(core, node) != MSEC_NEVER)
            next = msec_min(next, msec_max(repair_at(core, node), core->now + RECHECK_MS));
    }
    return next;
}

void repoint_settled(struct core *core, struct node *node, const struct settled *settled)
{
    if (node->ticket != settled->ticket)
        return;
    node->ticket = 0;
    if (!settled->ok)
        node->repoint = REPOINT_NONE;
    else if (node->owed && settled->role == ROLE_REPLICA)
        salvage_note_demoted(core, node, settled);
    if (settled->again)
        node->fix_at = core->now;
    else if (settled->lost)
        node->fix_at = core->now + RETRY_LOST_MS;
    else if (!settled->ok)
        event_detail(emit_node_event(core, EVENT_ORDER_FAILED, node), "follow: %.120s",
                     settled->error);
    node_want_info(core, node, core->now);
}
