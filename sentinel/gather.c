#include "sentinel/gather.h"

#include <stdio.h>
#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/role_order.h"

#define RETRY_MS       100  /* between two orders to the same replica */
#define DOUBT_SOON_MS  1000 /* for so long INFO of a replica that was restarted is asked for */
#define DOUBT_FIRST_MS 50   /* so often, */
#define DOUBT_EVERY_MS 1000 /* and then */
#define OPEN_MS        2000 /* for a leader who told replicas to leave, */
#define OPEN_UNSEEN_MS                                                                             \
    10000           /* if all that we know is that there was an election, of some group            \
                     */
#define REST_MS 300 /* for those that are not needed, but could be the better choice */

bool gather_is_wanted(const struct group *group)
{
    return group->conf.durability == DURABILITY_QUORUM && !group->failover.hasty;
}

bool gather_is_judge(const struct group *group)
{
    return group->failover.state == FAILOVER_GATHER && group->failover.gathered &&
           gather_is_wanted(group);
}

/* What it acknowledged it may have lost; but if the primary has come back with less, better that.
 */
static bool is_doubted(const struct node *node)
{
    return node->doubt.since != MSEC_NEVER && !node->group->primary->amnesia.told;
}

/* One that may have acknowledged writes. */
static bool is_replica(const struct group *group, const struct node *node)
{
    return node != group->primary && !node->rumoured;
}

/* The history of the primary, which its acknowledged writes are of. */
static const char *history(const struct group *group)
{
    return group->lineage.replids[0];
}

/* Whether NODE has the primary's history: as its replica, or as itself, whatever it is now. */
static bool has_history(const struct group *group, const struct node *node)
{
    if (node == group->primary)
        return true;
    return is_replica(group, node) && node->info.role == ROLE_REPLICA &&
           node_is_at(group->primary, &node->info.primary);
}

/* A primary of a short reign may never have told us its history while it was one. */
static void learn_history(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];
        const struct node_info *info = &node->info;

        if (has_history(group, node) && lineage_find(&group->lineage, info->replid) < 0 &&
            replid_equal(info->replid2, history(group)) &&
            lineage_push(&group->lineage, info->replid))
            emit_lineage_row(core, group);
    }
}

void gather_begin(struct core *core, struct group *group)
{
    learn_history(core, group);
    for (size_t i = 0; i < group->n_nodes; i++)
        group->nodes[i]->reading =
            (struct gather_reading){ .ask_at = core->now, .told_at = MSEC_NEVER };
}

/* What it said last shows that it has left. */
static bool is_away(const struct node *node)
{
    const struct node_info *info = &node->info;

    return info->role == ROLE_REPLICA && !info->link_up && node_is_at(node, &info->primary);
}

bool gather_is_read(const struct core *core, const struct node *node)
{
    const struct group *group = node->group;

    (void)core;
    if (!is_replica(group, node) || node->info.loading || is_doubted(node))
        return false;
    if (node->info.role == ROLE_PRIMARY) /* it follows nobody */
        return node_info_since(node, group->failover.state_at);
    return node->reading.told_at != MSEC_NEVER &&
           node_info_since(node, node->reading.told_at + 1) && is_away(node);
}

/* What a node has of a history, and of what came after that. */
struct holding {
    bool any;
    uint64_t position;
    bool successor;
    uint64_t offset;
};

/* Where the AT-th history before the newest left the one before it; 0 = nobody knows. Whoever was
 * promoted says it, and whoever followed without a full synchronisation says how far it was when it
 * did: no further than that. */
static uint64_t fork_of(const struct group *group, int at)
{
    const struct lineage *lineage = &group->lineage;
    uint64_t fork = 0;

    for (size_t i = 0; at + 1 < LINEAGE_MAX && i < group->n_nodes; i++) {
        const struct node_info *info = &group->nodes[i]->info;

        if (replid_equal(info->replid, lineage->replids[at]) &&
            replid_equal(info->replid2, lineage->replids[at + 1]) && info->second_offset > fork)
            fork = info->second_offset - 1;
    }
    return fork;
}

/* Of the group's newest history, or of the AT-th before it. One that goes by a history's name and
 * has not yet come to where it begins has nothing of it, but of the one before. */
static struct holding holding_of(const struct node *node, int at)
{
    const struct node_info *info = &node->info;
    const struct lineage *lineage = &node->group->lineage;
    uint64_t fork = fork_of(node->group, at);

    if (replid_equal(info->replid, lineage->replids[at]))
        return (struct holding){ .any = fork == 0 || info->repl_offset > fork,
                                 .position = info->repl_offset,
                                 .offset = info->repl_offset };
    if (at > 0 && replid_equal(info->replid, lineage->replids[at - 1]) &&
        info->repl_offset <= fork_of(node->group, at - 1))
        return (struct holding){ .any = true,
                                 .position = info->repl_offset,
                                 .offset = info->repl_offset };
    if (replid_equal(info->replid2, lineage->replids[at]) && info->second_offset > 0)
        return (struct holding){ .any = true,
                                 .position = info->second_offset - 1,
                                 .successor = true,
                                 .offset = info->repl_offset };
    return (struct holding){ 0 };
}

