#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/keyspace.h"
#include "store/mem.h"
#include "store/rdb_read.h"
#include "store/rdb_write.h"
#include "store/value.h"
#include "store/zset.h"
#include "wire/buf.h"
#include "wire/prng.h"

#define NAMES      40
#define NAME_BYTES 8

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";
static const struct hash_key hash_key = { 1, 2 };

/* What the set should hold, in order. */
struct model {
    size_t n;
    struct model_item {
        int name;
        double score;
    } items[NAMES];
};

static struct slice name_of(int i, char text[NAME_BYTES])
{
    struct slice s = { text, (size_t)snprintf(text, NAME_BYTES, i % 3 ? "m%d" : "%d", i) };

    return s;
}

static bool stands_before(struct model_item a, struct model_item b)
{
    char one[NAME_BYTES], other[NAME_BYTES];

    if (a.score != b.score)
        return a.score < b.score;
    return score_compare_names(name_of(a.name, one), name_of(b.name, other)) < 0;
}

static size_t model_find(const struct model *m, int name)
{
    size_t i = 0;

    while (i < m->n && m->items[i].name != name)
        i++;
    return i;
}

static void model_delete(struct model *m, size_t at, size_t n)
{
    memmove(m->items + at, m->items + at + n, (m->n - at - n) * sizeof(m->items[0]));
    m->n -= n;
}

static void model_insert(struct model *m, struct model_item x)
{
    size_t at = m->n;

    for (; at > 0 && stands_before(x, m->items[at - 1]); at--)
        m->items[at] = m->items[at - 1];
    m->items[at] = x;
    m->n++;
}

/* What zset_set should do. */
static enum zset_change model_set(struct model *m, int name, double score, unsigned rules)
{
    size_t at = model_find(m, name);
    struct model_item x = { name, score };
    double old;

    if (at == m->n) {
        if (rules & ZSET_XX)
            return ZSET_NONE;
        model_insert(m, x);
        return ZSET_ADDED;
    }
    old = m->items[at].score;
    if (rules & ZSET_NX)
        return ZSET_NONE;
    if (rules & ZSET_INCR)
        x.score += old;
    if (isnan(x.score))
        return ZSET_NAN;
    if (((rules & ZSET_GT) && x.score <= old) || ((rules & ZSET_LT) && x.score >= old))
        return ZSET_NONE;
    if (x.score == old)
        return ZSET_SAME;
    model_delete(m, at, 1);
    model_insert(m, x);
    return ZSET_MOVED;
}

static bool same_walk(const struct entry *e, const struct model *m, size_t from, bool back)
{
    struct zset_walk w;
    size_t i = from, left = m->n == 0 ? 0 : back ? from + 1 : m->n - from;
    char text[NAME_BYTES];

    zset_walk_start(&w, e, from, back);
    for (; zset_walk_next(&w); i = back ? i - 1 : i + 1, left--) {
        if (left == 0 || w.score != m->items[i].score ||
            !slice_equal(w.name.bytes, name_of(m->items[i].name, text)))
            return false;
    }
    return left == 0;
}

static bool same_ranks(const struct entry *e, const struct model *m)
{
    char text[NAME_BYTES];
    size_t place;
    double score;

    for (int name = 0; name < NAMES; name++) {
        size_t at = model_find(m, name);
        struct slice s = name_of(name, text);

        if (zset_score(e, s, &score) != (at < m->n) ||
            zset_rank(e, s, &place, &score) != (at < m->n))
            return false;
        if (at < m->n && (place != at || score != m->items[at].score))
            return false;
    }
    return true;
}

static bool same_bounds(const struct entry *e, const struct model *m, double score)
{
    struct zset_bound b = { .score = score };
    size_t below = 0, up_to = 0;

    while (below < m->n && m->items[below].score < score)
        below++;
    while (up_to < m->n && m->items[up_to].score <= score)
        up_to++;
    if (zset_count_before(e, &b) != below)
        return false;
    b.after = true;
    return zset_count_before(e, &b) == up_to;
}

static bool same(const struct entry *e, const struct model *m, struct prng *prng, double score)
{
    size_t from = m->n > 0 ? (size_t)prng_below(prng, m->n) : 0;

    return zset_count(e) == m->n && same_walk(e, m, from, false) && same_walk(e, m, from, true) &&
           same_ranks(e, m) && same_bounds(e, m, score);
}

static double draw_score(struct prng *prng)
{
    static const double scores[] = { 0, 1, 1, 2, -1, 0.1, -2.5, 1e17, 1e300, INFINITY, -INFINITY };

    return scores[prng_below(prng, sizeof(scores) / sizeof(scores[0]))];
}

