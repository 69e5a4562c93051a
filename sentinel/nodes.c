#include "sentinel/nodes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/amnesia.h"
#include "sentinel/emit.h"
#include "sentinel/hold.h"
#include "sentinel/fight.h"
#include "sentinel/input.h"
#include "sentinel/gather.h"
#include "sentinel/lease.h"
#include "sentinel/loading.h"
#include "sentinel/model.h"
#include "sentinel/role_watch.h"
#include "sentinel/salvage.h"
#include "sentinel/things.h"

#define FIX_MIN_MS 1000 /* between two orders to follow, doubling ... */
#define FIX_MAX_MS 60000

#define PROMPT_LAG_S 2 /* a replica acknowledges each second */

struct node *node_add(struct core *core, struct group *group, const struct addr *addr)
{
    if (group->n_nodes == NODES_MAX)
        return NULL;
    struct node *node = calloc(1, sizeof *node);

    assert(node != NULL);
    node->id = thing_add(core, THING_NODE, node);
    node->group = group;
    node->addr = *addr;
    node->created_at = node->role_at = core->now;
    node->wrong_at = node->reborn_at = node->balked_at = node->cut_off_at = node->refused_at =
        MSEC_NEVER;
    node->guard_at = node->guard_wrong_at = node->amnesia.since = node->loading.since = MSEC_NEVER;
    node->doubt.since = node->reading.told_at = node->lease.told_at = MSEC_NEVER;
    node_info_init(&node->info);
    busy_init(&node->busy);
    write_watch_init(&node->write);
    tune_init(&node->tune);
    probe_init(&node->probe, &core->pace, true, group->conf.down_after_ms, core->now);
    backoff_init(&node->fix_backoff, FIX_MIN_MS, FIX_MAX_MS);
    deadline_init(&node->deadline, THING_NODE, node->id);
    core_arm(core, &node->deadline, core->now);
    group->nodes[group->n_nodes++] = node;
    return node;
}

void node_remove(struct core *core, struct node *node)
{
    struct group *group = node->group;
    size_t i = 0;

    assert(node != group->primary && node != group->failover.promoted);
    if (!node->rumoured) {
        emit_gone_row(core, ROW_NODE_GONE, group);
        core->output.rows[core->output.n_rows - 1].addr = node->addr;
    }
    output_order(&core->output, ORDER_FORGET, node->id);
    while (group->nodes[i] != node)
        i++;
    memmove(&group->nodes[i], &group->nodes[i + 1], (--group->n_nodes - i) * sizeof *group->nodes);
    deadline_disarm(&core->deadlines, &node->deadline);
    thing_remove(core, node->id);
    free(node);
}

/* Whether A, not B, is to stay of two that are one. */
static bool matters_more(const struct group *group, const struct node *a, const struct node *b)
{
    if (b == group->primary || b == group->failover.promoted)
        return false;
    return a == group->primary || a == group->failover.promoted || b->rumoured || !a->rumoured;
}

/* Drop GONE, which is KEPT under another name, if that can be done now. */
static bool merge(struct core *core, struct group *group, struct node *kept, struct node *gone)
{
    if (gone == group->primary || gone == group->failover.promoted)
        return false; /* one is the primary, the other is being promoted: later */
    kept->owed = kept != group->primary && (kept->owed || gone->owed);
    if (kept->runid[0] == '\0') {
        memcpy(kept->runid, gone->runid, sizeof kept->runid);
        kept->lease.needed = gone->lease.needed;
    }
    /* It has been heard, if only under its other name: what is given up with that must be made up
     * for at once. */
    kept->probe.last_valid = msec_max(kept->probe.last_valid, gone->probe.last_valid);
    probe_hasten(&kept->probe, core->now);
    hold_move(core, kept, gone);
    node_remove(core, gone);
    node_wake(core, kept);
    if (!kept->rumoured)
        emit_node_row(core, kept);
    return true;
}

/* Where the node was reached, whatever we announce; its own address until then. */
static struct addr reached_addr(const struct node *node)
{
    struct addr reached = node->addr;

    if (node->ip[0] != '\0')
        memcpy(reached.host, node->ip, sizeof reached.host);
    return reached;
}

