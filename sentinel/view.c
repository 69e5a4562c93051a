#include "sentinel/view.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

#define OLD_PERIODS 3 /* of INFO: what was told before that is too old to say how far behind */

static const char *const group_words[] = {
#define X(id, word) word,
    VIEW_GROUP_STATES(X)
#undef X
};

static const char *const node_words[] = {
#define X(id, word) word,
    VIEW_NODE_STATES(X)
#undef X
};

const char *view_group_word(enum view_group state)
{
    assert(state < VIEW_GROUP_COUNT);
    return group_words[state];
}

const char *view_node_word(enum view_node state)
{
    assert(state < VIEW_NODE_COUNT);
    return node_words[state];
}

bool view_is_replica(const struct node *node)
{
    return node != node->group->primary && !node->rumoured;
}

bool view_has_majority(const struct group *group)
{
    return group_usable(group) >= group_needed(group);
}

/* --- nodes ---------------------------------------------------------------------------------- */

static enum view_node view_follower(const struct node *node)
{
    if (!node_follows_primary(node))
        return VIEW_NODE_ASTRAY;
    if (node->info.syncing)
        return VIEW_NODE_SYNCING;
    return node->info.link_up ? VIEW_NODE_OK : VIEW_NODE_UNLINKED;
}

enum view_node view_node(const struct node *node)
{
    const struct node_info *info = &node->info;

    if (hold_is_maintained(node))
        return VIEW_NODE_MAINTENANCE;
    if (node->sdown)
        return VIEW_NODE_DOWN;
    if (info->role == ROLE_UNKNOWN)
        return VIEW_NODE_UNKNOWN;
    if (info->loading)
        return VIEW_NODE_LOADING;
    if (node == node->group->primary)
        return info->role == ROLE_PRIMARY ? VIEW_NODE_OK : VIEW_NODE_ASTRAY;
    return view_follower(node);
}

bool view_lag(const struct node *node, uint64_t *ret_bytes, msec *ret_ms)
{
    const struct group *group = node->group;
    const struct node *primary = group->primary;
    msec seen_at = node->probe.info_seen_at;
    uint64_t offset = node->info.repl_offset;

    if (!view_is_replica(node) || view_node(node) != VIEW_NODE_OK ||
        primary->info.role != ROLE_PRIMARY ||
        group->core->now - seen_at > OLD_PERIODS * group->core->pace.info_ms)
        return false;
    msec behind_ms = lag_estimate(&group->lag, seen_at, offset);
    if (behind_ms < 0)
        return false;
    *ret_ms = behind_ms;
    *ret_bytes = primary->info.primary_offset > offset ? primary->info.primary_offset - offset : 0;
    return true;
}

/* --- groups --------------------------------------------------------------------------------- */

static size_t count_nodes(const struct group *group, bool good)
{
    size_t n = 0;

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];
        n += view_is_replica(node) && !hold_is_maintained(node) &&
             (view_node(node) == VIEW_NODE_OK) == good;
    }
    return n;
}

/* A replica that somebody else takes away again and again; NULL: there is none. */
static const struct node *fought_over(const struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (group->nodes[i]->fight.pause_ms != 0)
            return group->nodes[i];
    }
    return NULL;
}

/* What is amiss in a group whose primary works; false: nothing. */
static bool find_lack(const struct group *group, char ret_reason[VIEW_REASON_MAX])
{
    size_t bad = count_nodes(group, false), good = count_nodes(group, true);
    uint32_t usable = group_usable(group), voters = group_voters(group);
    const struct node *fought = fought_over(group);
    char text[ADDR_TEXT_MAX];

    if (group->primary->info.role == ROLE_UNKNOWN)
        snprintf(ret_reason, VIEW_REASON_MAX, "the primary has not answered yet");
    else if (usable < group_needed(group))
        snprintf(ret_reason, VIEW_REASON_MAX,
                 "%u of %u supervisors are in reach, a failover needs %u", usable, voters,
                 group_needed(group));
    else if (flap_hold_until(group) > group->core->now)
        snprintf(ret_reason, VIEW_REASON_MAX,
                 "after %u failovers in short succession the next one waits",
                 flap_count(group->core, group));
    else if (fought != NULL)
        snprintf(ret_reason, VIEW_REASON_MAX, "somebody else changes %.80s back again and again",
                 addr_format(&fought->addr, text));
    else if (good == 0)
        snprintf(ret_reason, VIEW_REASON_MAX, "no replica could take over");
    else if (bad > 0)
        snprintf(ret_reason, VIEW_REASON_MAX, "%zu of %zu replicas %s", bad, bad + good,
                 bad == 1 ? "is not well" : "are not well");
    else if (usable < voters)
        snprintf(ret_reason, VIEW_REASON_MAX, "%u of %u supervisors are in reach", usable, voters);
    else
        return false;
    return true;
}

