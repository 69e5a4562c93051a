#include "sentinel/fight.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/model.h"

static void push(struct fight *fight, msec now)
{
    memmove(fight->changed_at + 1, fight->changed_at,
            (FIGHT_TIMES - 1) * sizeof *fight->changed_at);
    fight->changed_at[0] = now;
}

static void hold(struct core *core, struct node *node)
{
    struct fight *fight = &node->fight;
    msec twice = fight->pause_ms * 2;

    fight->pause_ms = msec_min(msec_max(twice, FIGHT_PAUSE_MIN_MS), FIGHT_PAUSE_MAX_MS);
    fight->hold_until = core->now + fight->pause_ms;
    event_detail(emit_node_event(core, EVENT_FIGHT, node),
                 "somebody else changes what it follows; it is left alone for %lld s",
                 (long long)(fight->pause_ms / 1000));
}

void fight_note_change(struct core *core, struct node *node)
{
    struct fight *fight = &node->fight;
    const struct group *group = node->group;
    msec oldest;

    if (node->reborn_at == core->now || node->owed || group->odown ||
        group->failover.state != FAILOVER_IDLE || failover_vote_held(core, group))
        return;
    push(fight, core->now);
    oldest = fight->changed_at[FIGHT_TIMES - 1];
    if (fight->pause_ms > 0 || (oldest > 0 && core->now - oldest <= FIGHT_WINDOW_MS))
        hold(core, node);
}

msec fight_hold_until(const struct node *node)
{
    return node->fight.hold_until;
}

static msec over_at(const struct node *node)
{
    return msec_max(node->fight.changed_at[0], node->fight.hold_until) + FIGHT_CALM_MS;
}

void fight_run(struct core *core, struct node *node)
{
    if (node->fight.pause_ms == 0 || node->wrong_at != MSEC_NEVER || over_at(node) > core->now)
        return;
    fight_reset(node);
    emit_node_event(core, EVENT_FIGHT_OVER, node);
}

msec fight_next(const struct node *node)
{
    return node->fight.pause_ms > 0 && node->wrong_at == MSEC_NEVER ? over_at(node) : MSEC_NEVER;
}

void fight_reset(struct node *node)
{
    memset(&node->fight, 0, sizeof node->fight);
}
