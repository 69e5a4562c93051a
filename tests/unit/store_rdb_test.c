#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/fields.h"
#include "store/keyspace.h"
#include "store/rdb_read.h"
#include "store/rdb_write.h"
#include "store/zset.h"
#include "wire/buf.h"
#include "wire/prng.h"

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";
static const char repl_id[] = "0123456789abcdef0123456789abcdef01234567";

static void set(struct keyspace *ks, unsigned db, struct slice key, struct slice value,
                int64_t at_ms)
{
    struct key_ref ref;

    if (keyspace_find(&ks->dbs[db], key, &ref) == NULL)
        keyspace_add(&ref);
    entry_set_string(key_ref_entry(&ref), value);
    keyspace_set_expiry(&ref, at_ms);
}

/* A hash of so many fields. */
static void set_hash(struct keyspace *ks, const char *key, int count)
{
    struct key_ref ref;
    struct entry *e;
    char field[32];

    keyspace_find(&ks->dbs[2], slice_str(key), &ref);
    e = keyspace_add(&ref);
    fields_start(e);
    for (int i = 0; i < count; i++) {
        snprintf(field, sizeof(field), "aaaaaaaaaaaaaaaaaaaaaaa:%d", i);
        fields_set(e, slice_str(field), slice_str(field + i % 26), &value_limits_default,
                   &ks->hash_key);
    }
    keyspace_set_expiry(&ref, 4711);
}

/* True when both hold the same fields. */
static bool same_fields(const struct entry *a, const struct entry *b)
{
    struct fields_walk walk;

    if (a->type != b->type || a->encoding != b->encoding || fields_count(a) != fields_count(b))
        return false;
    fields_walk_start(&walk, a);
    while (fields_walk_next(&walk)) {
        struct pack_item item;

        if (!fields_get(b, walk.field.bytes, &item) || !slice_equal(item.bytes, walk.value.bytes))
            return false;
    }
    return true;
}

static bool same_values(const struct entry *a, const struct entry *b)
{
    char one[ENTRY_INT_TEXT_MAX], two[ENTRY_INT_TEXT_MAX];

    if (a->type == VALUE_HASH || b->type == VALUE_HASH)
        return a->type == b->type && same_fields(a, b);
    return slice_equal(entry_string(a, one), entry_string(b, two));
}

/* Values of all forms and lengths around the edges. */
static void fill(struct keyspace *ks)
{
    static const char *const texts[] = { "",
                                         "1",
                                         "-1",
                                         "127",
                                         "128",
                                         "-128",
                                         "-129",
                                         "32767",
                                         "32768",
                                         "-32769",
                                         "2147483647",
                                         "2147483648",
                                         "-2147483649",
                                         "9223372036854775807",
                                         "text",
                                         "12a" };
    static char bytes[70000];
    static const size_t lengths[] = { 20, 21, 63, 64, 16383, 16384, 70000 };
    struct prng prng;
    char key[32];

    prng_seed(&prng, 3);
    set_hash(ks, "hash:1", 1);
    set_hash(ks, "hash:512", 512);
    set_hash(ks, "hash:513", 513);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int n = snprintf(key, sizeof(key), "text:%zu", i);
        set(ks, i % 2 == 0 ? 0 : 15, (struct slice){ key, (size_t)n }, slice_str(texts[i]),
            i % 3 == 0 ? (int64_t)(1000 + i) : -1);
        set(ks, 7, slice_str(texts[i]), slice_str("under a strange key"), -1);
    }
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct slice value = { bytes, lengths[i] };

        memset(bytes, 'a', sizeof(bytes));
        set(ks, 1, (struct slice){ bytes, lengths[i] }, value, -1);
        for (size_t k = 0; k < sizeof(bytes); k++)
            bytes[k] = (char)prng_next(&prng);
        snprintf(key, sizeof(key), "noise:%zu", i);
        set(ks, 1, slice_str(key), value, 99);
    }
}

static bool to_buf(void *arg, const void *bytes, size_t n)
{
    return buf_append(arg, bytes, n);
}

static void write_all(const struct keyspace *ks, bool compress, bool checksum, struct buf *out)
{
    struct rdb_info info = { .has_repl = true, .repl_offset = 4711, .stream_db = 5 };
    struct rdb_write_options options = { .compress = compress, .checksum = checksum, .now_s = 1 };

    memcpy(info.repl_id, repl_id, sizeof(info.repl_id));
    CU_ASSERT(rdb_write(ks, &info, &options, to_buf, out));
}

/* Feeds a stream in portions; what is not used comes again with the next. */
static enum rdb_read_status feed(struct rdb_reader *r, const char *data, size_t n, size_t portion)
{
    size_t at = 0, end = 0, used;
    enum rdb_read_status status = RDB_READ_MORE;

