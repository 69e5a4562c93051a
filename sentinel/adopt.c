#include "sentinel/adopt.h"

#include <stdbool.h>
#include <string.h>

#include "quorum/epoch.h"
#include "quorum/tally.h"
#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/groups.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/peers.h"

#define RUMOUR_MS        10000 /* then it is forgotten; whoever believes it will say it again */
#define RUMOUR_POLL_MS   50    /* INFO to the claimed primary */
#define CORRECT_EVERY_MS 500   /* a peer with an old configuration is told ours */

/* A node that only the rumour knows of goes with it. */
static void rumour_end(struct core *core, struct group *group)
{
    struct node *node = node_find(group, &group->rumour.primary);

    group->rumour.active = false;
    if (node != NULL && node->rumoured && node != group->primary)
        node_remove(core, node);
}

static void rumour_begin(struct core *core, struct group *group, const struct member *member,
                         const struct hello *hello)
{
    struct node *node;

    if (group->rumour.active && group->rumour.config_epoch >= hello->config_epoch)
        return;
    if (group->rumour.active)
        rumour_end(core, group);
    node = node_find(group, &hello->primary);
    if (node == NULL) {
        node = node_add(core, group, &hello->primary);
        if (node == NULL)
            return;
        node->rumoured = true;
    }
    group->rumour = (struct rumour){ .active = true,
                                     .primary = hello->primary,
                                     .config_epoch = hello->config_epoch,
                                     .peer = member->peer->id,
                                     .since = core->now };
    probe_hasten(&node->probe, core->now);
    node_want_info(core, node, core->now);
}

/* Whether more than half of the voters hold what the rumour says. */
static bool is_common_knowledge(const struct group *group)
{
    uint32_t same = 0;

    for (size_t i = 0; i < group->n_members; i++) {
        const struct member *member = &group->members[i];

        same += member->config_epoch == group->rumour.config_epoch &&
                addr_equal(&member->config_addr, &group->rumour.primary);
    }
    return same >= tally_needed(group_voters(group), 1);
}

static bool is_verified(const struct group *group, const struct node *node)
{
    return (node_info_since(node, group->rumour.since) && node->info.role == ROLE_PRIMARY) ||
           is_common_knowledge(group);
}

static void adopt(struct core *core, struct group *group, struct node *node)
{
    const struct peer *peer = core_find_peer(core, group->rumour.peer);
    uint64_t epoch = group->rumour.config_epoch;

    failover_supersede(core, group);
    if (peer != NULL)
        emit_peer_event(core, EVENT_CONFIG_UPDATE_FROM, group, peer);
    group_switch(core, group, node, epoch);
}

void adopt_run(struct core *core, struct group *group)
{
    struct node *node;

    if (!group->rumour.active)
        return;
    node = node_find(group, &group->rumour.primary);
    if (node == NULL || group->rumour.config_epoch <= group->config_epoch ||
        core->now - group->rumour.since >= RUMOUR_MS)
        rumour_end(core, group);
    else if (is_verified(group, node))
        adopt(core, group, node);
    else if (node->probe.info_seen_at != MSEC_NEVER)
        node_want_info(core, node, node->probe.info_seen_at + RUMOUR_POLL_MS);
}

msec adopt_next(const struct core *core, const struct group *group)
{
    (void)core;
    return group->rumour.active ? group->rumour.since + RUMOUR_MS : MSEC_NEVER;
}

/* Tell a peer that lags behind what we have, but not with every hello of it. */
static void correct(struct core *core, struct group *group, struct member *member)
{
    if (core->disk_stalled || !probe_is_up(&member->peer->probe) ||
        (member->corrected_at != MSEC_NEVER && core->now - member->corrected_at < CORRECT_EVERY_MS))
        return;
    member->corrected_at = core->now;
    output_message(&core->output, MESSAGE_HELLO, member->peer->id)->u.hello =
        core_hello(core, group);
}

/* Epochs that no election can have reached are somebody's mistake or malice. */
static bool is_plausible(struct core *core, const struct hello *hello)
{
    uint64_t epoch =
        hello->current_epoch > hello->config_epoch ? hello->current_epoch : hello->config_epoch;
    struct event *event;

    if (epoch_plausible(core->current_epoch, epoch))
        return true;
    event = emit_core_event(core, EVENT_EPOCH_REFUSED);
    event->epoch = epoch;
    event_detail(event, "in a hello of %s", hello->runid);
    return false;
}

static void compare_config(struct core *core, struct group *group, struct member *member,
                           const struct hello *hello)
{
    if (hello->config_epoch < group->config_epoch) {
        correct(core, group, member);
    } else if (hello->config_epoch > group->config_epoch) {
        if (node_is_at(group->primary, &hello->primary)) {
            failover_supersede(core, group);
            group_switch(core, group, group->primary, hello->config_epoch);
        } else {
            rumour_begin(core, group, member, hello);
        }
    }
}

void adopt_hello(struct core *core, const struct hello *hello)
{
    struct group *group = core_find_group(core, hello->group);
    struct member *member;

    if (group == NULL || strcmp(hello->runid, core->runid) == 0 || !is_plausible(core, hello))
        return;
    member = member_admit(core, group, hello);
    if (member == NULL)
        return;
    core_raise_epoch(core, hello->current_epoch);
    member->hello_at = core->now;
    member->config_epoch = hello->config_epoch;
    member->config_addr = hello->primary;
    compare_config(core, group, member, hello);
    group_run(core, group);
}
