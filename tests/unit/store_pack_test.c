#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/mem.h"
#include "store/members.h"
#include "store/pack.h"
#include "store/rdb_blob.h"
#include "store/sample.h"
#include "wire/prng.h"

#define MODEL_MAX 40
#define ITEM_MAX  20000

static struct hash_key hash_key = { 1, 2 };

/* What a pack should hold. */
struct model {
    size_t n;
    struct slice items[MODEL_MAX];
};

static bool same_backwards(unsigned char *pack, const struct model *m)
{
    unsigned char *p = pack_last(pack);

    for (size_t i = m->n; i-- > 0; p = pack_prev(pack, p)) {
        struct pack_needle needle;
        struct pack_item item;

        pack_needle_set(&needle, m->items[i]);
        if (p == NULL || p != pack_seek(pack, i) || !pack_is(p, &needle) ||
            !slice_equal(pack_get(p, &item), m->items[i]))
            return false;
    }
    return p == NULL;
}

static bool same(unsigned char *pack, const struct model *m)
{
    unsigned char *p = pack_first(pack);
    size_t count;

    if (!pack_check(pack, pack_bytes(pack), &count) || count != m->n || pack_count(pack) != m->n)
        return false;
    for (size_t i = 0; i < m->n; i++, p = pack_next(p)) {
        struct pack_item item;

        if (p == NULL || !slice_equal(pack_get(p, &item), m->items[i]))
            return false;
    }
    return p == NULL && same_backwards(pack, m);
}

/* Texts around every edge of the forms, in memory that stays. */
static struct slice draw(struct prng *prng)
{
    static const int64_t numbers[] = { 0,        1,        127,       128,       -1,
                                       4095,     4096,     -4096,     -4097,     32767,
                                       32768,    -32768,   -32769,    8388607,   8388608,
                                       -8388608, -8388609, INT32_MAX, INT32_MIN, INT64_MAX,
                                       INT64_MIN };
    static const size_t sizes[] = { 0,   1,    62,   63,   64,    65,    125,  126,
                                    127, 4094, 4095, 4096, 16376, 16381, 16384 };
    static char bytes[ITEM_MAX], texts[sizeof(numbers) / sizeof(numbers[0])][ENTRY_INT_TEXT_MAX];
    size_t pick = (size_t)prng_below(prng, 2 * sizeof(numbers) / sizeof(numbers[0]));
    struct slice s = { bytes, sizes[prng_below(prng, sizeof(sizes) / sizeof(sizes[0]))] };

    memset(bytes, 'b', sizeof(bytes));
    if (pick < sizeof(numbers) / sizeof(numbers[0])) {
        s.p = texts[pick];
        s.n = entry_int_text(numbers[pick], texts[pick]);
    }
    return s;
}

static unsigned char *place_of(unsigned char *pack, size_t index)
{
    unsigned char *p = pack_first(pack);

    while (index-- > 0)
        p = pack_next(p);
    return p;
}

static void change(unsigned char **pack, struct model *m, struct prng *prng)
{
    size_t at = m->n > 0 ? (size_t)prng_below(prng, m->n) : 0, n;

    switch (m->n == 0 ? 0 : prng_below(prng, 4)) {
    case 3:
        if (m->n == MODEL_MAX)
            return;
        memmove(m->items + at + 1, m->items + at, (m->n++ - at) * sizeof(m->items[0]));
        m->items[at] = draw(prng);
        *pack = pack_insert(*pack, place_of(*pack, at), m->items[at]);
        return;
    case 0:
        if (m->n == MODEL_MAX)
            return;
        m->items[m->n] = draw(prng);
        *pack = pack_append(*pack, m->items[m->n++]);
        return;
    case 1:
        m->items[at] = draw(prng);
        *pack = pack_replace(*pack, place_of(*pack, at), m->items[at]);
        return;
    default:
        n = 1 + (size_t)prng_below(prng, m->n - at > 2 ? 2 : m->n - at);
        *pack = pack_delete(*pack, place_of(*pack, at), n);
        memmove(m->items + at, m->items + at + n, (m->n - at - n) * sizeof(m->items[0]));
        m->n -= n;
    }
}

static void test_a_pack_and_its_model(void)
{
    size_t used = mem_used();
    struct prng prng;

    prng_seed(&prng, 9);
    for (int turn = 0; turn < 50; turn++) {
        unsigned char *pack = pack_new();
        struct model m = { 0 };

        for (int i = 0; i < 100; i++)
            change(&pack, &m, &prng);
        CU_ASSERT(same(pack, &m));
        for (size_t i = 0; i < m.n; i++) {
            struct pack_item item;
            unsigned char *p = pack_find(pack_first(pack), m.items[i], 1);
            CU_ASSERT(p != NULL && slice_equal(pack_get(p, &item), m.items[i]));
        }
        CU_ASSERT_PTR_NULL(pack_find(pack_first(pack), slice_str("not there"), 1));
        pack_free(pack);
    }
    CU_ASSERT_EQUAL(mem_used(), used);
}

