#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/crc64.h"
#include "store/dict.h"
#include "wire/prng.h"

struct item {
    struct dict_node node;
    unsigned seen;
    char key[24];
};

static struct hash_key hash_key = { 1, 2 };

static struct item *add(struct dict *d, int number)
{
    struct item *item = calloc(1, sizeof(*item));

    snprintf(item->key, sizeof(item->key), "key:%d", number);
    item->node.key_len = (uint32_t)strlen(item->key);
    CU_ASSERT_PTR_NULL(
        dict_find(d, item->key, item->node.key_len, dict_hash(d, item->key, item->node.key_len)));
    dict_insert(d, &item->node, dict_hash(d, item->key, item->node.key_len));
    return item;
}

static struct dict_node **find(const struct dict *d, int number)
{
    char key[24];
    int n = snprintf(key, sizeof(key), "key:%d", number);

    return dict_find(d, key, (size_t)n, dict_hash(d, key, (size_t)n));
}

static void empty(struct dict *d)
{
    struct dict_node *node;

    while ((node = dict_pop(d)) != NULL)
        free(node);
    CU_ASSERT_EQUAL(d->used, 0);
    dict_done(d);
}

static void test_holds_what_was_put_in(void)
{
    enum { N = 50000 };
    struct dict d;

    dict_init(&d, &hash_key, offsetof(struct item, key));
    CU_ASSERT_PTR_NULL(find(&d, 1));
    for (int i = 0; i < N; i++) {
        size_t before = d.buckets;
        add(&d, i);
        /* The promise of linear hashing: one bucket at a time (or the first few). */
        CU_ASSERT(d.buckets <= before + 1 || before == 0);
    }
    CU_ASSERT_EQUAL(d.used, N);
    for (int i = 0; i < N; i++) {
        struct dict_node **link = find(&d, i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(link);
        CU_ASSERT_EQUAL(atoi(((struct item *)*link)->key + 4), i);
    }
    CU_ASSERT_PTR_NULL(find(&d, N));
    empty(&d);
}

static void test_shrinks_again(void)
{
    enum { N = 20000, LEFT = 10 };
    struct dict d;
    size_t most;

    dict_init(&d, &hash_key, offsetof(struct item, key));
    for (int i = 0; i < N; i++)
        add(&d, i);
    most = d.buckets;
    for (int i = LEFT; i < N; i++)
        free(dict_remove(&d, find(&d, i)));
    CU_ASSERT_EQUAL(d.used, LEFT);
    CU_ASSERT(d.buckets < most / 100);
    for (int i = 0; i < N; i++)
        CU_ASSERT_EQUAL(find(&d, i) != NULL, i < LEFT);
    empty(&d);
}

static void test_walk_sees_all_once(void)
{
    enum { N = 3000 };
    struct dict d;
    struct dict_walk walk;
    struct dict_node *node;
    unsigned n = 0;

    dict_init(&d, &hash_key, offsetof(struct item, key));
    dict_walk_start(&walk, &d);
    CU_ASSERT_PTR_NULL(dict_walk_next(&walk));
    for (int i = 0; i < N; i++)
        add(&d, i);
    dict_walk_start(&walk, &d);
    while ((node = dict_walk_next(&walk)) != NULL) {
        CU_ASSERT_EQUAL(((struct item *)node)->seen++, 0);
        n++;
    }
    CU_ASSERT_EQUAL(n, N);
    empty(&d);
}

static void see(void *arg, struct dict_node *node)
{
    unsigned *n = arg;

    ((struct item *)node)->seen++;
    ++*n;
}

/* Keys that stay are seen, whatever comes and goes between the steps. */
static void scan_while_changing(bool grow)
{
    enum { STAY = 2000, COME = 40000, STEP = 37 };
    static struct item *stay[STAY];
    struct dict d;
    uint64_t cursor = 0;
    unsigned visits = 0;
    int next = STAY;

    dict_init(&d, &hash_key, offsetof(struct item, key));
    for (int i = 0; i < STAY; i++)
        stay[i] = add(&d, i);
    for (int i = STAY; !grow && i < STAY + COME; i++)
        add(&d, i);
    do {
        cursor = dict_scan(&d, cursor, see, &visits);
        for (int k = 0; k < STEP && next < STAY + COME; k++, next++) {
            if (grow)
                add(&d, next);
            else
                free(dict_remove(&d, find(&d, next)));
        }
    } while (cursor != 0);
    for (int i = 0; i < STAY; i++)
        CU_ASSERT(stay[i]->seen >= 1);
    empty(&d);
}

static void test_scan_while_growing(void)
{
    scan_while_changing(true);
}

static void test_scan_while_shrinking(void)
{
    scan_while_changing(false);
}

static void test_scan_of_a_resting_dict_sees_all_once(void)
{
    /* Sizes on both sides of a power of two, with and without a split under way. */
    static const int sizes[] = { 1, 3, 4, 5, 100, 4095, 4096, 4097, 6000, 8192, 8193 };

    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        struct dict d;
        uint64_t cursor = 0;
        unsigned visits = 0;

        dict_init(&d, &hash_key, offsetof(struct item, key));
        for (int i = 0; i < sizes[s]; i++)
            add(&d, i);
        do
            cursor = dict_scan(&d, cursor, see, &visits);
        while (cursor != 0);
        CU_ASSERT_EQUAL(visits, (unsigned)sizes[s]);
        empty(&d);
    }
}

