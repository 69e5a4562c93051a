#include "sentinel/select.h"

#include <limits.h>
#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/hold.h"
#include "sentinel/flap.h"
#include "sentinel/model.h"
#include "sentinel/gather.h"
#include "sentinel/nodes.h"
#include "sentinel/places.h"

#define BALK_MS          60000 /* who did not let itself be promoted goes last for so long */
#define LINK_DOWN_FACTOR 10    /* x down_after: how long its link may have been down before */
#define OLDER_WAIT_MS    10000 /* for nearer ones that cannot be chosen just now */
#define FOREIGN          (-1)  /* distance of a history that is none of the group's, */
#define OLDER            2     /* and from here on, a last resort */
#define OLDER_REASON     "an older replication history"

/* What a refusal is decided on. */
struct question {
    const struct core *core;
    const struct group *group;
    const struct node *node;
    msec since;
    bool waits; /* the chosen one will be waited for until it has everything */
};

/* The distance of one that is itself a primary: it must have been promoted out of the primary's
 * history. A former primary shares older history, but not the newest data: a last resort. */
static int distance_of_primary(const struct node *node)
{
    const struct node_info *own = &node->info, *primary = &node->group->primary->info;
    const struct lineage *lineage = &node->group->lineage;
    int at = lineage_find(lineage, own->replid);

    if (replid_equal(own->replid2, primary->replid))
        return 0;
    if (primary->role == ROLE_REPLICA && replid_equal(own->replid, primary->replid))
        return 0; /* our primary is by now a replica of it */
    if (at < 0)
        at = lineage_find(lineage, own->replid2);
    return at < 0 ? FOREIGN : at + OLDER;
}

/* How far NODE's data are from the newest history of the group: 0 = they are of the primary's, 1 =
 * of the one that it was promoted out of, OLDER and more = of an earlier primary's. FOREIGN: of
 * none of them. Unknown histories (very old nodes, a primary never seen) are not held against a
 * node. */
static int distance(const struct node *node)
{
    const struct node_info *own = &node->info, *primary = &node->group->primary->info;
    const struct lineage *lineage = &node->group->lineage;
    int at = lineage_find(lineage, own->replid);

    if (node->group->primary->amnesia.told && own->role == ROLE_REPLICA)
        return at;
    if (primary->loading && own->role == ROLE_REPLICA && lineage->replids[0][0] != '\0')
        return at; /* the primary itself does not know its history before it has read it */
    if (primary->replid[0] == '\0' || own->replid[0] == '\0')
        return at >= 0 && own->role == ROLE_REPLICA ? at : node->owed ? FOREIGN : 0;
    if (own->role == ROLE_PRIMARY)
        return distance_of_primary(node);
    if (replid_equal(own->replid, primary->replid) || replid_equal(own->replid2, primary->replid))
        return 0;
    if (replid_equal(own->replid, primary->replid2))
        return 1;
    if (at < 0)
        at = lineage_find(lineage, own->replid2);
    return at < 0 ? FOREIGN : at + OLDER;
}

/* The longest that its link may have been down: the primary's own outage, and
 * some time before it. For one that never came over to this primary, the outage of the last one
 * that it followed counts. */