static void test_splitting(void)
{
    size_t used = mem_used();

    for (size_t at = 0; at < 5; at++) {
        unsigned char *pack = pack_new(), *rest;
        struct model left = { 0 }, right = { 0 };
        static const char *const words[] = { "a", "1", "", "4096", "word" };

        for (size_t i = 0; i < 5; i++) {
            struct model *m = i < at ? &left : &right;
            m->items[m->n++] = slice_str(words[i]);
            pack = pack_append(pack, slice_str(words[i]));
        }
        rest = pack_split(&pack, pack_seek(pack, at));
        CU_ASSERT(same(pack, &left) && same(rest, &right));
        pack_free(pack);
        pack_free(rest);
    }
    CU_ASSERT_EQUAL(mem_used(), used);
}

/* More elements than the head can count. */
static void test_many_elements(void)
{
    unsigned char *pack = pack_new();
    size_t count = 0;

    for (int i = 0; i < 66000; i++)
        pack = pack_append(pack, slice_str("x"));
    CU_ASSERT_EQUAL(pack_count(pack), 66000);
    CU_ASSERT(pack_check(pack, pack_bytes(pack), &count) && count == 66000);
    pack = pack_delete(pack, pack_first(pack), 1000);
    CU_ASSERT_EQUAL(pack_count(pack), 65000);
    CU_ASSERT(pack_check(pack, pack_bytes(pack), &count));
    pack_free(pack);
}

/* As Redis 7.0 writes them. */
static void test_the_bytes(void)
{
    static const unsigned char expected[] = { 28,   0,    0,    0, 6,    0,    0x81,
                                              'a',  2,    0x05, 1, 0xdf, 0xff, 2,
                                              0xf1, 0x00, 0x10, 3, 0x80, 1,    0xf2,
                                              0xff, 0x7f, 0xff, 4, 0x00, 1,    0xff };
    unsigned char *pack = pack_new();
    const char *const texts[] = { "a", "5", "-1", "4096", "", "-32769", "0" };
    size_t count;

    for (size_t i = 0; i < 7; i++)
        pack = pack_append(pack, slice_str(texts[i]));
    pack = pack_delete(pack, place_of(pack, 6), 1);
    pack = pack_append(pack, slice_str("0"));
    CU_ASSERT(pack_check(pack, pack_bytes(pack), &count) && count == 7);
    CU_ASSERT_EQUAL(pack_bytes(pack), sizeof(expected));
    CU_ASSERT_EQUAL(memcmp(pack + 6, expected + 6, sizeof(expected) - 6), 0);
    CU_ASSERT(pack[0] == sizeof(expected) && pack[4] == 7);
    pack_free(pack);
}

/* Whatever bytes pass the check can be read; a sanitizer watches the end. */
static void test_spoilt_packs(void)
{
    unsigned char *pack = pack_new();
    struct prng prng;
    size_t n, count, passed = 0;

    prng_seed(&prng, 4);
    for (int i = 0; i < 12; i++)
        pack = pack_append(pack, i % 3 == 0 ? slice_str("text") : draw(&prng));
    n = pack_bytes(pack);
    for (int turn = 0; turn < 20000; turn++) {
        unsigned char *copy = malloc(n);

        memcpy(copy, pack, n);
        for (int i = 0; i < 2; i++)
            copy[prng_below(&prng, prng_below(&prng, 2) ? 64 : n)] =
                (unsigned char)prng_next(&prng);
        if (pack_check(copy, n, &count)) {
            passed++;
            for (unsigned char *p = pack_first(copy); p != NULL; p = pack_next(p), count--) {
                struct pack_item item;
                pack_get(p, &item);
            }
            CU_ASSERT_EQUAL(count, 0);
        }
        free(copy);
    }
    for (size_t cut = 0; cut < n; cut++)
        CU_ASSERT_FALSE(pack_check(pack, cut, &count));
    CU_ASSERT(passed > 0);
    pack_free(pack);
}

static bool blob_says(enum rdb_blob_kind kind, const char *bytes, size_t n, const char *expected)
{
    char *copy = malloc(n + 1), text[200] = "";
    struct slice s = { copy, n };
    unsigned char *pack;

    memcpy(copy, bytes, n);
    pack = rdb_blob_to_pack(kind, s);
    free(copy);
    if (pack == NULL)
        return expected == NULL;
    for (unsigned char *p = pack_first(pack); p != NULL; p = pack_next(p)) {
        struct pack_item item;
        size_t len = strlen(text);

        pack_get(p, &item);
        snprintf(text + len, sizeof(text) - len, "%.*s;", (int)item.bytes.n, item.bytes.p);
    }
    pack_free(pack);
    return expected != NULL && strcmp(text, expected) == 0;
}

