#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/chain.h"
#include "store/keyspace.h"
#include "store/list.h"
#include "store/mem.h"
#include "store/rdb_read.h"
#include "store/rdb_write.h"
#include "store/value.h"
#include "wire/buf.h"
#include "wire/prng.h"

#define MODEL_MAX 600
#define WORDS     64
#define WORD_MAX  9000

/* What a list should hold: indices of words. */
struct model {
    size_t n;
    unsigned char word[MODEL_MAX];
};

static struct slice words[WORDS];

/* Integers, and texts around the edges of a node of 4096 bytes, in memory that stays. */
static void make_words(void)
{
    static char texts[WORDS][WORD_MAX];

    for (size_t i = 0; i < WORDS; i++) {
        static const size_t sizes[] = {
            0, 1, 30, 100, 1000, 1400, 2040, 4078, 4085, 4090, WORD_MAX
        };
        size_t n = i < 40 ? (size_t)snprintf(texts[i], WORD_MAX, "%zu", i * i * i)
                          : sizes[i % (sizeof(sizes) / sizeof(sizes[0]))];

        if (i >= 40)
            memset(texts[i], 'a' + (int)(i % 26), n);
        words[i].p = texts[i];
        words[i].n = n;
    }
}

static struct entry *new_list(void)
{
    struct entry *e = entry_new(slice_str("list"), false);

    list_start(e);
    return e;
}

/* True when the list's form is in order: no empty node, none too large, the counts are right. */
static bool is_sound(const struct entry *e, size_t bytes_max)
{
    size_t count = 0, nodes = 0;

    if (e->encoding == LIST_PACK)
        return pack_bytes(e->value.pack) <= bytes_max;
    for (const struct chain_node *node = e->value.chain->first; node != NULL; node = node->next) {
        if (node->count == 0 || node->count != pack_count(node->pack) ||
            (node->count > 1 && pack_bytes(node->pack) > bytes_max) ||
            (node->next != NULL ? node->next->prev : e->value.chain->last) != node)
            return false;
        count += node->count;
        nodes++;
    }
    return count == e->value.chain->count && nodes == e->value.chain->nodes;
}

static bool same(const struct entry *e, const struct model *m)
{
    struct list_place at;
    struct pack_item item;
    size_t i = 0;
    bool ok;

    if (list_count(e) != m->n || list_seek(e, m->n, &at))
        return false;
    for (ok = list_seek(e, 0, &at); ok; ok = list_step(&at, LIST_TAIL), i++) {
        if (i >= m->n || !slice_equal(list_get(&at, &item), words[m->word[i]]))
            return false;
    }
    for (ok = m->n > 0 && list_seek(e, m->n - 1, &at); ok; ok = list_step(&at, LIST_HEAD)) {
        if (i == 0 || !slice_equal(list_get(&at, &item), words[m->word[--i]]))
            return false;
    }
    return m->n == 0 || i == 0;
}

static void model_insert(struct model *m, size_t at, unsigned char word)
{
    memmove(m->word + at + 1, m->word + at, m->n++ - at);
    m->word[at] = word;
}

static void model_delete(struct model *m, size_t at, size_t n)
{
    memmove(m->word + at, m->word + at + n, m->n - at - n);
    m->n -= n;
}

/* Deletes all of a word from one end on, as LREM does. */
static void remove_word(struct entry *e, struct model *m, unsigned char word, enum list_end from,
                        const struct value_limits *limits)
{
    enum list_end towards = from == LIST_HEAD ? LIST_TAIL : LIST_HEAD;
    struct pack_needle needle;
    struct list_place at;
    bool more = m->n > 0 && list_seek(e, from == LIST_HEAD ? 0 : m->n - 1, &at);

    pack_needle_set(&needle, words[word]);
    while (more)
        more = list_is(&at, &needle) ? list_delete(&at, towards) : list_step(&at, towards);
    list_settle(e, limits);
    for (size_t i = m->n; i-- > 0;) {
        if (slice_equal(words[m->word[i]], words[word]))
            model_delete(m, i, 1);
    }
}

