#include "sentinel/detect.h"

#include "sentinel/amnesia.h"
#include "sentinel/emit.h"
#include "sentinel/guard.h"
#include "sentinel/loading.h"
#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/opinions.h"
#include "sentinel/role_watch.h"

#define CORROBORATE_EVERY_MS 20   /* INFO to replicas while a crash is suspected */
#define CORROBORATE_FOR_MS   2000 /* then silence will have to decide */
#define ROLE_PATIENCE_MS     4000 /* beyond down_after, for a primary that says it is a replica */

/* The primary's link was reset and has not come back. */
static bool is_suspect(const struct group *group)
{
    return group->conf.crash_detection && group->primary->probe.reset_at != MSEC_NEVER;
}

/* Whether NODE has said since the reset that its own link to the primary is down. */
static bool corroborates(const struct group *group, const struct node *node)
{
    return node != group->primary && node_info_since(node, group->primary->probe.reset_at) &&
           node->info.role == ROLE_REPLICA && !node->info.link_up &&
           node_is_at(group->primary, &node->info.primary);
}

static bool is_corroborated(const struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (corroborates(group, group->nodes[i]))
            return true;
    }
    return false;
}

/* Until when replicas are asked about a suspected crash. */
static msec suspicion_ends(const struct group *group)
{
    return group->primary->probe.reset_at + CORROBORATE_FOR_MS;
}

/* Ask the replicas, again and again, whether they lost the primary as well. */
static void seek_corroboration(struct core *core, struct group *group)
{
    msec reset_at = group->primary->probe.reset_at;

    if (!is_suspect(group) || group->primary->sdown || core->now > suspicion_ends(group))
        return;
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        if (node == group->primary || corroborates(group, node))
            continue;
        node_want_info(core, node,
                       node_info_since(node, reset_at)
                           ? node->probe.info_seen_at + CORROBORATE_EVERY_MS
                           : core->now);
    }
}

/* When a primary that reports the replica's role counts as down. */
static msec mismatch_at(const struct group *group, const struct node *node)
{
    if (node != group->primary || node->info.role != ROLE_REPLICA)
        return MSEC_NEVER;
    return msec_min(role_watch_handed_over_at(group), msec_max(node->role_at, group->config_at) +
                                                          group->conf.down_after_ms +
                                                          ROLE_PATIENCE_MS);
}

/* When a primary that was restarted counts as down for not answering PONG. */
static msec reboot_at(const struct group *group, struct node *node)
{
    if (node->reborn_at != MSEC_NEVER && node->probe.last_ok > node->reborn_at)
        node->reborn_at = MSEC_NEVER;
    if (node != group->primary || node->reborn_at == MSEC_NEVER ||
        group->conf.master_reboot_down_after_ms == 0)
        return MSEC_NEVER;
    return node->reborn_at + group->conf.master_reboot_down_after_ms;
}

static bool is_down(struct core *core, struct group *group, struct node *node)
{
    if (node->crashed)
        node->crashed = probe_is_refused(&node->probe);
    else if (node == group->primary && is_suspect(group) && probe_is_refused(&node->probe))
        node->crashed = is_corroborated(group);
    if (node->sdown && !probe_is_up(&node->probe))
        return true; /* a PONG on the other link alone: whoever looks at -sdown would find it
                        disconnected */
    return node->crashed || probe_is_silent(&node->probe, core->now) ||
           core->now >= mismatch_at(group, node) || core->now >= reboot_at(group, node) ||
           (node == group->primary &&
            (amnesia_is_seen(core, group) || loading_is_too_long(core, group) ||
             write_watch_is_down(core, group)));
}

/* +sdown and -sdown; of a node in maintenance neither. */
static void tell_node(struct core *core, struct node *node)
{
    bool quiet = node->sdown ? hold_is_maintained(node) : node->quiet;

    if (!node->rumoured && !quiet)
        emit_node_event(core, node->sdown ? EVENT_SDOWN : EVENT_SUP, node);
    node->quiet = quiet && node->sdown;
}

static void note_node(struct core *core, struct group *group, struct node *node)
{
    bool down = is_down(core, group, node);

    if (down != node->sdown) {
        node->sdown = down;
        node->was_down = true;
        node->sdown_at = core->now;
        if (node == group->primary)
            opinions_renew(group);
        tell_node(core, node);
        if (!down)
            node_want_info(core, node, core->now); /* it is back: as what? */
    }
    busy_run(core, node);
}

/* When MEMBER's supervisor counts as down for this group. */
static msec member_silent_at(const struct group *group, const struct member *member)
{
    return member->peer->probe.last_valid +
           msec_max(group->conf.down_after_ms, 2 * member->peer->probe.pace->ping_ms);
}

static void note_member(struct core *core, struct group *group, struct member *member)
{
    bool down = core->now >= member_silent_at(group, member);

    if (down == member->sdown)
        return;
    member->sdown = down;
    member->sdown_at = core->now;
    emit_peer_event(core, down ? EVENT_SDOWN : EVENT_SUP, group, member->peer);
}

static void note_odown(struct core *core, struct group *group)
{
    uint32_t count = group->primary->sdown ? 1 + opinions_down(core, group) : 0;
    bool odown = count >= (uint32_t)group->conf.quorum;

    if (odown == group->odown)
        return;
    group->odown = odown;
    group->odown_at = core->now;
    emit_group_event(core, odown ? EVENT_ODOWN : EVENT_OUP, group)->count = count;
}

/* INFO every second instead of every ten while something is wrong. */
static void set_info_pace(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];
        bool busy = group->primary->sdown || group->primary->loading.since != MSEC_NEVER ||
                    group->primary->write.bad_at != MSEC_NEVER || guard_is_alone(core, group) ||
                    group->failover.state != FAILOVER_IDLE || node->wrong_at != MSEC_NEVER ||
                    node->owed || (node->info.role == ROLE_REPLICA && !node->info.link_up);

        bool begins = busy && !node->probe.info_busy;

        node->probe.info_busy = busy; /* first: what is sent now decides when the next one is due */
        if (begins)
            node_want_info(core, node, core->now);
    }
}

void detect_run(struct core *core, struct group *group)
{
    write_watch_run(core, group);
    for (size_t i = 0; i < group->n_nodes; i++)
        note_node(core, group, group->nodes[i]);
    for (size_t i = 0; i < group->n_members; i++)
        note_member(core, group, &group->members[i]);
    note_odown(core, group);
    amnesia_run(core, group);
    role_watch_run(core, group);
    seek_corroboration(core, group);
    set_info_pace(core, group);
}

/* Nodes' silence wakes the nodes themselves; here is what concerns the group. */
msec detect_next(const struct core *core, const struct group *group)
{
    msec due[] = { mismatch_at(group, group->primary), reboot_at(group, group->primary),
                   amnesia_next(core, group), loading_next(core, group),
                   write_watch_next(core, group) };
    msec next = MSEC_NEVER;

    for (size_t i = 0; i < sizeof due / sizeof *due; i++) {
        if (due[i] > core->now)
            next = msec_min(next, due[i]);
    }
    for (size_t i = 0; i < group->n_members; i++) {
        msec at = member_silent_at(group, &group->members[i]);

        if (at > core->now)
            next = msec_min(next, at);
    }
    return next;
}