static void test_random_reaches_all(void)
{
    enum { N = 50, DRAWS = 20000 };
    struct dict d;
    struct item *items[N];
    struct prng prng;

    dict_init(&d, &hash_key, offsetof(struct item, key));
    prng_seed(&prng, 1);
    CU_ASSERT_PTR_NULL(dict_random(&d, prng_next(&prng)));
    for (int i = 0; i < N; i++)
        items[i] = add(&d, i);
    for (int i = 0; i < DRAWS; i++)
        ((struct item *)dict_random(&d, prng_next(&prng)))->seen++;
    for (int i = 0; i < N; i++)
        CU_ASSERT(items[i]->seen > DRAWS / N / 10);
    empty(&d);
}

/* Against a plain table, with random steps. */
static void test_agrees_with_a_model(void)
{
    enum { KEYS = 700, STEPS = 200000 };
    static bool there[KEYS];
    struct dict d;
    struct prng prng;
    size_t used = 0;

    memset(there, 0, sizeof(there));
    dict_init(&d, &hash_key, offsetof(struct item, key));
    prng_seed(&prng, 42);
    for (int i = 0; i < STEPS; i++) {
        int key = (int)prng_below(&prng, KEYS);
        /* Long waves, so that it grows and shrinks through all sizes. */
        bool put = prng_below(&prng, 100) < ((i / 20000) % 2 == 0 ? 80u : 20u);
        struct dict_node **link = find(&d, key);

        CU_ASSERT_EQUAL_FATAL(link != NULL, there[key]);
        if (put && link == NULL) {
            add(&d, key);
            there[key] = true;
            used++;
        } else if (!put && link != NULL) {
            free(dict_remove(&d, link));
            there[key] = false;
            used--;
        }
        CU_ASSERT_EQUAL_FATAL(d.used, used);
    }
    empty(&d);
}

static void test_hash_depends_on_all(void)
{
    const struct hash_key other = { 1, 3 };
    char text[64] = "the quick brown fox jumps over the lazy dog 0123456789";
    uint64_t first;

    for (size_t n = 0; n < 40; n++) {
        first = hash_bytes(&hash_key, text, n);
        CU_ASSERT_NOT_EQUAL(first, hash_bytes(&other, text, n));
        CU_ASSERT_NOT_EQUAL(first, hash_bytes(&hash_key, text, n + 1));
        if (n == 0)
            continue;
        text[n - 1] ^= 1;
        CU_ASSERT_NOT_EQUAL(first, hash_bytes(&hash_key, text, n));
        text[n - 1] ^= 1;
        CU_ASSERT_EQUAL(first, hash_bytes(&hash_key, text, n));
    }
}

static void test_crc64_known_value(void)
{
    const char text[] = "This is a test of the emergency broadcast system.";

    CU_ASSERT_EQUAL(crc64_update(0, "123456789", 9), 0xe9c6d914c4b8d9caULL);
    for (size_t cut = 0; cut < sizeof(text); cut++) {
        uint64_t crc = crc64_update(crc64_update(0, text, cut), text + cut, sizeof(text) - cut);
        CU_ASSERT_EQUAL(crc, crc64_update(0, text, sizeof(text)));
    }
}

static const struct unit_case cases[] = {
    { "holds what was put in", test_holds_what_was_put_in },
    { "shrinks again", test_shrinks_again },
    { "walk sees all once", test_walk_sees_all_once },
    { "scan while growing", test_scan_while_growing },
    { "scan while shrinking", test_scan_while_shrinking },
    { "scan of a resting dict sees all once", test_scan_of_a_resting_dict_sees_all_once },
    { "random reaches all", test_random_reaches_all },
    { "agrees with a model", test_agrees_with_a_model },
    { "hash depends on all", test_hash_depends_on_all },
    { "crc64, known value", test_crc64_known_value },
};

int main(void)
{
    return unit_main("store_dict", cases, sizeof(cases) / sizeof(cases[0]));
}
