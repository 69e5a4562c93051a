#include "sentinel/flap.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

#define RECENT_MS     3000 /* a primary that was down so short a time ago was replaced for that */
#define DOUBLINGS_MAX 16
#define COUNT_MAX     1000000

static bool is_over(const struct group *group, const struct flap *flap, msec now)
{
    return flap->count == 0 || now - flap->last_at >= group->conf.flap_window_ms;
}

static uint32_t count_of(const struct core *core, const struct group *group,
                         const struct flap *flap)
{
    return is_over(group, flap, core->now) ? 0 : flap->count;
}

uint32_t flap_count(const struct core *core, const struct group *group)
{
    return count_of(core, group, &group->flap);
}

uint32_t flap_strikes(const struct core *core, const struct node *node)
{
    return count_of(core, node->group, &node->flap);
}

bool flap_is_quarantined(const struct core *core, const struct node *node)
{
    return node->group->conf.flap_failovers > 0 && flap_strikes(core, node) >= FLAP_STRIKES;
}

/* How long the next failover waits after the last. */
static msec cool_down(const struct group *group)
{
    int64_t over = (int64_t)group->flap.count - group->conf.flap_failovers;
    msec wait = group->conf.flap_cool_down_ms;

    if (group->conf.flap_failovers == 0 || over < 0)
        return 0;
    for (int64_t i = 0; i < over && i < DOUBLINGS_MAX; i++)
        wait = msec_min(wait * 2, group->conf.flap_window_ms);
    return msec_min(wait, group->conf.flap_window_ms);
}

msec flap_hold_until(const struct group *group)
{
    if (is_over(group, &group->flap, group->core->now))
        return 0;
    return group->flap.last_at + cool_down(group);
}

static void add(const struct core *core, const struct group *group, struct flap *flap)
{
    flap->count = count_of(core, group, flap);
    flap->count += flap->count < COUNT_MAX;
    flap->last_at = core->now;
}

/* OLD was found down a moment ago, here or, since who is told of the switch may be late to see it,
 * by a peer, who meant it and not the one before. */
static bool is_blamed(const struct core *core, const struct group *group, const struct node *old)
{
    if (old->sdown || (old->was_down && core->now - old->sdown_at < RECENT_MS))
        return true;
    for (size_t i = 0; i < group->n_members; i++) {
        msec at = group->members[i].blamed_at;

        if (at > 0 && at >= group->config_at && core->now - at < RECENT_MS)
            return true;
    }
    return false;
}

void flap_note(struct core *core, struct group *group, struct node *old)
{
    if (!is_blamed(core, group, old))
        return; /* planned */
    add(core, group, &group->flap);
    add(core, group, &old->flap);
    emit_flap_row(core, group, NULL);
    emit_flap_row(core, group, old);
    if (cool_down(group) > 0) {
        group->flap.told = true;
        event_detail(emit_group_event(core, EVENT_FLAPPING, group),
                     "%u failovers in short succession: the next one waits %lld ms",
                     group->flap.count, (long long)cool_down(group));
    }
    if (flap_is_quarantined(core, old)) {
        old->flap.told = true;
        event_detail(emit_node_event(core, EVENT_QUARANTINE, old),
                     "it lost the primary's role %u times", old->flap.count);
    }
}

static void end_group(struct core *core, struct group *group)
{
    if (group->flap.told)
        emit_group_event(core, EVENT_FLAPPING_END, group);
    if (group->flap.count > 0) {
        group->flap = (struct flap){ 0 };
        emit_flap_row(core, group, NULL);
    }
}

static void end_node(struct core *core, struct group *group, struct node *node)
{
    if (node->flap.told)
        emit_node_event(core, EVENT_QUARANTINE_END, node);
    if (node->flap.count > 0) {
        node->flap = (struct flap){ 0 };
        emit_flap_row(core, group, node);
    }
}

void flap_clear(struct core *core, struct group *group)
{
    end_group(core, group);
    for (size_t i = 0; i < group->n_nodes; i++)
        end_node(core, group, group->nodes[i]);
}

void flap_run(struct core *core, struct group *group)
{
    if (is_over(group, &group->flap, core->now))
        end_group(core, group);
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (is_over(group, &group->nodes[i]->flap, core->now))
            end_node(core, group, group->nodes[i]);
    }
}

msec flap_next(const struct core *core, const struct group *group)
{
    msec next = MSEC_NEVER;

    (void)core;
    if (group->flap.count > 0)
        next = group->flap.last_at + group->conf.flap_window_ms;
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (group->nodes[i]->flap.count > 0)
            next = msec_min(next, group->nodes[i]->flap.last_at + group->conf.flap_window_ms);
    }
    return next;
}

void flap_restore(struct core *core, struct group *group, const struct row *row)
{
    struct node *node = addr_is_set(&row->addr) ? node_find(group, &row->addr) : NULL;
    struct flap *flap = &group->flap;

    if (addr_is_set(&row->addr) && node == NULL)
        return;
    if (node != NULL)
        flap = &node->flap;
    *flap = (struct flap){ .count = row->count, .last_at = core->now };
    flap->told = node != NULL ? flap_is_quarantined(core, node) : cool_down(group) > 0;
}
