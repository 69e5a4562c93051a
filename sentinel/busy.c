#include "sentinel/busy.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/input.h"
#include "sentinel/model.h"
#include "sentinel/nodes.h"

#define GRACE_MS 500 /* from the word that it ended to the first PONG */
#define PING_MS  50  /* between PINGs in that time */

void busy_init(struct busy *busy)
{
    *busy = (struct busy){ .since = MSEC_NEVER, .ended_at = MSEC_NEVER };
}

static void order(struct core *core, struct node *node, enum busy_step step, enum order_kind kind)
{
    node->busy.step = step;
    node->busy.ticket = core_ticket(core, node->id);
    output_order(&core->output, kind, node->id)->ticket = node->busy.ticket;
}

void busy_run(struct core *core, struct node *node)
{
    struct busy *busy = &node->busy;

    if (!node->probe.busy) {
        busy_init(busy);
    } else if (node->sdown && busy->step == BUSY_NONE && probe_is_up(&node->probe)) {
        if (busy->since == MSEC_NEVER)
            busy->since = core->now;
        order(core, node, BUSY_SCRIPT, ORDER_SCRIPT_KILL);
    } else if (busy->ended_at != MSEC_NEVER && core->now < busy->ended_at + GRACE_MS) {
        probe_want_ping(&node->probe, core->now + PING_MS);
    }
}

/* NOTBUSY: another supervisor was faster, or it ended by itself. */
static bool has_ended(const struct settled *settled)
{
    return settled->ok || strncmp(settled->error, "NOTBUSY", 7) == 0;
}

void busy_settled(struct core *core, struct node *node, const struct settled *settled)
{
    struct busy *busy = &node->busy;

    if (busy->ticket == 0 || busy->ticket != settled->ticket)
        return;
    busy->ticket = 0;
    if (settled->lost) {
        busy->step = BUSY_NONE;
        return;
    }
    if (has_ended(settled))
        busy->ended_at = core->now;
    if (busy->ended_at != MSEC_NEVER || busy->step == BUSY_FUNCTION)
        busy->step = BUSY_DONE;
    else
        order(core, node, BUSY_FUNCTION, ORDER_FUNCTION_KILL);
    probe_want_ping(&node->probe, core->now);
    node_wake(core, node);
}

msec busy_hold_until(const struct group *group)
{
    const struct node *primary = group->primary;
    const struct busy *busy = &primary->busy;

    if (!primary->sdown || !primary->probe.busy || busy->since == MSEC_NEVER)
        return 0;
    if (busy->step == BUSY_DONE)
        return busy->ended_at == MSEC_NEVER
                   ? 0
                   : msec_min(busy->ended_at + GRACE_MS, busy->since + BUSY_HOLD_MS);
    return busy->since + BUSY_HOLD_MS;
}
