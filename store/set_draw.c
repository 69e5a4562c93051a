#include "store/set_draw.h"

#include <assert.h>

#include "store/intset.h"
#include "store/mem.h"
#include "store/members.h"
#include "store/sample.h"
#include "store/set.h"

/* What a draw writes into. */
struct draw {
    const struct entry *entry;
    set_take_fn *take;
    void *arg;
    struct set_walk walk; /* of a compact set */
    size_t place;         /* of the member that comes next */
    const struct member **found, **end;
    unsigned char *rest; /* a compact set's members that were not chosen */
};

static void give_member(void *arg, const struct member *x)
{
    struct draw *d = arg;

    d->take(d->arg, member_name(x));
}

/* Gives the member at a place not before the last one. */
static void give_place(void *arg, size_t place)
{
    struct draw *d = arg;

    for (; d->place <= place; d->place++)
        set_walk_next(&d->walk);
    d->take(d->arg, d->walk.item.bytes);
}

static void give_compact(const struct entry *e, size_t place, set_take_fn *take, void *arg)
{
    struct pack_item item = { .bytes = { item.text, 0 } };

    if (e->encoding == SET_INTS)
        item.bytes.n = entry_int_text(intset_get(e->value.ints, place), item.text);
    else
        pack_get(pack_seek(e->value.pack, place), &item);
    take(arg, item.bytes);
}

void set_draw_one(const struct entry *e, struct prng *prng, set_take_fn *take, void *arg)
{
    if (e->encoding == SET_TABLE)
        take(arg, member_name(sample_one(e->value.members, prng)));
    else
        give_compact(e, (size_t)prng_below(prng, set_count(e)), take, arg);
}

void set_draw(const struct entry *e, size_t n, struct prng *prng, set_take_fn *take, void *arg)
{
    struct draw d = { .entry = e, .take = take, .arg = arg };
    size_t count = set_count(e);

    assert(n <= count);
    if (n < count && e->encoding == SET_TABLE) {
        sample_distinct(e->value.members, n, prng, give_member, &d);
        return;
    }
    set_walk_start(&d.walk, e);
    sample_places(count, n, prng, give_place, &d);
}

static void note_member(void *arg, const struct member *x)
{
    struct draw *d = arg;

    *d->end++ = x;
}

/* The table stands still until all are found. */
static void draw_out_of_table(struct entry *e, size_t n, struct prng *prng, struct draw *d)
{
    d->found = d->end = mem_alloc(n * sizeof(*d->found));
    sample_distinct(e->value.members, n, prng, note_member, d);
    for (size_t i = 0; i < n; i++) {
        d->take(d->arg, member_name(d->found[i]));
        members_delete(e->value.members, member_name(d->found[i]));
    }
    mem_free(d->found, n * sizeof(*d->found));
}

static void keep(struct draw *d)
{
    if (d->entry->encoding == SET_INTS)
        d->rest = intset_insert(d->rest, intset_count(d->rest),
                                intset_get(d->entry->value.ints, d->place));
    else
        d->rest = pack_append(d->rest, d->walk.item.bytes);
}

/* Gives the member at a place, and keeps those on the way to it. */
static void part_place(void *arg, size_t place)
{
    struct draw *d = arg;

    while (set_walk_next(&d->walk) && d->place < place) {
        keep(d);
        d->place++;
    }
    d->take(d->arg, d->walk.item.bytes);
    d->place++;
}

/* Builds the set of the others: deleting one by one would take the square of the time. */
static void draw_out_of_compact(struct entry *e, size_t n, struct prng *prng, struct draw *d)
{
    size_t count = set_count(e);

    d->rest = e->encoding == SET_INTS ? intset_new() : pack_new();
    set_walk_start(&d->walk, e);
    sample_places(count, n, prng, part_place, d);
    for (; set_walk_next(&d->walk); d->place++)
        keep(d);
    if (e->encoding == SET_INTS) {
        intset_free(e->value.ints);
        e->value.ints = d->rest;
    } else {
        pack_free(e->value.pack);
        e->value.pack = d->rest;
    }
}

void set_draw_out(struct entry *e, size_t n, struct prng *prng, set_take_fn *take, void *arg)
{
    struct draw d = { .entry = e, .take = take, .arg = arg };

    assert(n < set_count(e));
    if (e->encoding == SET_TABLE)
        draw_out_of_table(e, n, prng, &d);
    else
        draw_out_of_compact(e, n, prng, &d);
}
