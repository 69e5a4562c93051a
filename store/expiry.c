#include "store/expiry.h"

#include <assert.h>

#include "store/entry.h"
#include "store/mem.h"

enum { ARITY = 4, SLOTS_MIN = 16 };

/* Writes a slot and tells its entry. */
static void place(struct expiry *x, size_t at, struct expiry_slot slot)
{
    x->slots[at] = slot;
    entry_expiry(slot.entry)->slot = (uint32_t)at;
}

/* Moves a slot towards the root until its parent is not later. */
static void rise(struct expiry *x, size_t at, struct expiry_slot slot)
{
    while (at > 0) {
        size_t parent = (at - 1) / ARITY;
        if (x->slots[parent].at_ms <= slot.at_ms)
            break;
        place(x, at, x->slots[parent]);
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
            if (x->slots[c].at_ms < x->slots[best].at_ms)
                best = c;
        }
        if (x->slots[best].at_ms >= slot.at_ms)
            break;
        place(x, at, x->slots[best]);
        at = best;
    }
    place(x, at, slot);
}

/* Finds the right place for a slot that is put at `at`. */
static void settle(struct expiry *x, size_t at, struct expiry_slot slot)
{
    if (at > 0 && x->slots[(at - 1) / ARITY].at_ms > slot.at_ms)
        rise(x, at, slot);
    else
        sink(x, at, slot);
}

void expiry_done(struct expiry *x)
{
    mem_free(x->slots, x->cap * sizeof(*x->slots));
    x->slots = NULL;
    x->n = 0;
    x->cap = 0;
}

void expiry_add(struct expiry *x, struct entry *e, int64_t at_ms)
{
    struct expiry_slot slot = { at_ms, e };

    if (x->n == x->cap) {
        size_t cap = x->cap > 0 ? x->cap * 2 : SLOTS_MIN;
        assert(cap <= UINT32_MAX);
        x->slots = mem_resize(x->slots, x->cap * sizeof(*x->slots), cap * sizeof(*x->slots));
        x->cap = cap;
    }
    entry_expiry(e)->at_ms = at_ms;
    rise(x, x->n++, slot);
}

void expiry_move(struct expiry *x, struct entry *e, int64_t at_ms)
{
    struct expiry_slot slot = { at_ms, e };

    assert(x->slots[entry_expiry(e)->slot].entry == e);
    entry_expiry(e)->at_ms = at_ms;
    settle(x, entry_expiry(e)->slot, slot);
}

void expiry_remove(struct expiry *x, struct entry *e)
{
    size_t at = entry_expiry(e)->slot;

    assert(at < x->n && x->slots[at].entry == e);
    x->n--;
    if (at < x->n)
        settle(x, at, x->slots[x->n]);
    if (x->cap > SLOTS_MIN && x->n < x->cap / 4) {
        x->slots = mem_resize(x->slots, x->cap * sizeof(*x->slots), x->cap / 2 * sizeof(*x->slots));
        x->cap /= 2;
    }
}

void expiry_relocate(struct expiry *x, struct entry *e)
{
    x->slots[entry_expiry(e)->slot].entry = e;
}

struct entry *expiry_first(const struct expiry *x)
{
    return x->n > 0 ? x->slots[0].entry : NULL;
}