static bool change(struct entry *e, struct model *m, const struct value_limits *limits,
                   struct prng *prng)
{
    static const unsigned rules[] = { 0, 0, 0, ZSET_NX, ZSET_XX, ZSET_GT, ZSET_LT, ZSET_INCR };
    unsigned rule = rules[prng_below(prng, sizeof(rules) / sizeof(rules[0]))];
    int name = (int)prng_below(prng, NAMES);
    size_t at = model_find(m, name);
    double score = draw_score(prng), now = 0;
    char text[NAME_BYTES];

    if (prng_below(prng, 8) == 0 && m->n > 0) {
        size_t place = (size_t)prng_below(prng, m->n), n = (size_t)prng_below(prng, m->n - place);

        zset_delete_places(e, place, n);
        model_delete(m, place, n);
        return true;
    }
    if (prng_below(prng, 4) == 0) {
        bool there = at < m->n;

        if (there)
            model_delete(m, at, 1);
        return zset_delete(e, name_of(name, text)) == there;
    }
    return zset_set(e, name_of(name, text), score, rule, limits, &hash_key, &now) ==
           model_set(m, name, score, rule);
}

static struct entry *new_zset(void)
{
    struct slice no_key = { NULL, 0 };
    struct entry *e = entry_new(no_key, false);

    zset_start(e);
    return e;
}

/* Of both forms, and of one that changes in between. */
static void test_as_model(void)
{
    static const size_t limits[] = { 0, 10, NAMES };
    size_t used = mem_used();
    struct prng prng;

    prng_seed(&prng, 21);
    for (int run = 0; run < 60; run++) {
        struct value_limits l = { .zset_entries = limits[run % 3], .zset_value = 64 };
        struct entry *e = new_zset(), *copy = new_zset();
        struct model m = { 0 };
        bool ok = true;

        for (int step = 0; step < 300 && ok; step++)
            ok = change(e, &m, &l, &prng) && same(e, &m, &prng, draw_score(&prng));
        CU_ASSERT(ok);
        CU_ASSERT_EQUAL(e->encoding, limits[run % 3] == NAMES ? COLLECTION_PACK : COLLECTION_TABLE);
        entry_copy_value(copy, e);
        CU_ASSERT(copy->encoding == e->encoding && same(copy, &m, &prng, 0));
        entry_free(copy);
        zset_compact(e, &value_limits_default);
        CU_ASSERT(e->encoding == COLLECTION_PACK && same(e, &m, &prng, 0));
        entry_free(e);
    }
    CU_ASSERT_EQUAL(mem_used(), used);
}

static void test_forms(void)
{
    static const char long_name[] =
        "12345678901234567890123456789012345678901234567890123456789012345";
    struct slice name = { long_name, 64 };
    struct entry *e = new_zset();
    double score;

    zset_set(e, name, 1, 0, &value_limits_default, &hash_key, &score);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "listpack");
    name.n = 65;
    zset_set(e, name, 2, ZSET_XX, &value_limits_default, &hash_key, &score);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "listpack");
    zset_set(e, name, 2, 0, &value_limits_default, &hash_key, &score);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "skiplist");
    zset_compact(e, &value_limits_default);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "skiplist");
    zset_delete(e, name);
    zset_compact(e, &value_limits_default);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "listpack");
    entry_free(e);
}

/* "min max" of ZRANGEBYSCORE or ZRANGEBYLEX: how many of the scores 0 to 9 (names a to j) are
 * meant; -1: not well written. */
static int count_between(const char *min, const char *max, bool by_name)
{
    struct zset_bound b[2];
    int n = 0;

    if (!zset_bounds_read(slice_str(min), slice_str(max), by_name, b))
        return -1;
    for (int i = 0; i < 10; i++) {
        char letter = (char)('a' + i);
        struct slice name = { &letter, 1 };

        if (by_name)
            n += !zset_bound_is_behind_name(&b[0], name) && zset_bound_is_behind_name(&b[1], name);
        else
            n += !zset_bound_is_behind_score(&b[0], i) && zset_bound_is_behind_score(&b[1], i);
    }
    return n;
}

static void test_bounds(void)
{
    CU_ASSERT_EQUAL(count_between("1", "3", false), 3);
    CU_ASSERT_EQUAL(count_between("(1", "(3", false), 1);
    CU_ASSERT_EQUAL(count_between("-inf", "(2.5", false), 3);
    CU_ASSERT_EQUAL(count_between("8", "+inf", false), 2);
    CU_ASSERT_EQUAL(count_between("", "1e400", false), 10);
    CU_ASSERT_EQUAL(count_between("nan", "1", false), -1);
    CU_ASSERT_EQUAL(count_between("1", "((2", false), -1);
    CU_ASSERT_EQUAL(count_between("1 ", "2", false), -1);
    CU_ASSERT_EQUAL(count_between("-", "+", true), 10);
    CU_ASSERT_EQUAL(count_between("[b", "(d", true), 2);
    CU_ASSERT_EQUAL(count_between("(b", "[bb", true), 0);
    CU_ASSERT_EQUAL(count_between("+", "-", true), 0);
    CU_ASSERT_EQUAL(count_between("b", "[d", true), -1);
    CU_ASSERT_EQUAL(count_between("", "+", true), -1);
}

