#include "sentinel/output.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int waits;
} orders[ORDER_COUNT] = {
#define X(id, name, waits) { name, waits },
    ORDER_KINDS(X)
#undef X
};

const char *order_kind_name(enum order_kind kind)
{
    assert(kind < ORDER_COUNT);
    return orders[kind].name;
}

int order_waits(enum order_kind kind)
{
    assert(kind < ORDER_COUNT);
    return orders[kind].waits;
}

void output_init(struct output *output)
{
    *output = (struct output){ .wake = MSEC_NEVER };
}

void output_done(struct output *output)
{
    free(output->rows);
    free(output->messages);
    free(output->orders);
    free(output->events);
    free(output->replies);
    output_init(output);
}

void output_clear(struct output *output)
{
    output->n_rows = output->n_messages = output->n_orders = 0;
    output->n_events = output->n_replies = 0;
    output->wake = MSEC_NEVER;
}

/* Make room for one more entry of SIZE bytes in *ARRAY and return it, zeroed.
 * Memory that runs out ends the process: half an output must not leave it. */
static void *append(void **array, size_t *n, size_t *cap, size_t size)
{
    if (*n == *cap) {
        *cap = *cap ? *cap * 2 : 8;
        *array = realloc(*array, *cap * size);
        assert(*array != NULL);
    }
    return memset((char *)*array + (*n)++ * size, 0, size);
}

#define APPEND(output, what)                                                                       \
    append((void **)&(output)->what, &(output)->n_##what, &(output)->cap_##what,                   \
           sizeof *(output)->what)

struct row *output_row(struct output *output, enum row_kind kind)
{
    struct row *row = APPEND(output, rows);

    row->kind = kind;
    return row;
}

struct message *output_message(struct output *output, enum message_kind kind, uint32_t peer)
{
    struct message *message = APPEND(output, messages);

    message->kind = kind;
    message->peer = peer;
    return message;
}

struct order *output_order(struct output *output, enum order_kind kind, uint32_t id)
{
    struct order *order = APPEND(output, orders);

    order->kind = kind;
    order->id = id;
    return order;
}

struct event *output_event(struct output *output, enum event_kind kind)
{
    struct event *event = APPEND(output, events);

    event->kind = kind;
    return event;
}

struct reply *output_reply(struct output *output, uint64_t ticket, enum reply_code code)
{
    struct reply *reply = APPEND(output, replies);

    reply->ticket = ticket;
    reply->code = code;
    return reply;
}
