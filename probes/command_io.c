#include "probes/command_io.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>

#include "probes/link_io.h"

/* A command under way. */
struct command_order {
    order_settled_fn *settled;
    void *arg;
    struct order_result result;
};

static void settle(struct command_order *order)
{
    order->settled(order->arg, &order->result);
    free(order);
}

static void replied(void *ctx, uint64_t tag, const redisReply *reply)
{
    struct command_order *order = ctx;

    (void)tag;
    if (reply == NULL)
        order->result.lost = true;
    else if (reply->type == REDIS_REPLY_ERROR)
        snprintf(order->result.error, sizeof order->result.error, "%s", reply->str);
    else
        order->result.ok = true;
    settle(order);
}

void order_command(struct link_set *set, uint32_t id, enum link_kind kind, uint64_t ticket,
                   const char *const *words, order_settled_fn *settled, void *arg)
{
    struct command_order *order = calloc(1, sizeof *order);
    struct order_result lost = { .id = id, .ticket = ticket, .lost = true };

    if (order == NULL) {
        settled(arg, &lost);
        return;
    }
    *order = (struct command_order){ settled, arg, { .id = id, .ticket = ticket } };
    if (!link_send(set, id, kind, words, replied, order, 0)) {
        order->result.lost = true;
        settle(order);
    }
}
