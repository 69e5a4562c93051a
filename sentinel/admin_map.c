#include "sentinel/admin_map.h"

#include <stdio.h>
#include <string.h>

#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "sentinel/places.h"
#include "wire/resp_write.h"

#define FLAGS_TEXT_MAX 256

/* A map being written; its size is known at the end. */
struct map {
    struct resp_writer *w;
    const struct core *core;
    size_t mark;
    size_t n;
};

static struct map map_begin(struct resp_writer *w, const struct core *core)
{
    struct map map = { w, core, resp_hold(w), 0 };
    return map;
}

static void map_end(struct map *map)
{
    resp_map_at(map->w, map->mark, map->n);
}

static void put_text(struct map *map, const char *name, const char *value)
{
    resp_bulk_str(map->w, name);
    resp_bulk_str(map->w, value);
    map->n++;
}

static void put_number(struct map *map, const char *name, int64_t value)
{
    resp_bulk_str(map->w, name);
    resp_bulk_int(map->w, value);
    map->n++;
}

/* Epochs and offsets: the whole range of 64 bits. */
static void put_unsigned(struct map *map, const char *name, uint64_t value)
{
    resp_bulk_str(map->w, name);
    resp_bulkf(map->w, "%llu", (unsigned long long)value);
    map->n++;
}

/* How long ago that was; 0 when it never was. */
static void put_age(struct map *map, const char *name, msec at)
{
    msec age = at == MSEC_NEVER ? 0 : map->core->now - at;
    put_number(map, name, age > 0 ? age : 0);
}

/* --- flags -------------------------------------------------------------------------------- */

struct flag {
    const char *word;
    bool set;
};

/* The words of those that are set, joined by commas. */
static void put_flags(struct map *map, const struct flag *flags, size_t n)
{
    char text[FLAGS_TEXT_MAX] = "";
    size_t len = 0;
    for (size_t i = 0; i < n; i++)
        if (flags[i].set && len < sizeof(text))
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", len ? "," : "",
                                    flags[i].word);
    put_text(map, "flags", text);
}

/* Once the switch is told, the new primary is no part of a failover: clients wait for that flag
 * to go before they use it, and bringing the replicas over may take long. */
static void put_node_flags(struct map *map, const struct node *node)
{
    const struct group *group = node->group;
    const struct failover *failover = &group->failover;
    bool primary = node == group->primary;
    const struct flag flags[] = {
        /* Clients are to leave a node in maintenance alone. */
        { "s_down", node->sdown || hold_is_maintained(node) },
        { "o_down", primary && group->odown },
        { "master", primary },
        { "slave", !primary },
        /* A link that is made again within moments does not count, and the pub/sub link never does:
         * clients that read the tables at an event would pass the node over for good. */
        { "disconnected", probe_is_lost(&node->probe, group->core->now) },
        { "failover_in_progress", primary && failover_leading(group) != 0 },
        { "promoted", failover->state == FAILOVER_PROMOTE && failover->promoted == node },
        { "reconf_sent", node->repoint == REPOINT_SENT },
        { "reconf_inprog", node->repoint == REPOINT_INPROG },
        { "reconf_done", node->repoint == REPOINT_DONE && failover->state == FAILOVER_REPOINT },
        { "force_failover", primary && failover_leading(group) != 0 && failover->forced },
        { "script_kill_sent", node->busy.step != BUSY_NONE },
        { "master_reboot", primary && node->reborn_at != MSEC_NEVER &&
                               group->conf.master_reboot_down_after_ms != 0 },
        { "paused", primary && hold_is_paused(group) },
        { "maintenance", hold_is_maintained(node) },
    };
    put_flags(map, flags, sizeof(flags) / sizeof(flags[0]));
}

static void put_peer_flags(struct map *map, const struct member *member)
{
    const struct flag flags[] = {
        { "s_down", member->sdown },
        { "sentinel", true },
        { "disconnected", !probe_is_up(&member->peer->probe) },
        { "master_down", member->down },
    };
    put_flags(map, flags, sizeof(flags) / sizeof(flags[0]));
}