    while (status == RDB_READ_MORE && end < n) {
        end = end + portion < n ? end + portion : n;
        status = rdb_read(r, data + at, end - at, &used);
        at += used;
    }
    return status;
}

static bool same(const struct keyspace *a, struct keyspace *b)
{
    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        struct dict_walk walk;
        struct dict_node *node;

        if (keyspace_count(&a->dbs[i]) != keyspace_count(&b->dbs[i]))
            return false;
        dict_walk_start(&walk, &a->dbs[i].dict);
        while ((node = dict_walk_next(&walk)) != NULL) {
            const struct entry *e = (const struct entry *)node, *other;
            struct key_ref ref;

            other = keyspace_find(&b->dbs[i], entry_key(e), &ref);
            if (other == NULL || !same_values(e, other) ||
                entry_expires_at(e) != entry_expires_at(other))
                return false;
        }
    }
    return true;
}

static void round_trip(bool compress, bool checksum, size_t portion)
{
    struct keyspace from, to;
    struct rdb_reader r;
    struct buf file = { 0 };

    keyspace_init(&from, seed);
    keyspace_init(&to, seed);
    fill(&from);
    write_all(&from, compress, checksum, &file);
    rdb_reader_init(&r, &to, -1);
    CU_ASSERT_EQUAL(feed(&r, buf_data(&file), buf_used(&file), portion), RDB_READ_DONE);
    CU_ASSERT(same(&from, &to));
    CU_ASSERT_EQUAL(r.offset, buf_used(&file));
    CU_ASSERT_EQUAL(r.keys, keyspace_count_all(&from));
    CU_ASSERT(r.info.has_repl && strcmp(r.info.repl_id, repl_id) == 0);
    CU_ASSERT(r.info.repl_offset == 4711 && r.info.stream_db == 5);
    rdb_reader_done(&r);
    keyspace_done(&from);
    keyspace_done(&to);
    buf_done(&file);
}

static void test_round_trip(void)
{
    round_trip(true, true, SIZE_MAX / 2);
    round_trip(true, false, SIZE_MAX / 2);
    round_trip(false, true, SIZE_MAX / 2);
    round_trip(false, false, SIZE_MAX / 2);
}

static void test_in_portions(void)
{
    round_trip(true, true, 1);
    round_trip(true, true, 7);
    round_trip(false, true, 4096);
}

static void test_bytes_behind_are_left(void)
{
    struct keyspace from, to;
    struct rdb_reader r;
    struct buf file = { 0 };
    size_t used, size;

    keyspace_init(&from, seed);
    keyspace_init(&to, seed);
    write_all(&from, true, true, &file);
    size = buf_used(&file);
    buf_append_str(&file, "MARK");
    rdb_reader_init(&r, &to, -1);
    CU_ASSERT_EQUAL(rdb_read(&r, buf_data(&file), buf_used(&file), &used), RDB_READ_DONE);
    CU_ASSERT_EQUAL(used, size);
    rdb_reader_done(&r);
    keyspace_done(&from);
    keyspace_done(&to);
    buf_done(&file);
}

/* A hash in its large form although it is small. */
static void set_large_hash(struct keyspace *ks)
{
    struct value_limits limits = { 0 };
    struct key_ref ref;
    struct entry *e;

    keyspace_find(&ks->dbs[2], slice_str("large"), &ref);
    e = keyspace_add(&ref);
    fields_start(e);
    fields_set(e, slice_str("a"), slice_str("1"), &limits, &ks->hash_key);
    fields_set(e, slice_str("b"), slice_str("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"), &limits,
               &ks->hash_key);
}

/* Of both forms. */
static void set_zsets(struct keyspace *ks)
{
    static const double scores[] = { 1, 0.1, -5, 1e300 };
    static const struct value_limits none = { 0 };

    for (int large = 0; large < 2; large++) {
        const struct value_limits *limits = large ? &none : &value_limits_default;
        struct key_ref ref;
        struct entry *e;

        keyspace_find(&ks->dbs[4], slice_str(large ? "order" : "few"), &ref);
        e = keyspace_add(&ref);
        zset_start(e);
        for (size_t i = 0; i < sizeof(scores) / sizeof(scores[0]); i++) {
            char name = (char)('a' + i);
            struct slice s = { &name, 1 };
            double score;

            zset_set(e, s, scores[i], 0, limits, &ks->hash_key, &score);
        }
    }
}