/* The first pair of nodes that are one; false when there is none. */
static bool find_twins(const struct group *group, struct node **ret_a, struct node **ret_b)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        for (size_t j = i + 1; j < group->n_nodes; j++) {
            struct addr reached = reached_addr(group->nodes[j]);

            if (!node_is_at(group->nodes[i], &reached) &&
                !node_is_at(group->nodes[i], &group->nodes[j]->addr))
                continue;
            *ret_a = group->nodes[i];
            *ret_b = group->nodes[j];
            return true;
        }
    }
    return false;
}

void nodes_merge(struct core *core, struct group *group)
{
    struct node *a, *b;
    bool merged = true;

    while (merged && find_twins(group, &a, &b)) {
        bool first = matters_more(group, a, b);

        merged = merge(core, group, first ? a : b, first ? b : a);
    }
    group->twins = !merged;
}

bool node_is_at(const struct node *node, const struct addr *addr)
{
    struct addr reached = reached_addr(node);

    return addr_equal(&node->addr, addr) || addr_equal(&reached, addr);
}

struct node *node_find(const struct group *group, const struct addr *addr)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (node_is_at(group->nodes[i], addr))
            return group->nodes[i];
    }
    return NULL;
}

/* Turn one of the probe's actions into an order. */
static void act(struct core *core, struct node *node, enum probe_action action)
{
    static const struct {
        enum probe_action action;
        enum order_kind order;
        enum link_kind link;
    } table[] = {
        { PROBE_OPEN_CMD, ORDER_OPEN, LINK_CMD },
        { PROBE_OPEN_PUBSUB, ORDER_OPEN, LINK_PUBSUB },
        { PROBE_CLOSE_CMD, ORDER_CLOSE, LINK_CMD },
        { PROBE_CLOSE_PUBSUB, ORDER_CLOSE, LINK_PUBSUB },
        { PROBE_PING_CMD, ORDER_PING, LINK_CMD },
        { PROBE_PING_PUBSUB, ORDER_PING, LINK_PUBSUB },
        { PROBE_INFO, ORDER_INFO, LINK_CMD },
        { PROBE_HELLO, ORDER_HELLO, LINK_CMD },
    };
    size_t i = 0;

    while (table[i].action != action)
        i++;
    struct order *order = output_order(&core->output, table[i].order, node->id);
    order->link = table[i].link;
    if (order->kind == ORDER_OPEN)
        order->addr = node->addr;
    if (order->kind == ORDER_HELLO)
        order->hello = core_hello(core, node->group);
    if (action == PROBE_PING_CMD)
        role_watch_ask(core, node);
}

/* The probe's actions in the order in which they make sense. */
static void act_all(struct core *core, struct node *node, unsigned actions)
{
    static const enum probe_action order[] = { PROBE_CLOSE_CMD, PROBE_CLOSE_PUBSUB,
                                               PROBE_OPEN_CMD,  PROBE_OPEN_PUBSUB,
                                               PROBE_PING_CMD,  PROBE_PING_PUBSUB,
                                               PROBE_INFO,      PROBE_HELLO };

    if ((actions & PROBE_HELLO) &&
        (core->disk_stalled || node->rumoured || drain_holds(node) || write_watch_is_held(node))) {
        node->probe.hello_sent_at = MSEC_NEVER; /* not now: it would only wait, for disk or node */
        actions &= ~(unsigned)PROBE_HELLO;
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (actions & order[i])
            act(core, node, order[i]);
    }
}

/* When the node has to be looked at next: its probe, and the moment at which its
 * silence means that it is down. */
static msec node_next(const struct core *core, const struct node *node)
{
    msec silent_at = probe_silent_at(&node->probe);

    return msec_min(probe_next(&node->probe), silent_at > core->now ? silent_at : MSEC_NEVER);
}

void node_wake(struct core *core, struct node *node)
{
    act_all(core, node, probe_wake(&node->probe, core->now, &core->prng));
    core_arm(core, &node->deadline, node_next(core, node));
}

void node_want_info(struct core *core, struct node *node, msec at)
{
    probe_want_info(&node->probe, at);
    node_wake(core, node);
}

bool node_info_since(const struct node *node, msec since)
{
    return node->probe.info_seen_at != MSEC_NEVER && node->probe.info_seen_at >= since;
}

