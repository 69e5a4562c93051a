#include "sentinel/candidates.h"

#include <assert.h>
#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/model.h"
#include "sentinel/peers.h"
#include "sentinel/things.h"

#define TELL_EVERY_MS 1000 /* of refused claims, however many there are */

/* Take the entry out; its peer goes with the last one, unless it is a member of some group. */
static void drop(struct core *core, size_t at)
{
    struct peer *peer = core->candidates[at].peer;
    bool last = peer->n_groups == 0;

    assert(at < core->n_candidates);
    memmove(&core->candidates[at], &core->candidates[at + 1],
            (--core->n_candidates - at) * sizeof *core->candidates);
    for (size_t i = 0; last && i < core->n_candidates; i++)
        last = core->candidates[i].peer != peer;
    if (last)
        peer_free(core, peer);
}

/* Tell of a claim that was not so, and why, in words that may name a run id. */
static void tell(struct core *core, const struct candidate *candidate, const char *why,
                 const char *runid)
{
    const struct group *group = thing_find(core, candidate->group, THING_GROUP);

    if (group == NULL ||
        (core->refusal_told_at != MSEC_NEVER && core->now - core->refusal_told_at < TELL_EVERY_MS))
        return;
    core->refusal_told_at = core->now;
    event_detail(emit_peer_event(core, EVENT_SENTINEL_REFUSED, group, candidate->peer), "%s%s", why,
                 runid);
}

void candidates_clear(struct core *core)
{
    while (core->n_candidates > 0)
        drop(core, core->n_candidates - 1);
}

bool candidates_expire(struct core *core, struct peer *peer)
{
    uint32_t id = peer->id;

    for (size_t i = core->n_candidates; i-- > 0;) {
        const struct candidate *candidate = &core->candidates[i];

        if (candidate->peer != peer || core->now - candidate->since < CANDIDATE_MS)
            continue;
        if (!candidate->refuted)
            tell(core, candidate, "not reached", "");
        drop(core, i);
    }
    return core_find_peer(core, id) == peer;
}

msec candidates_next(const struct core *core, const struct peer *peer)
{
    for (size_t i = 0; i < core->n_candidates; i++) {
        if (core->candidates[i].peer == peer)
            return core->candidates[i].since + CANDIDATE_MS;
    }
    return MSEC_NEVER;
}

/* The candidate that makes the same claim for GROUP; or, GROUP 0, for any. */
static struct candidate *find(struct core *core, uint32_t group, const struct hello *hello)
{
    for (size_t i = 0; i < core->n_candidates; i++) {
        struct candidate *candidate = &core->candidates[i];

        if ((group == 0 || candidate->group == group) &&
            strcmp(candidate->peer->runid, hello->runid) == 0 &&
            addr_equal(&candidate->peer->addr, &hello->sender))
            return candidate;
    }
    return NULL;
}

/* Room for one more, of a KNOWN peer or not; the oldest such goes, once it has had its turn. */
static bool make_room(struct core *core, bool known)
{
    size_t n = 0, oldest = 0;

    for (size_t i = 0; i < core->n_candidates; i++) {
        if ((core->candidates[i].peer->n_groups > 0) == known && n++ == 0)
            oldest = i;
    }
    if (n < (known ? CLAIMS_MAX : CANDIDATES_MAX))
        return core->n_candidates < CANDIDATES_MAX + CLAIMS_MAX;
    if (core->now - core->candidates[oldest].since < CANDIDATE_TURN_MS)
        return false;
    drop(core, oldest);
    return true;
}

/* The peer that says HELLO, if it is known at that address. */
static struct peer *known_peer(const struct core *core, const struct hello *hello)
{
    struct peer *peer = peer_find(core, hello->runid);

    return peer != NULL && addr_equal(&peer->addr, &hello->sender) ? peer : NULL;
}

/* Whom to ask about HELLO, of somebody unknown. */
static struct peer *stranger(struct core *core, const struct hello *hello)
{
    struct candidate *other = find(core, 0, hello);

