#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/intset.h"
#include "store/keyspace.h"
#include "store/mem.h"
#include "store/rdb_read.h"
#include "store/rdb_write.h"
#include "store/set.h"
#include "store/set_draw.h"
#include "store/value.h"
#include "wire/buf.h"
#include "wire/prng.h"

#define NAMES      60
#define NAME_MAX   32
#define PLACES_MAX 200

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";
static struct hash_key hash_key = { 1, 2 };

/* --- integers ------------------------------------------------------------------------------ */

/* Numbers on both sides of each width. */
static int64_t draw_number(struct prng *prng)
{
    static const int64_t edges[] = { 0,       1,      -1,         32767,       32768,
                                     -32768,  -32769, 2147483647, INT64_MAX,   INT64_MIN,
                                     1 << 20, 100,    2147483648, -2147483648, -2147483649 };

    if (prng_below(prng, 3) == 0)
        return edges[prng_below(prng, sizeof(edges) / sizeof(edges[0]))];
    return prng_between(prng, -60, 60);
}

static bool in_order(const unsigned char *set)
{
    return intset_check(set, intset_bytes(set));
}

/* Members of the model in the order in which they came; the set must have the same. */
static void check_ints(const unsigned char *set, const int64_t *model, size_t n)
{
    size_t place;

    CU_ASSERT(in_order(set) && intset_count(set) == n);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT(intset_find(set, model[i], &place) && intset_get(set, place) == model[i]);
}

static void test_integers_and_their_model(void)
{
    size_t used = mem_used();
    struct prng prng;

    for (uint64_t run = 0; run < 50; run++) {
        unsigned char *set = intset_new();
        int64_t model[PLACES_MAX];
        size_t n = 0, place;

        prng_seed(&prng, run);
        for (int step = 0; step < 400; step++) {
            int64_t v = draw_number(&prng);

            if (!intset_find(set, v, &place) && n < PLACES_MAX) {
                set = intset_insert(set, place, v);
                model[n++] = v;
            } else if (n > 0 && prng_below(&prng, 3) == 0) {
                size_t out = prng_below(&prng, n);

                CU_ASSERT(intset_find(set, model[out], &place));
                set = intset_delete(set, place);
                model[out] = model[--n];
            }
            check_ints(set, model, n);
        }
        intset_free(set);
    }
    CU_ASSERT_EQUAL(mem_used(), used);
}

/* The bytes that Redis writes. */
static void test_the_bytes(void)
{
    static const unsigned char expected[] = { 4,    0,    0, 0, 3, 0, 0, 0, 0xff, 0xff,
                                              0xff, 0xff, 5, 0, 0, 0, 0, 0, 1,    0 };
    unsigned char *set = intset_insert(intset_insert(intset_new(), 0, 5), 0, -1);

    CU_ASSERT_EQUAL(intset_bytes(set), 12);
    set = intset_insert(set, 2, 65536);
    CU_ASSERT(intset_bytes(set) == sizeof(expected) && memcmp(set, expected, 20) == 0);
    intset_free(set);
}

static void test_spoilt_integers(void)
{
    CU_ASSERT(intset_check((const unsigned char *)"\2\0\0\0\0\0\0\0", 8));
    CU_ASSERT(intset_check((const unsigned char *)"\2\0\0\0\2\0\0\0\1\0\2\0", 12));
    CU_ASSERT_FALSE(intset_check((const unsigned char *)"\2\0\0\0\0\0\0", 7));
    CU_ASSERT_FALSE(intset_check((const unsigned char *)"\3\0\0\0\0\0\0\0", 8));
    CU_ASSERT_FALSE(intset_check((const unsigned char *)"\2\0\0\0\2\0\0\0\1\0\2", 11));
    CU_ASSERT_FALSE(intset_check((const unsigned char *)"\2\0\0\0\2\0\0\0\1\0\2\0\0", 13));
    CU_ASSERT_FALSE(intset_check((const unsigned char *)"\2\0\0\0\2\0\0\0\2\0\1\0", 12));
    CU_ASSERT_FALSE(intset_check((const unsigned char *)"\2\0\0\0\2\0\0\0\1\0\1\0", 12));
    CU_ASSERT_FALSE(intset_check((const unsigned char *)"\10\0\0\0\0\0\0\xff", 8));
}

/* --- sets ---------------------------------------------------------------------------------- */

static struct entry *new_set(void)
{
    struct entry *e = entry_new((struct slice){ NULL, 0 }, false);

    set_start(e);
    return e;
}

/* Name number i: integers, texts that are nearly integers, short and long ones. */
static struct slice name_of(size_t i, char text[NAME_MAX])
{
    static const char *const formats[] = { "%zu", "-%zu", "0%zu", "m%zu", "a much longer one %zu" };

