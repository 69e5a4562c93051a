#include "store/expiry.h"

#include <assert.h>
#include <string.h>

#include "store/entry.h"
#include "store/mem.h"

enum { ARITY = 4, SLOTS_MIN = 16, SEGMENT_BITS = 12, SEGMENT_SLOTS = 1 << SEGMENT_BITS };

static inline struct expiry_slot *slot_at(const struct expiry *x, size_t at)
{
    return &x->segments[at >> SEGMENT_BITS][at & (SEGMENT_SLOTS - 1)];
}

/* Writes a slot and tells its entry. */
static void place(struct expiry *x, size_t at, struct expiry_slot slot)
{
    *slot_at(x, at) = slot;
    entry_expiry(slot.entry)->slot = (uint32_t)at;
}

/* Moves a slot towards the root until its parent is not later. */
static void rise(struct expiry *x, size_t at, struct expiry_slot slot)
{
    while (at > 0) {
        size_t parent = (at - 1) / ARITY;
        if (slot_at(x, parent)->at_ms <= slot.at_ms)
            break;
        place(x, at, *slot_at(x, parent));
        at = parent;
    }
    place(x, at, slot);
}

/* Moves a slot away from the root until no child is earlier. */
static void sink(struct expiry *x, size_t at, struct expiry_slot slot)
{
    for (;;) {
        size_t first = at * ARITY + 1, best = first;

        if (first >= x->n)
            break;
        for (size_t c = first + 1; c < x->n && c < first + ARITY; c++) {
            if (slot_at(x, c)->at_ms < slot_at(x, best)->at_ms)
                best = c;
        }
        if (slot_at(x, best)->at_ms >= slot.at_ms)
            break;
        place(x, at, *slot_at(x, best));
        at = best;
    }
    place(x, at, slot);
}

/* Finds the right place for a slot that is put at `at`. */
static void settle(struct expiry *x, size_t at, struct expiry_slot slot)
{
    if (at > 0 && slot_at(x, (at - 1) / ARITY)->at_ms > slot.at_ms)
        rise(x, at, slot);
    else
        sink(x, at, slot);
}

static size_t segments(const struct expiry *x)
{
    return (x->cap + SEGMENT_SLOTS - 1) >> SEGMENT_BITS;
}

/* Only the first one can be a small one. */
static size_t segment_bytes(const struct expiry *x)
{
    return (x->cap < SEGMENT_SLOTS ? x->cap : SEGMENT_SLOTS) * sizeof(struct expiry_slot);
}

static void drop_segment(struct expiry *x)
{
    size_t last = segments(x) - 1;

    mem_free(x->segments[last], segment_bytes(x));
    x->segments[last] = NULL;
    x->cap = last << SEGMENT_BITS;
}

bool expiry_free_some(struct expiry *x, size_t *left)
{
    while (*left > 0) {
        (*left)--;
        if (x->cap > 0) {
            drop_segment(x);
            continue;
        }
        mem_free(x->segments, x->segments_cap * sizeof(*x->segments));
        *x = (struct expiry){ 0 };
        return true;
    }
    return false;
}

/* The first segment with twice as many slots. */
static void grow_first(struct expiry *x)
{
    size_t cap = x->cap > 0 ? x->cap * 2 : SLOTS_MIN, size = sizeof(struct expiry_slot);

    x->segments[0] = mem_resize(x->segments[0], x->cap * size, cap * size);
    x->cap = cap;
}

/* Makes room for one more slot. */
static void reserve(struct expiry *x)
{
    size_t seg = x->n >> SEGMENT_BITS;

    if (x->n < x->cap)
        return;
    if (seg >= x->segments_cap) {
        size_t cap = x->segments_cap > 0 ? x->segments_cap * 2 : 1, size = sizeof(*x->segments);

        x->segments = mem_resize(x->segments, x->segments_cap * size, cap * size);
        memset(x->segments + x->segments_cap, 0, (cap - x->segments_cap) * size);
        x->segments_cap = cap;
    }
    if (seg == 0) {
        grow_first(x);
        return;
    }
    x->segments[seg] = mem_alloc(SEGMENT_SLOTS * sizeof(struct expiry_slot));
    x->cap += SEGMENT_SLOTS;
}

void expiry_add(struct expiry *x, struct entry *e, int64_t at_ms)
{
    struct expiry_slot slot = { at_ms, e };

    assert(x->n < UINT32_MAX);
    reserve(x);
    entry_expiry(e)->at_ms = at_ms;
    rise(x, x->n++, slot);
}

void expiry_move(struct expiry *x, struct entry *e, int64_t at_ms)
{
    struct expiry_slot slot = { at_ms, e };

    assert(slot_at(x, entry_expiry(e)->slot)->entry == e);
    entry_expiry(e)->at_ms = at_ms;
    settle(x, entry_expiry(e)->slot, slot);
}

void expiry_remove(struct expiry *x, struct entry *e)
{
    size_t at = entry_expiry(e)->slot;

    assert(at < x->n && slot_at(x, at)->entry == e);
    x->n--;
    if (at < x->n)
        settle(x, at, *slot_at(x, x->n));
    /* A segment is kept in reserve, so that one more and one less do not make and free it. */
    if (x->cap > SEGMENT_SLOTS && x->n + 2 * SEGMENT_SLOTS <= x->cap)
        drop_segment(x);
}

struct entry *expiry_first(const struct expiry *x)
{
    return x->n > 0 ? slot_at(x, 0)->entry : NULL;
}

struct entry *expiry_any(const struct expiry *x, size_t i)
{
    return slot_at(x, i)->entry;
}

size_t expiry_bytes(const struct expiry *x)
{
    return x->cap * sizeof(struct expiry_slot) + x->segments_cap * sizeof(*x->segments);
}