/* Whether A holds more of the AT-th history before the newest than B. What came after its end is
 * none of the group's: what somebody wrote beyond it, nobody was promised. */
static bool is_more_of_older(const struct group *group, int at, const struct holding *a,
                             const struct holding *b)
{
    uint64_t end = fork_of(group, at - 1);

    return (end == 0 || b->position < end) && a->position > b->position;
}

/* Whether A holds more than B. */
static bool is_more(const struct holding *a, const struct holding *b)
{
    if (a->position != b->position)
        return a->position > b->position;
    if (a->successor != b->successor)
        return a->successor;
    return a->offset > b->offset;
}

/* Whether A has more than B of the newest history that either of them has anything of. */
static bool has_more(const struct node *a, const struct node *b)
{
    for (int at = 0; at < LINEAGE_MAX && a->group->lineage.replids[at][0] != '\0'; at++) {
        struct holding of_a = holding_of(a, at), of_b = holding_of(b, at);

        if (of_a.any || of_b.any)
            return at == 0 ? is_more(&of_a, &of_b) : is_more_of_older(a->group, at, &of_a, &of_b);
    }
    return false;
}

/* Whether NODE has it from PRIMARY, which went on writing since we read it: no more, then. */
static bool is_fed_by(const struct node *node, const struct node *primary)
{
    return primary->info.role == ROLE_PRIMARY &&
           replid_equal(node->info.replid, primary->info.replid);
}

bool gather_is_short(const struct core *core, const struct node *node)
{
    const struct group *group = node->group;

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *other = group->nodes[i];

        if (gather_is_read(core, other) && !is_fed_by(other, node) && has_more(other, node))
            return true;
    }
    return false;
}

static void order_away(struct core *core, struct node *node)
{
    struct order *order = role_order(core, node, ORDER_DETACH);

    node->reading.ticket = order->ticket;
    order->addr = node_shown_addr(node);
}

/* Tell NODE to leave, or ask whether it still is away. */
static void read_one(struct core *core, struct node *node)
{
    struct gather_reading *reading = &node->reading;

    if (reading->told_at != MSEC_NEVER && node_info_since(node, reading->told_at + 1) &&
        !is_away(node))
        reading->told_at = MSEC_NEVER; /* somebody else spoke to it */
    if (!probe_is_up(&node->probe) || gather_is_read(core, node))
        return;
    bool told = reading->told_at != MSEC_NEVER;
    msec since = told ? reading->told_at + 1 : node->group->failover.state_at;

    if (told || node->info.role != ROLE_REPLICA)
        node_want_info(core, node,
                       node_info_since(node, since) ? node->probe.info_seen_at + RETRY_MS : since);
    else if (reading->ticket == 0 && core->now >= reading->ask_at && !core->disk_stalled)
        order_away(core, node);
}

/* The replicas to be read, of those that there are. */
static size_t needed(const struct group *group, size_t n)
{
    size_t k = (size_t)group->conf.sync_replicas;

    return k < n ? n - k + 1 : 1;
}

static msec deadline(const struct group *group)
{
    return group->failover.state_at + msec_min(GATHER_MAX_MS, group->conf.failover_timeout_ms);
}

static const char *obstacle(const struct node *node)
{
    return node->sdown                           ? "down"
           : !probe_is_up(&node->probe)          ? "disconnected"
           : is_doubted(node)                    ? "not seen in step since it was started"
           : node->info.loading                  ? "loading"
           : node->reading.told_at == MSEC_NEVER ? "it does not leave the primary"
                                                 : "it does not answer INFO";
}

/* Who stands in the way. */
static void say(const struct core *core, const struct group *group, size_t read, size_t n,
                char ret_reason[GATHER_REASON_MAX])
{
    char text[ADDR_TEXT_MAX];

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];

        if (!is_replica(group, node) || gather_is_read(core, node))
            continue;
        snprintf(ret_reason, GATHER_REASON_MAX,
                 "%zu of %zu replicas read, %zu needed: %.80s: %.40s", read, n, needed(group, n),
                 addr_format(&node->addr, text), obstacle(node));
        return;
    }
}

enum gather_result gather_run(struct core *core, struct group *group,
                              char ret_reason[GATHER_REASON_MAX])
{
    size_t n = 0, read = 0, awaited = 0;

    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];
        bool is_one = is_replica(group, node);

        if (is_one)
            read_one(core, node);
        bool done = gather_is_read(core, node);
        n += is_one;
        read += done;
        awaited += is_one && !done && !node->sdown && probe_is_up(&node->probe);
    }
    if (read >= needed(group, n) &&
        (awaited == 0 || core->now >= group->failover.state_at + REST_MS))
        return GATHER_DONE;
    if (core->now < deadline(group))
        return GATHER_GOING;
    say(core, group, read, n, ret_reason);
    return GATHER_FAILED;
}

