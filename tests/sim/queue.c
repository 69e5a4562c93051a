#include "tests/sim/queue.h"

#include <assert.h>
#include <stdlib.h>

void queue_init(struct queue *queue)
{
    *queue = (struct queue){ .heap = NULL };
}

void queue_done(struct queue *queue)
{
    free(queue->heap);
    queue_init(queue);
}

static bool earlier(const struct happening *a, const struct happening *b)
{
    return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

void queue_push(struct queue *queue, struct happening happening)
{
    if (queue->n == queue->cap) {
        queue->cap = queue->cap ? queue->cap * 2 : 256;
        queue->heap = realloc(queue->heap, queue->cap * sizeof *queue->heap);
        assert(queue->heap != NULL);
    }
    happening.seq = queue->seq++;

    size_t at = queue->n++;
    while (at > 0 && earlier(&happening, &queue->heap[(at - 1) / 2])) {
        queue->heap[at] = queue->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    queue->heap[at] = happening;
}

/* Put LAST into the hole at the top and let it sink to its place. */
static void sink(struct queue *queue, struct happening last)
{
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= queue->n)
            break;
        if (child + 1 < queue->n && earlier(&queue->heap[child + 1], &queue->heap[child]))
            child++;
        if (!earlier(&queue->heap[child], &last))
            break;
        queue->heap[at] = queue->heap[child];
        at = child;
    }
    queue->heap[at] = last;
}

bool queue_pop(struct queue *queue, struct happening *ret_happening)
{
    if (queue->n == 0)
        return false;
    *ret_happening = queue->heap[0];
    queue->n--;
    if (queue->n > 0)
        sink(queue, queue->heap[queue->n]);
    return true;
}

msec queue_next(const struct queue *queue)
{
    return queue->n > 0 ? queue->heap[0].at : MSEC_NEVER;
}