    snprintf(text, NAME_MAX, formats[i % 5], i);
    return slice_str(text);
}

static void check_set(const struct entry *e, const bool *there)
{
    size_t count = 0, seen = 0;
    struct set_walk walk;
    char text[NAME_MAX];

    for (size_t i = 0; i < NAMES; i++) {
        CU_ASSERT_EQUAL(set_has(e, name_of(i, text)), there[i]);
        count += there[i];
    }
    CU_ASSERT_EQUAL(set_count(e), count);
    set_walk_start(&walk, e);
    for (; set_walk_next(&walk); seen++)
        CU_ASSERT(set_has(e, walk.item.bytes));
    CU_ASSERT_EQUAL(seen, count);
}

static void test_a_set_and_its_model(void)
{
    static const struct value_limits limits[] = {
        { .set_ints = 512, .set_entries = 128, .set_value = 64 },
        { .set_ints = 5, .set_entries = 20, .set_value = 5 },
        { .set_ints = 0, .set_entries = 0, .set_value = 0 },
        { .set_ints = 10, .set_entries = 1000, .set_value = 2 },
    };
    size_t used = mem_used();
    struct prng prng;

    for (uint64_t run = 0; run < 100; run++) {
        struct entry *e = new_set(), *copy;
        bool there[NAMES] = { false };
        char text[NAME_MAX];

        prng_seed(&prng, run);
        for (int step = 0; step < 200; step++) {
            /* At first integers only. */
            size_t i = step < 20 ? 5 * prng_below(&prng, NAMES / 5) : prng_below(&prng, NAMES);

            if (prng_below(&prng, 3) > 0)
                CU_ASSERT(set_add(e, name_of(i, text), &limits[run % 4], &hash_key) != there[i]);
            if (prng_below(&prng, 3) == 0) {
                set_remove(e, name_of(i, text));
                CU_ASSERT_FALSE(set_remove(e, name_of(i, text)));
            }
            there[i] = set_has(e, name_of(i, text));
        }
        check_set(e, there);
        copy = entry_new((struct slice){ NULL, 0 }, false);
        entry_copy_value(copy, e);
        entry_free(e);
        check_set(copy, there);
        entry_free(copy);
    }
    CU_ASSERT_EQUAL(mem_used(), used);
}

static bool form_is(const struct entry *e, const char *name)
{
    return strcmp(value_ops_of(e)->encoding_name(e), name) == 0;
}

static void add_range(struct entry *e, int from, int to, const char *format)
{
    char text[NAME_MAX];

    for (int i = from; i < to; i++) {
        snprintf(text, sizeof(text), format, i);
        set_add(e, slice_str(text), &value_limits_default, &hash_key);
    }
}

static void test_forms(void)
{
    char long_name[66];
    struct entry *e = new_set();

    memset(long_name, 'x', sizeof(long_name));
    add_range(e, 0, 512, "%d");
    CU_ASSERT(form_is(e, "intset"));
    add_range(e, 512, 513, "%d");
    CU_ASSERT(form_is(e, "hashtable") && set_count(e) == 513);
    entry_free(e);

    e = new_set();
    add_range(e, 0, 127, "%d");
    add_range(e, 0, 1, "m%d");
    CU_ASSERT(form_is(e, "listpack") && set_count(e) == 128);
    add_range(e, 1, 2, "m%d");
    CU_ASSERT(form_is(e, "hashtable") && set_count(e) == 129);
    entry_free(e);

    e = new_set();
    add_range(e, 0, 128, "%d");
    add_range(e, 0, 1, "m%d");
    CU_ASSERT(form_is(e, "hashtable"));
    entry_free(e);

    e = new_set();
    set_add(e, (struct slice){ long_name, 64 }, &value_limits_default, &hash_key);
    CU_ASSERT(form_is(e, "listpack"));
    set_add(e, (struct slice){ long_name, 65 }, &value_limits_default, &hash_key);
    CU_ASSERT(form_is(e, "hashtable"));
    entry_free(e);
}

/* --- draws --------------------------------------------------------------------------------- */

/* How often each of the numbers 0 to PLACES_MAX - 1 was drawn. */
static void count_number(void *arg, struct slice member)
{
    size_t *seen = arg;
    int64_t number;

    if (!slice_to_int64(member, &number)) {
        member.p++;
        member.n--;
        slice_to_int64(member, &number);
    }
    seen[number]++;
}

/* A set of n members in the form that the format makes. */
static struct entry *set_of(int n, const char *format)
{
    struct entry *e = new_set();