/* --- RDB ----------------------------------------------------------------------------------- */

/* Reads a file of one key, k: its form and its members, "none", or the error. */
static const char *read_one(const char *bytes, size_t n, struct value_limits limits)
{
    static char text[RDB_ERROR_TEXT_MAX];
    struct keyspace ks;
    struct rdb_reader r;
    struct key_ref ref;
    struct zset_walk w;
    const struct entry *e;
    size_t used, at;

    keyspace_init(&ks, seed);
    rdb_reader_init(&r, &ks, -1);
    r.limits = limits;
    rdb_read(&r, bytes, n, &used);
    e = keyspace_find(&ks.dbs[0], slice_str("k"), &ref);
    at = (size_t)snprintf(text, sizeof(text), "%s",
                          r.status == RDB_READ_BROKEN ? r.error
                          : e == NULL                 ? "none"
                                                      : value_ops_of(e)->encoding_name(e));
    if (e != NULL && r.status != RDB_READ_BROKEN) {
        zset_walk_start(&w, e, 0, false);
        while (zset_walk_next(&w))
            at += (size_t)snprintf(text + at, sizeof(text) - at, " %.*s=%g", (int)w.name.bytes.n,
                                   w.name.bytes.p, w.score);
    }
    rdb_reader_done(&r);
    keyspace_done(&ks);
    return text;
}

static void test_what_is_read(void)
{
    static const struct value_limits one = { .zset_entries = 1, .zset_value = 64 };

#define READS(bytes, limits, words)                                                                \
    do {                                                                                           \
        const char *got = read_one("REDIS0011" bytes, sizeof(bytes) + 8, limits);                  \
        CU_ASSERT_PTR_NOT_NULL(strstr(got, words));                                                \
        if (strstr(got, words) == NULL)                                                            \
            fprintf(stderr, "    '%s' is not in '%s'\n", words, got);                              \
    } while (0)
    /* Scores as text: digits, infinities, NaN, nonsense. */
    READS("\x03\x01k\x03\x01z\x03"
          "1.5\x01y\xfe\x01x\xff",
          value_limits_default, "listpack x=-inf z=1.5 y=inf");
    READS("\x03\x01k\x02\x01z\x01"
          "2\x01y\x01"
          "1",
          one, "skiplist y=1 z=2");
    READS("\x03\x01k\x01\x01z\xfd", value_limits_default, "score is not a number");
    READS("\x03\x01k\x01\x01z\x02"
          "1x",
          value_limits_default, "score is not a number");
    READS("\x03\x01k\x00", value_limits_default, "none");
    /* As eight bytes. */
    READS("\x05\x01k\x02\x01z\0\0\0\0\0\0\xf8\x3f\x01y\0\0\0\0\0\0\xf0\x3f", value_limits_default,
          "listpack y=1 z=1.5");
    READS("\x05\x01k\x02\x01z\0\0\0\0\0\0\xf8\x3f\x01z\0\0\0\0\0\0\xf0\x3f", value_limits_default,
          "a member twice");
    READS("\x05\x01k\x01\x01z\0\0\0\0\0\0\xf8\x7f", value_limits_default, "score is not a number");
    /* A ziplist, and listpacks: good; odd; a score that is none; unordered; twice; malformed. */
    READS("\x0c\x01k\x10\x10\0\0\0\x0d\0\0\0\x02\0\0\x01"
          "a\x03\xf6\xff",
          value_limits_default, "listpack a=5");
    READS("\x0c\x01k\x01x", value_limits_default, "ziplist is malformed");
    READS("\x11\x01k\x11\x11\0\0\0\x04\0\x81"
          "a\x02\x05\x01\x81"
          "b\x02\x05\x01\xff",
          value_limits_default, "listpack a=5 b=5");
    READS("\x11\x01k\x11\x11\0\0\0\x04\0\x81"
          "a\x02\x05\x01\x81"
          "b\x02\x05\x01\xff",
          one, "skiplist a=5 b=5");
    READS("\x11\x01k\x0f\x0f\0\0\0\x03\0\x81"
          "a\x02\x05\x01\x81"
          "b\x02\xff",
          value_limits_default, "without a score");
    READS("\x11\x01k\x0d\x0d\0\0\0\x02\0\x81"
          "a\x02\x81"
          "b\x02\xff",
          value_limits_default, "without a score");
    READS("\x11\x01k\x11\x11\0\0\0\x04\0\x81"
          "b\x02\x05\x01\x81"
          "a\x02\x05\x01\xff",
          value_limits_default, "out of order");
    READS("\x11\x01k\x11\x11\0\0\0\x04\0\x81"
          "a\x02\x05\x01\x81"
          "a\x02\x06\x01\xff",
          value_limits_default, "a member twice");
    READS("\x11\x01k\x01x", value_limits_default, "listpack is malformed");
#undef READS
}

