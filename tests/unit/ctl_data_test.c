/* What picketctl does with values: sentinel/ctl/elements, sentinel/ctl/portion. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "sentinel/ctl/elements.h"
#include "sentinel/ctl/portion.h"
#include "store/dump.h"
#include "store/fields.h"
#include "store/list.h"
#include "store/rdb_write.h"
#include "store/set.h"
#include "store/zset.h"
#include "wire/buf.h"

#define KEYS 300

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";
static const struct hash_key hash_key = { 1, 2 };
static const struct value_limits none = { 0 }; /* nothing may be compact */

/* An entry of n elements, which are given in order, or backwards. */
static struct entry *make(enum value_type type, int n, bool back, const struct value_limits *limits)
{
    struct entry *e = entry_new(slice_str("key"), false);

    if (type == VALUE_HASH)
        fields_start(e);
    else if (type == VALUE_LIST)
        list_start(e);
    else if (type == VALUE_SET)
        set_start(e);
    else if (type == VALUE_ZSET)
        zset_start(e);
    for (int i = 0; i < n; i++) {
        int number = back ? n - 1 - i : i;
        char text[32];
        double score;

        snprintf(text, sizeof(text), "element %d", number);
        if (type == VALUE_HASH)
            fields_set(e, slice_str(text), slice_str("v"), limits, &hash_key);
        else if (type == VALUE_LIST)
            list_push(e, LIST_TAIL, slice_str(text), limits);
        else if (type == VALUE_SET)
            set_add(e, slice_str(text), limits, &hash_key);
        else if (type == VALUE_ZSET)
            zset_set(e, slice_str(text), number / 3.0, 0, limits, &hash_key, &score);
        else
            entry_set_string(e, slice_str(text));
    }
    return e;
}

static uint64_t digest_of(enum value_type type, int n, bool back, const struct value_limits *limits)
{
    struct entry *e = make(type, n, back, limits);
    uint64_t digest = elements_digest(e);

    entry_free(e);
    return digest;
}

static void test_digests(void)
{
    const struct value_limits *some = &value_limits_default;
    uint64_t seen[VALUE_TYPE_COUNT];

    for (int type = 0; type < VALUE_TYPE_COUNT; type++) {
        seen[type] = digest_of((enum value_type)type, 20, false, some);
        CU_ASSERT_EQUAL(seen[type], digest_of((enum value_type)type, 20, false, &none));
        CU_ASSERT_NOT_EQUAL(seen[type], digest_of((enum value_type)type, 19, false, some));
        for (int other = 0; other < type; other++)
            CU_ASSERT_NOT_EQUAL(seen[type], seen[other]);
    }
    CU_ASSERT_EQUAL(seen[VALUE_SET], digest_of(VALUE_SET, 20, true, some));
    CU_ASSERT_EQUAL(seen[VALUE_HASH], digest_of(VALUE_HASH, 20, true, some));
    CU_ASSERT_NOT_EQUAL(seen[VALUE_LIST], digest_of(VALUE_LIST, 20, true, some));
}

static void test_parts_of_elements_count(void)
{
    struct entry *a = make(VALUE_HASH, 3, false, &value_limits_default);
    struct entry *b = make(VALUE_HASH, 3, false, &value_limits_default);
    struct entry *c = make(VALUE_ZSET, 3, false, &value_limits_default);
    uint64_t before = elements_digest(c);
    double score;

    CU_ASSERT_EQUAL(elements_digest(a), elements_digest(b));
    fields_set(b, slice_str("element 1"), slice_str("w"), &value_limits_default, &hash_key);
    CU_ASSERT_NOT_EQUAL(elements_digest(a), elements_digest(b));
    zset_set(c, slice_str("element 1"), 0.34, 0, &value_limits_default, &hash_key, &score);
    CU_ASSERT_NOT_EQUAL(before, elements_digest(c));
    entry_free(a);
    entry_free(b);
    entry_free(c);
}

static void test_digest_of_a_payload(void)
{
    for (int type = 0; type < VALUE_TYPE_COUNT; type++) {
        struct entry *e = make((enum value_type)type, 200, false, &value_limits_default);
        struct buf payload = { 0 };
        uint64_t digest = 0;

        CU_ASSERT_FATAL(dump_write(e, true, &payload));
        CU_ASSERT(elements_digest_payload(buf_slice(&payload), &digest));
        CU_ASSERT_EQUAL(digest, elements_digest(e));
        buf_data(&payload)[2] ^= 1;
        CU_ASSERT_FALSE(elements_digest_payload(buf_slice(&payload), &digest));
        buf_done(&payload);
        entry_free(e);
    }
}

/* --- portions --------------------------------------------------------------------------------- */

static bool sink(void *arg, const void *bytes, size_t n)
{
    return buf_append(arg, bytes, n);
}

static void fill(struct buf *file)
{
    struct rdb_write_options options = { .checksum = true };
    struct rdb_info info = { 0 };
    struct keyspace ks;

    keyspace_init(&ks, seed);
    for (int i = 0; i < KEYS; i++) {
        char name[32];
        struct key_ref ref;

        snprintf(name, sizeof(name), "%d", i);
        keyspace_find(&ks.dbs[i % 3], slice_str(name), &ref);
        entry_set_int(keyspace_add(&ref), i);
        if (i % 2)
            keyspace_set_expiry(&ref, 1000 + i);
    }
    CU_ASSERT(rdb_write(&ks, &info, &options, sink, file));
    keyspace_done(&ks);
}

static bool count(void *arg, unsigned db, struct entry *e)
{
    int *seen = arg, number = (int)e->value.integer;

    CU_ASSERT_FATAL(number >= 0 && number < KEYS);
    CU_ASSERT_EQUAL(db, (unsigned)number % 3);
    CU_ASSERT_EQUAL(entry_expires_at(e), number % 2 ? 1000 + number : -1);
    seen[number]++;
    return true;
}

/* In portions of any size, each key is there once, and only those of one portion are held. */
static void test_portions(void)
{
    struct buf file = { 0 };

    fill(&file);
    for (size_t step = 1; step < 5000; step = step * 3 + 1) {
        struct portion p;
        int seen[KEYS] = { 0 };
        size_t at = 0, given = 0, used;

        portion_init(&p);
        while (p.reader.status == RDB_READ_MORE && at <= buf_used(&file)) {
            given = given + step < buf_used(&file) - at ? given + step : buf_used(&file) - at;
            portion_read(&p, buf_data(&file) + at, given, &used);
            at += used;
            given -= used;
            CU_ASSERT(keyspace_count_all(&p.keys) <= step);
            portion_each(&p, count, seen);
        }
        CU_ASSERT_EQUAL(p.reader.status, RDB_READ_DONE);
        for (int i = 0; i < KEYS; i++)
            CU_ASSERT_EQUAL(seen[i], 1);
        portion_done(&p);
    }
    buf_done(&file);
}

static const struct unit_case cases[] = {
    { "digests", test_digests },
    { "parts of elements count", test_parts_of_elements_count },
    { "digest of a payload", test_digest_of_a_payload },
    { "portions", test_portions },
};

int main(void)
{
    return unit_main("ctl_data", cases, sizeof(cases) / sizeof(cases[0]));
}
