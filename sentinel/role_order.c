#include "sentinel/role_order.h"

#include "probes/order_part.h"
#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/model.h"

#define REFUSED_MS 60000 /* then the part is tried again: its operator may have given the right */

struct order *role_order(struct core *core, struct node *node, enum order_kind kind)
{
    struct order *order = output_order(&core->output, kind, node->id);

    if (node->refused_at == MSEC_NEVER || core->now - node->refused_at >= REFUSED_MS)
        node->refuses = 0;
    order->ticket = core_ticket(core, node->id);
    order->without = node->refuses;
    return order;
}

bool role_order_settled(struct core *core, struct node *node, const struct settled *settled)
{
    /* Within a transaction that was carried out, only what the part does has failed. */
    unsigned learnt = settled->ok ? settled->refused & PART_MULTI : settled->refused;
    bool again = !settled->ok && !settled->lost && (learnt & ~node->refuses) != 0;

    if (settled->refused != 0)
        event_detail(emit_node_event(core, EVENT_ORDER_PART_REFUSED, node), "%.120s",
                     settled->error);
    if (learnt != 0) {
        node->refuses |= learnt;
        node->refused_at = core->now;
    }
    return again;
}