/* One random change of both. */
static void change(struct entry *e, struct model *m, struct prng *prng,
                   const struct value_limits *limits)
{
    unsigned char word = (unsigned char)prng_below(prng, WORDS);
    size_t index = m->n > 0 ? (size_t)prng_below(prng, m->n) : 0, n;
    enum list_end end = prng_below(prng, 2) == 0 ? LIST_HEAD : LIST_TAIL;
    struct list_place at = { 0 };

    switch (m->n == 0 || m->n + 1 >= MODEL_MAX ? (m->n == 0 ? 0 : 2) : prng_below(prng, 9)) {
    default:
        list_push(e, end, words[word], limits);
        model_insert(m, end == LIST_HEAD ? 0 : m->n, word);
        return;
    case 1:
        n = (size_t)prng_below(prng, m->n < 4 ? m->n + 1 : 5);
        list_drop(e, end, n, limits);
        model_delete(m, end == LIST_HEAD ? 0 : m->n - n, n);
        return;
    case 2:
        n = prng_below(prng, 10) == 0 ? (size_t)prng_below(prng, m->n + 1) : 1;
        list_drop(e, end, n, limits);
        model_delete(m, end == LIST_HEAD ? 0 : m->n - n, n);
        return;
    case 3:
        CU_ASSERT(list_seek(e, index, &at));
        list_set(&at, words[word], limits);
        m->word[index] = word;
        return;
    case 4:
    case 5:
        CU_ASSERT(list_seek(e, index, &at));
        list_insert(&at, end, words[word], limits);
        model_insert(m, end == LIST_HEAD ? index : index + 1, word);
        return;
    case 6:
        if (prng_below(prng, 8) == 0)
            remove_word(e, m, word, end, limits);
        return;
    }
}

static void test_a_list_and_its_model(void)
{
    static const int sizes[] = { -1, -1, 1, 2, 5, 0 };
    size_t used = mem_used();
    struct prng prng;

    make_words();
    prng_seed(&prng, 77);
    for (size_t turn = 0; turn < 60; turn++) {
        struct value_limits limits = value_limits_default;
        struct entry *e = new_list(), *copy = entry_new(slice_str("copy"), false);
        struct model m = { 0 };

        limits.list_size = sizes[turn % (sizeof(sizes) / sizeof(sizes[0]))];
        for (int i = 0; i < 500; i++) {
            change(e, &m, &prng, &limits);
            if (i % 25 == 0 && !(same(e, &m) && is_sound(e, limits.list_size < 0 ? 4200 : 8300))) {
                CU_FAIL("the list is not its model");
                break;
            }
        }
        entry_copy_value(copy, e);
        CU_ASSERT(same(copy, &m) && copy->encoding == e->encoding);
        entry_free(copy);
        entry_free(e);
    }
    CU_ASSERT_EQUAL(mem_used(), used);
}

/* A pack up to its limit, then a chain; and back, when half of a pack is enough. */
static void test_the_forms(void)
{
    struct value_limits limits = value_limits_default;
    struct entry *e = new_list();

    limits.list_size = 4;
    for (int i = 0; i < 4; i++)
        list_push(e, LIST_TAIL, slice_str("x"), &limits);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "listpack");
    list_push(e, LIST_HEAD, slice_str("x"), &limits);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "quicklist");
    list_drop(e, LIST_TAIL, 2, &limits);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "quicklist");
    list_drop(e, LIST_TAIL, 1, &limits);
    CU_ASSERT_EQUAL(value_ops_of(e)->blocks(e), 2);
    list_drop(e, LIST_HEAD, 1, &limits);
    CU_ASSERT_STRING_EQUAL(value_ops_of(e)->encoding_name(e), "listpack");
    list_drop(e, LIST_HEAD, 1, &limits);
    CU_ASSERT_EQUAL(list_count(e), 0);
    entry_free(e);
}

/* A list of many nodes goes in portions. */
static void test_freeing_in_steps(void)
{
    size_t used = mem_used(), left, steps = 0;
    struct value_limits limits = value_limits_default;
    struct entry *e = new_list(), *husk;

    limits.list_size = 1;
    for (int i = 0; i < 1000; i++)
        list_push(e, LIST_TAIL, slice_str("element"), &limits);
    CU_ASSERT(value_ops_of(e)->bytes(e, 0) == value_ops_of(e)->bytes(e, 5));
    CU_ASSERT(mem_used() - used >= value_ops_of(e)->bytes(e, 0));
    husk = entry_take_large(e);
    CU_ASSERT_FATAL(husk != NULL);
    do {
        left = 100;
        steps++;
    } while (!entry_free_some(husk, &left));
    CU_ASSERT(steps == 10 || steps == 11);
    entry_free(e);
    CU_ASSERT_EQUAL(mem_used(), used);
}