/* --- what all of them have ------------------------------------------------------------------ */

/* Commands whose replies are awaited. */
static int64_t pending(const struct probe *probe)
{
    int64_t n = probe->info_sent_at != MSEC_NEVER;
    n += probe->hello_sent_at != MSEC_NEVER;
    for (int i = 0; i < PROBE_LINKS; i++)
        n += probe->links[i].state == LINK_UP && probe->links[i].ping_at != MSEC_NEVER;
    return n;
}

static void put_identity(struct map *map, const char *name, const struct addr *addr,
                         const char *runid)
{
    put_text(map, "name", name);
    put_text(map, "ip", addr->host);
    put_number(map, "port", addr->port);
    put_text(map, "runid", runid);
}

static void put_link(struct map *map, const struct probe *probe, uint32_t refs)
{
    put_number(map, "link-pending-commands", pending(probe));
    put_number(map, "link-refcount", refs);
}

static void put_pings(struct map *map, const struct probe *probe)
{
    put_age(map, "last-ping-sent", probe->unanswered_since);
    put_age(map, "last-ok-ping-reply", probe->last_ok);
    put_age(map, "last-ping-reply", probe->last_reply);
}

/* --- nodes ---------------------------------------------------------------------------------- */

/* What masters and replicas have before the fields of their own. */
static void put_node(struct map *map, const struct node *node, const char *name,
                     const struct addr *addr)
{
    const struct group *group = node->group;
    bool primary = node == group->primary;
    /* As long as it has said nothing itself it is taken for what it is listed as. */
    bool says_primary = node->info.role == ROLE_UNKNOWN ? primary : node->info.role == ROLE_PRIMARY;

    put_identity(map, name, addr, node->runid);
    put_node_flags(map, node);
    put_link(map, &node->probe, 1);
    if (primary && failover_leading(group) != 0)
        put_text(map, "failover-state", failover_state_name(group->failover.state));
    if (primary && group->failover.waits[0] != '\0')
        put_text(map, "failover-waits-for", group->failover.waits);
    put_pings(map, &node->probe);
    if (node->sdown)
        put_age(map, "s-down-time", node->sdown_at);
    if (primary && group->odown)
        put_age(map, "o-down-time", group->odown_at);
    put_number(map, "down-after-milliseconds", group->conf.down_after_ms);
    put_age(map, "info-refresh", node->probe.info_seen_at);
    put_text(map, "role-reported", says_primary ? "master" : "slave");
    put_age(map, "role-reported-time", node->role_at);
}

/* Where it is, and how far from the best place, if operators care. */
static void put_place(struct map *map, const struct node *node)
{
    const char *places = node->group->conf.prefer;

    if (node->info.zone[0] != '\0')
        put_text(map, "availability-zone", node->info.zone);
    if (places[0] != '\0')
        put_number(map, "place", places_rank(places, node) + 1);
}

/* Of a node that takes writes only with a lease. -1: it is not known how much is left. */
static void put_lease(struct map *map, const struct node *node)
{
    if (!lease_is_needed(node))
        return;
    put_number(map, "lease-left", lease_left_ms(map->core, node));
    put_unsigned(map, "lease-epoch", node->info.lease_epoch);
}

/* What this supervisor has to do with the lease of GROUP's primary. */
static void put_pledges(struct map *map, const struct group *group)
{
    int64_t pledged_ms = lease_pledged_ms(map->core, group);
    char text[ADDR_TEXT_MAX];

    if (!lease_is_needed(group->primary))
        return;
    put_number(map, "lease-pledges", lease_pledges(group));
    put_number(map, "lease-pledges-needed", group_needed(group));
    put_text(map, "lease-pledged-to",
             pledged_ms > 0 ? addr_format(&group->lease.lock.addr, text) : "?");
    put_number(map, "lease-pledged-for", pledged_ms);
}

