#include "sentinel/fight.h"
#include "sentinel/groups.h"
#include "sentinel/gather.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "quorum/tally.h"
#include "sentinel/adopt.h"
#include "sentinel/arm.h"
#include "sentinel/detect.h"
#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/flap.h"
#include "sentinel/guard.h"
#include "sentinel/hold.h"
#include "sentinel/lease.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/opinions.h"
#include "sentinel/peers.h"
#include "sentinel/repoint.h"
#include "sentinel/things.h"

/* Where NAME stands in the sorted table, or would. */
static size_t group_slot(const struct core *core, const char *name)
{
    size_t low = 0, high = core->n_groups;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (strcmp(core->groups[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct group *core_find_group(const struct core *core, const char *name)
{
    size_t slot = group_slot(core, name);

    if (slot == core->n_groups || strcmp(core->groups[slot]->name, name) != 0)
        return NULL;
    return core->groups[slot];
}

struct group *group_add(struct core *core, const char *name, const struct addr *addr)
{
    size_t slot = group_slot(core, name);

    if (core->n_groups == GROUPS_MAX)
        return NULL;
    struct group *group = calloc(1, sizeof *group);

    assert(group != NULL && strlen(name) <= GROUP_NAME_MAX);
    group->core = core;
    group->id = thing_add(core, THING_GROUP, group);
    memcpy(group->name, name, strlen(name) + 1);
    group_conf_init(&group->conf);
    group->base = group->conf;
    group->base_addr = *addr;
    group->config_at = group->epoch_at = group->hello_due_at = group->lease.since = core->now;
    group->lease.lock.serial = core->first_serial;
    group->voted_at = group->opinion_at = group->forked_at = MSEC_NEVER;
    group->lease.outdated_at = MSEC_NEVER;
    deadline_init(&group->deadline, THING_GROUP, group->id);
    memmove(&core->groups[slot + 1], &core->groups[slot],
            (core->n_groups++ - slot) * sizeof *core->groups);
    core->groups[slot] = group;
    group->primary = node_add(core, group, addr);
    core_arm(core, &group->deadline, core->now);
    return group;
}

void group_bar_old_epochs(struct core *core, struct group *group)
{
    if (core->current_epoch == 0)
        return;
    group->vote = (struct vote){ .epoch = core->current_epoch };
    emit_vote_row(core, group);
}

/* Remove all nodes but the primary. */
static void drop_replicas(struct core *core, struct group *group)
{
    for (size_t i = group->n_nodes; i-- > 0;) {
        if (group->nodes[i] != group->primary)
            node_remove(core, group->nodes[i]);
    }
}

void group_free(struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++)
        free(group->nodes[i]);
    free(group->members);
    free(group);
}

void group_remove(struct core *core, struct group *group, int row)
{
    size_t slot = group_slot(core, group->name);

    assert(core->groups[slot] == group);
    failover_drop(core, group);
    for (size_t i = 0; i < group->n_nodes; i++) {
        output_order(&core->output, ORDER_FORGET, group->nodes[i]->id);
        deadline_disarm(&core->deadlines, &group->nodes[i]->deadline);
        thing_remove(core, group->nodes[i]->id);
    }
    members_clear(core, group, 0);
    if (row)
        emit_gone_row(core, ROW_GROUP_GONE, group);
    deadline_disarm(&core->deadlines, &group->deadline);
    thing_remove(core, group->id);
    memmove(&core->groups[slot], &core->groups[slot + 1],
            (--core->n_groups - slot) * sizeof *core->groups);
    group_free(group);
}

void group_reset(struct core *core, struct group *group)
{
    failover_drop(core, group);
    flap_clear(core, group);
    drop_replicas(core, group);
    members_clear(core, group, 1);
    group->rumour.active = false;
    group->odown = false;
    probe_want_info(&group->primary->probe, core->now);
    node_wake(core, group->primary);
}

void group_readdress(struct core *core, struct group *group, const struct addr *addr)
{
    struct node *old = group->primary;
    struct node *node;

    failover_drop(core, group);
    flap_clear(core, group);
    drop_replicas(core, group);
    members_clear(core, group, 1);
    node = node_add(core, group, addr);
    assert(node != NULL); /* there is but one other */
    group->primary = node;
    group->config_epoch = 0;
    group->config_at = group->epoch_at = core->now;
    group->lineage = (struct lineage){ 0 };
    emit_lineage_row(core, group);
    group->odown = false;
    group->rumour.active = false;
    node_remove(core, old);
}

/* What was said, asked and believed about the old primary is about it alone. */
static void forget_opinions(struct group *group)
{
    for (size_t i = 0; i < group->n_members; i++) {
        group->members[i].down = false;
        group->members[i].ask_ticket = 0;
        group->members[i].asked_at = MSEC_NEVER;
    }
    group->odown = false;
    group->opinion_pushed = false;
    group->opinion_at = MSEC_NEVER;
    group->rumour.active = false;
}

/* The nodes' part of a switch: who is owed a demotion, who follows wrongly. */
static void retarget_nodes(struct core *core, struct group *group, struct node *old)
{
    group->primary->owed = group->primary->rumoured = false;
    arm_switched(core, group, old);
    old->owed = !node_follows_primary(old);
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        node->repoint = REPOINT_NONE;
        node->astray = node != group->primary;
        node->ticket = 0;
        node->fix_at = core->now;
        gather_switched(node);
        node->amnesia.since = MSEC_NEVER;
        node->amnesia.told = false;
        salvage_reset(node);
        fight_reset(node);
        backoff_reset(&node->fix_backoff);
        node->crashed = node->crashed && node != group->primary;
        if (node == group->primary)
            node->cut_off_at = MSEC_NEVER;
        else if (node->cut_off_at == MSEC_NEVER)
            node->cut_off_at = old->sdown ? old->sdown_at : core->now;
        node->wrong_at =
            node == group->primary || node_follows_primary(node) ? MSEC_NEVER : core->now;
        probe_want_hello(&node->probe, core->now);
    }
    emit_node_row(core, old);
    emit_node_row(core, group->primary);
}

/* Since when NODE had nothing new of its primary, as far as it said. */
static msec forked_at(const struct node *node)
{
    if (node->probe.info_seen_at == MSEC_NEVER || node->info.role != ROLE_REPLICA)
        return MSEC_NEVER;
    if (node->info.link_up || node->info.link_down_ms < 0)
        return node->probe.info_seen_at;
    return node->probe.info_seen_at - node->info.link_down_ms - LINK_DOWN_UNIT_MS;
}

/* +switch-master, then every replica anew, as clients of Sentinel expect. Whoever led the failover
 * is past the promotion by now; whoever learnt of it from a peer leads none. */
static void announce_switch(struct core *core, struct group *group, const struct addr *from)
{
    struct event *event = emit_group_event(core, EVENT_SWITCH_MASTER, group);

    event->primary = *from;
    event->count = group->failover.state == FAILOVER_REPOINT ? EVENT_SWITCH_LED : 0;
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        if (node == group->primary || node->rumoured)
            continue;
        emit_node_event(core, EVENT_SLAVE, node);
        if (node->sdown && !node->quiet && !hold_is_maintained(node))
            emit_node_event(core, EVENT_SDOWN, node);
    }
}

/* What was to be said in this step of the configuration before must not leave after what says the
 * new one. */
static void renew_hellos(struct core *core, struct group *group)
{
    for (size_t i = 0; i < core->output.n_orders; i++) {
        struct order *order = &core->output.orders[i];
        const struct node *node =
            order->kind == ORDER_HELLO ? core_find_node(core, order->id) : NULL;

        if (node != NULL && node->group == group)
            order->hello = core_hello(core, group);
    }
}

void group_switch(struct core *core, struct group *group, struct node *node, uint64_t epoch)
{
    struct node *old = group->primary;
    struct addr from = group_primary_addr(group);

    assert(epoch > group->config_epoch || (epoch == group->config_epoch && node != old));
    core_raise_epoch(core, group, epoch);
    group->config_epoch = epoch;
    group->epoch_at = group->hello_due_at = core->now;
    if (node != old) {
        flap_note(core, group, old);
        group->primary = node;
        group->config_at = core->now;
        group->forked_at = forked_at(node);
        retarget_nodes(core, group, old);
        announce_switch(core, group, &from);
        node_note_lineage(core, node);
        probe_hasten(&node->probe, core->now);
    }
    forget_opinions(group);
    renew_hellos(core, group);
    emit_group_row(core, group);
    for (size_t i = 0; i < group->n_nodes; i++)
        node_want_info(core, group->nodes[i], core->now);
}

bool group_is_sane(const struct group *group)
{
    const struct node *primary = group->primary;

    return probe_is_up(&primary->probe) && !primary->sdown && primary->info.role == ROLE_PRIMARY &&
           node_info_since(primary, group->config_at);
}

/* When the group has to be looked at next. */
static msec group_next(const struct core *core, const struct group *group)
{
    msec next = msec_min(detect_next(core, group), opinions_next(core, group));

    next = msec_min(next, failover_next(core, group));
    next = msec_min(next, repoint_next(core, group));
    next = msec_min(next, guard_next(core, group));
    next = msec_min(next, lease_next(core, group));
    next = msec_min(next, tune_next(core, group));
    next = msec_min(next, hold_next(group));
    next = msec_min(next, flap_next(core, group));
    return msec_min(next, adopt_next(core, group));
}

void group_run(struct core *core, struct group *group)
{
    if (group->twins)
        nodes_merge(core, group);
    hold_run(core, group);
    flap_run(core, group);
    detect_run(core, group);
    adopt_run(core, group);
    failover_run(core, group);
    opinions_run(core, group);
    repoint_run(core, group);
    arm_run(core, group);
    guard_run(core, group);
    lease_run(core, group);
    tune_run(core, group);
    core_arm(core, &group->deadline, group_next(core, group));
}

void group_settings_changed(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        probe_set_down_after(&group->nodes[i]->probe, group->conf.down_after_ms);
        node_wake(core, group->nodes[i]);
    }
}

struct addr node_shown_addr(const struct node *node)
{
    struct addr shown = node->addr;

    if (node->ip[0] != '\0' && !node->group->core->global.announce_hostnames)
        memcpy(shown.host, node->ip, sizeof shown.host);
    return shown;
}

struct addr group_primary_addr(const struct group *group)
{
    return node_shown_addr(group->primary);
}

uint32_t group_voters(const struct group *group)
{
    return group->core->n_voters > 0 ? group->core->n_voters : (uint32_t)group->n_members + 1;
}

uint32_t group_usable(const struct group *group)
{
    uint32_t usable = 1;

    for (size_t i = 0; i < group->n_members; i++)
        usable += !group->members[i].sdown && !group->members[i].peer->probe.denied;
    return usable;
}

uint32_t group_needed(const struct group *group)
{
    return tally_needed(group_voters(group), (uint32_t)group->conf.quorum);
}
