#include "sentinel/drain.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"
#include "sentinel/role_order.h"

#define ASK_EVERY_MS 1    /* how far the target is */
#define VERIFY_MS    2000 /* for the old primary's own word on what became of it */

bool drain_is_possible(const struct group *group, const struct node *target,
                       const char **ret_reason)
{
    const struct node *primary = group->primary;

    if (!probe_is_up(&primary->probe) || probe_is_silent(&primary->probe, group->core->now))
        *ret_reason = "the primary does not answer";
    else if (primary->info.role != ROLE_PRIMARY)
        *ret_reason = "the primary is none";
    else if (!node_follows_primary(target) || !target->info.link_up)
        *ret_reason = "the replica does not follow the primary";
    else
        return true;
    return false;
}

static void enter(struct core *core, struct group *group, enum drain_phase phase)
{
    struct drain *drain = &group->failover.drain;

    drain->phase = phase;
    drain->phase_at = drain->ask_at = core->now;
    drain->ticket = 0;
}

static void order(struct core *core, struct group *group, enum order_kind kind,
                  const struct node *node)
{
    struct order *order = output_order(&core->output, kind, node->id);

    order->ticket = group->failover.drain.ticket = core_ticket(core, node->id);
    if (kind == ORDER_PAUSE)
        order->pause_ms = group->conf.switchover_timeout_ms;
}

static void order_demotion(struct core *core, struct group *group)
{
    struct order *order = role_order(core, group->primary, ORDER_DEMOTE);

    order->addr = node_shown_addr(group->failover.promoted);
    group->failover.drain.ticket = order->ticket;
}

static void end(struct group *group, enum drain_result result, const char *reason)
{
    struct drain *drain = &group->failover.drain;

    drain->result = result;
    drain->ticket = 0;
    snprintf(drain->reason, sizeof drain->reason, "%s", reason);
}

/* Up to then the pause has certainly not run out. */
static msec paused_until(const struct group *group)
{
    return group->failover.drain.begun_at + group->conf.switchover_timeout_ms;
}

/* Later than this the demotion might come too late. */
static msec catch_up_until(const struct group *group)
{
    return group->failover.drain.begun_at + group->conf.switchover_timeout_ms * 3 / 4;
}

void drain_begin(struct core *core, struct group *group)
{
    struct drain *drain = &group->failover.drain;

    *drain = (struct drain){ .begun_at = core->now, .result = DRAIN_GOING };
    enter(core, group, DRAIN_PAUSE);
    order(core, group, ORDER_PAUSE, group->primary);
}

static void catch_up(struct core *core, struct group *group)
{
    struct drain *drain = &group->failover.drain;
    struct node *target = group->failover.promoted;
    char reason[DRAIN_REASON_MAX];

    if (core->now >= catch_up_until(group)) {
        snprintf(reason, sizeof reason, "the replica is still %llu bytes behind after %lld ms",
                 (unsigned long long)(drain->goal - drain->reached),
                 (long long)(core->now - drain->begun_at));
        end(group, DRAIN_FAILED, reason);
    } else if (drain->ticket == 0 && core->now >= drain->ask_at) {
        order(core, group, ORDER_ROLE, target);
    }
}

/* What the old primary says of itself since it was told to follow. */
static void verify(struct core *core, struct group *group)
{
    const struct drain *drain = &group->failover.drain;
    struct node *old = group->primary;

    if (!node_info_since(old, drain->phase_at + 1)) {
        if (core->now >= drain->phase_at + VERIFY_MS)
            end(group, DRAIN_FAILED, "what became of the old primary is not known");
    } else if (old->info.role != ROLE_REPLICA) {
        end(group, DRAIN_FAILED, "the primary was not demoted in time");
    } else {
        end(group, DRAIN_UNDO, "it was demoted, but perhaps too late");
    }
}

enum drain_result drain_run(struct core *core, struct group *group)
{
    struct drain *drain = &group->failover.drain;

    if (drain->result != DRAIN_GOING)
        return drain->result;
    if (drain->phase < DRAIN_DEMOTE && !probe_is_up(&group->primary->probe))
        end(group, DRAIN_FAILED, "the link to the primary is gone");
    else if (drain->phase < DRAIN_DEMOTE && !probe_is_up(&group->failover.promoted->probe))
        end(group, DRAIN_FAILED, "the link to the replica is gone");
    else if (core->now >= paused_until(group) && drain->phase < DRAIN_DEMOTE)
        end(group, DRAIN_FAILED, "the nodes answer too slowly");
    else if (drain->phase == DRAIN_CATCH_UP)
        catch_up(core, group);
    else if (drain->phase == DRAIN_VERIFY)
        verify(core, group);
    return drain->result;
}