/* A small file with something of everything, for the tests that try each byte. */
static void write_small(struct buf *file, bool checksum)
{
    struct keyspace ks;

    keyspace_init(&ks, seed);
    set(&ks, 0, slice_str("plain"), slice_str("value"), -1);
    set(&ks, 0, slice_str("number"), slice_str("123456"), 1700000000000);
    set(&ks, 3, slice_str("packed"),
        slice_str("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), -1);
    set(&ks, 3, slice_str("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"), slice_str("k"),
        -1);
    set_hash(&ks, "compact", 2);
    set_large_hash(&ks);
    set_zsets(&ks);
    write_all(&ks, true, checksum, file);
    keyspace_done(&ks);
}

/* Reads and throws away; returns the status at the end of the bytes. */
static enum rdb_read_status try_read(const char *data, size_t n, uint64_t *ret_offset)
{
    struct keyspace ks;
    struct rdb_reader r;
    enum rdb_read_status status;

    keyspace_init(&ks, seed);
    rdb_reader_init(&r, &ks, -1);
    status = feed(&r, data, n, SIZE_MAX / 2);
    if (status == RDB_READ_MORE) {
        rdb_read_cut(&r);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.error, "ends in the middle"));
    }
    if (status != RDB_READ_DONE)
        CU_ASSERT_EQUAL(strncmp(r.error, "offset ", 7), 0);
    *ret_offset = r.offset;
    rdb_reader_done(&r);
    keyspace_done(&ks);
    return status;
}

static void test_cut_at_every_byte(void)
{
    struct buf file = { 0 };
    uint64_t offset;

    write_small(&file, true);
    for (size_t n = 0; n < buf_used(&file); n++) {
        /* Exactly as many bytes as there are, so that a sanitizer sees one too many. */
        char *copy = malloc(n + 1);
        memcpy(copy, buf_data(&file), n);
        CU_ASSERT_EQUAL(try_read(copy, n, &offset), RDB_READ_MORE);
        CU_ASSERT(offset <= n);
        free(copy);
    }
    CU_ASSERT_EQUAL(try_read(buf_data(&file), buf_used(&file), &offset), RDB_READ_DONE);
    buf_done(&file);
}

/* With the checksum, no change of any byte goes unnoticed; without, none does harm. */
static void test_each_bit_flipped(void)
{
    for (int checksum = 0; checksum < 2; checksum++) {
        struct buf file = { 0 };
        uint64_t offset;

        write_small(&file, checksum != 0);
        for (size_t i = 0; i < buf_used(&file); i++) {
            for (int bit = 0; bit < 8; bit++) {
                enum rdb_read_status status;

                buf_data(&file)[i] ^= (char)(1 << bit);
                status = try_read(buf_data(&file), buf_used(&file), &offset);
                if (checksum)
                    CU_ASSERT_NOT_EQUAL(status, RDB_READ_DONE);
                buf_data(&file)[i] ^= (char)(1 << bit);
            }
        }
        buf_done(&file);
    }
}

static void test_noise(void)
{
    struct prng prng;
    char bytes[512];
    uint64_t offset;

    prng_seed(&prng, 5);
    for (int turn = 0; turn < 20000; turn++) {
        size_t n = RDB_HEADER_BYTES + prng_below(&prng, sizeof(bytes) - RDB_HEADER_BYTES);

        for (size_t i = 0; i < n; i++)
            bytes[i] = (char)prng_next(&prng);
        memcpy(bytes, "REDIS0010", RDB_HEADER_BYTES);
        try_read(bytes, n, &offset);
    }
}

static void expect_error(const char *bytes, size_t n, const char *words)
{
    struct keyspace ks;
    struct rdb_reader r;

    keyspace_init(&ks, seed);
    rdb_reader_init(&r, &ks, -1);
    CU_ASSERT_EQUAL(feed(&r, bytes, n, SIZE_MAX / 2), RDB_READ_BROKEN);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.error, words));
    if (strstr(r.error, words) == NULL)
        fprintf(stderr, "    '%s' is not in '%s'\n", words, r.error);
    rdb_reader_done(&r);
    keyspace_done(&ks);
}

