#include "tests/unit/unit.h"

#include <stdbool.h>

#include "wire/deadline.h"
#include "wire/prng.h"

#define ENTRIES 200

/* The naive model: a table that is searched from end to end. */
struct model {
    msec at[ENTRIES]; /* MSEC_NEVER = not armed */
    uint64_t seq[ENTRIES];
    uint64_t last;
};

static void model_arm(struct model *model, size_t i, msec at)
{
    if (model->at[i] == at)
        return;
    model->at[i] = at;
    model->seq[i] = ++model->last;
}

/* The entry that has to fire first; ENTRIES when none is armed. */
static size_t model_first(const struct model *model)
{
    size_t first = ENTRIES;

    for (size_t i = 0; i < ENTRIES; i++) {
        if (model->at[i] == MSEC_NEVER)
            continue;
        if (first == ENTRIES || model->at[i] < model->at[first] ||
            (model->at[i] == model->at[first] && model->seq[i] < model->seq[first]))
            first = i;
    }
    return first;
}

/* Pop from both what is due; they must agree on each. */
static void pop_due(struct deadlines *set, struct deadline *entries, struct model *model, msec now)
{
    for (;;) {
        size_t first = model_first(model);
        bool due = first < ENTRIES && model->at[first] <= now;
        struct deadline *got;

        CU_ASSERT_EQUAL_FATAL(deadlines_next(set), first < ENTRIES ? model->at[first] : MSEC_NEVER);
        got = deadlines_pop(set, now);
        CU_ASSERT_PTR_EQUAL_FATAL(got, due ? &entries[first] : NULL);
        if (!due)
            return;
        CU_ASSERT_EQUAL(got->pos, 0);
        model->at[first] = MSEC_NEVER;
    }
}

/* Arms, moves, disarms and pops at random; few distinct times, so that ties abound. */
static void run_at_random(uint64_t seed)
{
    struct deadline entries[ENTRIES];
    struct deadlines set;
    struct model model = { .last = 0 };
    struct prng prng;
    msec now = 0;

    prng_seed(&prng, seed);
    deadlines_init(&set);
    for (size_t i = 0; i < ENTRIES; i++) {
        deadline_init(&entries[i], 1, (uint32_t)i);
        model.at[i] = MSEC_NEVER;
    }
    for (int round = 0; round < 3000; round++) {
        size_t i = prng_below(&prng, ENTRIES);

        if (prng_below(&prng, 10) < 7) {
            msec at = now + prng_between(&prng, -2, 30);
            deadline_arm(&set, &entries[i], at);
            model_arm(&model, i, at);
        } else if (prng_below(&prng, 2) == 0) {
            deadline_disarm(&set, &entries[i]);
            model.at[i] = MSEC_NEVER;
        } else {
            deadline_arm(&set, &entries[i], MSEC_NEVER);
            model.at[i] = MSEC_NEVER;
        }
        if (prng_below(&prng, 5) == 0)
            pop_due(&set, entries, &model, ++now);
    }
    pop_due(&set, entries, &model, MSEC_NEVER - 1);
    CU_ASSERT_EQUAL(set.n, 0);
    deadlines_done(&set);
}

static void test_against_a_model(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++)
        run_at_random(seed);
}

/* What is equal fires in the order of arming; arming again for the same time
 * keeps the place, moving there and back does not. */
static void test_ties(void)
{
    struct deadline a, b, c;
    struct deadlines set;

    deadlines_init(&set);
    deadline_init(&a, 0, 1);
    deadline_init(&b, 0, 2);
    deadline_init(&c, 0, 3);
    deadline_arm(&set, &a, 5);
    deadline_arm(&set, &b, 5);
    deadline_arm(&set, &c, 5);
    deadline_arm(&set, &a, 5);
    deadline_arm(&set, &b, 9);
    deadline_arm(&set, &b, 5);
    CU_ASSERT_PTR_EQUAL(deadlines_pop(&set, 5), &a);
    CU_ASSERT_PTR_EQUAL(deadlines_pop(&set, 5), &c);
    CU_ASSERT_PTR_EQUAL(deadlines_pop(&set, 5), &b);
    CU_ASSERT_PTR_NULL(deadlines_pop(&set, 5));
    deadlines_done(&set);
}

static void test_empty_and_not_due(void)
{
    struct deadline a;
    struct deadlines set;

    deadlines_init(&set);
    deadline_init(&a, 7, 8);
    CU_ASSERT_EQUAL(a.kind, 7);
    CU_ASSERT_EQUAL(a.id, 8);
    CU_ASSERT_EQUAL(a.at, MSEC_NEVER);
    CU_ASSERT_EQUAL(deadlines_next(&set), MSEC_NEVER);
    CU_ASSERT_PTR_NULL(deadlines_pop(&set, MSEC_NEVER));
    deadline_disarm(&set, &a);
    deadline_arm(&set, &a, MSEC_NEVER);
    CU_ASSERT_EQUAL(deadlines_next(&set), MSEC_NEVER);
    deadline_arm(&set, &a, 10);
    CU_ASSERT_PTR_NULL(deadlines_pop(&set, 9));
    CU_ASSERT_EQUAL(deadlines_next(&set), 10);
    CU_ASSERT_PTR_EQUAL(deadlines_pop(&set, 10), &a);
    CU_ASSERT_EQUAL(a.at, MSEC_NEVER);
    CU_ASSERT_EQUAL(deadlines_next(&set), MSEC_NEVER);
    deadline_arm(&set, &a, INT64_MIN);
    CU_ASSERT_PTR_EQUAL(deadlines_pop(&set, 0), &a);
    deadlines_done(&set);
}

static const struct unit_case cases[] = {
    { "agrees with a naive model", test_against_a_model },
    { "ties fire in the order of arming", test_ties },
    { "empty, and not due", test_empty_and_not_due },
};

int main(void)
{
    return unit_main("deadline", cases, sizeof cases / sizeof *cases);
}
