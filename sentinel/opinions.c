#include "sentinel/opinions.h"

#include <string.h>

#include "quorum/epoch.h"
#include "sentinel/adopt.h"
#include "sentinel/campaign.h"
#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/groups.h"
#include "sentinel/hold.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/peers.h"
#include "sentinel/things.h"

/* Whether what MEMBER said last still counts. */
static bool is_valid(const struct core *core, const struct member *member)
{
    return member->down && core->now - member->down_at < OPINION_VALID_MS;
}

uint32_t opinions_down(const struct core *core, const struct group *group)
{
    uint32_t count = 0;

    for (size_t i = 0; i < group->n_members; i++)
        count += is_valid(core, &group->members[i]);
    return count;
}

static void push(struct core *core, struct group *group, const struct member *member)
{
    struct opinion *opinion =
        &output_message(&core->output, MESSAGE_OPINION, member->peer->id)->u.opinion;

    memcpy(opinion->runid, core->runid, sizeof opinion->runid);
    memcpy(opinion->group, group->name, sizeof opinion->group);
    opinion->primary = group_primary_addr(group);
    opinion->config_epoch = group->config_epoch;
    opinion->down = group->primary->sdown;
    opinion->leading_epoch = failover_leading(group);
}

/* When our opinion has to be pushed again; at once if it changed. */
static msec push_at(const struct group *group)
{
    if (group->opinion_pushed != group->primary->sdown ||
        group->leading_pushed != failover_leading(group))
        return 0;
    if (!group->primary->sdown && failover_leading(group) == 0)
        return MSEC_NEVER;
    return group->opinion_at == MSEC_NEVER ? 0 : group->opinion_at + PUSH_PERIOD_MS;
}

static void push_all(struct core *core, struct group *group)
{
    group->opinion_at = core->now;
    group->opinion_pushed = group->primary->sdown;
    group->leading_pushed = failover_leading(group);
    for (size_t i = 0; i < group->n_members; i++) {
        const struct peer *peer = group->members[i].peer;

        if (!peer->stock && probe_is_up(&peer->probe))
            push(core, group, &group->members[i]);
    }
}

void opinions_ask(struct core *core, struct group *group, struct member *member, uint64_t epoch)
{
    struct message *message = output_message(&core->output, MESSAGE_ASK, member->peer->id);

    member->ask_ticket = message->ticket = core_ticket(core, group->id);
    member->ask_epoch = group->config_epoch;
    member->asked_at = core->now;
    message->u.ask.primary = group_primary_addr(group);
    message->u.ask.epoch = epoch > 0 ? epoch : core->current_epoch;
    if (epoch > 0) {
        memcpy(message->u.ask.candidate, core->runid, sizeof core->runid);
        member->vote_asked = epoch;
    }
}

/* When MEMBER has to be asked again. Never two questions in flight: a hung peer
 * gets no pile of them (a campaign's request for a vote may come on top). */
static msec ask_at(const struct group *group, const struct member *member)
{
    if (!group->primary->sdown || member->ask_ticket != 0 || !probe_is_up(&member->peer->probe))
        return MSEC_NEVER;
    return member->asked_at == MSEC_NEVER ? 0 : member->asked_at + group->core->tunables.ask_period;
}

static void say_hello(struct core *core, struct group *group)
{
    group->hello_due_at = core->now + core->pace.hello_ms;
    for (size_t i = 0; i < group->n_members; i++) {
        const struct peer *peer = group->members[i].peer;

        if (probe_is_up(&peer->probe))
            output_message(&core->output, MESSAGE_HELLO, peer->id)->u.hello =
                core_hello(core, group);
    }
}

void opinions_run(struct core *core, struct group *group)
{
    if (core->disk_stalled)
        return; /* all of it would only wait for the disk */
    if (group->hello_due_at <= core->now)
        say_hello(core, group);
    if (push_at(group) <= core->now)
        push_all(core, group);
    for (size_t i = 0; i < group->n_members; i++) {
        if (ask_at(group, &group->members[i]) <= core->now)
            opinions_ask(core, group, &group->members[i], 0);
    }
}