msec drain_next(const struct core *core, const struct group *group)
{
    const struct drain *drain = &group->failover.drain;

    if (drain->result != DRAIN_GOING)
        return core->now;
    if (drain->phase == DRAIN_VERIFY)
        return drain->phase_at + VERIFY_MS;
    if (drain->phase == DRAIN_CATCH_UP)
        return msec_min(catch_up_until(group), drain->ticket == 0 ? drain->ask_at : MSEC_NEVER);
    return drain->phase == DRAIN_PAUSE ? paused_until(group) : MSEC_NEVER;
}

/* Stock Sentinel needs no CLIENT PAUSE, so its users may lack that right; old nodes lack WRITE. */
static bool is_no_right(const struct settled *settled)
{
    return !settled->lost && !settled->ok &&
           (strncmp(settled->error, "NOPERM", 6) == 0 || strncmp(settled->error, "ERR", 3) == 0);
}

static void paused(struct core *core, struct group *group, const struct settled *settled)
{
    struct drain *drain = &group->failover.drain;
    char reason[DRAIN_REASON_MAX];

    if (settled->lost || !settled->ok || settled->role != ROLE_PRIMARY) {
        snprintf(reason, sizeof reason, "its writes could not be paused: %.120s",
                 settled->lost ? "the link went"
                 : settled->ok ? "it is no primary"
                               : settled->error);
        end(group, is_no_right(settled) ? DRAIN_REFUSED : DRAIN_FAILED, reason);
        return;
    }
    drain->goal = settled->offset;
    event_detail(emit_group_event(core, EVENT_SWITCHOVER_PAUSED, group),
                 "for at most %lld ms, at offset %llu",
                 (long long)group->conf.switchover_timeout_ms, (unsigned long long)drain->goal);
    enter(core, group, DRAIN_CATCH_UP);
}

static void target_told(struct core *core, struct group *group, const struct settled *settled)
{
    struct drain *drain = &group->failover.drain;

    drain->ticket = 0;
    drain->ask_at = core->now + ASK_EVERY_MS;
    if (!settled->ok || settled->role != ROLE_REPLICA)
        return;
    drain->reached = settled->offset;
    if (drain->reached < drain->goal)
        return;
    event_detail(emit_node_event(core, EVENT_SWITCHOVER_CAUGHT_UP, group->failover.promoted),
                 "in %lld ms", (long long)(core->now - drain->begun_at));
    enter(core, group, DRAIN_DEMOTE);
    order_demotion(core, group);
}

static void demoted(struct core *core, struct group *group, const struct settled *settled)
{
    const struct drain *drain = &group->failover.drain;
    bool taken = settled->ok && settled->role == ROLE_REPLICA;
    struct addr target = node_shown_addr(group->failover.promoted);
    char reason[DRAIN_REASON_MAX];

    if (taken && (core->now < paused_until(group) || settled->offset <= drain->reached)) {
        emit_group_event(core, EVENT_SWITCHOVER_DEMOTED, group);
        node_made_replica(core, group->primary, &target);
        end(group, DRAIN_DONE, "");
    } else if (taken) {
        end(group, DRAIN_UNDO, "it was demoted too late: there are newer writes");
    } else if (settled->again) {
        order_demotion(core, group);
    } else if (!settled->ok && !settled->lost) {
        snprintf(reason, sizeof reason, "it could not be demoted: %.120s", settled->error);
        end(group, DRAIN_FAILED, reason);
    } else {
        enter(core, group, DRAIN_VERIFY);
        node_want_info(core, group->primary, core->now + 1);
    }
}

void drain_settled(struct core *core, struct group *group, const struct settled *settled)
{
    static void (*const takers[])(struct core *, struct group *, const struct settled *) = {
        [DRAIN_PAUSE] = paused, [DRAIN_CATCH_UP] = target_told, [DRAIN_DEMOTE] = demoted
    };
    struct drain *drain = &group->failover.drain;

    if (drain->result != DRAIN_GOING || drain->ticket == 0 || drain->ticket != settled->ticket)
        return;
    assert(drain->phase < DRAIN_VERIFY);
    takers[drain->phase](core, group, settled);
}

void drain_release(struct core *core, struct group *group)
{
    output_order(&core->output, ORDER_UNPAUSE, group->primary->id);
    probe_want_hello(&group->primary->probe, core->now);
}

bool drain_holds(const struct node *node)
{
    const struct group *group = node->group;

    return node == group->primary && group->failover.state == FAILOVER_DRAIN;
}