static bool lacks_lease(const struct group *group)
{
    return lease_is_needed(group->primary) && lease_left_ms(group->core, group->primary) == 0;
}

enum view_group view_group(const struct group *group, char ret_reason[VIEW_REASON_MAX])
{
    enum failover_state state = group->failover.state;

    if (state != FAILOVER_IDLE && state != FAILOVER_REPOINT) {
        snprintf(ret_reason, VIEW_REASON_MAX, "a %s is under way",
                 group->failover.forced ? "switchover" : "failover");
        return VIEW_GROUP_SWITCHING;
    }
    if (group->odown || group->primary->sdown) {
        snprintf(ret_reason, VIEW_REASON_MAX, "%s",
                 group->odown ? "the primary is down"
                              : "the primary does not answer this supervisor");
        return VIEW_GROUP_DOWN;
    }
    if (write_watch_fault(group)[0] != '\0') {
        snprintf(ret_reason, VIEW_REASON_MAX, "the primary takes no writes: %s",
                 write_watch_fault(group));
        return VIEW_GROUP_DOWN;
    }
    if (lacks_lease(group)) {
        snprintf(ret_reason, VIEW_REASON_MAX, "the primary takes no writes: it has no write lease");
        return VIEW_GROUP_DOWN;
    }
    if (hold_is_paused(group)) {
        snprintf(ret_reason, VIEW_REASON_MAX, "paused by an operator, no failover begins");
        return VIEW_GROUP_PAUSED;
    }
    if (find_lack(group, ret_reason))
        return VIEW_GROUP_DEGRADED;
    snprintf(ret_reason, VIEW_REASON_MAX, "all is well");
    return VIEW_GROUP_OK;
}

/* --- for load balancers --------------------------------------------------------------------- */

static bool yes(char ret_reason[VIEW_REASON_MAX], const char *why)
{
    snprintf(ret_reason, VIEW_REASON_MAX, "%s", why);
    return true;
}

static bool no(char ret_reason[VIEW_REASON_MAX], const char *why)
{
    yes(ret_reason, why);
    return false;
}

/* From the demotion of the old primary until the new one is told, nobody takes writes. */
static bool is_between(const struct group *group)
{
    const struct failover *failover = &group->failover;

    return failover->state == FAILOVER_FENCE || failover->state == FAILOVER_PROMOTE;
}

bool view_takes_writes(const struct node *node, bool alone, char ret_reason[VIEW_REASON_MAX])
{
    const struct group *group = node->group;

    if (node != group->primary)
        return no(ret_reason, "it is not the primary");
    if (!alone && !view_has_majority(group))
        return no(ret_reason, "too few supervisors are in reach to be sure");
    if (group->odown)
        return no(ret_reason, "the primary is down");
    if (is_between(group))
        return no(ret_reason, "another node is being promoted");
    if (node->info.role == ROLE_REPLICA)
        return no(ret_reason, "it says that it is a replica");
    return yes(ret_reason, "it is the primary");
}

bool view_takes_reads(const struct node *node, msec lag_ms, bool alone,
                      char ret_reason[VIEW_REASON_MAX])
{
    uint64_t bytes;
    msec ms;

    if (!view_is_replica(node))
        return no(ret_reason, "it is not a replica");
    if (!alone && !view_has_majority(node->group))
        return no(ret_reason, "too few supervisors are in reach to be sure");
    if (view_node(node) != VIEW_NODE_OK)
        return no(ret_reason, view_node_word(view_node(node)));
    if (lag_ms < 0)
        return yes(ret_reason, "it is a replica");
    if (!view_lag(node, &bytes, &ms))
        return no(ret_reason, "how far it is behind is not known");
    return ms <= lag_ms ? yes(ret_reason, "it is a replica")
                        : no(ret_reason, "it is too far behind");
}