    add_range(e, 0, n, format);
    return e;
}

static void check_draws(int n, const char *format, const char *form)
{
    struct entry *e = set_of(n, format);
    size_t total[PLACES_MAX] = { 0 };
    struct prng prng;

    prng_seed(&prng, 1);
    CU_ASSERT(form_is(e, form));
    for (int turn = 0; turn < 3000; turn++) {
        size_t seen[PLACES_MAX] = { 0 }, wanted = prng_below(&prng, (uint64_t)n + 1), sum = 0;

        set_draw(e, wanted, &prng, count_number, seen);
        for (int i = 0; i < n; i++) {
            CU_ASSERT(seen[i] <= 1);
            sum += seen[i];
        }
        CU_ASSERT_EQUAL(sum, wanted);
        set_draw_one(e, &prng, count_number, total);
    }
    for (int i = 0; i < n; i++)
        CU_ASSERT(total[i] > 0);
    entry_free(e);
}

static void test_draws(void)
{
    check_draws(50, "%d", "intset");
    check_draws(50, "m%d", "listpack");
    check_draws(200, "m%d", "hashtable");
}

/* What was drawn is gone, the rest is there. */
static void check_out(int n, const char *format, size_t wanted, uint64_t turn)
{
    struct entry *e = set_of(n, format);
    size_t seen[PLACES_MAX] = { 0 }, sum = 0;
    struct prng prng;
    char text[NAME_MAX];

    prng_seed(&prng, turn);
    set_draw_out(e, wanted, &prng, count_number, seen);
    for (int i = 0; i < n; i++) {
        snprintf(text, sizeof(text), format, i);
        CU_ASSERT_EQUAL(set_has(e, slice_str(text)), seen[i] == 0);
        sum += seen[i];
    }
    CU_ASSERT(sum == wanted && set_count(e) == (size_t)n - wanted);
    entry_free(e);
}

static void test_draws_that_take_out(void)
{
    size_t used = mem_used();

    for (size_t wanted = 1; wanted < 50; wanted++) {
        check_out(50, "%d", wanted, wanted);
        check_out(50, "m%d", wanted, wanted);
        check_out(200, "m%d", 4 * wanted, wanted);
    }
    CU_ASSERT_EQUAL(mem_used(), used);
}

/* --- data files ---------------------------------------------------------------------------- */

static bool to_buf(void *arg, const void *bytes, size_t n)
{
    return buf_append(arg, bytes, n);
}

static enum rdb_read_status feed(struct rdb_reader *r, const char *bytes, size_t n, size_t portion)
{
    size_t at = 0, used, end = 0;

    while (end < n && r->status == RDB_READ_MORE) {
        end = n - end > portion ? end + portion : n;
        rdb_read(r, bytes + at, end - at, &used);
        at += used;
    }
    return r->status;
}

static struct entry *find(struct keyspace *ks, const char *key)
{
    struct key_ref ref;

    return keyspace_find(&ks->dbs[0], slice_str(key), &ref);
}

static struct entry *add_set(struct keyspace *ks, const char *key, int n, const char *format)
{
    struct key_ref ref;
    struct entry *e;

    keyspace_find(&ks->dbs[0], slice_str(key), &ref);
    set_start(e = keyspace_add(&ref));
    add_range(e, 0, n, format);
    return e;
}

static bool same_sets(const struct entry *a, const struct entry *b)
{
    struct set_walk walk;
    bool same = b != NULL && a->encoding == b->encoding && set_count(a) == set_count(b);

    set_walk_start(&walk, a);
    while (same && set_walk_next(&walk))
        same = set_has(b, walk.item.bytes);
    return same;
}

static void round_trip(size_t portion)
{
    static const struct rdb_write_options options = { .compress = true, .checksum = true };
    static const struct rdb_info info = { .has_repl = false };
    struct keyspace from, to;
    struct entry *ints, *few, *many, *numbers;
    struct buf file = { 0 };
    struct rdb_reader r;

    keyspace_init(&from, seed);
    keyspace_init(&to, seed);
    ints = add_set(&from, "ints", 512, "%d000000");
    few = add_set(&from, "few", 100, "member %d");
    many = add_set(&from, "many", 1000, "the same again and again %d");
    numbers = add_set(&from, "numbers", 600, "%d");
    CU_ASSERT(rdb_write(&from, &info, &options, to_buf, &file));
    rdb_reader_init(&r, &to, -1);
    CU_ASSERT_EQUAL(feed(&r, buf_data(&file), buf_used(&file), portion), RDB_READ_DONE);
    CU_ASSERT(same_sets(ints, find(&to, "ints")) && same_sets(few, find(&to, "few")));
    CU_ASSERT(same_sets(many, find(&to, "many")) && same_sets(numbers, find(&to, "numbers")));
    rdb_reader_done(&r);
    keyspace_done(&from);
    keyspace_done(&to);
    buf_done(&file);
}

