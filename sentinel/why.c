#include "sentinel/why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/adopt.h"
#include "sentinel/campaign.h"
#include "sentinel/hold.h"
#include "sentinel/model.h"
#include "sentinel/opinions.h"
#include "sentinel/select.h"

/* A text that grows; what does not fit is cut. */
struct text {
    char *bytes;
    size_t n;
};

static void put(struct text *text, const char *form, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *text, const char *form, ...)
{
    size_t room = WHY_TEXT_MAX - text->n;
    va_list args;

    va_start(args, form);
    int n = vsnprintf(text->bytes + text->n, room, form, args);
    va_end(args);
    text->n += (size_t)n < room ? (size_t)n : room - 1;
}

static void put_addr(struct text *text, const char *before, const struct addr *addr)
{
    char name[ADDR_TEXT_MAX];

    put(text, "%s%s", before, addr_format(addr, name));
}

/* --- each reason: whether it applies, and then its words --- */

static bool no_agreement(const struct core *core, const struct group *group, struct text *text)
{
    const char *before = "; it is up for ";

    if (group->odown)
        return false;
    put(text, "%u of %lld needed supervisors hold the primary for down",
        1 + opinions_down(core, group), (long long)group->conf.quorum);
    for (size_t i = 0; i < group->n_members; i++) {
        const struct member *member = &group->members[i];

        if (member->down || !probe_is_up(&member->peer->probe))
            continue;
        put_addr(text, before, &member->peer->addr);
        before = ", ";
    }
    return true;
}

static bool paused(const struct core *core, const struct group *group, struct text *text)
{
    (void)core;
    if (hold_is_paused(group))
        put(text, "an operator has paused the group");
    return hold_is_paused(group);
}

static bool disk_stalled(const struct core *core, const struct group *group, struct text *text)
{
    (void)group;
    if (core->disk_stalled)
        put(text, "nothing can be stored: the disk of the state does not answer, or is full");
    return core->disk_stalled;
}

static bool no_majority(const struct core *core, const struct group *group, struct text *text)
{
    uint32_t reached = campaign_reachable(group), needed = group_needed(group);
    const char *before = "; not reached: ";

    (void)core;
    if (reached >= needed)
        return false;
    put(text, "%u of %u supervisors can be reached, %u are needed for an election", reached,
        group_voters(group), needed);
    for (size_t i = 0; i < group->n_members; i++) {
        if (probe_is_up(&group->members[i].peer->probe))
            continue;
        put_addr(text, before, &group->members[i].peer->addr);
        before = ", ";
    }
    return true;
}

static bool rumour(const struct core *core, const struct group *group, struct text *text)
{
    (void)core;
    if (adopt_confirmations(group) == 0)
        return false;
    put_addr(text,
             "others tell of another primary, which is being verified: ", &group->rumour.primary);
    return true;
}

static bool voted(const struct core *core, const struct group *group, struct text *text)
{
    if (campaign_hold_until(group) <= core->now)
        return false;
    put(text, "another supervisor has our vote and may be at work: %s", group->vote.leader);
    return true;
}

static bool is_busy(const struct core *core, const struct group *group, struct text *text)
{
    if (busy_hold_until(group) <= core->now)
        return false;
    put(text, "the primary is busy with a script or a function, which is being ended");
    return true;
}

static bool cools_down(const struct core *core, const struct group *group, struct text *text)
{
    msec wait = flap_hold_until(group) - core->now;

    if (wait <= 0)
        return false;
    put(text,
        "%u failovers in short succession: the next one waits another %lld ms; PICKET ACK %s ends "
        "that",
        flap_count(core, group), (long long)wait, group->name);
    return true;
}

static bool no_replica(const struct core *core, const struct group *group, struct text *text)
{
    const char *before = "no replica can be chosen: ";

    if (group->failover.failures[CAUSE_NO_REPLICA] == 0)
        return false;
    for (size_t i = 0; i < group->n_nodes; i++) {
        const struct node *node = group->nodes[i];
        const char *reason =
            node != group->primary ? select_refusal(core, node, group->failover.started_at) : NULL;

        if (reason == NULL)
            continue;
        put_addr(text, before, &node->addr);
        put(text, " (%s)", reason);
        before = ", ";
    }
    if (text->n == 0)
        put(text, "there was no replica that could be chosen");
    return true;
}

/* durability = quorum */
static bool unread(const struct core *core, const struct group *group, struct text *text)
{
    (void)core;
    if (group->failover.waits[0] == '\0')
        return false;
    put(text, "acknowledged writes might be lost: %s", group->failover.waits);
    return true;
}

static bool backs_off(const struct core *core, const struct group *group, struct text *text)
{
    static const char *const causes[CAUSE_COUNT] = {
        [CAUSE_LOST] = "the election was not won",
        [CAUSE_NO_REPLICA] = "there was no replica",
        [CAUSE_VETO] = "a hook said no",
        [CAUSE_DRAIN] = "the replica did not catch up",
        [CAUSE_GATHER] = "too few replicas could be read",
        [CAUSE_FENCE] = "the old primary could not be fenced",
        [CAUSE_PROMOTION] = "the replica was not promoted",
    };
    const char *before = "the next attempt waits a little, because last time ";

    if (group->failover.next_at <= core->now)
        return false;
    for (int cause = 0; cause < CAUSE_COUNT; cause++) {
        if (group->failover.failures[cause] == 0 || causes[cause] == NULL)
            continue;
        put(text, "%s%s", before, causes[cause]);
        before = ", and ";
    }
    if (text->n == 0)
        put(text, "the next attempt waits a little");
    return true;
}

static bool (*const reasons[])(const struct core *core, const struct group *group,
                               struct text *text) = {
    paused,  no_agreement, disk_stalled, no_majority, rumour,    voted,
    is_busy, cools_down,   unread,       no_replica,  backs_off,
};

bool why_held(const struct core *core, const struct group *group, char ret_text[WHY_TEXT_MAX])
{
    enum failover_state state = group->failover.state;
    struct text text = { ret_text, 0 };

    ret_text[0] = '\0';
    if (state != FAILOVER_IDLE && state != FAILOVER_REPOINT) {
        put(&text, "a failover is under way here: %s", failover_state_name(state));
        return false;
    }
    if (!group->primary->sdown) {
        put(&text, "the primary is up");
        return false;
    }
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i](core, group, &text))
            return true;
    }
    put(&text, "it is about to begin");
    return false;
}
