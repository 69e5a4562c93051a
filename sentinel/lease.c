#include "sentinel/lease_own.h"

#include <string.h>

#include "sentinel/amnesia.h"
#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/things.h"

#define ROUNDS      4   /* in the time of a lock: the lease lives on when one of them fails */
#define LOCK_MIN_MS 500 /* a node that asks for less lacks it now and then */

/* --- whom for --------------------------------------------------------------------------------- */

static bool is_promoting(const struct group *group)
{
    return group->failover.state == FAILOVER_FENCE || group->failover.state == FAILOVER_PROMOTE;
}

/* For whom we claim, and under which epoch; NULL = for nobody. */
static struct node *target_of(const struct core *core, const struct group *group,
                              uint64_t *ret_epoch)
{
    bool promoting = is_promoting(group);
    struct node *node = promoting ? group->failover.promoted : group->primary;

    *ret_epoch = promoting ? group->failover.epoch : group->config_epoch;
    if (!lease_is_needed(node) || !node->lease.read || node->sdown || !probe_is_up(&node->probe))
        return NULL;
    if (!promoting &&
        (node->info.role != ROLE_PRIMARY || amnesia_is_suspected(core, group->primary)))
        return NULL;
    return node;
}

/* For how long the voters shall be locked. */
static int64_t lock_ms(const struct group *group, const struct node *node)
{
    uint64_t enough = node->info.write_lease_ms / 9 * 10 + 10;

    if (enough >= (uint64_t)group->conf.lease_ms)
        return group->conf.lease_ms;
    return msec_max((int64_t)enough, LOCK_MIN_MS);
}

/* That of member I, or, behind the last one, our own. */
static struct lease_vote *vote_at(struct group *group, size_t i)
{
    return i < group->n_members ? &group->members[i].lease : &group->lease.own;
}

static const struct lease_vote *seen_vote(const struct group *group, size_t i)
{
    return i < group->n_members ? &group->members[i].lease : &group->lease.own;
}

/* --- what the others are locked for ----------------------------------------------------------- */

/* Whether the node that VOTE is locked for was seen, since that is known, to have no lease. */
static bool is_released(const struct group *group, const struct lease_vote *vote)
{
    const struct node *node = vote->serial != 0 ? node_find(group, &vote->addr) : NULL;

    return node != NULL && ((node->crashed && node->lease.refused_from > vote->noted_at) ||
                            node->replica_from > vote->noted_at);
}

/* Look at the nodes that the others are locked for. */
static void seek(struct core *core, struct group *group)
{
    if (core->now < group->lease.seek_at)
        return;
    group->lease.seek_at = core->now + LEASE_RETRY_MS;
    for (size_t i = 0; i <= group->n_members; i++) {
        const struct lease_vote *vote = seen_vote(group, i);
        struct node *node =
            vote->serial != 0 && core->now > vote->noted_at && !is_released(group, vote)
                ? node_find(group, &vote->addr)
                : NULL;

        if (node == NULL)
            continue;
        probe_hasten(&node->probe, core->now);
        node_want_info(core, node, core->now);
    }
}

/* --- rounds ----------------------------------------------------------------------------------- */

static void note_pledge(struct core *core, struct group *group, struct lease_vote *vote,
                        const struct pledge *pledge)
{
    vote->given = pledge->given;
    vote->ms = pledge->ms;
    vote->ask_at = pledge->given ? MSEC_NEVER : core->now + msec_max(pledge->ms, LEASE_RETRY_MS);
    vote->serial = pledge->serial;
    vote->addr = pledge->addr;
    vote->noted_at = core->now;
    if (vote->serial != 0)
        group->lease.seek_at = core->now + 1;
}

static void fill_stake(const struct group *group, const struct node *node,
                       const struct lease_vote *vote, struct stake *ret_stake)
{
    *ret_stake = (struct stake){ .addr = node_shown_addr(node),
                                 .epoch = group->lease.epoch,
                                 .ms = group->lease.ms,
                                 .over = is_released(group, vote) ? vote->serial : 0 };
}

static void ask_self(struct core *core, struct group *group, const struct node *node)
{
    struct lease_vote *vote = &group->lease.own;
    struct pledge pledge;
    struct stake stake;

    fill_stake(group, node, vote, &stake);
    lease_consider(core, group, &stake, &pledge);
    note_pledge(core, group, vote, &pledge);
}

static void ask(struct core *core, struct group *group, struct member *member,
                const struct node *node)
{
    struct message *message = output_message(&core->output, MESSAGE_CLAIM, member->peer->id);
    struct claim *claim = &message->u.claim;

    member->lease.ticket = message->ticket = core_ticket(core, group->id);
    member->lease.asked_at = core->now;
    memcpy(claim->runid, core->runid, sizeof claim->runid);
    memcpy(claim->group, group->name, sizeof claim->group);
    fill_stake(group, node, &member->lease, &claim->stake);
}

/* When MEMBER is to be asked (again). Never two claims in flight, unless one was lost. */
static msec ask_at(const struct group *group, const struct member *member)
{
    const struct lease_vote *vote = &member->lease;

    if (member->peer->stock || !probe_is_up(&member->peer->probe))
        return MSEC_NEVER;
    if (vote->ticket != 0)
        return vote->asked_at + group->lease.ms;
    return is_released(group, vote) ? 0 : vote->ask_at;
}

static msec ask_self_at(const struct group *group)
{
    const struct lease_vote *own = &group->lease.own;

    return is_released(group, own) ? 0 : own->ask_at;
}

static void ask_all(struct core *core, struct group *group, const struct node *node)
{
    if (ask_self_at(group) <= core->now)
        ask_self(core, group, node);
    for (size_t i = 0; i < group->n_members; i++) {
        if (ask_at(group, &group->members[i]) <= core->now)
            ask(core, group, &group->members[i], node);
    }
}