static void test_round_trip(void)
{
    round_trip(SIZE_MAX / 2);
    round_trip(7);
}

/* Reads a file of one key, k; its set's form, "none" (nothing was read), or the error. */
static const char *read_one(const char *bytes, size_t n, struct value_limits limits)
{
    static char text[RDB_ERROR_TEXT_MAX];
    struct keyspace ks;
    struct rdb_reader r;
    const struct entry *e;

    keyspace_init(&ks, seed);
    rdb_reader_init(&r, &ks, -1);
    r.limits = limits;
    feed(&r, bytes, n, SIZE_MAX / 2);
    e = find(&ks, "k");
    snprintf(text, sizeof(text), "%s",
             r.status == RDB_READ_BROKEN ? r.error
             : e == NULL                 ? "none"
                                         : value_ops_of(e)->encoding_name(e));
    rdb_reader_done(&r);
    keyspace_done(&ks);
    return text;
}

static void test_what_is_read(void)
{
    static const struct value_limits one = { .set_ints = 1, .set_entries = 1, .set_value = 64 };

#define READS(bytes, limits, words)                                                                \
    CU_ASSERT_PTR_NOT_NULL(strstr(read_one("REDIS0011" bytes, sizeof(bytes) + 8, limits), words))
    READS("\x02\x01k\x02\x01"
          "a\x01"
          "b",
          value_limits_default, "listpack");
    READS("\x02\x01k\x02\xc0\x01\x01"
          "2",
          value_limits_default, "intset");
    READS("\x02\x01k\x02\x01"
          "a\x01"
          "a",
          value_limits_default, "a member twice");
    READS("\x02\x01k\x00", value_limits_default, "none");
    READS("\x0b\x01k\x0c\x02\0\0\0\x02\0\0\0\x01\0\x02\0", value_limits_default, "intset");
    READS("\x0b\x01k\x0c\x02\0\0\0\x02\0\0\0\x01\0\x02\0", one, "hashtable");
    READS("\x0b\x01k\x0c\x02\0\0\0\x02\0\0\0\x02\0\x02\0", value_limits_default,
          "intset is malformed");
    READS("\x0b\x01k\x08\x02\0\0\0\0\0\0\0", value_limits_default, "none");
    READS("\x14\x01k\x0c\x0c\0\0\0\x02\0\x81"
          "a\x02\x05\x01\xff",
          value_limits_default, "listpack");
    READS("\x14\x01k\x0c\x0c\0\0\0\x02\0\x81"
          "a\x02\x05\x01\xff",
          one, "hashtable");
    READS("\x14\x01k\x0b\x0b\0\0\0\x02\0\x05\x01\x05\x01\xff", value_limits_default,
          "a member twice");
    READS("\x14\x01k\x01x", value_limits_default, "listpack is malformed");
#undef READS
}

/* --- freeing ------------------------------------------------------------------------------- */

static void test_large_ones_go_in_steps(void)
{
    size_t used = mem_used(), left = 100;
    struct entry *e = new_set(), *husk;

    add_range(e, 0, ENTRY_FREE_MAX, "m%d");
    CU_ASSERT_PTR_NULL(entry_take_large(e));
    add_range(e, 0, 1000, "m%d");
    CU_ASSERT(value_ops_of(e)->bytes(e, 0) > 20000 && value_ops_of(e)->bytes(e, 5) > 20000);
    husk = entry_take_large(e);
    CU_ASSERT(husk != NULL && e->type == VALUE_STRING);
    CU_ASSERT(!entry_free_some(husk, &left) && left == 0);
    left = 5000;
    CU_ASSERT(entry_free_some(husk, &left) && left > 4000);
    entry_free(e);
    CU_ASSERT_EQUAL(mem_used(), used);
}

static const struct unit_case cases[] = {
    { "integers and their model", test_integers_and_their_model },
    { "the bytes", test_the_bytes },
    { "spoilt integers", test_spoilt_integers },
    { "a set and its model", test_a_set_and_its_model },
    { "forms", test_forms },
    { "draws", test_draws },
    { "draws that take out", test_draws_that_take_out },
    { "round trip", test_round_trip },
    { "what is read", test_what_is_read },
    { "large ones go in steps", test_large_ones_go_in_steps },
};

int main(void)
{
    return unit_main("store_set", cases, sizeof(cases) / sizeof(cases[0]));
}
