#include "sentinel/amnesia.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

#define ASK_EVERY_MS 20   /* INFO while it is not clear */
#define SUSPECT_MS   2000 /* a replica that has said nothing by then counts as lost */
#define HELD_MS      8000 /* after that, if nobody could be promoted: better it than nobody */
#define FEWER_FACTOR 2    /* keys: so many times fewer than a replica has */
#define ROUNDING_MS  2000 /* how long its link is down a replica says in seconds, its clock's */

/* What was known of the process that NODE was until now. */
static struct past_life life_of(const struct node *node)
{
    struct past_life life = { .lost_at = node->probe.links[LINK_CMD].lost_at,
                              .offset = UINT64_MAX };

    if (node->info.role == ROLE_PRIMARY) {
        life.offset = node->info.primary_offset;
        memcpy(life.replid, node->info.replid, sizeof life.replid);
    }
    return life;
}

void amnesia_suspect(struct core *core, struct node *node)
{
    node->amnesia.last = life_of(node);
    if (node->amnesia.since == MSEC_NEVER)
        node->amnesia.believed = node->amnesia.last;
    node->amnesia.since = core->now;
    node->amnesia.until = core->now + SUSPECT_MS;
    node->amnesia.told = false;
}

/* It has said, since its return, what it holds. */
static bool has_spoken(const struct node *node, msec since)
{
    return node_info_since(node, since) && !node->info.loading;
}

static bool is_asked(const struct group *group, const struct node *node)
{
    return node == group->primary || (!node->rumoured && !node->sdown &&
                                      probe_is_up(&node->probe) && node->info.role != ROLE_PRIMARY);
}

bool amnesia_is_suspected(const struct core *core, const struct node *node)
{
    const struct group *group = node->group;

    if (node != group->primary || node->amnesia.since == MSEC_NEVER)
        return false;
    if (node->info.loading)
        return true;
    if (node->amnesia.told)
        return core->now < node->amnesia.until + HELD_MS;
    for (size_t i = 0; core->now < node->amnesia.until && i < group->n_nodes; i++) {
        if (is_asked(group, group->nodes[i]) && !has_spoken(group->nodes[i], node->amnesia.since))
            return true;
    }
    return false;
}

/* Further in the history that the primary continues than it was itself when it began anew; also
 * when the replica follows somebody who went on from there, of whom we have not heard. */
static bool is_ahead(const struct node_info *replica, const struct node_info *primary)
{
    if (primary->second_offset == 0 || replica->repl_offset < primary->second_offset)
        return false;
    return replid_equal(replica->replid, primary->replid2) ||
           (replid_equal(replica->replid2, primary->replid2) &&
            replica->second_offset > primary->second_offset);
}

static bool has_fewer_keys(const struct node_info *primary, const struct node_info *replica)
{
    return primary->keys >= 0 &&
           primary->keys < replica->keys / FEWER_FACTOR + replica->keys % FEWER_FACTOR;
}

/* It had all that was known of LIFE, and its link was up when that was lost. */
static bool was_in_step(const struct core *core, const struct node *replica,
                        const struct node *primary, const struct past_life *life)
{
    const struct node_info *own = &replica->info;
    msec down_at = core->now - own->link_down_ms;

    if (primary->amnesia.since - life->lost_at > primary->group->conf.down_after_ms)
        return false; /* who knows what it was told while we did not look */
    return own->repl_offset >= life->offset &&
           (own->link_up || (own->link_down_ms >= 0 && down_at >= life->lost_at - ROUNDING_MS));
}

static bool can_take_over(const struct node *replica)
{
    return replica->info.priority != 0 && !replica->info.loading && !hold_is_maintained(replica);
}

/* The process before whose history REPLICA has: the group's, or that of one which was lost before
 * it could be believed. NULL = it has some other. */
