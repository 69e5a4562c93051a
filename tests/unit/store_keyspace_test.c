#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/keyspace.h"
#include "store/mem.h"
#include "wire/prng.h"

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";

static struct slice key_of(int number, char text[24])
{
    snprintf(text, 24, "key:%d", number);
    return slice_str(text);
}

static struct entry *set(struct keyspace *ks, const char *key, const char *value, int64_t at_ms)
{
    struct key_ref ref;

    if (keyspace_find(&ks->dbs[0], slice_str(key), &ref) == NULL)
        keyspace_add(&ref);
    entry_set_string(key_ref_entry(&ref), slice_str(value));
    return keyspace_set_expiry(&ref, at_ms);
}

static bool holds(struct keyspace *ks, const char *key, const char *value, int64_t at_ms)
{
    struct key_ref ref;
    char text[ENTRY_INT_TEXT_MAX];
    struct entry *e = keyspace_find(&ks->dbs[0], slice_str(key), &ref);

    return e != NULL && slice_is(entry_string(e, text), value) && entry_expires_at(e) == at_ms;
}

static void test_values_keep_their_bytes(void)
{
    static const char *const values[] = { "",
                                          "a",
                                          "12345678",
                                          "123456789",
                                          "-1",
                                          "0",
                                          "00",
                                          "-0",
                                          "+1",
                                          "9223372036854775807",
                                          "-9223372036854775808",
                                          "9223372036854775808",
                                          "a value that needs a block of its own" };
    struct keyspace ks;

    keyspace_init(&ks, seed);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
            set(&ks, "k", values[i], -1);
            set(&ks, "k", values[k], -1);
            CU_ASSERT(holds(&ks, "k", values[k], -1));
        }
    }
    keyspace_done(&ks);
}

static void test_encodings(void)
{
    struct keyspace ks;

    keyspace_init(&ks, seed);
    CU_ASSERT_EQUAL(set(&ks, "k", "123", -1)->encoding, STRING_INT);
    CU_ASSERT_EQUAL(set(&ks, "k", "0123", -1)->encoding, STRING_SMALL);
    CU_ASSERT_EQUAL(set(&ks, "k", "12345678x", -1)->encoding, STRING_BYTES);
    CU_ASSERT_EQUAL(set(&ks, "k", "x", -1)->encoding, STRING_SMALL);
    keyspace_done(&ks);
}

static void test_extend_keeps_and_fills(void)
{
    static const char *const values[] = { "", "12", "small",
                                          "a value that needs a block of its own" };
    struct keyspace ks;
    char text[ENTRY_INT_TEXT_MAX];

    keyspace_init(&ks, seed);
    for (size_t i = 0; i < 4; i++) {
        struct entry *e = set(&ks, "k", values[i], -1);
        size_t old = strlen(values[i]);
        char *bytes = entry_string_extend(e, 100);

        CU_ASSERT_EQUAL(memcmp(bytes, values[i], old), 0);
        for (size_t k = old; k < 100; k++)
            CU_ASSERT_EQUAL(bytes[k], 0);
        entry_string_extend(e, 10);
        CU_ASSERT_EQUAL(entry_string(e, text).n, 100);
    }
    keyspace_done(&ks);
}

static void test_expiry_comes_and_goes(void)
{
    struct keyspace ks;

    keyspace_init(&ks, seed);
    set(&ks, "a", "1", 500);
    set(&ks, "b", "2", 300);
    set(&ks, "c", "3", -1);
    CU_ASSERT_EQUAL(keyspace_count_volatile(&ks.dbs[0]), 2);
    CU_ASSERT(slice_is(entry_key(expiry_first(&ks.dbs[0].expiry)), "b"));
    set(&ks, "b", "2", 900);
    CU_ASSERT(slice_is(entry_key(expiry_first(&ks.dbs[0].expiry)), "a"));
    set(&ks, "a", "1", -1);
    CU_ASSERT(slice_is(entry_key(expiry_first(&ks.dbs[0].expiry)), "b"));
    CU_ASSERT(holds(&ks, "a", "1", -1) && holds(&ks, "b", "2", 900) && holds(&ks, "c", "3", -1));
    set(&ks, "b", "2", -1);
    CU_ASSERT_PTR_NULL(expiry_first(&ks.dbs[0].expiry));
    keyspace_done(&ks);
}

static void test_rename_moves_value_and_expiry(void)
{
    struct keyspace ks;
    struct key_ref ref;

    keyspace_init(&ks, seed);
    set(&ks, "from", "a value that needs a block of its own", 700);
    set(&ks, "to", "other", 100);
    keyspace_find(&ks.dbs[0], slice_str("from"), &ref);
    keyspace_rename(&ref, slice_str("to"));
    CU_ASSERT_EQUAL(keyspace_count(&ks.dbs[0]), 1);
    CU_ASSERT_EQUAL(keyspace_count_volatile(&ks.dbs[0]), 1);
    CU_ASSERT(holds(&ks, "to", "a value that needs a block of its own", 700));
    keyspace_find(&ks.dbs[0], slice_str("to"), &ref);
    keyspace_rename(&ref, slice_str("new"));
    CU_ASSERT(holds(&ks, "new", "a value that needs a block of its own", 700));
    keyspace_done(&ks);
}