msec opinions_next(const struct core *core, const struct group *group)
{
    if (core->disk_stalled)
        return MSEC_NEVER;
    msec next = msec_min(group->hello_due_at, push_at(group));

    for (size_t i = 0; i < group->n_members; i++) {
        const struct member *member = &group->members[i];

        next = msec_min(next, ask_at(group, member));
        if (is_valid(core, member))
            next = msec_min(next, member->down_at + OPINION_VALID_MS);
    }
    return next;
}

/* The group whose primary stands at ADDR. */
static struct group *group_at(const struct core *core, const struct addr *addr)
{
    for (size_t i = 0; i < core->n_groups; i++) {
        if (node_is_at(core->groups[i]->primary, addr))
            return core->groups[i];
    }
    return NULL;
}

/* Whether we may vote for CANDIDATE at all: a member of the group, which is not paused, in an epoch
 * that is newer than the configuration and not absurd. */
static bool may_vote(struct core *core, const struct group *group, const struct ask *ask)
{
    if (hold_is_paused(group) || member_find(group, ask->candidate) == NULL ||
        ask->epoch <= group->config_epoch)
        return false;
    if (!epoch_plausible(core->current_epoch, ask->epoch)) {
        struct event *event = emit_core_event(core, EVENT_EPOCH_REFUSED);

        event->epoch = ask->epoch;
        event_detail(event, "asked for by %s", ask->candidate);
        return false;
    }
    return true;
}

/* A request for our vote: granted if this group's last vote is older, unless the
 * one we voted for may still be at work. */
static void consider_vote(struct core *core, struct group *group, const struct ask *ask)
{
    if (!may_vote(core, group, ask))
        return;
    core_raise_epoch(core, group, ask->epoch);
    if (adopt_overrules(core, group, ask))
        return;
    if (strcmp(group->vote.leader, ask->candidate) != 0 && failover_vote_held(core, group)) {
        campaign_contested(core, group, ask->candidate);
        return;
    }
    if (!vote_grant(&group->vote, ask->epoch, ask->candidate))
        return;
    group->voted_at = core->now;
    emit_vote_row(core, group);
    struct event *event = emit_group_event(core, EVENT_VOTE_FOR_LEADER, group);

    memcpy(event->runid, ask->candidate, sizeof event->runid);
    event->epoch = ask->epoch;
    failover_yield(core, group);
}

/* The group that has a node at ADDR: for a vote, since supervisors that hold different primaries
 * for a group must be able to agree again. */
static struct group *group_with(const struct core *core, const struct addr *addr)
{
    struct group *group = group_at(core, addr);

    for (size_t i = 0; group == NULL && i < core->n_groups; i++) {
        const struct node *node = node_find(core->groups[i], addr);

        if (node != NULL && !node->rumoured)
            group = core->groups[i];
    }
    return group;
}

static void take_ask(struct core *core, const struct message *message)
{
    const struct ask *ask = &message->u.ask;
    struct group *group =
        ask->candidate[0] != '\0' ? group_with(core, &ask->primary) : group_at(core, &ask->primary);
    struct message *reply;

    if (group != NULL && ask->candidate[0] != '\0') {
        consider_vote(core, group, ask);
        group_run(core, group);
    }
    reply = output_message(&core->output, MESSAGE_ANSWER, 0);
    reply->ticket = message->ticket;
    if (group == NULL)
        return;
    reply->u.answer.down = group->primary->sdown && node_is_at(group->primary, &ask->primary);
    reply->u.answer.leader_epoch = group->vote.epoch;
    memcpy(reply->u.answer.leader, group->vote.leader, sizeof group->vote.leader);
}

static void note_opinion(struct core *core, struct member *member, bool down)
{
    member->down = down;
    member->down_at = core->now;
}