/* Many names are compared by a table, few with each other. */
static void test_packs_with_a_name_twice(void)
{
    for (int count = 2; count <= 100; count += 14) {
        for (int twice = 0; twice <= 1; twice++) {
            unsigned char *pack = pack_new();
            struct entry *e = entry_new((struct slice){ NULL, 0 }, false);
            char text[NAME_BYTES], score[NAME_BYTES];
            bool adopted;

            for (int i = 0; i < count; i++) {
                int name = twice && i == count - 1 ? 0 : i + 1000;

                pack = pack_append(pack, name_of(i == 0 && twice ? 0 : name, text));
                pack = pack_append(pack, name_of(3 * i, score));
            }
            adopted = zset_adopt(e, pack, &value_limits_default, &hash_key);
            CU_ASSERT_EQUAL(adopted, !twice);
            if (!adopted)
                pack_free(pack);
            entry_free(e);
        }
    }
}

static bool to_buf(void *arg, const void *bytes, size_t n)
{
    return buf_append(arg, bytes, n);
}

static void add_many(struct entry *e, int count, const struct value_limits *limits)
{
    for (int i = 0; i < count; i++) {
        char text[16];
        struct slice name = { text, (size_t)snprintf(text, sizeof(text), "member%d", i) };
        double score = i % 7 / 8.0;

        zset_set(e, name, score, 0, limits, &hash_key, &score);
    }
}

static void test_round_trip(void)
{
    static const int counts[] = { 1, 128, 129, 3000 };
    struct rdb_write_options options = { .compress = true, .checksum = true };
    struct rdb_info info = { .stream_db = -1 };

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct keyspace from, to;
        struct buf file = { 0 };
        struct rdb_reader r;
        struct key_ref ref;
        struct entry *e;
        struct zset_walk one, other;
        size_t used, n = 0;

        keyspace_init(&from, seed);
        keyspace_init(&to, seed);
        keyspace_find(&from.dbs[0], slice_str("k"), &ref);
        e = keyspace_add(&ref);
        zset_start(e);
        add_many(e, counts[i], &value_limits_default);
        CU_ASSERT(rdb_write(&from, &info, &options, to_buf, &file));
        rdb_reader_init(&r, &to, -1);
        CU_ASSERT_EQUAL(rdb_read(&r, buf_data(&file), buf_used(&file), &used), RDB_READ_DONE);
        zset_walk_start(&one, e, 0, false);
        zset_walk_start(&other, keyspace_find(&to.dbs[0], slice_str("k"), &ref), 0, false);
        while (zset_walk_next(&one) && zset_walk_next(&other)) {
            n++;
            CU_ASSERT(one.score == other.score && slice_equal(one.name.bytes, other.name.bytes));
        }
        CU_ASSERT_EQUAL(n, (size_t)counts[i]);
        CU_ASSERT_EQUAL(key_ref_entry(&ref)->encoding, e->encoding);
        rdb_reader_done(&r);
        keyspace_done(&from);
        keyspace_done(&to);
        buf_done(&file);
    }
}

static void test_large_ones_go_in_steps(void)
{
    size_t used = mem_used(), left, steps = 0, bytes;
    struct entry *e = new_zset(), *husk;

    add_many(e, 5000, &value_limits_default);
    bytes = mem_used() - used;
    CU_ASSERT(value_ops_of(e)->bytes(e, 0) > bytes * 3 / 4 &&
              value_ops_of(e)->bytes(e, 5) < bytes * 5 / 4);
    husk = entry_take_large(e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(husk);
    do {
        left = 100;
        steps++;
    } while (!entry_free_some(husk, &left));
    CU_ASSERT(steps > 50 && steps < 60);
    entry_free(e);
    CU_ASSERT_EQUAL(mem_used(), used);
}

static const struct unit_case cases[] = {
    { "a sorted set and its model", test_as_model },
    { "forms", test_forms },
    { "bounds", test_bounds },
    { "what is read", test_what_is_read },
    { "packs with a name twice", test_packs_with_a_name_twice },
    { "round trip", test_round_trip },
    { "large ones go in steps", test_large_ones_go_in_steps },
};

int main(void)
{
    return unit_main("store_zset", cases, sizeof(cases) / sizeof(cases[0]));
}