static void test_flush_frees_in_portions(void)
{
    struct keyspace ks;
    char text[24];
    struct key_ref ref;
    int turns = 0;

    keyspace_init(&ks, seed);
    for (int i = 0; i < 1000; i++) {
        keyspace_find(&ks.dbs[0], key_of(i, text), &ref);
        keyspace_add(&ref);
        keyspace_set_expiry(&ref, i);
    }
    keyspace_flush(&ks, &ks.dbs[0]);
    CU_ASSERT_EQUAL(keyspace_count_all(&ks), 0);
    CU_ASSERT_PTR_NULL(expiry_first(&ks.dbs[0].expiry));
    set(&ks, "key:5", "new", -1);
    while (keyspace_sweep(&ks, 100))
        turns++;
    CU_ASSERT(turns >= 10);
    CU_ASSERT(holds(&ks, "key:5", "new", -1));
    keyspace_done(&ks);
}

static void test_memory_is_counted_and_given_back(void)
{
    struct keyspace ks;
    struct key_ref ref;
    size_t before = mem_used();
    char text[24];

    keyspace_init(&ks, seed);
    for (int i = 0; i < 10000; i++) {
        struct entry *e;

        keyspace_find(&ks.dbs[0], key_of(i, text), &ref);
        e = keyspace_add(&ref);
        entry_set_string(e, slice_str(i % 2 ? "12" : "a value that needs a block of its own"));
        entry_string_extend(e, (size_t)(i % 100));
        keyspace_set_expiry(&ref, i % 3 ? i : -1);
        if (i % 5 == 0)
            entry_set_string(key_ref_entry(&ref), slice_str("x"));
    }
    CU_ASSERT(mem_used() > before + 10000 * sizeof(struct entry));
    for (int i = 0; i < 10000; i += 3) {
        keyspace_find(&ks.dbs[0], key_of(i, text), &ref);
        keyspace_delete(&ref);
    }
    keyspace_done(&ks);
    CU_ASSERT_EQUAL(mem_used(), before);
}

static void test_swap(void)
{
    struct keyspace a, b;

    keyspace_init(&a, seed);
    keyspace_init(&b, seed);
    set(&a, "old", "1", -1);
    set(&b, "new", "2", 5);
    keyspace_swap(&a, &b);
    CU_ASSERT(holds(&a, "new", "2", 5) && holds(&b, "old", "1", -1));
    keyspace_bury(&a, &b);
    CU_ASSERT_EQUAL(keyspace_count_all(&b), 0);
    CU_ASSERT_PTR_NULL(b.graves);
    keyspace_done(&b);
    while (keyspace_sweep(&a, 1))
        ;
    set(&a, "newer", "3", -1);
    CU_ASSERT(holds(&a, "newer", "3", -1) && holds(&a, "new", "2", 5));
    keyspace_done(&a);
}

/* Random steps; the heap gives entries back in the order of their times, and no other. */
static void test_expiry_agrees_with_a_model(void)
{
    enum { KEYS = 500, STEPS = 100000 };
    static int64_t times[KEYS]; /* -2: no key, -1: no time */
    struct keyspace ks;
    struct prng prng;
    struct key_ref ref;
    char text[24];

    for (int i = 0; i < KEYS; i++)
        times[i] = -2;
    keyspace_init(&ks, seed);
    prng_seed(&prng, 9);
    for (int step = 0; step < STEPS; step++) {
        int k = (int)prng_below(&prng, KEYS);
        struct entry *e = keyspace_find(&ks.dbs[0], key_of(k, text), &ref);
        int64_t at_ms = prng_below(&prng, 3) == 0 ? -1 : (int64_t)prng_below(&prng, 1000);
        int64_t least = INT64_MAX;

        CU_ASSERT_EQUAL_FATAL(e != NULL, times[k] != -2);
        if (e != NULL && prng_below(&prng, 4) == 0) {
            keyspace_delete(&ref);
            times[k] = -2;
        } else {
            if (e == NULL)
                keyspace_add(&ref);
            keyspace_set_expiry(&ref, at_ms);
            times[k] = at_ms;
        }
        if (step % 50 != 0)
            continue;
        for (int i = 0; i < KEYS; i++)
            least = times[i] >= 0 && times[i] < least ? times[i] : least;
        e = expiry_first(&ks.dbs[0].expiry);
        CU_ASSERT_EQUAL_FATAL(e == NULL ? INT64_MAX : entry_expires_at(e), least);
    }
    keyspace_done(&ks);
}

static const struct unit_case cases[] = {
    { "values keep their bytes", test_values_keep_their_bytes },
    { "encodings", test_encodings },
    { "extend keeps and fills", test_extend_keeps_and_fills },
    { "expiry comes and goes", test_expiry_comes_and_goes },
    { "rename moves value and expiry", test_rename_moves_value_and_expiry },
    { "flush frees in portions", test_flush_frees_in_portions },
    { "memory is counted and given back", test_memory_is_counted_and_given_back },
    { "swap", test_swap },
    { "expiry agrees with a model", test_expiry_agrees_with_a_model },
};

int main(void)
{
    return unit_main("store_keyspace", cases, sizeof(cases) / sizeof(cases[0]));
}