/* So do long values, be they elements or strings. */
static void test_freeing_long_values(void)
{
    size_t used = mem_used(), size = 100 * MEM_STEP_BYTES + 5, left, steps;
    char *bytes = calloc(1, size);
    struct slice value = { bytes, size };

    for (int kind = 0; kind < 2; kind++) {
        struct entry *e = entry_new(slice_str("key"), false), *husk;

        if (kind == 0) {
            list_start(e);
            list_push(e, LIST_TAIL, value, &value_limits_default);
            list_push(e, LIST_TAIL, slice_str("x"), &value_limits_default);
        } else {
            entry_set_string(e, value);
        }
        husk = entry_take_large(e);
        CU_ASSERT_FATAL(husk != NULL);
        steps = 0;
        do {
            size_t before = mem_used();

            left = 10;
            steps++;
            if (entry_free_some(husk, &left)) {
                husk = NULL;
                break;
            }
            CU_ASSERT(before - mem_used() < 11 * MEM_STEP_BYTES && left == 0);
        } while (steps < 100);
        CU_ASSERT(husk == NULL && steps >= 10 && steps <= 12);
        entry_free(e);
    }
    free(bytes);
    CU_ASSERT_EQUAL(mem_used(), used);
}

/* Packs of any size become nodes of ours. */
static void test_adopting(void)
{
    size_t used = mem_used();
    struct entry *e = new_list();
    unsigned char *pack = pack_new();
    struct list_place at;
    struct pack_item item;

    list_adopt(e, pack_new(), &value_limits_default);
    CU_ASSERT_EQUAL(list_count(e), 0);
    list_adopt(e, pack_append(pack_new(), slice_str("first")), &value_limits_default);
    CU_ASSERT_EQUAL(e->encoding, LIST_PACK);
    for (int i = 0; i < 5000; i++)
        pack = pack_append(pack, slice_str("an element of a large pack"));
    list_adopt(e, pack, &value_limits_default);
    CU_ASSERT(is_sound(e, 8192));
    list_adopt(e, pack_append(pack_new(), slice_str("last")), &value_limits_default);
    CU_ASSERT_EQUAL(list_count(e), 5002);
    CU_ASSERT(list_seek(e, 5001, &at) && slice_is(list_get(&at, &item), "last"));
    CU_ASSERT(list_seek(e, 5000, &at) &&
              slice_is(list_get(&at, &item), "an element of a large pack"));
    CU_ASSERT(list_seek(e, 0, &at) && slice_is(list_get(&at, &item), "first"));
    entry_free(e);
    CU_ASSERT_EQUAL(mem_used(), used);
}

/* --- RDB ------------------------------------------------------------------------------------- */

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";

/* Reads a file with one key, k, byte by byte: its form and its elements, "none", or the error. */
static const char *read_one(const char *bytes, size_t n)
{
    static char text[RDB_ERROR_TEXT_MAX];
    enum rdb_read_status status = RDB_READ_MORE;
    struct keyspace ks;
    struct rdb_reader r;
    struct key_ref ref;
    struct list_place at;
    struct pack_item item;
    const struct entry *e;
    size_t begin = 0, used, len;

    keyspace_init(&ks, seed);
    rdb_reader_init(&r, &ks, -1);
    for (size_t end = 1; end <= n && status == RDB_READ_MORE; end++) {
        status = rdb_read(&r, bytes + begin, end - begin, &used);
        begin += used;
    }
    if (status == RDB_READ_MORE)
        rdb_read_cut(&r);
    e = keyspace_find(&ks.dbs[0], slice_str("k"), &ref);
    len = (size_t)snprintf(text, sizeof(text), "%s",
                           r.status == RDB_READ_BROKEN ? r.error
                           : e == NULL                 ? "none"
                                                       : value_ops_of(e)->encoding_name(e));
    if (e != NULL && r.status == RDB_READ_DONE) {
        for (bool ok = list_seek(e, 0, &at); ok; ok = list_step(&at, LIST_TAIL)) {
            struct slice x = list_get(&at, &item);
            len += (size_t)snprintf(text + len, sizeof(text) - len, " %.*s", (int)x.n, x.p);
        }
    }
    rdb_reader_done(&r);
    keyspace_done(&ks);
    return text;
}

#define ZIPLIST        "\x14\0\0\0\x0f\0\0\0\x03\0\0\x01\x61\x03\xfd\x02\xc0\xe8\x03\xff" /* a 12 1000 */
#define EMPTY_ZIPLIST  "\x0b\0\0\0\x0a\0\0\0\0\0\xff"
#define LISTPACK       "\x0c\0\0\0\x02\0\x81\x61\x02\x05\x01\xff" /* a 5 */
#define EMPTY_LISTPACK "\x07\0\0\0\0\0\xff"

