#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/lease.h"
#include "sentinel/model.h"

#define LEFT_MAX_MS INT32_MAX /* more is nonsense */

bool lease_is_needed(const struct node *node)
{
    return node->lease.needed;
}

int64_t lease_left_ms(const struct core *core, const struct node *node)
{
    const struct lease_node *lease = &node->lease;
    msec until;

    if (lease->told_at == MSEC_NEVER)
        return -1;
    until = lease->told_at + lease->left_ms;
    return lease->left_ms == 0 ? 0 : until > core->now ? until - core->now : -1;
}

/* It is known after a restart as well: the primary may not be there then to say so. */
static void note_need(struct core *core, struct node *node)
{
    bool needed = node->info.write_lease_ms > 0;

    if (needed == node->lease.needed)
        return;
    node->lease.needed = needed;
    if (!node->rumoured)
        emit_node_row(core, node);
}

static void note_left(const struct core *core, struct node *node, uint64_t left_ms)
{
    node->lease.left_ms = (int64_t)(left_ms < LEFT_MAX_MS ? left_ms : LEFT_MAX_MS);
    node->lease.told_at = core->now;
}

void lease_before(struct node *node, const struct observation *seen)
{
    const struct link *link = &node->probe.links[LINK_CMD];

    if (seen->link != LINK_CMD)
        return;
    if (seen->evidence == EVIDENCE_REFUSED && link->state == LINK_OPENING)
        node->lease.refused_from = link->since;
}

void lease_after(struct core *core, struct node *node, const struct observation *seen)
{
    if (!probe_is_up(&node->probe)) {
        node->lease.read = false;
        return;
    }
    if (seen->evidence != EVIDENCE_INFO)
        return;
    note_need(core, node);
    note_left(core, node, seen->info->lease_left_ms);
    node->lease.clock_ms = seen->info->lease_clock_ms;
    node->lease.read = lease_is_needed(node);
}

void lease_settled(struct core *core, struct node *node, const struct settled *settled)
{
    struct lease_node *lease = &node->lease;

    if (lease->ticket == 0 || lease->ticket != settled->ticket)
        return;
    lease->ticket = 0;
    if (settled->lost)
        return;
    if (!settled->ok && !lease->failed)
        event_detail(emit_node_event(core, EVENT_ORDER_FAILED, node), "lease: %.120s",
                     settled->error);
    lease->failed = !settled->ok;
    lease->stale = strncmp(settled->error, "STALEEPOCH", 10) == 0;
    lease->stale_epoch = node->group->lease.epoch;
    if (!settled->ok)
        return;
    lease->clock_ms = settled->lease_clock_ms;
    note_left(core, node, settled->lease_left_ms);
}