/* Ask at once (if there is anything to ask), or as soon as the question in flight
 * is answered: its answer may be older than what we want to know. */
static void ask_anew(struct member *member)
{
    member->ask_again = member->ask_ticket != 0;
    if (!member->ask_again)
        member->asked_at = MSEC_NEVER;
}

void opinions_renew(struct group *group)
{
    for (size_t i = 0; i < group->n_members; i++)
        ask_anew(&group->members[i]);
}

/* What an answer tells of the peer's vote in this group. */
static void note_vote(struct core *core, const struct group *group, struct member *member,
                      const struct answer *answer)
{
    if (member->vote_asked != 0)
        member->vote_answered = member->vote_asked;
    if (answer->leader_epoch < member->leader_epoch ||
        !epoch_plausible(core->current_epoch, answer->leader_epoch))
        return;
    memcpy(member->leader, answer->leader, sizeof member->leader);
    member->leader_epoch = answer->leader_epoch;
    core_raise_epoch(core, group, answer->leader_epoch);
}

/* The member of GROUP that was asked under TICKET and has not answered yet. */
static struct member *asked_under(struct group *group, uint64_t ticket)
{
    for (size_t i = 0; i < group->n_members; i++) {
        if (group->members[i].ask_ticket == ticket)
            return &group->members[i];
    }
    return NULL;
}

/* The answer to a question that was followed by another (a request for a vote) before it came. It
 * is newer than what the peer said so far: its word against the primary is taken back. */
static void take_late_answer(struct core *core, struct group *group, const struct message *message)
{
    const struct peer *peer = core_find_peer(core, message->peer);
    struct member *member = peer != NULL ? member_of(group, peer) : NULL;

    if (member == NULL || message->u.answer.down || !member->down)
        return;
    member->down = false;
    group_run(core, group);
}

static void take_answer(struct core *core, const struct message *message)
{
    struct group *group = thing_find(core, ticket_id(message->ticket), THING_GROUP);
    struct member *member = group != NULL ? asked_under(group, message->ticket) : NULL;

    if (member == NULL) {
        if (group != NULL)
            take_late_answer(core, group, message);
        return;
    }
    member->ask_ticket = 0;
    if (member->ask_epoch == group->config_epoch)
        note_opinion(core, member, message->u.answer.down);
    note_vote(core, group, member, &message->u.answer);
    if (member->ask_again)
        ask_anew(member);
    group_run(core, group);
}

/* A pushed opinion says who has changed his mind, not to what: anybody can push in
 * anybody's name. What counts is the answer over the link that we made. */
static void take_opinion(struct core *core, const struct opinion *opinion)
{
    struct group *group = core_find_group(core, opinion->group);
    struct member *member = group != NULL ? member_find(group, opinion->runid) : NULL;

    if (member == NULL)
        return;
    member->leading_epoch = opinion->leading_epoch;
    member->leading_at = core->now;
    member->leading_config = opinion->config_epoch;
    if (opinion->down && node_is_at(group->primary, &opinion->primary))
        member->blamed_at = core->now;
    ask_anew(member);
    group_run(core, group);
}

static void take_stock(struct core *core, const struct message *message)
{
    struct peer *peer = core_find_peer(core, message->peer);

    if (peer != NULL)
        peer->stock = true;
}

void opinions_take(struct core *core, const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_ASK:
        take_ask(core, message);
        break;
    case MESSAGE_ANSWER:
        take_answer(core, message);
        break;
    case MESSAGE_OPINION:
        take_opinion(core, &message->u.opinion);
        break;
    case MESSAGE_STOCK:
        take_stock(core, message);
        break;
    case MESSAGE_HELLO:
    case MESSAGE_WHERE:
    case MESSAGE_THERE: /* sentinel/adopt's */
    case MESSAGE_CLAIM: /* sentinel/lease's */
    case MESSAGE_PLEDGE:
    case MESSAGE_COUNT:
        break;
    }
}
