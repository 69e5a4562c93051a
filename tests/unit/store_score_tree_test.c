#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/mem.h"
#include "store/members.h"
#include "store/score_tree.h"
#include "wire/prng.h"

#define MODEL_MAX    20000
#define NAME_MAX_    16
#define SPARSE_BYTES 70 /* of an element when most have gone: nodes a quarter full */

static struct hash_key hash_key = { 1, 2 };

/* What the tree should hold, in order. */
struct model {
    size_t n;
    struct scored items[MODEL_MAX];
};

static struct model model;

static int order(struct scored a, struct scored b)
{
    if (a.score != b.score)
        return a.score < b.score ? -1 : 1;
    return score_compare_names(member_name(a.member), member_name(b.member));
}

static size_t model_place(struct scored x)
{
    size_t low = 0, high = model.n;

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (order(model.items[mid], x) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void model_insert(struct scored x)
{
    size_t at = model_place(x);

    memmove(model.items + at + 1, model.items + at, (model.n - at) * sizeof(x));
    model.items[at] = x;
    model.n++;
}

static void model_remove(size_t at)
{
    model.n--;
    memmove(model.items + at, model.items + at + 1, (model.n - at) * sizeof(model.items[0]));
}

static const struct member *new_member(struct members *m, size_t i)
{
    char text[NAME_MAX_];
    struct slice name = { text, 0 }, none = { NULL, 0 };

    name.n = (size_t)snprintf(text, sizeof(text), "m%zu", i);
    return members_add(m, name, none);
}

static bool below(const void *arg, struct scored x)
{
    return x.score < *(const double *)arg;
}

static bool same_walks(const struct score_tree *t, size_t from)
{
    struct score_walk w;
    struct scored x;
    size_t i;

    score_walk_start(&w, t, from);
    for (i = from; score_walk_next(&w, &x); i++) {
        if (i >= model.n || x.member != model.items[i].member || x.score != model.items[i].score)
            return false;
    }
    if (from <= model.n && i != model.n)
        return false;
    score_walk_start(&w, t, from);
    for (i = from; score_walk_back(&w, &x); i--) {
        if (x.member != model.items[i].member || x.score != model.items[i].score)
            return false;
    }
    return from >= model.n || i + 1 == 0;
}

static bool same(const struct score_tree *t, struct prng *prng)
{
    double score = (double)prng_below(prng, 100);
    struct scored bound = { score, NULL };
    size_t at = 0;

    if (!score_tree_check(t) || t->count != model.n)
        return false;
    while (at < model.n && model.items[at].score < bound.score)
        at++;
    if (score_tree_count(t, below, &score) != at)
        return false;
    if (model.n > 0) {
        at = (size_t)prng_below(prng, model.n);
        if (score_tree_rank(t, model.items[at]) != at)
            return false;
    }
    return same_walks(t, (size_t)prng_below(prng, model.n + 2));
}

/* How new scores come. */
enum pattern { RISING, FALLING, RANDOM, EQUAL, PATTERNS };

static double draw_score(enum pattern pattern, size_t i, struct prng *prng)
{
    switch (pattern) {
    case RISING:
        return (double)i;
    case FALLING:
        return -(double)i;
    case RANDOM:
        return (double)prng_below(prng, 100);
    default:
        return 7;
    }
}

static void change(struct score_tree *t, struct members *m, enum pattern pattern, size_t i,
                   unsigned grow, struct prng *prng)
{
    size_t at = model.n > 0 ? (size_t)prng_below(prng, model.n) : 0;
    struct scored x;

    if (model.n == 0 || (model.n < MODEL_MAX && prng_below(prng, 100) < grow)) {
        x.member = new_member(m, i);
        x.score = draw_score(pattern, i, prng);
        score_tree_insert(t, x);
        model_insert(x);
        return;
    }
    x = model.items[at];
    model_remove(at);
    if (prng_below(prng, 2) == 0) {
        double score = prng_below(prng, 2) ? draw_score(pattern, i, prng) : x.score + 0.25;

        score_tree_move(t, x, score);
        x.score = score;
        model_insert(x);
    } else {
        score_tree_remove(t, x);
        members_delete(m, member_name(x.member));
    }
}

static void test_tree_as_model(void)
{
    struct prng prng;

    prng_seed(&prng, 11);
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
        struct members *m = members_new(&hash_key);
        struct score_tree t;
        bool ok = true;

        score_tree_init(&t);
        model.n = 0;
        for (size_t i = 0; i < 12000 && ok; i++) {
            change(&t, m, (enum pattern)pattern, i, i < 6000 ? 80 : 20, &prng);
            if (i % 97 == 0)
                ok = same(&t, &prng);
        }
        CU_ASSERT(ok && same(&t, &prng));
        score_tree_done(&t);
        CU_ASSERT_PTR_NULL(t.root);
        members_free(m);
    }
}

/* Takes out all but each 16th; the bytes for each of the others. */
static size_t bytes_when_sparse(struct score_tree *t, size_t before)
{
    size_t kept = 0, all = t->count;

    for (size_t i = 0; i < all; i++) {
        struct score_walk w;
        struct scored x;

        score_walk_start(&w, t, kept);
        score_walk_next(&w, &x);
        if (i % 16 == 0)
            kept++;
        else
            score_tree_remove(t, x);
    }
    CU_ASSERT(score_tree_check(t) && t->count == kept);
    return (mem_used() - before) / kept;
}

/* What arrives in order fills the nodes; what arrives by chance does so by half at least. */
static void test_tree_memory(void)
{
    static const size_t limits[PATTERNS] = { 18, 18, 24, 24 };
    enum { COUNT = 100000 };
    struct prng prng;

    prng_seed(&prng, 12);
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
        struct members *m = members_new(&hash_key);
        struct score_tree t;
        size_t before, bytes;

        for (size_t i = 0; i < COUNT; i++)
            new_member(m, i);
        before = mem_used();
        score_tree_init(&t);
        for (size_t i = 0; i < COUNT; i++) {
            char text[NAME_MAX_];
            struct slice name = { text, (size_t)snprintf(text, sizeof(text), "m%zu", i) };
            struct scored x = { pattern == RANDOM ? (double)prng_next(&prng)
                                                  : draw_score((enum pattern)pattern, i, &prng),
                                members_find(m, name) };
            score_tree_insert(&t, x);
        }
        bytes = (mem_used() - before) / COUNT;
        if (bytes > limits[pattern])
            printf("pattern %d: %zu bytes an element\n", pattern, bytes);
        CU_ASSERT(score_tree_check(&t));
        CU_ASSERT(bytes <= limits[pattern]);
        CU_ASSERT(bytes_when_sparse(&t, before) <= SPARSE_BYTES);
        score_tree_done(&t);
        members_free(m);
        CU_ASSERT(mem_used() < before);
    }
}

static void test_tree_free_in_steps(void)
{
    struct members *m = members_new(&hash_key);
    struct score_tree t;
    size_t before = mem_used(), left, steps = 0;

    score_tree_init(&t);
    for (size_t i = 0; i < 10000; i++) {
        struct scored x = { (double)(i * 7919 % 10007), new_member(m, i) };
        score_tree_insert(&t, x);
    }
    do {
        left = 10;
        steps++;
    } while (!score_tree_free_some(&t, &left));
    CU_ASSERT(steps > 15 && steps < 60);
    members_free(m);
    CU_ASSERT(mem_used() < before);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "the tree is what a sorted array would be", test_tree_as_model },
        { "the tree keeps its nodes full", test_tree_memory },
        { "the tree is freed in steps", test_tree_free_in_steps },
    };

    return unit_main("store_score_tree", cases, sizeof(cases) / sizeof(cases[0]));
}
