#include "sentinel/web_json_io.h"

#include <stdbool.h>

#include "notify/json_put_io.h"
#include "sentinel/model.h"
#include "sentinel/view.h"
#include "sentinel/why.h"
#include "wire/buf.h"

/* How long it still lasts; nothing when it does not. */
static void put_left(json_t *object, const char *name, msec now, const struct hold *hold)
{
    if (hold->until > now)
        json_put_int(object, name, hold->until - now);
}

static void put_age(json_t *object, const char *name, msec now, msec at)
{
    if (at != MSEC_NEVER)
        json_put(object, name, json_integer(now > at ? now - at : 0));
}

/* --- nodes ---------------------------------------------------------------------------------- */

/* Which command is the clients' to know: what the node says of itself. */
static void put_follower(json_t *object, const struct node *node)
{
    const struct node_info *info = &node->info;
    uint64_t bytes;
    msec ms;

    json_put_addr(object, "follows", &info->primary);
    json_put_bool(object, "linked", info->link_up);
    json_put(object, "priority", json_integer(info->priority));
    if (!view_lag(node, &bytes, &ms))
        return;
    json_put_int(object, "lag_bytes", bytes);
    json_put_int(object, "lag_ms", ms);
}

static json_t *node_json(const struct core *core, const struct node *node)
{
    json_t *object = json_object();
    struct addr addr = node_shown_addr(node);
    const struct node_info *info = &node->info;

    json_put_addr(object, "node", &addr);
    json_put_text(object, "role", node == node->group->primary ? "primary" : "replica");
    json_put_text(object, "state", view_node_word(view_node(node)));
    if (info->zone[0] != '\0')
        json_put_text(object, "zone", info->zone);
    put_age(object, "last_reply_ms", core->now, node->probe.last_valid);
    put_age(object, "last_info_ms", core->now, node->probe.info_seen_at);
    if (info->role != ROLE_UNKNOWN)
        json_put_int(object, "offset",
                     info->role == ROLE_PRIMARY ? info->primary_offset : info->repl_offset);
    if (lease_is_needed(node) && lease_left_ms(core, node) >= 0)
        json_put_int(object, "lease_left_ms", lease_left_ms(core, node));
    put_left(object, "maintenance_for_ms", core->now, &node->maintenance);
    if (flap_is_quarantined(core, node))
        json_put_bool(object, "quarantined", true);
    if (node != node->group->primary && info->role == ROLE_REPLICA)
        put_follower(object, node);
    return object;
}

/* The primary first. */
static json_t *nodes_json(const struct core *core, const struct group *group)
{
    json_t *list = json_array();

    json_array_append_new(list, node_json(core, group->primary));
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (view_is_replica(group->nodes[i]))
            json_array_append_new(list, node_json(core, group->nodes[i]));
    }
    return list;
}

/* --- supervisors ---------------------------------------------------------------------------- */

static void put_vote(json_t *object, const char *leader, uint64_t epoch)
{
    if (leader[0] == '\0' || epoch == 0)
        return;
    json_put_text(object, "voted_for", leader);
    json_put_int(object, "voted_epoch", epoch);
}

static json_t *self_json(const struct core *core, const struct group *group)
{
    json_t *object = json_object();

    json_put_text(object, "id", core->runid);
    json_put_bool(object, "self", true);
    json_put_text(object, "state", "ok");
    json_put_bool(object, "says_down", group->primary->sdown);
    put_vote(object, group->vote.leader, group->vote.epoch);
    return object;
}

static json_t *member_json(const struct core *core, const struct member *member)
{
    json_t *object = json_object();

    json_put_text(object, "id", member->peer->runid);
    json_put_addr(object, "address", &member->peer->addr);
    json_put_bool(object, "self", false);
    json_put_text(object, "state", member->sdown ? "down" : "ok");
    json_put_bool(object, "says_down", member->down);
    put_age(object, "last_reply_ms", core->now, member->peer->probe.last_valid);
    put_vote(object, member->leader, member->leader_epoch);
    return object;
}