static void test_older_forms(void)
{
    /* Every form of a number, short strings, a long one; put together by hand from the format. */
    static const char ziplist[] = "\x29\0\0\0\x25\0\0\0\x07\0"
                                  "\x00\x01"
                                  "a"
                                  "\x03\xf6"
                                  "\x02\xfe\x80"
                                  "\x03\xc0\x00\x01"
                                  "\x04\xf0\xff\xff\x7f"
                                  "\x05\xd0\x00\x00\x00\x80"
                                  "\x06\x40\x02xy"
                                  "\xff";
    static const char zipmap[] = "\x02\x01k\x03\x01val?\x02kk\x00\x00\xff";
    size_t n = sizeof(ziplist) - 1;
    char copy[sizeof(ziplist)];

    memcpy(copy, ziplist, sizeof(copy));
    copy[0] = (char)n;
    copy[4] = (char)(n - 6);
    CU_ASSERT(blob_says(RDB_BLOB_ZIPLIST, copy, n, "a;5;-128;256;8388607;-2147483648;xy;"));
    CU_ASSERT(blob_says(RDB_BLOB_ZIPMAP, zipmap, sizeof(zipmap) - 1, "k;val;kk;;"));
    for (size_t cut = 0; cut < n; cut++)
        CU_ASSERT(blob_says(RDB_BLOB_ZIPLIST, copy, cut, NULL));
    for (size_t cut = 0; cut < sizeof(zipmap) - 1; cut++)
        CU_ASSERT(blob_says(RDB_BLOB_ZIPMAP, zipmap, cut, NULL));
    for (size_t i = 0; i < n; i++) {
        for (int bit = 0; bit < 8; bit++) {
            struct slice s = { copy, n };
            copy[i] ^= (char)(1 << bit);
            pack_free(rdb_blob_to_pack(RDB_BLOB_ZIPLIST, s));
            copy[i] ^= (char)(1 << bit);
        }
    }
}

static bool member_is(const struct members *m, int i, const char *value)
{
    char name[16];
    const struct member *x;

    snprintf(name, sizeof(name), "m%d", i);
    x = members_find(m, slice_str(name));
    return value == NULL ? x == NULL : x != NULL && slice_is(member_value(x), value);
}

static void test_members(void)
{
    struct members *m = members_new(&hash_key), *copy;
    size_t used = mem_used(), left = 100;
    char name[16];

    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "m%d", i);
        CU_ASSERT(members_set(m, slice_str(name), slice_str(i % 2 ? "value" : "")));
    }
    CU_ASSERT_FALSE(members_set(m, slice_str("m4"), slice_str("a longer value than before")));
    CU_ASSERT_FALSE(members_set(m, slice_str("m5"), slice_str("")));
    copy = members_copy(m);
    CU_ASSERT(members_delete(m, slice_str("m7")) && !members_delete(m, slice_str("m7")));
    CU_ASSERT(members_count(m) == 999 && members_count(copy) == 1000);
    CU_ASSERT(member_is(m, 4, "a longer value than before") && member_is(m, 5, "") &&
              member_is(m, 7, NULL) && member_is(copy, 7, "value") && member_is(copy, 8, ""));
    members_free(m);
    CU_ASSERT(mem_used() > used);
    CU_ASSERT(!members_free_some(copy, &left) && left == 0 && members_count(copy) == 900);
    members_free(copy);
    CU_ASSERT(mem_used() < used);
}

static void count_member(void *arg, const struct member *x)
{
    size_t *seen = arg;

    seen[atoi(x->bytes + 1)]++;
}

/* Never twice the same, and each as often as the others. */
static void test_samples(void)
{
    static const size_t wanted[] = { 5, 80 };
    struct members *m = members_new(&hash_key);
    struct slice none = { NULL, 0 };
    struct prng prng;
    char name[16];

    prng_seed(&prng, 1);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "m%d", i);
        members_set(m, (struct slice){ name, strlen(name) + 1 }, none);
    }
    for (size_t w = 0; w < 2; w++) {
        size_t total[100] = { 0 };

        for (int turn = 0; turn < 1000; turn++) {
            size_t seen[100] = { 0 }, sum = 0;

            sample_distinct(m, wanted[w], &prng, count_member, seen);
            for (int i = 0; i < 100; i++) {
                CU_ASSERT(seen[i] <= 1);
                sum += seen[i];
                total[i] += seen[i];
            }
            CU_ASSERT_EQUAL(sum, wanted[w]);
        }
        for (int i = 0; i < 100; i++)
            CU_ASSERT(total[i] > 0);
    }
    members_free(m);
}

static const struct unit_case cases[] = {
    { "a pack and its model", test_a_pack_and_its_model },
    { "splitting", test_splitting },
    { "many elements", test_many_elements },
    { "the bytes", test_the_bytes },
    { "spoilt packs", test_spoilt_packs },
    { "older forms", test_older_forms },
    { "members", test_members },
    { "samples", test_samples },
};

int main(void)
{
    return unit_main("store_pack", cases, sizeof(cases) / sizeof(cases[0]));
}
