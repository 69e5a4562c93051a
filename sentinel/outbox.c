#include "sentinel/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A queue of parcels, a ring that grows. */
struct queue {
    struct parcel *ring;
    size_t head, n, cap;
};

/* Rows that belong into one commit. */
struct batch {
    struct row *rows;
    size_t n, cap;
};

struct outbox {
    struct queue free;    /* may leave at once, whatever the disk does */
    struct queue waiting; /* in order, each behind the commit it names */
    struct batch next;    /* rows for the next commit */
    struct batch running; /* rows being committed; empty = none */
    uint64_t commits;     /* number of the commit that NEXT will be */
    uint64_t durable;     /* all commits up to this one are on disk */
    uint64_t groups;      /* the last commit that changes a group */
    uint64_t dropped;
};

struct outbox *outbox_new(void)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);

    assert(outbox != NULL);
    outbox->commits = 1;
    return outbox;
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    free(outbox->free.ring);
    free(outbox->waiting.ring);
    free(outbox->next.rows);
    free(outbox->running.rows);
    free(outbox);
}

static void queue_grow(struct queue *queue)
{
    size_t cap = queue->cap ? queue->cap * 2 : 16;
    struct parcel *ring = malloc(cap * sizeof *ring);

    assert(ring != NULL);
    for (size_t i = 0; i < queue->n; i++)
        ring[i] = queue->ring[(queue->head + i) % queue->cap];
    free(queue->ring);
    *queue = (struct queue){ .ring = ring, .n = queue->n, .cap = cap };
}

/* A new parcel at the end of QUEUE, to be filled in by the caller. */
static struct parcel *queue_push(struct queue *queue, enum parcel_kind kind, uint64_t after)
{
    if (queue->n == queue->cap)
        queue_grow(queue);
    struct parcel *parcel = &queue->ring[(queue->head + queue->n++) % queue->cap];

    parcel->kind = kind;
    parcel->after = after;
    parcel->stale = false;
    return parcel;
}

static void queue_pop(struct queue *queue, struct parcel *ret_parcel)
{
    assert(queue->n > 0);
    *ret_parcel = queue->ring[queue->head];
    queue->head = (queue->head + 1) % queue->cap;
    queue->n--;
}

static bool changes_group(const struct row *row)
{
    return row->kind == ROW_GROUP || row->kind == ROW_GROUP_GONE;
}

static void take_rows(struct batch *batch, const struct output *output)
{
    if (output->n_rows == 0)
        return;
    if (batch->n + output->n_rows > batch->cap) {
        batch->cap = (batch->n + output->n_rows) * 2;
        batch->rows = realloc(batch->rows, batch->cap * sizeof *batch->rows);
        assert(batch->rows != NULL);
    }
    memcpy(batch->rows + batch->n, output->rows, output->n_rows * sizeof *output->rows);
    batch->n += output->n_rows;
}

/* The commit that everything said from now on has to wait for. */
static uint64_t last_commit(const struct outbox *outbox)
{
    return outbox->next.n > 0 ? outbox->commits : outbox->commits - 1;
}

static void take_messages(struct outbox *outbox, const struct output *output, uint64_t after)
{
    for (size_t i = 0; i < output->n_messages; i++) {
        const struct message *message = &output->messages[i];

        if (!message_waits(message->kind))
            queue_push(&outbox->free, PARCEL_MESSAGE, 0)->u.message = *message;
        else if (outbox->waiting.n >= OUTBOX_PARCELS_MAX)
            outbox->dropped++;
        else
            queue_push(&outbox->waiting, PARCEL_MESSAGE, after)->u.message = *message;
    }
}

/* Whether it goes over the command link as it is; a fence takes whatever there is. */
static bool is_for_link(const struct parcel *parcel, uint32_t id)
{
    return parcel->kind == PARCEL_ORDER && parcel->u.order.id == id &&
           parcel->u.order.kind != ORDER_FENCE && parcel->u.order.kind != ORDER_QUESTION;
}