/* What is pledged so far; RET_MS: for how long at least. */
static uint32_t count_given(const struct group *group, int64_t *ret_ms)
{
    uint32_t n = 0;

    for (size_t i = 0; i <= group->n_members; i++) {
        const struct lease_vote *vote = seen_vote(group, i);

        if (!vote->given)
            continue;
        *ret_ms = n == 0 ? vote->ms : msec_min(*ret_ms, vote->ms);
        n++;
    }
    return n;
}

uint32_t lease_pledges(const struct group *group)
{
    int64_t ms;
    uint32_t n = count_given(group, &ms);

    return n > group->lease.n_given ? n : group->lease.n_given;
}

/* For how long the round's lease is good, from its reading on; 0 = there is no majority. */
static int64_t won_ms(const struct group *group)
{
    int64_t ms = 0;

    if (count_given(group, &ms) < group_needed(group))
        return 0;
    return ms - ms / 10;
}

static void begin_round(struct core *core, struct group *group, struct node *node)
{
    struct lease *lease = &group->lease;
    int64_t ms;

    lease->n_given = count_given(group, &ms);
    lease->began_at = core->now;
    lease->clock_ms = node->lease.clock_ms;
    lease->ms = lock_ms(group, node);
    lease->used = false;
    for (size_t i = 0; i <= group->n_members; i++) {
        struct lease_vote *vote = vote_at(group, i);

        vote->given = false;
        vote->ticket = 0; /* its answer would be too old to count */
        vote->ask_at = core->now;
    }
}

/* From now on it is for NODE. */
static void retarget(struct group *group, const struct node *node, uint64_t epoch)
{
    struct lease *lease = &group->lease;

    lease->node = node != NULL ? node->id : 0;
    lease->epoch = epoch;
    lease->n_given = 0;
    lease->used = true;
    lease->began_at = MSEC_NEVER;
    for (size_t i = 0; i <= group->n_members; i++)
        *vote_at(group, i) = (struct lease_vote){ .ask_at = MSEC_NEVER };
}

static msec round_at(const struct group *group)
{
    return group->lease.began_at == MSEC_NEVER ? 0
                                               : group->lease.began_at + group->lease.ms / ROUNDS;
}

static void renew(struct core *core, struct group *group, struct node *node)
{
    int64_t ms = won_ms(group);
    struct order *order;

    if (ms == 0 || group->lease.used || node->lease.ticket != 0 || is_promoting(group))
        return;
    order = output_order(&core->output, ORDER_LEASE, node->id);
    order->ticket = node->lease.ticket = core_ticket(core, node->id);
    order->lease = (struct lease_order){
        .wanted = true, .ms = ms, .epoch = group->lease.epoch, .clock_ms = group->lease.clock_ms
    };
    group->lease.used = true;
}

void lease_run(struct core *core, struct group *group)
{
    struct lease *lease = &group->lease;
    uint64_t epoch;
    struct node *node = target_of(core, group, &epoch);

    lease_outbid_epoch(core, group);
    if (node == NULL) {
        if (lease->node != 0)
            retarget(group, NULL, 0);
        return;
    }
    if (lease->node != node->id || lease->epoch != epoch)
        retarget(group, node, epoch);
    if (round_at(group) <= core->now)
        begin_round(core, group, node);
    seek(core, group);
    ask_all(core, group, node);
    renew(core, group, node);
}

msec lease_next(const struct core *core, const struct group *group)
{
    const struct lease *lease = &group->lease;
    msec next = lease_outdated_until(group);
    bool noted = lease->own.serial != 0;

    if (next <= core->now)
        next = core->now + LEASE_OUTDATED_MS / 10;
    if (lease->node == 0)
        return next;
    next = msec_min(next, msec_min(round_at(group), ask_self_at(group)));
    for (size_t i = 0; i < group->n_members; i++) {
        next = msec_min(next, ask_at(group, &group->members[i]));
        noted = noted || group->members[i].lease.serial != 0;
    }
    if (noted)
        next = msec_min(next, lease->seek_at);
    return msec_max(next, core->now + 1);
}

bool lease_is_won(const struct core *core, const struct group *group)
{
    const struct node *chosen = group->failover.promoted;
    int64_t ms = won_ms(group);

    return lease_is_needed(group->primary) && lease_is_needed(chosen) &&
           group->lease.node == chosen->id && group->lease.epoch == group->failover.epoch &&
           ms > 0 && core->now < group->lease.began_at + ms;
}

void lease_promote(const struct node *node, struct order *order)
{
    const struct group *group = node->group;
    const struct lease *lease = &group->lease;

    if (!lease_is_needed(node))
        return;
    order->lease = (struct lease_order){ .wanted = true, .epoch = group->failover.epoch };
    if (lease->node != node->id || lease->epoch != group->failover.epoch || won_ms(group) == 0)
        return;
    order->lease.ms = won_ms(group);
    order->lease.clock_ms = lease->clock_ms;
}

static void take_pledge(struct core *core, const struct message *message)
{
    struct group *group = thing_find(core, ticket_id(message->ticket), THING_GROUP);

    for (size_t i = 0; group != NULL && i < group->n_members; i++) {
        struct lease_vote *vote = &group->members[i].lease;

        if (vote->ticket != message->ticket)
            continue;
        vote->ticket = 0;
        note_pledge(core, group, vote, &message->u.pledge);
        group_run(core, group);
        return;
    }
}

void lease_hear(struct core *core, const struct message *message)
{
    if (message->kind == MESSAGE_CLAIM)
        lease_take_claim(core, message);
    else
        take_pledge(core, message);
}
