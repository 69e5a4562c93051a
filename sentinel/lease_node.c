#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/lease.h"
#include "sentinel/model.h"

bool lease_is_needed(const struct node *node)
{
    return node->info.write_lease_ms > 0;
}

void lease_before(struct node *node, const struct observation *seen)
{
    const struct link *link = &node->probe.links[LINK_CMD];

    if (seen->link != LINK_CMD)
        return;
    if (seen->evidence == EVIDENCE_REFUSED && link->state == LINK_OPENING)
        node->lease.refused_from = link->since;
}

void lease_after(struct node *node, const struct observation *seen)
{
    if (!probe_is_up(&node->probe)) {
        node->lease.read = false;
        return;
    }
    if (seen->evidence != EVIDENCE_INFO)
        return;
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
    if (settled->ok)
        lease->clock_ms = settled->lease_clock_ms;
}
