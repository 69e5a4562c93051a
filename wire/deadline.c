#include "wire/deadline.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

void deadlines_init(struct deadlines *set)
{
    *set = (struct deadlines){ 0 };
}

void deadlines_done(struct deadlines *set)
{
    free(set->heap);
    *set = (struct deadlines){ 0 };
}

void deadline_init(struct deadline *deadline, uint32_t kind, uint32_t id)
{
    *deadline = (struct deadline){ .at = MSEC_NEVER, .kind = kind, .id = id };
}

/* Whether A fires before B. */
static bool earlier(const struct deadline *a, const struct deadline *b)
{
    return a->at < b->at || (a->at == b->at && a->seq < b->seq);
}

static void place(struct deadlines *set, size_t i, struct deadline *deadline)
{
    set->heap[i] = deadline;
    deadline->pos = i + 1;
}

/* Move the entry at I towards the root until its parent fires before it. */
static void sift_up(struct deadlines *set, size_t i)
{
    struct deadline *moving = set->heap[i];

    while (i > 0 && earlier(moving, set->heap[(i - 1) / 2])) {
        place(set, i, set->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    place(set, i, moving);
}

/* Move the entry at I towards the leaves until it fires before its children. */
static void sift_down(struct deadlines *set, size_t i)
{
    struct deadline *moving = set->heap[i];

    for (size_t child; (child = 2 * i + 1) < set->n; i = child) {
        if (child + 1 < set->n && earlier(set->heap[child + 1], set->heap[child]))
            child++;
        if (!earlier(set->heap[child], moving))
            break;
        place(set, i, set->heap[child]);
    }
    place(set, i, moving);
}

static void grow(struct deadlines *set)
{
    assert(set->n < DEADLINES_MAX);
    if (set->n < set->cap)
        return;
    set->cap = set->cap ? set->cap * 2 : 64;
    set->heap = realloc(set->heap, set->cap * sizeof *set->heap);
    assert(set->heap != NULL);
}

void deadline_arm(struct deadlines *set, struct deadline *deadline, msec at)
{
    if (at == MSEC_NEVER) {
        deadline_disarm(set, deadline);
        return;
    }
    if (deadline->pos != 0 && deadline->at == at)
        return; /* keeps its place among equals: re-arming is no event */
    if (deadline->pos == 0) {
        grow(set);
        place(set, set->n++, deadline);
    }
    deadline->at = at;
    deadline->seq = ++set->seq;
    sift_up(set, deadline->pos - 1);
    sift_down(set, deadline->pos - 1);
}

void deadline_disarm(struct deadlines *set, struct deadline *deadline)
{
    if (deadline->pos == 0)
        return;
    size_t hole = deadline->pos - 1;
    struct deadline *last = set->heap[--set->n];

    assert(set->heap[hole] == deadline);
    deadline->pos = 0;
    deadline->at = MSEC_NEVER;
    if (last == deadline)
        return;
    place(set, hole, last);
    sift_up(set, last->pos - 1);
    sift_down(set, last->pos - 1);
}

msec deadlines_next(const struct deadlines *set)
{
    return set->n ? set->heap[0]->at : MSEC_NEVER;
}

struct deadline *deadlines_pop(struct deadlines *set, msec now)
{
    if (set->n == 0 || set->heap[0]->at > now)
        return NULL;
    struct deadline *due = set->heap[0];

    deadline_disarm(set, due);
    return due;
}