static void test_errors_say_what(void)
{
#define EXPECT(bytes, words) expect_error(bytes, sizeof(bytes) - 1, words)
    EXPECT("RUBIS0010", "no RDB file");
    EXPECT("REDIS00x0", "not a number");
    EXPECT("REDIS0000", "version 0");
    EXPECT("REDIS9999", "version 9999");
    EXPECT("REDIS0010\xfe\x10", "database 16");
    EXPECT("REDIS0010\x07\x03key\x01", "key 'key': values of type 7");
    EXPECT("REDIS0010\x04\x01k\x02\x01"
           "f\x01"
           "1\x01"
           "f\x01"
           "2",
           "a field twice");
    EXPECT("REDIS0010\x04\x01k\x01\x01"
           "f\x01"
           "1\x00\x01k\x01"
           "2",
           "is there twice");
    EXPECT("REDIS0010\x10\x01k\x01x", "listpack is malformed");
    EXPECT("REDIS0010\x0d\x01k\x01x", "ziplist is malformed");
    EXPECT("REDIS0010\x09\x01k\x01x", "zipmap is malformed");
    EXPECT("REDIS0010\x10\x01k\x0a\x0a\0\0\0\x01\0\x81"
           "f\x02\xff",
           "without a value");
    EXPECT("REDIS0010\x10\x01k\x0f\x0f\0\0\0\x04\0\x01\x01\x02\x01\x01\x01\x03\x01\xff",
           "field twice");
    EXPECT("REDIS0010\x00\x01k\x01v\x00\x01k\x01w", "'k' of database 0 is there twice");
    EXPECT("REDIS0010\xf7", "modules");
    EXPECT("REDIS0010\xf6", "release candidate");
    EXPECT("REDIS0010\x00\x01k\xc9", "unknown encoding 9");
    EXPECT("REDIS0010\x00\x01k\x82", "unknown form of a length");
    EXPECT("REDIS0010\x00\x01k\x81\x00\x00\x00\x01\x00\x00\x00\x00", "the limit is");
    EXPECT("REDIS0010\x00\x01k\xc3\x02\x05xx", "does not unpack");
    EXPECT("REDIS0010\xfc\xff\xff\xff\xff\xff\xff\xff\xff", "below zero");
    EXPECT("REDIS0010\xff\x01\x02\x03\x04\x05\x06\x07\x08", "checksum");
#undef EXPECT
}

static void drop_expired(bool has_repl, uint64_t kept)
{
    struct rdb_info info = { .has_repl = has_repl, .repl_offset = 1 };
    struct rdb_write_options options = { .now_s = 1 };
    struct keyspace from, to;
    struct rdb_reader r;
    struct buf file = { 0 };

    memcpy(info.repl_id, repl_id, sizeof(info.repl_id));
    keyspace_init(&from, seed);
    keyspace_init(&to, seed);
    set(&from, 0, slice_str("past"), slice_str("1"), 999);
    set(&from, 0, slice_str("future"), slice_str("1"), 1001);
    set(&from, 0, slice_str("ever"), slice_str("1"), -1);
    CU_ASSERT(rdb_write(&from, &info, &options, to_buf, &file));
    rdb_reader_init(&r, &to, 1000);
    CU_ASSERT_EQUAL(feed(&r, buf_data(&file), buf_used(&file), SIZE_MAX / 2), RDB_READ_DONE);
    CU_ASSERT(r.keys == kept && r.keys_expired == 3 - kept);
    CU_ASSERT_EQUAL(keyspace_count(&to.dbs[0]), kept);
    CU_ASSERT_EQUAL(keyspace_count_volatile(&to.dbs[0]), kept - 1);
    rdb_reader_done(&r);
    keyspace_done(&from);
    keyspace_done(&to);
    buf_done(&file);
}

/* Where replicas may go on from what the file says, they must hear of each key that goes. */
static void test_drops_expired(void)
{
    drop_expired(false, 2);
    drop_expired(true, 3);
}

static bool refuse_at(void *arg, const void *bytes, size_t n)
{
    size_t *left = arg;

    (void)bytes;
    if (n > *left)
        return false;
    *left -= n;
    return true;
}

static void test_sink_that_is_full(void)
{
    struct keyspace ks;
    struct rdb_info info = { .has_repl = false };
    struct rdb_write_options options = { .compress = true, .checksum = true };

    keyspace_init(&ks, seed);
    fill(&ks);
    size_t left = SIZE_MAX, size;
    CU_ASSERT(rdb_write(&ks, &info, &options, refuse_at, &left));
    size = SIZE_MAX - left;
    for (size_t room = 0; room < size; room += size / 20) {
        left = room;
        CU_ASSERT(!rdb_write(&ks, &info, &options, refuse_at, &left));
    }
    keyspace_done(&ks);
}

static const struct unit_case cases[] = {
    { "round trip", test_round_trip },
    { "in portions", test_in_portions },
    { "bytes behind are left", test_bytes_behind_are_left },
    { "cut at every byte", test_cut_at_every_byte },
    { "each bit flipped", test_each_bit_flipped },
    { "noise", test_noise },
    { "errors say what", test_errors_say_what },
    { "drops expired", test_drops_expired },
    { "a sink that is full", test_sink_that_is_full },
};

int main(void)
{
    return unit_main("store_rdb", cases, sizeof(cases) / sizeof(cases[0]));
}