static bool lost_too_long(const struct question *q)
{
    const struct node *primary = q->group->primary;
    msec since = primary->sdown ? primary->sdown_at : q->core->now;
    msec outage = q->core->now - msec_min(since, q->node->cut_off_at);

    if (gather_is_wanted(q->group)) /* there its offset is compared with what others have */
        return false;
    if (primary->info.gate_closed && primary->amnesia.told) /* it serves no replicas, nor writes */
        return false;
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

static bool is_maintained(const struct question *q)
{
    return hold_is_maintained(q->node);
}

static bool is_stale(const struct question *q)
{
    return !node_info_since(q->node, q->since);
}

static bool is_loading(const struct question *q)
{
    return q->node->info.loading;
}

/* From a primary that lost its data, it still has them until it has all that it is being sent. */
static bool is_syncing(const struct question *q)
{
    return q->node->info.syncing && !(q->group->primary->amnesia.told && q->node->info.keys > 0);
}

static bool is_no_better(const struct question *q)
{
    return write_watch_excludes(q->node);
}

static bool is_foreign(const struct question *q)
{
    return distance(q->node) == FOREIGN || q->node->rumoured;
}

/* The last word of those that were read counts (sentinel/gather), not what they said before. */
static bool is_unread(const struct question *q)
{
    return gather_is_judge(q->group) && !gather_is_read(q->core, q->node);
}

static bool is_short(const struct question *q)
{
    return !q->waits && gather_is_judge(q->group) && gather_is_short(q->core, q->node);
}

/* Not long ago it was chosen in vain. It is refused as long as there is another. */
static bool has_balked(const struct core *core, const struct node *node)
{
    return node->balked_at != MSEC_NEVER && core->now - node->balked_at < BALK_MS &&
           node->info.role == ROLE_REPLICA;
}

struct refusal {
    bool (*applies)(const struct question *q);
    bool passes; /* it may end by itself */
    const char *reason;
};

static const struct refusal refusals[] = {
    { is_down, false, "down" },
    { is_disconnected, true, "disconnected" },
    { is_stale, true, "no fresh INFO" },
    { is_never, false, "priority 0" },
    { is_maintained, false, "in maintenance" },
    { is_loading, true, "loading" },
    { is_syncing, true, "syncing" },
    { is_no_better, true, "it could not write either" },
    { is_foreign, false, "foreign replication history" },
    { lost_too_long, false, "its link to the primary was down for too long" },
    { is_unread, true, "what it holds is not sure" },
    { is_short, false, "it lacks writes that another replica has" },
};

/* The first of the reasons against NODE; NULL if it can be chosen. */
static const struct refusal *refusal_of(const struct core *core, const struct node *node,
                                        msec since, bool waits)
{
    struct question q = {
        .core = core, .group = node->group, .node = node, .since = since, .waits = waits
    };

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (refusals[i].applies(&q))
            return &refusals[i];
    }
    return NULL;
}

bool select_prefers(const struct node *a, const struct node *b)
{
    const char *places = a->group->conf.prefer;
    unsigned a_rank = places_rank(places, a), b_rank = places_rank(places, b);

    return a_rank != b_rank ? a_rank < b_rank : a->info.priority < b->info.priority;
}

/* Whether A is the better choice of two that both may be chosen. */
static bool is_better(const struct node *a, const struct node *b)
{
    bool a_promoted = a->info.role == ROLE_PRIMARY, b_promoted = b->info.role == ROLE_PRIMARY;
    bool a_fails = flap_is_quarantined(a->group->core, a);
    bool b_fails = flap_is_quarantined(b->group->core, b);

    if (a_promoted != b_promoted)
        return a_promoted;
    if (a_fails != b_fails)
        return b_fails;
    if (select_prefers(a, b) != select_prefers(b, a))
        return select_prefers(a, b);
    if (a->info.repl_offset != b->info.repl_offset)
        return a->info.repl_offset > b->info.repl_offset;
    return strcmp(a->info.runid, b->info.runid) < 0;
}

/* Whether NODE balked, and is to go behind the others: all of those that did not, or, if ALL did,
 * those that did so before it. */
static bool goes_behind(const struct core *core, const struct node *node, bool all, msec first)
{
    return has_balked(core, node) && (!all || node->balked_at > first);
}

/* Those that may be chosen, the ones that balked among them only if there are no others. */
static size_t find_candidates(struct core *core, const struct group *group, msec since, bool waits,
                              bool tell, struct node *candidates[NODES_MAX])
{
    size_t n = 0, willing = 0;
    msec first = MSEC_NEVER;

    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];
        const struct refusal *refusal =
            node != group->primary ? refusal_of(core, node, since, waits) : NULL;

        if (refusal != NULL && tell)
            event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, node), "%s", refusal->reason);
        if (refusal != NULL || node == group->primary)
            continue;
        candidates[n++] = node;
        willing += !has_balked(core, node);
        first = msec_min(first, node->balked_at);
    }
    for (size_t i = n; i-- > 0;) {
        if (!goes_behind(core, candidates[i], willing == 0, first))
            continue;
        if (tell)
            event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, candidates[i]),
                         "it did not let itself be promoted");
        candidates[i] = candidates[--n];
    }
    return n;
}

