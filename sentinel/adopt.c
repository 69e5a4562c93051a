#include "sentinel/adopt.h"

#include <stdbool.h>
#include <string.h>

#include "quorum/epoch.h"
#include "quorum/tally.h"
#include "sentinel/candidates.h"
#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/peers.h"
#include "sentinel/things.h"

#define RUMOUR_MS          10000 /* then it is forgotten; whoever believes it will say it again */
#define RUMOUR_PATIENCE_MS 3000  /* with a node that might still report the promotion */
#define RUMOUR_ASK_MS      250   /* between two rounds of questions to the members */
#define UNVERIFIED_MS      6000  /* what cannot be verified, and is not outvoted, is adopted then */
#define RUMOUR_POLL_MS     50    /* INFO to the claimed primary */
#define CORRECT_EVERY_MS   500   /* a peer with an old configuration is told ours */

/* A node that only the rumour knows of goes with it. */
static void rumour_end(struct core *core, struct group *group)
{
    struct node *node = node_find(group, &group->rumour.primary);

    group->rumour.active = false;
    if (node != NULL && node->rumoured && node != group->primary)
        node_remove(core, node);
}

/* Our own primary does not look like one, as far as we have ever seen it: before
 * that, what it is told to be may be itself under another name. */
static bool is_contradicted(const struct group *group)
{
    const struct node *primary = group->primary;

    return primary->probe.info_seen_at != MSEC_NEVER &&
           (primary->sdown || primary->info.role == ROLE_REPLICA);
}

/* Whether a primary under EPOCH may take the place of ours: under a later one, or
 * under the same (two supervisors were told of different primaries, or a stock
 * one chose without an election) when ours is evidently none. */
static bool is_news(const struct group *group, uint64_t epoch)
{
    return epoch > group->config_epoch || (epoch == group->config_epoch && is_contradicted(group));
}

uint32_t adopt_confirmations(const struct group *group)
{
    uint32_t n = 0;

    if (!group->rumour.active)
        return 0;

    for (size_t i = 0; i < group->n_members; i++)
        n += group->members[i].confirmed;
    return n;
}

/* The next round of questions, when a rumour begins now: at once, but those that nobody confirms,
 * one after the other, bring no more questions than one of them. */
static msec first_ask_at(const struct core *core, const struct group *group)
{
    return group->rumour.active && adopt_confirmations(group) == 0 ? group->rumour.ask_at
                                                                   : core->now;
}

/* MEMBER says, or holds, that ADDR is the primary under EPOCH. It takes the place of the rumour
 * that there is. */
static void rumour_begin(struct core *core, struct group *group, const struct member *member,
                         const struct addr *addr, uint64_t epoch)
{
    msec ask_at = first_ask_at(core, group);
    struct node *node;

    if (group->rumour.active)
        rumour_end(core, group);
    node = node_find(group, addr);
    if (node == NULL) {
        node = node_add(core, group, addr);
        if (node == NULL)
            return;
        node->rumoured = true;
    }
    group->rumour = (struct rumour){ .active = true,
                                     .primary = *addr,
                                     .config_epoch = epoch,
                                     .peer = member->peer->id,
                                     .since = core->now,
                                     .ask_at = ask_at };
    for (size_t i = 0; i < group->n_members; i++)
        group->members[i].confirmed = false;
    probe_hasten(&node->probe, core->now);
    node_want_info(core, node, core->now);
}

/* NODE says itself that it is a primary, since the rumour began. */
static bool is_claimed(const struct group *group, const struct node *node)
{
    return node_info_since(node, group->rumour.since) && node->info.role == ROLE_PRIMARY;
}

/* NODE's history is one that some other node of the group has, the primary that we
 * know or one that follows NODE by now, or that a former primary had. When none has told its
 * history, there is nothing to compare with. */
static bool is_kin(const struct group *group, const struct node *node)
{
    bool known = false;

    if (lineage_find(&group->lineage, node->info.replid) >= 0 ||
        lineage_find(&group->lineage, node->info.replid2) >= 0)
        return true;

    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *other = group->nodes[i];

        if (other == node || other->rumoured || other->info.replid[0] == '\0')
            continue;
        known = true;
        if (node_info_are_kin(&node->info, &other->info))
            return true;
    }
    return !known;
}