bool node_follows_primary(const struct node *node)
{
    const struct node *primary = node->group->primary;

    if (node->info.role != ROLE_REPLICA)
        return false;
    if (node_is_at(primary, &node->info.primary))
        return true;
    /* Another name for the same primary (NAT, host names): same history, link up; but not a
     * chain, which shows the same with another node in between. */
    return node->info.link_up && node_find(node->group, &node->info.primary) == NULL &&
           node_info_since(primary, node->group->config_at) && primary->info.role == ROLE_PRIMARY &&
           replid_equal(node->info.replid, primary->info.replid);
}

void node_reopen(struct core *core, struct node *node)
{
    write_watch_close(core, node);
    for (int kind = 0; kind < PROBE_LINKS; kind++) {
        struct link *link = &node->probe.links[kind];

        if (link->state == LINK_DOWN)
            continue;
        output_order(&core->output, ORDER_CLOSE, node->id)->link = (enum link_kind)kind;
        probe_observe(&node->probe, (enum link_kind)kind, EVIDENCE_TIMEOUT, core->now, &core->prng);
    }
    probe_hasten(&node->probe, core->now);
    node_wake(core, node);
}

/* Add the replicas that the primary names and we do not know. */
static void discover(struct core *core, struct group *group, const struct node_info *info)
{
    for (uint32_t i = 0; info->replicas != NULL && i < info->n_replicas; i++) {
        const struct addr *addr = &info->replicas[i].addr;
        struct node *node = node_find(group, addr);

        if (node != NULL && !node->rumoured)
            continue;
        if (node == NULL && (node = node_add(core, group, addr)) == NULL) {
            char text[ADDR_TEXT_MAX];
            event_detail(emit_group_event(core, EVENT_LIMIT, group),
                         "replica %.128s not added: %d nodes", addr_format(addr, text), NODES_MAX);
            return;
        }
        node->rumoured = false;
        emit_node_row(core, node);
        emit_node_event(core, EVENT_SLAVE, node);
    }
}

/* A process that is not the one we knew: it was restarted. */
static void note_runid(struct core *core, struct node *node, const struct node_info *info)
{
    if (info->runid[0] == '\0' || strcmp(info->runid, node->runid) == 0)
        return;
    gather_doubt(core, node);
    if (node->runid[0] != '\0') {
        node->reborn = true;
        node->guard_at = MSEC_NEVER;
        node->reborn_at = core->now;
        write_watch_restart(core, node);
        salvage_reset(node);
        if (node == node->group->primary)
            amnesia_suspect(core, node);
        emit_node_event(core, EVENT_REBOOT, node);
    }
    memcpy(node->runid, info->runid, sizeof node->runid);
    if (!node->rumoured)
        emit_node_row(core, node);
}

/* A role that differs from the one last reported. */
static void note_role(struct core *core, struct node *node, const struct node_info *info)
{
    bool first = node->info.role == ROLE_UNKNOWN;

    if (info->role == node->info.role)
        return;
    node->role_at = core->now;
    if (first)
        return;
    bool agrees = (info->role == ROLE_PRIMARY) == (node == node->group->primary);
    struct event *event =
        emit_node_event(core, agrees ? EVENT_ROLE_CHANGE_AGREES : EVENT_ROLE_CHANGE_DIFFERS, node);
    event_detail(event, "%s", node_role_name(info->role));
}

void node_made_replica(struct core *core, struct node *node, const struct addr *of)
{
    struct node_info info = node->info;

    info.role = ROLE_REPLICA;
    info.primary = *of;
    info.link_up = info.syncing = false;
    note_role(core, node, &info);
    node->info = info;
}

/* Since when the node does not do what the configuration says. */
static void note_wrong(struct core *core, struct node *node)
{
    if (node == node->group->primary || node_follows_primary(node)) {
        node->wrong_at = MSEC_NEVER;
    } else if (node->wrong_at == MSEC_NEVER) {
        node->wrong_at = core->now;
        if (!node->astray)
            fight_note_change(core, node);
    }
    node->astray = node->astray || node->wrong_at != MSEC_NEVER;
    if (node->info.link_up && node_follows_primary(node))
        node->cut_off_at = MSEC_NEVER;
}

/* By the primary's own word, or, as long as that is missing, by that of a replica which has it from
 * there. */
