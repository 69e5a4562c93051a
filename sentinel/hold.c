#include "sentinel/hold.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/failover.h"
#include "sentinel/groups.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

static bool is_on(const struct group *group, const struct hold *hold)
{
    return hold->until > group->core->now;
}

bool hold_is_paused(const struct group *group)
{
    return is_on(group, &group->pause);
}

bool hold_is_maintained(const struct node *node)
{
    return node != node->group->primary && is_on(node->group, &node->maintenance);
}

/* NODE NULL: the group's own. */
static void emit_hold_row(struct core *core, const struct group *group, const struct node *node)
{
    const struct hold *hold = node != NULL ? &node->maintenance : &group->pause;
    struct row *row = output_row(&core->output, hold->until != 0 ? ROW_HOLD : ROW_HOLD_GONE);

    memcpy(row->group, group->name, sizeof row->group);
    if (node != NULL)
        row->addr = node->addr;
    row->until_wall_ms = hold->until_wall_ms;
}

/* The row and the event. */
static void tell(struct core *core, const struct group *group, const struct node *node)
{
    static const enum event_kind kinds[2][2] = { { EVENT_UNPAUSED, EVENT_PAUSED },
                                                 { EVENT_MAINTENANCE_OVER, EVENT_MAINTENANCE } };
    const struct hold *hold = node != NULL ? &node->maintenance : &group->pause;
    bool begins = hold->until != 0;
    enum event_kind kind = kinds[node != NULL][begins];
    struct event *event =
        node != NULL ? emit_node_event(core, kind, node) : emit_group_event(core, kind, group);

    emit_hold_row(core, group, node);
    if (begins)
        event_detail(event, "for %lld s", (long long)((hold->until - core->now) / 1000));
}

static void end(struct core *core, struct group *group, struct node *node)
{
    struct hold *hold = node != NULL ? &node->maintenance : &group->pause;

    *hold = (struct hold){ 0 };
    tell(core, group, node);
}

static void begin(struct core *core, struct group *group, struct node *node,
                  const struct request *request)
{
    struct hold *hold = node != NULL ? &node->maintenance : &group->pause;

    hold->until = core->now + request->for_ms;
    hold->until_wall_ms = request->wall_ms + request->for_ms;
    tell(core, group, node);
    if (node == NULL)
        failover_pause(core, group);
}

enum reply_code hold_take(struct core *core, struct group *group, const struct request *request)
{
    bool of_node = addr_is_set(&request->addr);
    struct node *node = of_node ? node_find(group, &request->addr) : NULL;

    if (of_node && (node == NULL || node->rumoured))
        return REPLY_NO_SUCH_NODE;
    if (node == group->primary && request->for_ms > 0)
        return REPLY_IS_PRIMARY;
    if (request->for_ms > 0)
        begin(core, group, node, request);
    else if ((node != NULL ? node->maintenance.until : group->pause.until) != 0)
        end(core, group, node);
    group_run(core, group);
    return REPLY_OK;
}

/* A node that went down meanwhile is told of now. */
static void tell_down(struct core *core, struct node *node)
{
    if (!node->quiet || hold_is_maintained(node))
        return;
    node->quiet = false;
    emit_node_event(core, EVENT_SDOWN, node);
}

static bool is_over(const struct group *group, const struct hold *hold)
{
    return hold->until != 0 && !is_on(group, hold);
}

void hold_run(struct core *core, struct group *group)
{
    if (is_over(group, &group->pause))
        end(core, group, NULL);
    for (size_t i = 0; i < group->n_nodes; i++) {
        if (is_over(group, &group->nodes[i]->maintenance))
            end(core, group, group->nodes[i]);
        tell_down(core, group->nodes[i]);
    }
}

msec hold_next(const struct group *group)
{
    msec next = group->pause.until != 0 ? group->pause.until : MSEC_NEVER;

    for (size_t i = 0; i < group->n_nodes; i++) {
        if (group->nodes[i]->maintenance.until != 0)
            next = msec_min(next, group->nodes[i]->maintenance.until);
    }
    return next;
}

void hold_move(struct core *core, struct node *to, const struct node *from)
{
    if (to->maintenance.until != 0 || from->maintenance.until == 0)
        return;
    to->maintenance = from->maintenance;
    emit_hold_row(core, to->group, to);
}

void hold_restore(struct core *core, struct group *group, struct node *node, const struct row *row)
{
    struct hold *hold = node != NULL ? &node->maintenance : &group->pause;

    hold->until = msec_max(core->now + row->left_ms, 1); /* 0 is none: what is over is still told */
    hold->until_wall_ms = row->until_wall_ms;
}