msec gather_next(const struct core *core, const struct group *group)
{
    msec rest = group->failover.state_at + REST_MS;
    msec next = msec_min(deadline(group), rest > core->now ? rest : MSEC_NEVER);

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];

        if (is_replica(group, node) && probe_is_up(&node->probe) && node->reading.ticket == 0 &&
            node->reading.told_at == MSEC_NEVER)
            next = msec_min(next, msec_max(node->reading.ask_at, core->now + RETRY_MS));
    }
    return next;
}

void gather_settled(struct core *core, struct group *group, const struct settled *settled)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        if (node->reading.ticket == 0 || node->reading.ticket != settled->ticket)
            continue;
        node->reading.ticket = 0;
        node->reading.ask_at = core->now + (settled->again ? 0 : RETRY_MS);
        if (settled->ok && settled->role == ROLE_REPLICA) {
            node->reading.told_at = core->now;
            node_want_info(core, node, core->now + 1);
        }
    }
}

/* Whether there may have been a leader since the configuration that we have: we voted in his
 * election, or know of one, perhaps of another group, and NODE has left since. */
static bool is_led(const struct group *group, const struct node *node)
{
    return group->vote.epoch > group->config_epoch ||
           (group->core->current_epoch > group->config_epoch && node->wrong_at > group->epoch_at);
}

bool gather_left_open(const struct node *node)
{
    const struct group *group = node->group;

    return group->conf.durability == DURABILITY_QUORUM && is_replica(group, node) &&
           node->wrong_at != MSEC_NEVER && is_away(node) && is_led(group, node);
}

msec gather_reaffirm_at(const struct group *group)
{
    msec patience = group->vote.epoch > group->config_epoch ? OPEN_MS : OPEN_UNSEEN_MS;
    msec at = MSEC_NEVER;

    if (group->failover.state != FAILOVER_IDLE)
        return MSEC_NEVER; /* REPOINT: they left at our own word */
    for (size_t i = 0; group_is_sane(group) && i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];

        if (probe_is_up(&node->probe) && gather_left_open(node))
            at = msec_min(at, msec_max(node->wrong_at, group->epoch_at) + patience);
    }
    return at;
}

/* NODE has all that the primary had some time after NODE came back. */
static bool is_in_step(const struct node *node)
{
    const struct node *primary = node->group->primary;

    return node->doubt.goal_known && node_follows_primary(node) && node->info.link_up &&
           replid_equal(node->info.replid, primary->info.replid) &&
           node->info.repl_offset >= node->doubt.goal;
}

/* The primary is another process: it may never get to where the last one was. */
static void forget_goals(struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++)
        group->nodes[i]->doubt.goal_known = false;
}

void gather_doubt(struct core *core, struct node *node)
{
    if (node == node->group->primary)
        forget_goals(node->group);
    if (node->group->conf.durability != DURABILITY_QUORUM || node->doubt.since != MSEC_NEVER)
        return;
    node->doubt.since = core->now;
    node->doubt.goal_known = false;
    memcpy(node->doubt.runid, node->runid, sizeof node->doubt.runid);
}

/* DOUBTED should not stay so for as long as an idle group's INFO takes: NODE is asked. */
static void hasten(struct core *core, struct node *node, const struct node *doubted)
{
    msec every = core->now - doubted->doubt.since < DOUBT_SOON_MS ? DOUBT_FIRST_MS : DOUBT_EVERY_MS;

    if (probe_is_up(&node->probe))
        node_want_info(core, node, node->probe.info_seen_at + every);
}

void gather_note(struct core *core, struct node *node)
{
    struct node *primary = node->group->primary;

    if (node->doubt.since == MSEC_NEVER)
        return;
    if (!node->doubt.goal_known && primary->info.role == ROLE_PRIMARY &&
        node_info_since(primary, msec_max(node->doubt.since + 1, node->group->config_at))) {
        node->doubt.goal_known = true;
        node->doubt.goal = primary->info.primary_offset;
    }
    if (node == primary ? node->info.role != ROLE_PRIMARY : !is_in_step(node)) {
        hasten(core, node, node);
        if (!node->doubt.goal_known && primary != node && primary->contacted)
            hasten(core, primary, node);
        return;
    }
    node->doubt.since = MSEC_NEVER;
    if (!node->rumoured)
        emit_node_row(core, node);
}

void gather_switched(struct node *node)
{
    node->doubt.goal_known = false;
    if (node == node->group->primary)
        node->doubt.since = MSEC_NEVER;
}