void node_note_lineage(struct core *core, struct node *node)
{
    const struct node_info *info = &node->info;
    struct group *group = node->group;
    bool own = node == group->primary && info->role == ROLE_PRIMARY;
    bool doubted = amnesia_is_suspected(core, group->primary);
    bool of_replica = !node->rumoured && info->role == ROLE_REPLICA && info->link_up &&
                      node_is_at(group->primary, &info->primary) &&
                      lineage_find(&group->lineage, info->replid) < 0;

    if ((own || of_replica) && !doubted && lineage_push(&group->lineage, info->replid))
        emit_lineage_row(core, group);
}

static size_t count_prompt(const struct node_info *info)
{
    size_t n = 0;

    for (uint32_t i = 0; info->replicas != NULL && i < info->n_replicas; i++)
        n += info->replicas[i].online && info->replicas[i].lag_s <= PROMPT_LAG_S;
    return n;
}

/* How long its link has been down it counts by a clock that may be set. It was no longer than it
 * said before (SEEN_AT), and what has passed since. */
static msec bound_link_down(const struct node *node, const struct node_info *info, msec seen_at)
{
    const struct node_info *last = &node->info;
    msec before = last->link_up ? 0 : last->link_down_ms;

    if (seen_at == MSEC_NEVER || last->role != ROLE_REPLICA || before < 0)
        return info->link_down_ms;
    return msec_min(info->link_down_ms,
                    before + node->probe.info_seen_at - seen_at + LINK_DOWN_UNIT_MS);
}

/* ASKED_AT: when it was asked for. SEEN_AT: when it told the last one. */
static void take_info(struct core *core, struct node *node, const struct node_info *info,
                      msec asked_at, msec seen_at)
{
    msec link_down_ms = bound_link_down(node, info, seen_at);

    note_runid(core, node, info);
    note_role(core, node, info);
    loading_note(core, node, info);
    node->info = *info;
    node->info.link_down_ms = link_down_ms;
    node->prompt_replicas = count_prompt(info);
    node->info.replicas = NULL; /* they are the input's */
    node->contacted = true;
    if (info->role == ROLE_REPLICA && asked_at != MSEC_NEVER)
        node->replica_from = asked_at;
    note_wrong(core, node);
    gather_note(core, node);
    tune_note(core, node);
    node_note_lineage(core, node);
    if (node == node->group->primary && info->role == ROLE_PRIMARY) {
        lag_saw(&node->group->lag, core->now, info->primary_offset);
        discover(core, node->group, info);
    }
}

/* Alarms that follow from what a PING was answered. */
static void note_answers(struct core *core, struct node *node)
{
    if (node->probe.denied != node->denied) {
        node->denied = node->probe.denied;
        emit_node_event(core, node->denied ? EVENT_ACCESS_DENIED : EVENT_ACCESS_GRANTED, node);
    }
}

/* Where a connection leads to, in numbers. */
static void note_ip(struct core *core, struct node *node, const char *ip)
{
    if (ip[0] == '\0' || strcmp(ip, node->ip) == 0)
        return;
    memcpy(node->ip, ip, strlen(ip) + 1);
    node->group->twins = true;
    if (!node->rumoured && strcmp(ip, node->addr.host) != 0)
        emit_node_row(core, node);
}

void node_observe(struct core *core, struct node *node, const struct observation *seen)
{
    bool was_up = probe_is_up(&node->probe);
    msec info_sent_at = node->probe.info_sent_at, info_seen_at = node->probe.info_seen_at;

    if (seen->link == LINK_WRITE) {
        write_watch_observe(core, node, seen);
        return;
    }
    lease_before(node, seen);
    probe_observe(&node->probe, seen->link, seen->evidence, core->now, &core->prng);
    if (seen->link == LINK_CMD && was_up != probe_is_up(&node->probe)) {
        node->contacted = node->reborn = false;
        node->guard_stale = true;
        if (!was_up)
            note_ip(core, node, seen->ip);
    }
    if (seen->evidence == EVIDENCE_INFO && probe_is_up(&node->probe))
        take_info(core, node, seen->info, info_sent_at, info_seen_at);
    lease_after(core, node, seen);
    if (seen->evidence == EVIDENCE_PONG)
        loading_ended(core, node);
    note_answers(core, node);
    node_wake(core, node);
}