static void test_what_is_read(void)
{
#define READS(bytes, words)                                                                        \
    do {                                                                                           \
        const char *got = read_one("REDIS0004" bytes, sizeof(bytes) + 8);                          \
        CU_ASSERT_PTR_NOT_NULL(strstr(got, words));                                                \
        if (strstr(got, words) == NULL)                                                            \
            fprintf(stderr, "    '%s' is not in '%s'\n", words, got);                              \
    } while (0)
    READS("\x01\x01k\x03\x01z\x00\xc0\x07\xff", "listpack z  7");
    READS("\x01\x01k\x00\xff", "none");
    READS("\x0a\x01k\x14" ZIPLIST "\xff", "listpack a 12 1000");
    READS("\x0a\x01k\x0b" EMPTY_ZIPLIST "\xff", "none");
    READS("\x0e\x01k\x02\x14" ZIPLIST "\x14" ZIPLIST "\xff", "quicklist a 12 1000 a 12 1000");
    READS("\x0e\x01k\x02\x0b" EMPTY_ZIPLIST "\x14" ZIPLIST "\xff", "listpack a 12 1000");
    READS("\x12\x01k\x01\x02\x0c" LISTPACK "\xff", "listpack a 5");
    READS("\x12\x01k\x03\x02\x0c" LISTPACK "\x01\x02xy\x02\x0c" LISTPACK "\xff",
          "quicklist a 5 xy a 5");
    READS("\x12\x01k\x01\x02\x07" EMPTY_LISTPACK "\xff", "none");
    READS("\x12\x01k\x01\x03\x0c" LISTPACK "\xff", "unknown form 3 of a list's node");
    READS("\x12\x01k\x01\x02\x0b" LISTPACK "\xff", "listpack is malformed");
    READS("\x0e\x01k\x01\x0c" LISTPACK "\xff", "ziplist is malformed");
    READS("\x0a\x01k\x0c" LISTPACK "\xff", "ziplist is malformed");
    READS("\x01\x01k\xc0\xff", "length of a list is not a plain number");
    READS("\x12\x01k\x02\x02\x0c" LISTPACK, "the file ends in the middle");
#undef READS
}

static bool to_buf(void *arg, const void *bytes, size_t n)
{
    return buf_append(arg, bytes, n);
}

/* Lists of all sizes come back as they were; a spoilt file is an error, or other elements. */
static void test_round_trip(void)
{
    static const struct rdb_write_options options = { .compress = true, .checksum = false };
    static const struct rdb_info info = { .stream_db = -1 };
    struct value_limits limits = value_limits_default;
    struct prng prng;

    make_words();
    prng_seed(&prng, 5);
    limits.list_size = -1;
    for (size_t n = 1; n < 600; n = n * 2 + 1) {
        struct keyspace from, to;
        struct rdb_reader r;
        struct key_ref ref;
        struct model m = { 0 };
        struct buf file = { 0 };
        struct entry *e;
        size_t used;

        keyspace_init(&from, seed);
        keyspace_find(&from.dbs[0], slice_str("k"), &ref);
        list_start(e = keyspace_add(&ref));
        while (m.n < n) {
            m.word[m.n] = (unsigned char)prng_below(&prng, WORDS);
            list_push(e, LIST_TAIL, words[m.word[m.n++]], &limits);
        }
        CU_ASSERT(rdb_write(&from, &info, &options, to_buf, &file));
        for (int turn = 0; turn < 50; turn++) {
            keyspace_init(&to, seed);
            rdb_reader_init(&r, &to, -1);
            r.limits = limits;
            rdb_read(&r, buf_data(&file), buf_used(&file), &used);
            e = keyspace_find(&to.dbs[0], slice_str("k"), &ref);
            if (turn == 0)
                CU_ASSERT(r.status == RDB_READ_DONE && e != NULL && same(e, &m));
            if (e != NULL && e->type == VALUE_LIST)
                CU_ASSERT(is_sound(e, 4200));
            rdb_reader_done(&r);
            keyspace_done(&to);
            buf_data(&file)[prng_below(&prng, buf_used(&file))] ^=
                (char)(1 << prng_below(&prng, 8));
        }
        buf_done(&file);
        keyspace_done(&from);
    }
}

static const struct unit_case cases[] = {
    { "a list and its model", test_a_list_and_its_model },
    { "the forms", test_the_forms },
    { "freeing in steps", test_freeing_in_steps },
    { "freeing long values", test_freeing_long_values },
    { "adopting", test_adopting },
    { "what is read", test_what_is_read },
    { "round trip", test_round_trip },
};

int main(void)
{
    return unit_main("store_list", cases, sizeof(cases) / sizeof(cases[0]));
}