/* No peer can be asked. */
static bool is_alone(const struct group *group)
{
    for (size_t i = 0; i < group->n_members; i++) {
        if (probe_is_up(&group->members[i].peer->probe))
            return false;
    }
    return true;
}

/* A node of ours has become a primary out of the history of the one that we know:
 * whoever told us, the promotion has happened (though perhaps under another epoch). */
static bool is_descendant(const struct group *group, const struct node *node)
{
    return !node->rumoured && is_claimed(group, node) &&
           replid_equal(node->info.replid2, group->primary->info.replid);
}

/* A replica of ours has come over to NODE and has from it what came after the history of the
 * primary that we know: the promotion has happened, also if NODE itself does not tell us (wrong
 * password), and what is written there may be acknowledged. */
static bool is_followed(const struct group *group, const struct node *node)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *other = group->nodes[i];
        const struct node_info *info = &other->info;

        if (other != node && other != group->primary && !other->rumoured && !node->rumoured &&
            node_info_since(other, group->rumour.since) && info->role == ROLE_REPLICA &&
            info->link_up && node_is_at(node, &info->primary) &&
            replid_equal(info->replid2, group->primary->info.replid))
            return true;
    }
    return false;
}

/* The primary that we know has been told to follow NODE. */
static bool is_obeyed(const struct group *group, const struct node *node)
{
    const struct node *primary = group->primary;

    return node_info_since(primary, group->rumour.since) && primary->info.role == ROLE_REPLICA &&
           node_is_at(node, &primary->info.primary);
}

/* A node of ours that was promoted and then, before we heard of it, made a replica
 * again: it will never claim to be a primary. */
static bool is_stray(const struct group *group, const struct node *node)
{
    return !node->rumoured && group->rumour.config_epoch > group->config_epoch &&
           node_info_since(node, group->rumour.since) && node->info.role == ROLE_REPLICA &&
           (is_kin(group, node) || is_obeyed(group, node));
}

/* A member does hold what nobody can verify. A hello alone starts no election. */
static bool is_disputed(const struct group *group)
{
    return adopt_confirmations(group) > 0 && group->rumour.config_epoch > group->config_epoch;
}

/* A node of ours that died after it was promoted and before we heard of it: it will never claim
 * anything. As long as some hold it for the primary and some its predecessor, dead as well, neither
 * may be a majority, and nobody can be elected. */
static bool is_lost(const struct group *group, const struct node *node)
{
    return !node->rumoured && group->rumour.config_epoch > group->config_epoch &&
           !probe_is_up(&node->probe) && group->primary->sdown;
}

/* Either has come about, and our own primary is no better. */
static bool is_overtaken(const struct core *core, const struct group *group,
                         const struct node *node)
{
    return core->now - group->rumour.since >= RUMOUR_PATIENCE_MS && !group_is_sane(group) &&
           (is_stray(group, node) || is_lost(group, node));
}

/* The leader that we elected says that it is done, but the promoted node died before we saw it. To
 * wait for it would keep us from replacing it. */
static bool is_leaders_word(const struct group *group, const struct node *node)
{
    const struct member *leader = member_find(group, group->vote.leader);

    return leader != NULL && leader->confirmed && group->odown && !node->rumoured &&
           group->vote.epoch == group->rumour.config_epoch && !probe_is_up(&node->probe);
}

/* It cannot be reached to verify it, but it was not outvoted in all that time either; with us a
 * majority has it. */
static bool is_upheld(const struct core *core, const struct group *group, const struct node *node)
{
    return !node->rumoured && !probe_is_up(&node->probe) && is_disputed(group) &&
           core->now - group->rumour.since >= UNVERIFIED_MS &&
           adopt_confirmations(group) + 1 >= tally_needed(group_voters(group), 1);
}

static bool is_verified(const struct core *core, const struct group *group, const struct node *node)
{
    uint32_t confirmed = adopt_confirmations(group);
    uint32_t majority = tally_needed(group_voters(group), 1);

    if (confirmed >= majority || (confirmed > 0 && node == group->primary))
        return true; /* (the primary that we have, elected once more) */
    if (is_claimed(group, node) && confirmed > 0 &&
        (is_kin(group, node) || confirmed + 1 >= majority ||
         group->vote.epoch == group->rumour.config_epoch)) /* we voted in that election */
        return true;
    if (is_descendant(group, node) && is_alone(group))
        return true;
    if (is_disputed(group) && is_followed(group, node))
        return true;
    if (is_leaders_word(group, node) || is_upheld(core, group, node))
        return true;
    return confirmed > 0 && is_overtaken(core, group, node);
}

