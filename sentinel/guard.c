#include "sentinel/guard.h"

#include "quorum/tally.h"
#include "sentinel/adopt.h"
#include "sentinel/campaign.h"
#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/repoint.h"

#define ASK_EVERY_MS 10000 /* a node for what is in force */
#define RANK_MS      1000  /* between supervisors that see the same */
#define RETRY_MS     1000

/* Whether anything is looked after in this group. */
static bool is_wanted(const struct group *group)
{
    return group->conf.fencing != FENCING_OFF || group->conf.durability == DURABILITY_BOUNDED ||
           group->conf.salvage;
}

/* When a member was last heard of: by our link, or by a node over which it said that the primary is
 * still this one. */
static msec heard_at(const struct member *member)
{
    return msec_max(member->peer->probe.last_valid, member->agreed_at);
}

/* How many have been heard of at AT or later, this supervisor included. */
static size_t heard_since(const struct group *group, msec at)
{
    size_t n = 1;

    for (size_t i = 0; i < group->n_members; i++)
        n += heard_at(&group->members[i]) >= at;
    return n;
}

/* When a majority was last heard of. */
static msec majority_heard_at(const struct core *core, const struct group *group)
{
    size_t need = tally_needed(group_voters(group), 1);
    msec latest = core->started_at;

    if (need <= 1)
        return core->now;
    for (size_t i = 0; i < group->n_members; i++) {
        msec at = heard_at(&group->members[i]);

        if (at > latest && heard_since(group, at) >= need)
            latest = at;
    }
    return latest;
}

/* Whoever told us of this primary had a majority behind him then. */
static msec alone_from(const struct core *core, const struct group *group)
{
    return msec_max(majority_heard_at(core, group), group->config_at) + group->conf.lease_ms;
}

bool guard_is_alone(const struct core *core, const struct group *group)
{
    return group->conf.fencing != FENCING_OFF && alone_from(core, group) <= core->now;
}

/* What a node shall need with a majority behind us; what it has if that is not ours to say. */
static int64_t usual(const struct group *group, const struct node *node)
{
    int64_t now = node->min_replicas % GUARD_FENCED;
    int64_t live = (int64_t)group->primary->prompt_replicas; /* its word, so that all agree */

    if (group->conf.fencing == FENCING_STRICT)
        return group->conf.min_replicas;
    if (group->conf.durability != DURABILITY_BOUNDED || !group_is_sane(group))
        return now;
    return live < group->conf.min_replicas ? live : group->conf.min_replicas;
}

/* Whether the primary lists all its replicas as online and prompt: then nobody can have promoted
 * one of them. */
static bool has_all(const struct group *group)
{
    return group->primary->prompt_replicas + 1 >= group->n_nodes;
}

/* Alone with a primary that others may have replaced: it must not take writes. */
static bool must_fence(const struct core *core, const struct group *group, const struct node *node)
{
    return guard_is_alone(core, group) && node == group->primary &&
           node->info.role == ROLE_PRIMARY &&
           node_info_since(node, alone_from(core, group) - group->conf.lease_ms / 2) &&
           !has_all(group);
}

/* A former primary whose writes were taken, or are about to be: it gets them back when it is a
 * replica. */
static bool is_held(const struct group *group, const struct node *node)
{
    return node != group->primary && node->info.role == ROLE_PRIMARY &&
           (node->min_replicas >= GUARD_FENCED || group->conf.salvage);
}

bool guard_is_taken(const struct group *group)
{
    const struct node *primary = group->primary;

    return group->conf.fencing == FENCING_STRICT && primary->guard_at != MSEC_NEVER &&
           (primary->min_replicas >= GUARD_FENCED || primary->guard_stale);
}

/* Strict: whoever took the primary's writes may have promoted another one and died before a word of
 * it. So all others must have said since that they are replicas. */
static bool is_only_primary(const struct group *group)
{
    const struct node *primary = group->primary;

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];

        if (node != primary && !node->rumoured &&
            (!probe_is_up(&node->probe) || node->info.role != ROLE_REPLICA ||
             !node_info_since(node, primary->guard_wrong_at)))
            return false;
    }
    return true;
}

/* What shall be in force. */
static int64_t wanted(const struct core *core, const struct group *group, const struct node *node)
{
    if (must_fence(core, group, node))
        return node->min_replicas % GUARD_FENCED + GUARD_FENCED;
    if (is_held(group, node) ||
        !repoint_is_confirmed(core, node)) /* nobody else's word but what is there */
        return node->min_replicas;
    if (node == group->primary && guard_is_taken(group) && !is_only_primary(group))
        return node->min_replicas;
    return usual(group, node);
}

static int64_t wanted_lag(const struct group *group, const struct node *node)
{
    bool ours =
        group->conf.fencing == FENCING_STRICT || group->conf.durability == DURABILITY_BOUNDED;

    return ours ? group->conf.max_lag_s : node->max_lag_s;
}