static json_t *members_json(const struct core *core, const struct group *group)
{
    json_t *list = json_array();

    json_array_append_new(list, self_json(core, group));
    for (size_t i = 0; i < group->n_members; i++)
        json_array_append_new(list, member_json(core, &group->members[i]));
    return list;
}

/* --- groups ---------------------------------------------------------------------------------- */

static json_t *head_json(const struct group *group)
{
    json_t *object = json_object();
    char reason[VIEW_REASON_MAX];
    struct addr primary = group_primary_addr(group);
    size_t replicas = 0;

    for (size_t i = 0; i < group->n_nodes; i++)
        replicas += view_is_replica(group->nodes[i]);
    json_put_text(object, "name", group->name);
    json_put_text(object, "state", view_group_word(view_group(group, reason)));
    json_put_text(object, "reason", reason);
    json_put_addr(object, "primary", &primary);
    json_put_int(object, "replicas", replicas);
    json_put_int(object, "config_epoch", group->config_epoch);
    json_put_int(object, "supervisors_voting", group_voters(group));
    json_put_int(object, "supervisors_usable", group_usable(group));
    json_put_int(object, "supervisors_needed", group_needed(group));
    return object;
}

static json_t *failover_json(const struct core *core, const struct group *group)
{
    const struct failover *failover = &group->failover;
    json_t *object = json_object();

    json_put_text(object, "state", failover_state_name(failover->state));
    json_put_bool(object, "planned", failover->forced);
    json_put_int(object, "epoch", failover->epoch);
    put_age(object, "since_ms", core->now, failover->started_at);
    if (failover->promoted != NULL) {
        struct addr addr = node_shown_addr(failover->promoted);
        json_put_addr(object, "candidate", &addr);
    }
    return object;
}

json_t *web_json_group(const struct core *core, const struct group *group)
{
    json_t *object = head_json(group);
    char why[WHY_TEXT_MAX];

    if (why_held(core, group, why))
        json_put_text(object, "waits_for", why);
    put_left(object, "paused_for_ms", core->now, &group->pause);
    if (flap_hold_until(group) > core->now)
        json_put_int(object, "cool_down_ms", flap_hold_until(group) - core->now);
    json_put_int(object, "quorum", group->conf.quorum);
    json_put_int(object, "down_after_ms", group->conf.down_after_ms);
    put_age(object, "primary_since_ms", core->now, group->config_at);
    if (group->failover.state != FAILOVER_IDLE)
        json_put(object, "failover", failover_json(core, group));
    json_put(object, "nodes", nodes_json(core, group));
    json_put(object, "supervisors", members_json(core, group));
    return object;
}

static void put_supervisor(json_t *object, const struct core *core)
{
    json_t *self = json_object();

    json_put_text(self, "id", core->runid);
    json_put_text(self, "version", PICKET_VERSION);
    json_put_int(self, "epoch", core->current_epoch);
    put_age(self, "uptime_ms", core->now, core->started_at);
    json_put_bool(self, "tilted", core->tilt_until != MSEC_NEVER);
    json_put_bool(self, "disk_stalled", core->disk_stalled);
    json_put(object, "supervisor", self);
}

json_t *web_json_groups(const struct core *core)
{
    json_t *object = json_object();
    json_t *list = json_array();

    put_supervisor(object, core);
    for (size_t i = 0; i < core->n_groups; i++)
        json_array_append_new(list, head_json(core->groups[i]));
    json_put(object, "groups", list);
    return object;
}

static int append(const char *bytes, size_t n, void *buf)
{
    return buf_append(buf, bytes, n) ? 0 : -1;
}

void web_json_write(struct buf *buf, json_t *value)
{
    if (value == NULL || json_dump_callback(value, append, buf, JSON_COMPACT) != 0)
        buf->overflow = true;
    else
        buf_append(buf, "\n", 1);
    json_decref(value);
}