static void ask_member(struct core *core, const struct group *group, struct member *member)
{
    struct message *message;

    if (member->where_ticket != 0 || !probe_is_up(&member->peer->probe))
        return;
    message = output_message(&core->output, MESSAGE_WHERE, member->peer->id);
    memcpy(message->u.group, group->name, sizeof group->name);
    message->ticket = member->where_ticket = core_ticket(core, group->id);
    member->where_at = core->now;
}

void adopt_ask(struct core *core, struct group *group)
{
    if (core->disk_stalled || core->now < group->confirm_ask_at)
        return;
    group->confirm_ask_at = core->now + RUMOUR_ASK_MS;
    for (size_t i = 0; i < group->n_members; i++)
        ask_member(core, group, &group->members[i]);
}

/* Ask every member that has not confirmed yet what it holds. */
static void ask_around(struct core *core, struct group *group)
{
    if (core->disk_stalled || core->now < group->rumour.ask_at)
        return;
    group->rumour.ask_at = core->now + RUMOUR_ASK_MS;
    for (size_t i = 0; i < group->n_members; i++) {
        if (!group->members[i].confirmed)
            ask_member(core, group, &group->members[i]);
    }
}

/* And the replicas, whom they follow. */
static void ask_replicas(struct core *core, struct group *group)
{
    for (size_t i = 0; i < group->n_nodes; i++) {
        struct node *node = group->nodes[i];

        if (node != group->primary && probe_is_up(&node->probe) &&
            !node_info_since(node, group->rumour.since))
            node_want_info(core, node, group->rumour.since);
    }
}

/* Whether THERE is what the rumour says, however the address is written. */
static bool is_rumoured(const struct group *group, const struct there *there)
{
    const struct node *node = node_find(group, &group->rumour.primary);

    return group->rumour.active && node != NULL && node_is_at(node, &there->addr) &&
           there->config_epoch >= group->rumour.config_epoch;
}

/* Whether MEMBER's hello may take the place of the rumour. */
static bool may_displace(const struct group *group, const struct member *member, uint64_t epoch)
{
    return !group->rumour.active || (group->rumour.config_epoch < epoch &&
                                     (member->confirmed || adopt_confirmations(group) == 0));
}

/* There is no rumour, or nobody confirms it, and THERE, which a member holds, is news. */
static bool is_better_founded(const struct core *core, const struct group *group,
                              const struct there *there)
{
    bool same = node_is_at(group->primary, &there->addr);

    return adopt_confirmations(group) == 0 && !(same && group->rumour.active) &&
           addr_is_set(&there->addr) && epoch_plausible(core->current_epoch, there->config_epoch) &&
           (same ? there->config_epoch > group->config_epoch : is_news(group, there->config_epoch));
}

/* Whether it is MEMBER that says THERE, not another that stands at its address by now. */
static bool is_own_word(const struct member *member, const struct there *there)
{
    return there->runid[0] == '\0' || strcmp(there->runid, member->peer->runid) == 0;
}

static void note_held(struct member *member, const struct there *there)
{
    member->held_at = member->where_at;
    member->held_epoch = there->config_epoch;
    member->held_addr = there->addr;
}

void adopt_there(struct core *core, const struct message *message)
{
    struct group *group = thing_find(core, ticket_id(message->ticket), THING_GROUP);

    for (size_t i = 0; group != NULL && i < group->n_members; i++) {
        struct member *member = &group->members[i];

        if (member->where_ticket != message->ticket)
            continue;
        member->where_ticket = 0;
        if (!is_own_word(member, &message->u.there))
            return;
        note_held(member, &message->u.there);
        if (!is_rumoured(group, &message->u.there) &&
            is_better_founded(core, group, &message->u.there))
            rumour_begin(core, group, member, &message->u.there.addr,
                         message->u.there.config_epoch);
        member->confirmed = is_rumoured(group, &message->u.there);
        group_run(core, group);
        return;
    }
}

static void adopt(struct core *core, struct group *group, struct node *node)
{
    const struct peer *peer = core_find_peer(core, group->rumour.peer);
    uint64_t epoch = group->rumour.config_epoch;

    failover_supersede(core, group);
    if (peer != NULL && node != group->primary)
        emit_peer_event(core, EVENT_CONFIG_UPDATE_FROM, group, peer);
    group_switch(core, group, node, epoch);
}

