#include "sentinel/peers.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sentinel/candidates.h"
#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/things.h"

/* A peer's silence is judged by each group's own down_after; its links are
 * driven by this one. */
#define PEER_DOWN_AFTER_MS 4000

struct peer *peer_find(const struct core *core, const char *runid)
{
    for (size_t i = 0; i < core->n_peers; i++) {
        if (strcmp(core->peers[i]->runid, runid) == 0)
            return core->peers[i];
    }
    return NULL;
}

static struct peer *peer_find_at(const struct core *core, const struct addr *addr)
{
    for (size_t i = 0; i < core->n_peers; i++) {
        if (addr_equal(&core->peers[i]->addr, addr))
            return core->peers[i];
    }
    return NULL;
}

struct member *member_find(const struct group *group, const char *runid)
{
    for (size_t i = 0; i < group->n_members; i++) {
        if (strcmp(group->members[i].peer->runid, runid) == 0)
            return &group->members[i];
    }
    return NULL;
}

struct member *member_of(const struct group *group, const struct peer *peer)
{
    for (size_t i = 0; i < group->n_members; i++) {
        if (group->members[i].peer == peer)
            return &group->members[i];
    }
    return NULL;
}

struct peer *peer_new(struct core *core, const char *runid, const struct addr *addr)
{
    struct peer *peer = calloc(1, sizeof *peer);

    assert(peer != NULL);
    peer->id = thing_add(core, THING_PEER, peer);
    memcpy(peer->runid, runid, strlen(runid) + 1);
    peer->addr = *addr;
    probe_init(&peer->probe, &core->pace, false, PEER_DOWN_AFTER_MS, core->now);
    deadline_init(&peer->deadline, THING_PEER, peer->id);
    core_arm(core, &peer->deadline, core->now);
    return peer;
}

void peer_free(struct core *core, struct peer *peer)
{
    assert(peer->n_groups == 0);
    output_order(&core->output, ORDER_FORGET, peer->id);
    deadline_disarm(&core->deadlines, &peer->deadline);
    thing_remove(core, peer->id);
    free(peer);
}

/* It is known from now on. */
static bool peer_enter(struct core *core, struct peer *peer)
{
    if (core->n_peers == PEERS_MAX)
        return false;
    core->peers[core->n_peers++] = peer;
    return true;
}

/* The last group has let go of it: what else is said of it is a candidate's affair. */
static void peer_leave(struct core *core, struct peer *peer)
{
    size_t i = 0;

    while (core->peers[i] != peer)
        i++;
    core->peers[i] = core->peers[--core->n_peers];
    if (candidates_next(core, peer) == MSEC_NEVER)
        peer_free(core, peer);
}

static struct member *member_add(struct core *core, struct group *group, struct peer *peer)
{
    if (group->n_members == PEERS_MAX)
        return NULL;
    if (group->n_members == group->cap_members) {
        group->cap_members = group->cap_members ? group->cap_members * 2 : 4;
        group->members = realloc(group->members, group->cap_members * sizeof *group->members);
        assert(group->members != NULL);
    }
    struct member *member = &group->members[group->n_members++];

    *member = (struct member){ .peer = peer,
                               .hello_at = MSEC_NEVER,
                               .held_at = MSEC_NEVER,
                               .leading_at = MSEC_NEVER,
                               .corrected_at = MSEC_NEVER,
                               .asked_at = MSEC_NEVER,
                               .down_at = MSEC_NEVER,
                               .sdown_at = core->now };
    peer->n_groups++;
    return member;
}

static void member_remove(struct core *core, struct group *group, struct member *member, int row)
{
    struct peer *peer = member->peer;

    if (row) {
        emit_gone_row(core, ROW_PEER_GONE, group);
        memcpy(core->output.rows[core->output.n_rows - 1].runid, peer->runid, sizeof peer->runid);
    }
    *member = group->members[--group->n_members];
    if (--peer->n_groups == 0)
        peer_leave(core, peer);
}

void member_forget(struct core *core, struct group *group, struct member *member)
{
    member_remove(core, group, member, 1);
}

void members_clear(struct core *core, struct group *group, int rows)
{
    while (group->n_members > 0)
        member_remove(core, group, &group->members[group->n_members - 1], rows);
}

/* Somebody else stands at ADDR now: PEER was re-created with a new identity. */
static void peer_expel(struct core *core, struct peer *peer)
{
    uint32_t left = peer->n_groups;

    for (size_t i = 0; left > 0; i++) {
        struct member *member = member_of(core->groups[i], peer);

        if (member == NULL)
            continue;
        emit_peer_event(core, EVENT_SENTINEL_INVALID_ADDR, core->groups[i], peer);
        left--;
        member_remove(core, core->groups[i], member, 1);
    }
}

/* Make the link anew. */
static void peer_reopen(struct core *core, struct peer *peer)
{
    if (peer->probe.links[LINK_CMD].state != LINK_DOWN) {
        output_order(&core->output, ORDER_CLOSE, peer->id)->link = LINK_CMD;
        probe_observe(&peer->probe, LINK_CMD, EVIDENCE_TIMEOUT, core->now, &core->prng);
    }
    probe_hasten(&peer->probe, core->now);
    core_arm(core, &peer->deadline, core->now);
}

void peers_reopen(struct core *core)
{
    candidates_clear(core); /* what is refused now may be let in when it is heard of again */
    for (size_t i = 0; i < core->n_peers; i++)
        peer_reopen(core, core->peers[i]);
}