/* ORDER replaces a link. The new one gets its own hello: never two of them in flight on one. */
static void make_stale(struct queue *queue, const struct order *order)
{
    size_t kept = 0;

    if ((order->kind != ORDER_OPEN && order->kind != ORDER_FORGET) || order->link != LINK_CMD)
        return;
    for (size_t i = 0; i < queue->n; i++) {
        struct parcel *parcel = &queue->ring[(queue->head + i) % queue->cap];
        bool stale = is_for_link(parcel, order->id);

        if (stale && parcel->u.order.kind == ORDER_HELLO)
            continue;
        parcel->stale = parcel->stale || stale;
        if (kept != i)
            queue->ring[(queue->head + kept) % queue->cap] = *parcel;
        kept++;
    }
    queue->n = kept;
}

void outbox_take(struct outbox *outbox, const struct output *output)
{
    take_rows(&outbox->next, output);
    for (size_t i = 0; i < output->n_rows; i++) {
        if (changes_group(&output->rows[i]))
            outbox->groups = outbox->commits;
    }

    uint64_t after = last_commit(outbox);
    take_messages(outbox, output, after);
    for (size_t i = 0; i < output->n_orders; i++) {
        const struct order *order = &output->orders[i];
        bool waits = order_waits(order->kind);

        make_stale(&outbox->waiting, order);
        queue_push(waits ? &outbox->waiting : &outbox->free, PARCEL_ORDER, waits ? after : 0)
            ->u.order = *order;
    }
    for (size_t i = 0; i < output->n_events; i++)
        queue_push(&outbox->waiting, PARCEL_EVENT, after)->u.event = output->events[i];
    for (size_t i = 0; i < output->n_replies; i++)
        queue_push(&outbox->waiting, PARCEL_REPLY, after)->u.reply = output->replies[i];
}

const struct row *outbox_commit(struct outbox *outbox, size_t *ret_n, uint64_t *ret_commit)
{
    if (outbox->running.n > 0 || outbox->next.n == 0)
        return NULL;
    struct batch idle = outbox->running;

    outbox->running = outbox->next;
    outbox->next = idle;
    *ret_n = outbox->running.n;
    *ret_commit = outbox->commits++;
    return outbox->running.rows;
}

void outbox_committed(struct outbox *outbox)
{
    assert(outbox->running.n > 0);
    outbox->running.n = 0;
    outbox->durable = outbox->commits - 1;
}

bool outbox_next(struct outbox *outbox, struct parcel *ret_parcel)
{
    if (outbox->free.n > 0) {
        queue_pop(&outbox->free, ret_parcel);
        return true;
    }
    if (outbox->waiting.n == 0 ||
        outbox->waiting.ring[outbox->waiting.head].after > outbox->durable)
        return false;
    queue_pop(&outbox->waiting, ret_parcel);
    return true;
}

/* Take out the parcel at place I, which may be anywhere. */
static void queue_remove(struct queue *queue, size_t i)
{
    for (; i + 1 < queue->n; i++)
        queue->ring[(queue->head + i) % queue->cap] =
            queue->ring[(queue->head + i + 1) % queue->cap];
    queue->n--;
}

bool outbox_recall(struct outbox *outbox, struct order *ret_order)
{
    struct queue *queue = &outbox->waiting;

    for (size_t i = 0; i < queue->n; i++) {
        const struct parcel *parcel = &queue->ring[(queue->head + i) % queue->cap];

        if (parcel->kind != PARCEL_ORDER || parcel->u.order.ticket == 0)
            continue;
        *ret_order = parcel->u.order;
        queue_remove(queue, i);
        return true;
    }
    return false;
}

bool outbox_groups_durable(const struct outbox *outbox)
{
    return outbox->groups <= outbox->durable;
}

bool outbox_busy(const struct outbox *outbox)
{
    return outbox->running.n > 0 || outbox->next.n > 0;
}

uint64_t outbox_dropped(const struct outbox *outbox)
{
    return outbox->dropped;
}