/* Whether what it acknowledged counts (sentinel/gather). */
static void put_doubt(struct map *map, const struct node *node)
{
    if (node->group->conf.durability == DURABILITY_QUORUM)
        put_text(map, "in-doubt", node->doubt.since == MSEC_NEVER ? "no" : "yes");
}

bool admin_is_replica(const struct node *node)
{
    return node != node->group->primary && !node->rumoured;
}

size_t admin_count_replicas(const struct group *group)
{
    size_t n = 0;
    for (size_t i = 0; i < group->n_nodes; i++)
        n += admin_is_replica(group->nodes[i]);
    return n;
}

void admin_map_primary(struct resp_writer *w, const struct core *core, const struct group *group)
{
    struct map map = map_begin(w, core);
    struct addr addr = group_primary_addr(group);
    put_node(&map, group->primary, group->name, &addr);
    put_unsigned(&map, "config-epoch", group->config_epoch);
    put_number(&map, "num-slaves", (int64_t)admin_count_replicas(group));
    put_number(&map, "num-other-sentinels", (int64_t)group->n_members);
    put_number(&map, "quorum", group->conf.quorum);
    put_number(&map, "failover-timeout", group->conf.failover_timeout_ms);
    put_number(&map, "parallel-syncs", group->conf.parallel_syncs);
    if (flap_count(core, group) > 1) {
        put_number(&map, "flap-failovers", flap_count(core, group));
        put_number(&map, "cool-down", msec_max(0, flap_hold_until(group) - core->now));
    }
    if (write_watch_fault(group)[0])
        put_text(&map, "write-fault", write_watch_fault(group));
    put_lease(&map, group->primary);
    put_pledges(&map, group);
    put_place(&map, group->primary);
    if (group->conf.notification_script[0])
        put_text(&map, "notification-script", group->conf.notification_script);
    if (group->conf.client_reconfig_script[0])
        put_text(&map, "client-reconfig-script", group->conf.client_reconfig_script);
    map_end(&map);
}

void admin_map_replica(struct resp_writer *w, const struct core *core, const struct node *node)
{
    char name[ADDR_TEXT_MAX];
    struct map map = map_begin(w, core);
    struct addr addr = node_shown_addr(node);
    const struct node_info *info = &node->info;
    bool follows = addr_is_set(&info->primary);
    msec down_ms = info->link_up || info->link_down_ms < 0 ? 0 : info->link_down_ms;

    put_node(&map, node, addr_format(&addr, name), &addr);
    put_number(&map, "master-link-down-time", down_ms);
    put_text(&map, "master-link-status", info->link_up ? "ok" : "err");
    put_text(&map, "master-host", follows ? info->primary.host : "?");
    put_number(&map, "master-port", follows ? info->primary.port : 0);
    put_number(&map, "slave-priority", info->priority);
    put_unsigned(&map, "slave-repl-offset", info->repl_offset);
    put_number(&map, "replica-announced", info->announced);
    put_doubt(&map, node);
    put_lease(&map, node);
    put_place(&map, node);
    if (flap_is_quarantined(core, node))
        put_number(&map, "quarantine", flap_strikes(core, node));
    map_end(&map);
}

/* --- peers ---------------------------------------------------------------------------------- */

void admin_map_peer(struct resp_writer *w, const struct core *core, const struct group *group,
                    const struct member *member)
{
    struct map map = map_begin(w, core);
    const struct peer *peer = member->peer;

    put_identity(&map, peer->runid, &peer->addr, peer->runid);
    put_peer_flags(&map, member);
    put_link(&map, &peer->probe, peer->n_groups);
    put_pings(&map, &peer->probe);
    if (member->sdown)
        put_age(&map, "s-down-time", member->sdown_at);
    put_number(&map, "down-after-milliseconds", group->conf.down_after_ms);
    put_age(&map, "last-hello-message", member->hello_at);
    put_text(&map, "voted-leader", member->leader[0] ? member->leader : "?");
    put_unsigned(&map, "voted-leader-epoch", member->leader_epoch);
    map_end(&map);
}