/* Whether one with data nearer than AWAY may be chosen before long. */
static bool nearer_may_come(const struct core *core, const struct group *group, msec since,
                            int away)
{
    if (core->now - group->primary->sdown_at >= OLDER_WAIT_MS)
        return false;
    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];
        const struct refusal *refusal =
            node != group->primary ? refusal_of(core, node, since, false) : NULL;

        if (refusal != NULL && refusal->passes && node->info.priority != 0 &&
            node->info.replid[0] != '\0' && !node->rumoured && distance(node) != FOREIGN &&
            distance(node) < away)
            return true;
    }
    return false;
}

/* Whether data so old are better than none: when the primary is down, and nobody else is left. */
static bool must_do(const struct core *core, const struct group *group, msec since, int away)
{
    return away < OLDER || (group->primary->sdown && !nearer_may_come(core, group, since, away));
}

const char *select_refusal(const struct core *core, const struct node *node, msec since)
{
    const struct refusal *refusal = refusal_of(core, node, since, false);

    if (refusal != NULL)
        return refusal->reason;
    return must_do(core, node->group, since, distance(node)) ? NULL : OLDER_REASON;
}

/* Keep those whose data are of the newest history among them. */
static size_t keep_nearest(struct core *core, const struct group *group, msec since, bool tell,
                           struct node *candidates[NODES_MAX], size_t n)
{
    int least = INT_MAX;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        least = distance(candidates[i]) < least ? distance(candidates[i]) : least;
    bool good = n == 0 || must_do(core, group, since, least);

    for (size_t i = 0; i < n; i++) {
        if (good && distance(candidates[i]) == least)
            candidates[kept++] = candidates[i];
        else if (tell)
            event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, candidates[i]), OLDER_REASON);
    }
    return kept;
}

/* How far the most advanced of them is. Where they were read, offsets are compared within one
 * history alone. What is_short() compares is the primary's present history: of replicas that have
 * nothing of that, since it was a replica for a moment and began anew, only this tells. */
static uint64_t most_of(struct node *const *candidates, size_t n, const struct node *node,
                        bool waits)
{
    bool all = waits || !gather_is_judge(node->group);
    uint64_t most = node->info.repl_offset;

    for (size_t i = 0; i < n; i++) {
        const struct node_info *info = &candidates[i]->info;

        if (info->repl_offset > most && (all || replid_equal(info->replid, node->info.replid)))
            most = info->repl_offset;
    }
    return most;
}

/* How many bytes it lacks of what the most advanced one has, if that is too many: its preference
 * would cost them. */
static uint64_t lacks(struct node *const *candidates, size_t n, const struct node *node, bool waits)
{
    uint64_t allowed = waits ? (uint64_t)node->group->conf.priority_max_lag_bytes : 0;
    uint64_t behind = most_of(candidates, n, node, waits) - node->info.repl_offset;

    return node->info.role != ROLE_PRIMARY && behind > allowed ? behind : 0;
}

static struct node *choose(struct core *core, const struct group *group, msec since, bool waits,
                           bool tell)
{
    struct node *candidates[NODES_MAX];
    struct node *best = NULL;
    size_t n = find_candidates(core, group, since, waits, tell, candidates);

    n = keep_nearest(core, group, since, tell, candidates, n);
    for (size_t i = 0; i < n; i++) {
        uint64_t behind = lacks(candidates, n, candidates[i], waits);

        if (behind > 0 && tell)
            event_detail(emit_node_event(core, EVENT_REFUSED_SLAVE, candidates[i]),
                         "%llu bytes behind the most advanced replica", (unsigned long long)behind);
        if (behind == 0 && (best == NULL || is_better(candidates[i], best)))
            best = candidates[i];
    }
    return best;
}

struct node *select_replica(struct core *core, const struct group *group, msec since, bool tell)
{
    return choose(core, group, since, false, tell);
}

struct node *select_preferred(struct core *core, const struct group *group, msec since, bool tell)
{
    return choose(core, group, since, true, tell);
}

const struct node *select_successor(struct core *core, const struct group *group, msec since)
{
    const struct node *node = select_replica(core, group, since, false);

    return node != NULL && node->info.role == ROLE_REPLICA ? node : NULL;
}