bool core_is_voter(const struct core *core, const char *runid, const struct addr *addr)
{
    for (uint32_t i = 0; i < core->n_voters; i++) {
        const struct voter *voter = &core->voters[i];

        if (voter->runid[0] != '\0' ? strcmp(voter->runid, runid) == 0
                                    : addr_equal(&voter->addr, addr))
            return true;
    }
    return core->n_voters == 0;
}

void members_sift(struct core *core)
{
    for (size_t i = 0; i < core->n_groups; i++) {
        struct group *group = core->groups[i];

        for (size_t j = group->n_members; j-- > 0;) {
            const struct peer *peer = group->members[j].peer;

            if (!core_is_voter(core, peer->runid, &peer->addr))
                member_remove(core, group, &group->members[j], 1);
        }
    }
}

/* The same supervisor, at another address. */
static void peer_move(struct core *core, struct group *group, struct peer *peer,
                      const struct addr *addr)
{
    if (addr_equal(&peer->addr, addr))
        return;
    struct event *event = emit_group_event(core, EVENT_SENTINEL_ADDRESS_SWITCH, group);

    event_detail(event, "ip %.60s port %u for %s", addr->host, (unsigned)addr->port, peer->runid);
    peer->addr = *addr;
    for (size_t i = 0; i < core->n_groups; i++) {
        if (member_of(core->groups[i], peer) != NULL)
            emit_peer_row(core, core->groups[i], peer);
    }
    peer_reopen(core, peer);
}

/* The known peer that PEER is, or becomes; NULL when there are too many. */
static struct peer *admit_peer(struct core *core, struct group *group, struct peer *peer)
{
    struct peer *known = peer_find(core, peer->runid);
    struct peer *other = peer_find_at(core, &peer->addr);

    if (other != NULL && other != known)
        peer_expel(core, other);
    if (known != NULL)
        peer_move(core, group, known, &peer->addr);
    else if (peer_enter(core, peer))
        known = peer;
    return known;
}

bool member_admit(struct core *core, struct group *group, struct peer *peer)
{
    struct peer *known = admit_peer(core, group, peer);

    if (known != NULL && member_of(group, known) != NULL)
        return true; /* it has moved */
    if (known == NULL || member_add(core, group, known) == NULL) {
        event_detail(emit_group_event(core, EVENT_LIMIT, group), "peer %s not added: %d peers",
                     peer->runid, PEERS_MAX);
        return false;
    }
    emit_peer_row(core, group, known);
    emit_peer_event(core, EVENT_SENTINEL, group, known);
    group->hello_due_at = core->now; /* so that it knows us as soon as we know it */
    return true;
}

void member_restore(struct core *core, struct group *group, const char *runid,
                    const struct addr *addr)
{
    struct peer *peer = peer_find(core, runid);

    if (peer == NULL) {
        peer = peer_new(core, runid, addr);
        if (!peer_enter(core, peer)) {
            peer_free(core, peer);
            return;
        }
    }
    if (member_of(group, peer) == NULL)
        member_add(core, group, peer);
}

static void act(struct core *core, const struct peer *peer, enum order_kind kind)
{
    struct order *order = output_order(&core->output, kind, peer->id);

    order->link = LINK_CMD;
    if (kind == ORDER_OPEN)
        order->addr = peer->addr;
}

/* Do what is due on its link. */
static void drive(struct core *core, struct peer *peer)
{
    unsigned actions = probe_wake(&peer->probe, core->now, &core->prng);

    if (actions & PROBE_CLOSE_CMD)
        act(core, peer, ORDER_CLOSE);
    if (actions & PROBE_OPEN_CMD)
        act(core, peer, ORDER_OPEN);
    if (actions & PROBE_PING_CMD)
        act(core, peer, ORDER_PING);
    core_arm(core, &peer->deadline,
             msec_min(probe_next(&peer->probe), candidates_next(core, peer)));
}

void peer_wake(struct core *core, struct peer *peer)
{
    if (candidates_expire(core, peer))
        drive(core, peer);
}

/* The link came up or went: what was in flight on it is lost, and what the peer
 * is (picketd or stock) is open again. */
static void link_changed(struct core *core, struct peer *peer, struct group *group)
{
    struct member *member = member_of(group, peer);

    if (member == NULL)
        return;
    member->ask_ticket = member->where_ticket = 0;
    member->vote_asked = member->vote_answered == member->vote_asked ? member->vote_asked : 0;
    if (probe_is_up(&peer->probe)) {
        group->hello_due_at = core->now;
        group->opinion_at = MSEC_NEVER;
    }
    group_run(core, group);
}

/* It takes what we log in with, or it does not (any more). */
static void access_changed(struct core *core, const struct peer *peer)
{
    enum event_kind kind = peer->probe.denied ? EVENT_ACCESS_DENIED : EVENT_ACCESS_GRANTED;

    for (size_t i = 0; i < core->n_groups; i++)
        if (member_of(core->groups[i], peer) != NULL)
            emit_peer_event(core, kind, core->groups[i], peer);
}

void peer_observe(struct core *core, struct peer *peer, const struct observation *seen)
{
    bool was_up = probe_is_up(&peer->probe);
    bool was_denied = peer->probe.denied;

    probe_observe(&peer->probe, seen->link, seen->evidence, core->now, &core->prng);
    if (was_denied != peer->probe.denied)
        access_changed(core, peer);
    drive(core, peer);
    if (was_up == probe_is_up(&peer->probe))
        return;
    peer->stock = false;
    for (size_t i = 0; i < core->n_groups; i++)
        link_changed(core, peer, core->groups[i]);
    candidates_link_changed(core, peer);
}