/* When NODE is to be asked or told next; MSEC_NEVER = only something else can bring that about. */
static msec due_at(const struct core *core, const struct group *group, const struct node *node)
{
    msec rank = campaign_rank(core, group) * RANK_MS;
    int64_t want;

    if (node->rumoured || node->sdown || !probe_is_up(&node->probe) || node->guard_ticket != 0 ||
        core->disk_stalled)
        return MSEC_NEVER;
    if (node->guard_at == MSEC_NEVER || node->guard_stale)
        return node->guard_ask_at;
    if (!node->contacted)
        return MSEC_NEVER;
    want = wanted(core, group, node);
    if (want == node->min_replicas && wanted_lag(group, node) == node->max_lag_s)
        return msec_max(node->guard_ask_at,
                        node->guard_at + (usual(group, node) == want ? ASK_EVERY_MS : RETRY_MS));
    /* From when it was first seen so, not from when it was last asked: else those behind the first
     * in rank would wait for ever for one that cannot reach the node. */
    if (want >= GUARD_FENCED || node->guard_wrong_at == MSEC_NEVER)
        return node->guard_ask_at;
    return msec_max(node->guard_ask_at, node->guard_wrong_at + rank);
}

static void ask(struct core *core, struct node *node)
{
    output_order(&core->output, ORDER_GUARD_ASK, node->id)->ticket = node->guard_ticket =
        core_ticket(core, node->id);
    node->guard_ask_at = core->now + RETRY_MS;
}

static void tell(struct core *core, struct group *group, struct node *node, int64_t want)
{
    struct order *order = output_order(&core->output, ORDER_GUARD_SET, node->id);
    bool fence = want >= GUARD_FENCED, was = node->min_replicas >= GUARD_FENCED;

    order->ticket = node->guard_ticket = core_ticket(core, node->id);
    order->min_replicas = want;
    order->max_lag_s = wanted_lag(group, node);
    order->rewrite = !fence;
    node->guard_ask_at = core->now + RETRY_MS;
    if (fence != was)
        emit_node_event(core, fence ? EVENT_WRITES_TAKEN : EVENT_WRITES_GIVEN, node);
}

/* Since when what is in force is not what is usual. */
static void note_wrong(const struct core *core, const struct group *group, struct node *node)
{
    bool right = node->guard_at == MSEC_NEVER || (usual(group, node) == node->min_replicas &&
                                                  wanted_lag(group, node) == node->max_lag_s);

    if (right)
        node->guard_wrong_at = MSEC_NEVER;
    else if (node->guard_wrong_at == MSEC_NEVER)
        node->guard_wrong_at = core->now;
}

/* Whether others had time to change it since it was seen. */
static bool is_old(const struct core *core, const struct group *group, const struct node *node,
                   int64_t want)
{
    return want < GUARD_FENCED && node->guard_wrong_at != MSEC_NEVER &&
           node->guard_at < node->guard_wrong_at + campaign_rank(core, group) * RANK_MS;
}

/* Ask everybody what it is: the primary's writes were taken. */
static void ask_roles(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        if (probe_is_up(&node->probe) && !node_info_since(node, group->primary->guard_wrong_at))
            node_want_info(core, node,
                           node->probe.info_seen_at == MSEC_NEVER
                               ? core->now
                               : node->probe.info_seen_at + RETRY_MS);
    }
}

static void look_after(struct core *core, struct group *group, struct node *node)
{
    int64_t want;

    note_wrong(core, group, node);
    want = wanted(core, group, node);
    if (node == group->primary && guard_is_taken(group))
        ask_roles(core, group);
    if (due_at(core, group, node) > core->now)
        return;
    if (want == node->min_replicas && usual(group, node) != want)
        adopt_ask(core, group); /* whether it is ours to say */
    if (node->guard_at == MSEC_NEVER || node->guard_stale || is_old(core, group, node, want) ||
        (want == node->min_replicas && wanted_lag(group, node) == node->max_lag_s))
        ask(core, node);
    else
        tell(core, group, node, want);
}

void guard_run(struct core *core, struct group *group)
{
    for (size_t i = 0; is_wanted(group) && i < group->n_nodes; i++)
        look_after(core, group, group->nodes[i]);
}

msec guard_next(const struct core *core, const struct group *group)
{
    msec next = group->conf.fencing != FENCING_OFF ? alone_from(core, group) : MSEC_NEVER;

    if (next <= core->now) /* alone: look again */
        next = core->now + RETRY_MS;
    for (size_t i = 0; is_wanted(group) && i < group->n_nodes; i++) {
        msec at = due_at(core, group, group->nodes[i]);

        if (at > core->now)
            next = msec_min(next, at);
    }
    return next;
}

void guard_settled(struct core *core, struct node *node, const struct settled *settled)
{
    if (node->guard_ticket == 0 || node->guard_ticket != settled->ticket)
        return;
    node->guard_ticket = 0;
    if (!settled->ok)
        return;
    bool known = node->guard_at != MSEC_NEVER && node->min_replicas == settled->min_replicas &&
                 node->max_lag_s == settled->max_lag_s;

    node->guard_at = node->guard_ask_at = core->now;
    node->guard_stale = false;
    node->min_replicas = settled->min_replicas;
    node->max_lag_s = settled->max_lag_s;
    if (!known && !node->rumoured)
        emit_node_row(core, node);
}
