#include "store/sample.h"

#include <assert.h>
#include <stdint.h>

#include "store/mem.h"
#include "store/members.h"

#define SPARSE_RATIO 3 /* up to this part of the table members are drawn one by one */
#define SLOTS_MIN    8

const struct member *sample_one(const struct members *m, struct prng *prng)
{
    return (const struct member *)dict_random(&m->dict, prng_next(prng));
}

/* Notes a member in a table of pointers with room to spare; false when it is there already. */
static bool note(const struct member **slots, size_t cap, const struct member *x)
{
    size_t at = (size_t)(((uintptr_t)x >> 4) * 0x9e3779b97f4a7c15u) & (cap - 1);

    while (slots[at] != NULL && slots[at] != x)
        at = (at + 1) & (cap - 1);
    if (slots[at] == x)
        return false;
    slots[at] = x;
    return true;
}

/* Draws until there are n different ones; soon, since they are few. */
static void sample_sparse(const struct members *m, size_t n, struct prng *prng,
                          void (*take)(void *arg, const struct member *x), void *arg)
{
    const struct member **slots;
    size_t cap = SLOTS_MIN, taken = 0;

    while (cap < 2 * n)
        cap *= 2;
    slots = mem_alloc_zero(cap * sizeof(*slots));
    while (taken < n) {
        const struct member *x = sample_one(m, prng);

        if (!note(slots, cap, x))
            continue;
        take(arg, x);
        taken++;
    }
    mem_free(slots, cap * sizeof(*slots));
}

struct walk_sample {
    struct dict_walk walk;
    const struct member *at;
    size_t place;
    void (*take)(void *arg, const struct member *x);
    void *arg;
};

static void take_place(void *arg, size_t place)
{
    struct walk_sample *w = arg;

    for (; w->place <= place; w->place++)
        w->at = (const struct member *)dict_walk_next(&w->walk);
    w->take(w->arg, w->at);
}

void sample_distinct(const struct members *m, size_t n, struct prng *prng,
                     void (*take)(void *arg, const struct member *x), void *arg)
{
    struct walk_sample w = { .take = take, .arg = arg };

    assert(n < members_count(m));
    if (n < members_count(m) / SPARSE_RATIO) {
        sample_sparse(m, n, prng, take, arg);
        return;
    }
    dict_walk_start(&w.walk, &m->dict);
    sample_places(members_count(m), n, prng, take_place, &w);
}

/* Each place is taken with the chance that is fair for those still to come. */
void sample_places(size_t count, size_t n, struct prng *prng, void (*take)(void *arg, size_t place),
                   void *arg)
{
    for (size_t place = 0; n > 0 && place < count; place++) {
        if (prng_below(prng, count - place) >= n)
            continue;
        take(arg, place);
        n--;
    }
}