/* Nobody vouched for it in time. */
static void refuse(struct core *core, struct group *group)
{
    char text[ADDR_TEXT_MAX];

    event_detail(
        emit_group_event(core, EVENT_UPDATE_REFUSED, group),
        "%.100s under epoch %llu: confirmed by %u", addr_format(&group->rumour.primary, text),
        (unsigned long long)group->rumour.config_epoch, (unsigned)adopt_confirmations(group));
    rumour_end(core, group);
}

/* However a rumour ended (a switch, a reset): what only it knew of goes with it. */
static void drop_rumoured(struct core *core, struct group *group)
{
    for (size_t i = group->n_nodes; i-- > 0;) {
        if (group->nodes[i]->rumoured && group->nodes[i] != group->primary)
            node_remove(core, group->nodes[i]);
    }
}

void adopt_run(struct core *core, struct group *group)
{
    struct node *node;

    if (!group->rumour.active) {
        drop_rumoured(core, group);
        return;
    }
    node = node_find(group, &group->rumour.primary);
    if (node == NULL || !is_news(group, group->rumour.config_epoch)) {
        rumour_end(core, group);
    } else if (is_verified(core, group, node)) {
        adopt(core, group, node);
    } else if (core->now - group->rumour.since >= RUMOUR_MS) {
        refuse(core, group);
    } else {
        if (is_disputed(group) && group_is_sane(group)) {
            ask_replicas(core, group);
            failover_reaffirm(core, group);
        }
        ask_around(core, group);
        if (node->probe.info_seen_at != MSEC_NEVER)
            node_want_info(core, node, node->probe.info_seen_at + RUMOUR_POLL_MS);
    }
}

msec adopt_next(const struct core *core, const struct group *group)
{
    if (!group->rumour.active)
        return MSEC_NEVER;
    msec upheld = group->rumour.since + UNVERIFIED_MS;
    msec end = upheld > core->now ? upheld : group->rumour.since + RUMOUR_MS;

    return msec_min(end, core->disk_stalled ? MSEC_NEVER : group->rumour.ask_at);
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

/* Whether what MEMBER holds is known, for all that its question tells. */
static bool is_known(const struct group *group, const struct member *member,
                     const struct addr *primary)
{
    const struct node *node = node_find(group, primary);

    return member->held_at != MSEC_NEVER && node != NULL && node_is_at(node, &member->held_addr);
}

bool adopt_overrules(struct core *core, struct group *group, const struct ask *ask)
{
    struct member *member = member_find(group, ask->candidate);

    if (member == NULL || !probe_is_up(&member->peer->probe) || !group_is_sane(group) ||
        node_is_at(group->primary, &ask->primary))
        return false;
    adopt_ask(core, group);
    if (!is_known(group, member, &ask->primary))
        return true; /* it will ask again */
    if (member->held_epoch >= group->config_epoch)
        return false;
    correct(core, group, member);
    return true;
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
    bool same = node_is_at(group->primary, &hello->primary);
    uint64_t epoch = hello->config_epoch;

    if (same && epoch == group->config_epoch)
        member->agreed_at = core->now;
    else if (epoch < group->config_epoch)
        correct(core, group, member);
    else if ((same ? epoch > group->config_epoch : is_news(group, epoch)) &&
             may_displace(group, member, epoch))
        rumour_begin(core, group, member, &hello->primary, epoch);
}

void adopt_hello(struct core *core, const struct hello *hello)
{
    struct group *group = core_find_group(core, hello->group);
    struct member *member;

    if (group == NULL || strcmp(hello->runid, core->runid) == 0 || !is_plausible(core, hello))
        return;
    member = member_find(group, hello->runid);
    if (member == NULL || !addr_equal(&member->peer->addr, &hello->sender)) {
        candidate_hear(core, group, hello);
        return;
    }
    if (!probe_is_up(&member->peer->probe)) {
        probe_hasten(&member->peer->probe, core->now); /* it is alive: no more waiting */
        core_arm(core, &member->peer->deadline, core->now);
    }
    core_raise_epoch(core, group, hello->current_epoch);
    member->hello_at = core->now;
    compare_config(core, group, member, hello);
    group_run(core, group);
}