static const struct past_life *life_behind(const struct node *replica, const struct node *primary)
{
    const char *replid = replica->info.replid;

    if (lineage_find(&primary->group->lineage, replid) == 0)
        return &primary->amnesia.believed;
    return replid_equal(primary->amnesia.last.replid, replid) ? &primary->amnesia.last : NULL;
}

/* The primary has lost the history that the group had, and the keys with it, or they need not be
 * the group's. */
static bool has_lost(const struct core *core, const struct node *replica,
                     const struct node *primary)
{
    const struct past_life *life = life_behind(replica, primary);

    if (node_info_are_kin(&replica->info, &primary->info) || life == NULL)
        return false;
    return has_fewer_keys(&primary->info, &replica->info) ||
           (can_take_over(replica) && (primary->group->conf.durability == DURABILITY_QUORUM ||
                                       was_in_step(core, replica, primary, life)));
}

static bool is_witness(const struct core *core, const struct node *primary, const struct node *node)
{
    return node != primary && !node->rumoured && !node->sdown && node->info.role == ROLE_REPLICA &&
           has_spoken(node, primary->amnesia.since) &&
           (is_ahead(&node->info, &primary->info) || has_lost(core, node, primary));
}

/* The replica that holds more than the primary, or NULL. */
static const struct node *witness(const struct core *core, const struct group *group)
{
    const struct node *primary = group->primary;
    msec since = primary->amnesia.since;

    if (since == MSEC_NEVER || core->now >= primary->amnesia.until + HELD_MS ||
        primary->info.role != ROLE_PRIMARY || !has_spoken(primary, since))
        return NULL;
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (is_witness(core, primary, group->nodes[i]))
            return group->nodes[i];
    }
    return NULL;
}

/* Behind a closed gate a primary does no harm: as long as a replica that holds more could take
 * over, it is not believed. */
static bool can_wait(const struct core *core, const struct group *group)
{
    const struct node *primary = group->primary;

    for (size_t i = 0; primary->info.gate_closed && i < group->n_nodes; i++) {
        if (is_witness(core, primary, group->nodes[i]) && can_take_over(group->nodes[i]))
            return true;
    }
    return false;
}

static void tell(struct core *core, struct group *group, const struct node *node)
{
    const struct node_info *own = &group->primary->info, *its = &node->info;
    char text[ADDR_TEXT_MAX];

    event_detail(emit_group_event(core, EVENT_AMNESIA, group),
                 "restarted with %lld keys at offset %llu, replica %.128s has %lld at %llu",
                 (long long)own->keys, (unsigned long long)own->primary_offset,
                 addr_format(&node->addr, text), (long long)its->keys,
                 (unsigned long long)its->repl_offset);
}

bool amnesia_is_seen(struct core *core, struct group *group)
{
    struct node *primary = group->primary;
    const struct node *node = witness(core, group);

    if (node != NULL && !primary->amnesia.told)
        tell(core, group, node);
    if (node != NULL || !primary->info.loading)
        primary->amnesia.told = node != NULL;
    return node != NULL;
}

void amnesia_run(struct core *core, struct group *group)
{
    struct node *primary = group->primary;
    msec since = primary->amnesia.since;

    if (since == MSEC_NEVER)
        return;
    if (primary->info.loading || can_wait(core, group))
        primary->amnesia.until = core->now + SUSPECT_MS;
    if (!amnesia_is_suspected(core, primary)) {
        primary->amnesia.since = MSEC_NEVER;
        node_note_lineage(core, primary);
        return;
    }
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        if (is_asked(group, node) && probe_is_up(&node->probe))
            node_want_info(core, node,
                           node_info_since(node, since) ? node->probe.info_seen_at + ASK_EVERY_MS
                                                        : core->now);
    }
}

msec amnesia_next(const struct core *core, const struct group *group)
{
    const struct node *primary = group->primary;

    if (primary->amnesia.since == MSEC_NEVER)
        return MSEC_NEVER;
    return core->now < primary->amnesia.until ? primary->amnesia.until
                                              : primary->amnesia.until + HELD_MS;
}