    return other != NULL ? other->peer : peer_new(core, hello->runid, &hello->sender);
}

static void ask(struct core *core, struct candidate *candidate)
{
    const struct group *group = thing_find(core, candidate->group, THING_GROUP);
    struct message *message;

    if (group == NULL || candidate->refuted || candidate->ticket != 0 || core->disk_stalled ||
        !probe_is_up(&candidate->peer->probe))
        return;
    message = output_message(&core->output, MESSAGE_WHERE, candidate->peer->id);
    memcpy(message->u.group, group->name, sizeof group->name);
    message->ticket = candidate->ticket = core_ticket(core, group->id);
}

void candidate_hear(struct core *core, struct group *group, const struct hello *hello)
{
    struct peer *peer = known_peer(core, hello);

    if (!core_is_voter(core, hello->runid, &hello->sender) ||
        find(core, group->id, hello) != NULL || !make_room(core, peer != NULL))
        return;
    if (peer == NULL)
        peer = stranger(core, hello);
    core->candidates[core->n_candidates++] =
        (struct candidate){ .peer = peer, .group = group->id, .since = core->now };
    core_arm(core, &peer->deadline, core->now);
    ask(core, &core->candidates[core->n_candidates - 1]);
}

void candidates_link_changed(struct core *core, const struct peer *peer)
{
    for (size_t i = 0; i < core->n_candidates; i++) {
        if (core->candidates[i].peer != peer)
            continue;
        core->candidates[i].ticket = 0;
        ask(core, &core->candidates[i]);
    }
}

/* Whether somebody known stands where PEER is said to. */
static bool is_taken(const struct core *core, const struct peer *peer)
{
    for (size_t i = 0; i < core->n_peers; i++) {
        if (core->peers[i] != peer && addr_equal(&core->peers[i]->addr, &peer->addr))
            return true;
    }
    return false;
}

/* Whether who answers RUNID is whom the hello told of. */
static bool is_itself(const struct core *core, const struct peer *peer, const char *runid)
{
    if (runid[0] != '\0')
        return strcmp(runid, peer->runid) == 0;
    return core->n_voters > 0 && !is_taken(core, peer);
}

/* The answer is not what was claimed. */
static void refute(struct core *core, struct candidate *candidate, const struct there *there)
{
    candidate->refuted = true;
    if (there->denied)
        tell(core, candidate, "refuses what we log in with", "");
    else if (there->runid[0] == '\0')
        tell(core, candidate, "does not say its run id", "");
    else if (strcmp(there->runid, candidate->peer->runid) != 0)
        tell(core, candidate, "is ", there->runid);
    else
        tell(core, candidate, "does not watch the group", "");
}

/* What PEER holds, as it would say it itself. */
static struct hello as_hello(const struct group *group, const struct peer *peer,
                             const struct there *there)
{
    struct hello hello = { .sender = peer->addr,
                           .current_epoch = there->config_epoch,
                           .primary = there->addr,
                           .config_epoch = there->config_epoch };

    memcpy(hello.runid, peer->runid, sizeof hello.runid);
    memcpy(hello.group, group->name, sizeof hello.group);
    return hello;
}

bool candidate_confirmed(struct core *core, const struct message *message, struct hello *ret_hello)
{
    struct group *group = thing_find(core, ticket_id(message->ticket), THING_GROUP);
    const struct there *there = &message->u.there;
    struct peer *peer;
    size_t at = 0;

    while (at < core->n_candidates && core->candidates[at].ticket != message->ticket)
        at++;
    if (group == NULL || at == core->n_candidates)
        return false;
    peer = core->candidates[at].peer;
    core->candidates[at].ticket = 0;
    if (!core_is_voter(core, peer->runid, &peer->addr) || !is_itself(core, peer, there->runid) ||
        !addr_is_set(&there->addr)) {
        refute(core, &core->candidates[at], there);
        return false;
    }
    *ret_hello = as_hello(group, peer, there);
    bool admitted = member_admit(core, group, peer);

    drop(core, at);
    return admitted;
}
