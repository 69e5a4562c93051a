#include "sentinel/select.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

#define BALK_MS          60000 /* who did not let itself be promoted goes last for so long */
#define LINK_DOWN_FACTOR 10    /* x down_after: how long its link may have been down before */

/* What a refusal is decided on. */
struct question {
    const struct core *core;
    const struct group *group;
    const struct node *node;
    msec since;
};

/* Whether the replica's data descend from the primary's history. A node that is
 * itself a primary must have been promoted out of that history: a former primary
 * shares older history, but not the newest data. Unknown histories (very old
 * nodes, a primary never seen) are not held against a node. */
static bool shares_history(const struct node *node)
{
    const struct node_info *own = &node->info, *primary = &node->group->primary->info;

    if (primary->replid[0] == '\0' || own->replid[0] == '\0')
        return !node->owed;
    if (own->role == ROLE_PRIMARY) /* our primary may by now be a replica of it */
        return replid_equal(own->replid2, primary->replid) ||
               (primary->role == ROLE_REPLICA && replid_equal(own->replid, primary->replid));
    return replid_equal(own->replid, primary->replid) ||
           replid_equal(own->replid2, primary->replid) ||
           replid_equal(own->replid, primary->replid2);
}

/* The longest that its link may have been down: the primary's own outage, and
 * some time before it. */
static bool lost_too_long(const struct question *q)
{
    const struct node *primary = q->group->primary;
    msec outage = primary->sdown ? q->core->now - primary->sdown_at : 0;

    return q->node->info.role == ROLE_REPLICA && !q->node->info.link_up &&
           q->node->info.link_down_ms > outage + LINK_DOWN_FACTOR * q->group->conf.down_after_ms;
}

static bool is_down(const struct question *q)
{
    return q->node->sdown;
}

static bool is_disconnected(const struct question *q)
{
    return !probe_is_up(&q->node->probe);
}

static bool is_never(const struct question *q)
{
    return q->node->info.priority == 0;
}

static bool is_stale(const struct question *q)
{
    return !node_info_since(q->node, q->since);
}

static bool is_loading(const struct question *q)
{
    return q->node->info.loading;
}

static bool is_syncing(const struct question *q)
{
    return q->node->info.syncing;
}

static bool is_foreign(const struct question *q)
{
    return !shares_history(q->node) || q->node->rumoured;
}

/* Not long ago it was chosen in vain. It is refused as long as there is another. */
static bool has_balked(const struct core *core, const struct node *node)
{
    return node->balked_at != MSEC_NEVER && core->now - node->balked_at < BALK_MS &&
           node->info.role == ROLE_REPLICA;
}

static const struct {
    bool (*applies)(const struct question *q);
    const char *reason;
} refusals[] = {
    { is_down, "down" },
    { is_disconnected, "disconnected" },
    { is_stale, "no fresh INFO" },
    { is_never, "priority 0" },
    { is_loading, "loading" },
    { is_syncing, "syncing" },
    { is_foreign, "foreign replication history" },
    { lost_too_long, "its link to the primary was down for too long" },
};

const char *select_refusal(const struct core *core, const struct node *node, msec since)
{
    struct question q = { .core = core, .group = node->group, .node = node, .since = since };

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (refusals[i].applies(&q))
            return refusals[i].reason;
    }
    return NULL;
}

/* Whether A is the better choice of two that both may be chosen. */
static bool is_better(const struct node *a, const struct node *b)
{
    bool a_promoted = a->info.role == ROLE_PRIMARY, b_promoted = b->info.role == ROLE_PRIMARY;

    if (a_promoted != b_promoted)
        return a_promoted;
    if (a->info.priority != b->info.priority)
        return a->info.priority < b->info.priority;
    if (a->info.repl_offset != b->info.repl_offset)
        return a->info.repl_offset > b->info.repl_offset;
    return strcmp(a->info.runid, b->info.runid) < 0;
}

/* Those that may be chosen, the ones that balked among them only if there are no others. */
static size_t find_candidates(struct core *core, const struct group *group, msec since, bool tell,
                              struct node *candidates[NODES_MAX])
{
    size_t n = 0, willing = 0;

    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];
        const char *reason = node != group->primary ? select_refusal(core, node, since) : NULL;

        if (reason != NULL && tell)
            event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, node), "%s", reason);
        if (reason != NULL || node == group->primary)
            continue;
        candidates[n++] = node;
        willing += !has_balked(core, node);
    }
    for (size_t i = n; willing > 0 && i-- > 0;) {
        if (!has_balked(core, candidates[i]))
            continue;
        if (tell)
            event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, candidates[i]),
                         "it did not let itself be promoted");
        candidates[i] = candidates[--n];
    }
    return n;
}

struct node *select_replica(struct core *core, const struct group *group, msec since, bool tell)
{
    struct node *candidates[NODES_MAX];
    struct node *best = NULL;
    size_t n = find_candidates(core, group, since, tell, candidates);
    uint64_t most = 0;

    for (size_t i = 0; i < n; i++)
        most = candidates[i]->info.repl_offset > most ? candidates[i]->info.repl_offset : most;
    for (size_t i = 0; i < n; i++) {
        uint64_t behind = most - candidates[i]->info.repl_offset;

        if (candidates[i]->info.role != ROLE_PRIMARY &&
            behind > (uint64_t)group->conf.priority_max_lag_bytes) {
            if (tell)
                event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, candidates[i]),
                             "%llu bytes behind the most advanced replica",
                             (unsigned long long)behind);
            continue; /* its preference would cost data */
        }
        if (best == NULL || is_better(candidates[i], best))
            best = candidates[i];
    }
    return best;
}
