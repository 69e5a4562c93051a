#include "sentinel/tune.h"

#include "sentinel/adopt.h"
#include "sentinel/amnesia.h"
#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/groups.h"
#include "sentinel/guard.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/repoint.h"

#define RETRY_MS   1000
#define REFUSED_MS 60000 /* it does not let itself be told */
#define HANDED_MS  4000  /* who was told to follow it might be promoted again meanwhile */
#define LOOK_MS    100   /* INFO, and the majority's word, while the gate is closed */

void tune_init(struct tune *tune)
{
    *tune = (struct tune){ .closed_at = MSEC_NEVER };
}

/* Its gate is closed: whatever run id it had, what it holds must be compared with others. */
void tune_note(struct core *core, struct node *node)
{
    struct tune *tune = &node->tune;

    if (!node->info.gate_closed) {
        tune->closed_at = MSEC_NEVER;
        tune->doubted = false;
        return;
    }
    if (tune->closed_at == MSEC_NEVER)
        tune->closed_at = core->now;
    if (node != node->group->primary || tune->doubted)
        return;
    tune->doubted = true;
    if (node->amnesia.since == MSEC_NEVER)
        amnesia_suspect(core, node);
}

/* What its sync-replicas shall be. */
static int64_t wanted_sync(const struct node *node)
{
    const struct group_conf *conf = &node->group->conf;

    if (conf->durability == DURABILITY_QUORUM)
        return conf->sync_replicas;
    return node->tune.sync_set > 0 && node->info.sync_replicas == node->tune.sync_set
               ? 0
               : node->info.sync_replicas;
}

static bool is_reachable(const struct core *core, const struct node *node)
{
    return !node->rumoured && !node->sdown && probe_is_up(&node->probe) && node->contacted &&
           !node->info.loading && !core->disk_stalled;
}

static bool is_wrong(const struct core *core, const struct node *node)
{
    return is_reachable(core, node) && node->info.sync_replicas >= 0 &&
           node->info.sync_replicas != wanted_sync(node);
}

/* The primary itself was made a replica of NODE. */
static bool is_handed_over(const struct node *node)
{
    const struct node *primary = node->group->primary;

    return node != primary && primary->info.role == ROLE_REPLICA && probe_is_up(&primary->probe) &&
           node_is_at(node, &primary->info.primary);
}

static bool is_shut(const struct core *core, const struct node *node)
{
    return is_reachable(core, node) && node->info.gate_closed && node->info.role == ROLE_PRIMARY &&
           (node == node->group->primary || is_handed_over(node));
}

/* Each replica has said what it holds, since the primary is back, or is down. */
static bool all_have_spoken(const struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];

        if (node != group->primary && !node->rumoured && !node->sdown &&
            (node->info.loading || !node_info_since(node, group->primary->tune.closed_at)))
            return false;
    }
    return true;
}

/* Nothing speaks against the one behind its gate. */
static bool is_sound(const struct core *core, const struct node *node)
{
    const struct group *group = node->group;

    if (node != group->primary)
        return core->now - node->tune.closed_at >= HANDED_MS && !failover_is_changing(group) &&
               !guard_is_alone(core, group);
    return group_is_sane(group) && group->failover.state == FAILOVER_IDLE && !group->odown &&
           !group->rumour.active && core->now >= core->steady_at &&
           !failover_vote_held(core, group) && !guard_is_alone(core, group) &&
           !guard_is_taken(group) && group->primary->amnesia.since == MSEC_NEVER &&
           group->primary->tune.doubted && all_have_spoken(group);
}

static void ask_all(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        if (probe_is_up(&node->probe) && !node->rumoured)
            node_want_info(core, node,
                           node->probe.info_seen_at == MSEC_NEVER
                               ? core->now
                               : node->probe.info_seen_at + LOOK_MS);
    }
}

/* It is ours to say; if that is not known, it is asked for. */
static bool is_confirmed(struct core *core, struct node *node)
{
    if (repoint_is_confirmed(core, node))
        return true;
    adopt_ask(core, node->group);
    return false;
}

static struct order *order(struct core *core, struct node *node, enum order_kind kind)
{
    struct order *order = output_order(&core->output, kind, node->id);

    node->tune.ticket = order->ticket = core_ticket(core, node->id);
    node->tune.confirms = kind == ORDER_CONFIRM;
    node->tune.ask_at = core->now + RETRY_MS;
    return order;
}

static void look_after(struct core *core, struct group *group, struct node *node)
{
    bool shut = is_shut(core, node), wrong = is_wrong(core, node);

    if (shut)
        ask_all(core, group);
    if ((!shut && !wrong) || node->tune.ticket != 0 || core->now < node->tune.ask_at)
        return;
    if (shut && is_sound(core, node) && is_confirmed(core, node))
        order(core, node, ORDER_CONFIRM);
    else if (!shut && wrong && is_confirmed(core, node))
        order(core, node, ORDER_SYNC)->min_replicas = wanted_sync(node);
}

void tune_run(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++)
        look_after(core, group, group->nodes[i]);
}

msec tune_next(const struct core *core, const struct group *group)
{
    msec next = MSEC_NEVER;

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];

        if (node->tune.ticket == 0 && (is_shut(core, node) || is_wrong(core, node)))
            next = msec_min(next, msec_max(node->tune.ask_at, core->now + LOOK_MS));
    }
    return next;
}

static void note_sync(struct core *core, struct node *node)
{
    node->info.sync_replicas = wanted_sync(node);
    if (node->tune.sync_set == node->info.sync_replicas)
        return;
    node->tune.sync_set = node->info.sync_replicas;
    if (!node->rumoured)
        emit_node_row(core, node);
}

void tune_settled(struct core *core, struct node *node, const struct settled *settled)
{
    struct tune *tune = &node->tune;

    if (tune->ticket == 0 || tune->ticket != settled->ticket)
        return;
    tune->ticket = 0;
    if (settled->ok && tune->confirms)
        emit_node_event(core, EVENT_GATE_OPENED, node);
    else if (settled->ok)
        note_sync(core, node);
    else if (!settled->lost)
        event_detail(emit_node_event(core, EVENT_ORDER_FAILED, node), "%s: %.120s",
                     tune->confirms ? "confirm" : "sync-replicas", settled->error);
    if (!settled->ok && !settled->lost)
        tune->ask_at = core->now + REFUSED_MS;
    node_want_info(core, node, core->now);
}
