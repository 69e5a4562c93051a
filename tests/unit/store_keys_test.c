#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/cmd.h"
#include "store/dump.h"
#include "store/fields.h"
#include "store/mem.h"
#include "store/sort.h"
#include "store/store.h"
#include "wire/buf.h"

#define NOW_MS 1000000

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";

static const struct command subs[] = {
    { .name = "get", .arity = -3, .run = cmd_config_get },
    { .name = "set", .arity = -4, .run = cmd_config_set },
    { .name = NULL },
};

static const struct command rows[] = {
    { .name = "config", .arity = -2, .subs = subs },
    { .name = "get", .arity = 2, .flags = COMMAND_READONLY, .run = cmd_get },
    { .name = NULL },
};

static const struct store_ops no_ops = { .option_changed = NULL };

static struct store store;

static void at(int64_t now_ms)
{
    store_set_clock(&store, now_ms * 1000, now_ms);
}

static void option(enum option_id id, const char *value)
{
    char error[OPTION_ERROR_TEXT_MAX];

    CU_ASSERT_FATAL(options_set(&store.options, id, slice_str(value), error));
}

static void begin(void)
{
    store_init(&store, rows, 1, seed);
    store.ops = &no_ops;
    store.phase = STORE_READY;
    at(NOW_MS);
}

static struct entry *add(unsigned db, const char *key, int64_t at_ms)
{
    struct key_ref ref;

    keyspace_find(&store.data.dbs[db], slice_str(key), &ref);
    entry_set_string(keyspace_add(&ref), slice_str("a value that takes a block of its own"));
    return keyspace_set_expiry(&ref, at_ms);
}

static bool has(unsigned db, const char *key)
{
    struct key_ref ref;

    return keyspace_find(&store.data.dbs[db], slice_str(key), &ref) != NULL;
}

/* Keys "0" to "count - 1", each used a second later than the one before. */
static void add_in_turn(unsigned db, int count, int64_t expires)
{
    for (int i = 0; i < count; i++) {
        char key[16];

        snprintf(key, sizeof(key), "%d", i);
        at(NOW_MS + i * 1000);
        add(db, key, expires > 0 ? expires - i : -1);
    }
}

/* A limit that is so many bytes below what is used now. */
static void limit_below(size_t bytes)
{
    char text[32];

    snprintf(text, sizeof(text), "%zu", mem_used() - bytes);
    option(OPT_MAXMEMORY, text);
}

static void test_the_longest_unused_go_first(void)
{
    begin();
    add_in_turn(3, 12, 0);
    option(OPT_MAXMEMORY_POLICY, "allkeys-lru");
    option(OPT_MAXMEMORY_SAMPLES, "64");
    limit_below(1);
    CU_ASSERT(evict_make_room(&store));
    CU_ASSERT(!has(3, "0") && has(3, "1"));
    CU_ASSERT_EQUAL(store.stats.evicted_keys, 1);
    limit_below(3 * sizeof(struct entry));
    CU_ASSERT(evict_make_room(&store));
    CU_ASSERT(!has(3, "1") && has(3, "10"));
    store_done(&store);
}

/* What the pool holds has been used, or is gone, since it was seen. */
static void test_a_candidate_may_change_its_mind(void)
{
    struct key_ref ref;

    begin();
    add_in_turn(0, 8, 0);
    option(OPT_MAXMEMORY_POLICY, "allkeys-lru");
    option(OPT_MAXMEMORY_SAMPLES, "64");
    limit_below(1);
    CU_ASSERT(evict_make_room(&store));
    CU_ASSERT(!has(0, "0"));
    entry_touch(keyspace_find(&store.data.dbs[0], slice_str("1"), &ref), store.data.access_clock);
    keyspace_find(&store.data.dbs[0], slice_str("2"), &ref);
    keyspace_delete(&ref);
    limit_below(1);
    CU_ASSERT(evict_make_room(&store));
    CU_ASSERT(has(0, "1") && !has(0, "3") && has(0, "4"));
    store_done(&store);
}

static void test_policies_of_keys_that_expire(void)
{
    static const char *const names[] = { "volatile-lru", "volatile-random", "volatile-ttl" };

    for (size_t i = 0; i < 3; i++) {
        begin();
        add(5, "stays", -1);
        add_in_turn(1, 6, (int64_t)NOW_MS * 2);
        option(OPT_MAXMEMORY_POLICY, names[i]);
        limit_below(1);
        CU_ASSERT(evict_make_room(&store));
        CU_ASSERT_EQUAL(keyspace_count(&store.data.dbs[1]), 5);
        CU_ASSERT(i != 2 || !has(1, "5"));
        option(OPT_MAXMEMORY, "1");
        CU_ASSERT(!evict_make_room(&store));
        CU_ASSERT_EQUAL(keyspace_count(&store.data.dbs[1]), 0);
        CU_ASSERT(has(5, "stays"));
        store_done(&store);
    }
}

static void test_who_does_not_evict(void)
{
    begin();
    add_in_turn(0, 3, 0);
    option(OPT_MAXMEMORY, "1");
    CU_ASSERT(!evict_make_room(&store));
    option(OPT_MAXMEMORY_POLICY, "allkeys-random");
    store_move_link(&store, LINK_CONNECTING);
    CU_ASSERT(evict_make_room(&store));
    CU_ASSERT_EQUAL(keyspace_count_all(&store.data), 3);
    option(OPT_REPLICA_IGNORE_MAXMEMORY, "no");
    CU_ASSERT(!evict_make_room(&store));
    CU_ASSERT_EQUAL(keyspace_count_all(&store.data), 0);
    store_done(&store);
}

/* No more than a portion before one command; what is dead is freed first. */
static void test_one_step_is_bounded(void)
{
    begin();
    for (int i = 0; i < 2000; i++) {
        char key[16];

        snprintf(key, sizeof(key), "%d", i);
        add((unsigned)(i % 2), key, -1);
    }
    store_flush(&store, 1);
    option(OPT_MAXMEMORY, "1");
    option(OPT_MAXMEMORY_POLICY, "allkeys-lru");
    CU_ASSERT(evict_make_room(&store));
    CU_ASSERT_EQUAL(keyspace_count(&store.data.dbs[0]), 1000);
    CU_ASSERT_PTR_NOT_NULL(store.data.graves);
    CU_ASSERT(evict_make_room(&store));
    CU_ASSERT(evict_make_room(&store));
    CU_ASSERT_PTR_NULL(store.data.graves);
    CU_ASSERT(keyspace_count(&store.data.dbs[0]) >= 1000 - 2 * EVICT_STEP_MAX);
    CU_ASSERT(keyspace_count(&store.data.dbs[0]) < 1000);
    store_done(&store);
}

/* Whoever has time is told to come again, until there is room or nothing that may go. */
static void test_going_on(void)
{
    int calls = 0;

    begin();
    for (int i = 0; i < 1000; i++) {
        char key[16];

        snprintf(key, sizeof(key), "%d", i);
        add(0, key, i % 2 == 0 ? 2 * NOW_MS : -1);
    }
    option(OPT_MAXMEMORY, "1");
    CU_ASSERT(!evict_goes_on(&store));
    option(OPT_MAXMEMORY_POLICY, "volatile-ttl");
    store.paused_until_ms = store.mono_ms + 1;
    CU_ASSERT(!evict_goes_on(&store));
    store.paused_until_ms = 0;
    while (evict_goes_on(&store))
        calls++;
    CU_ASSERT_EQUAL(keyspace_count(&store.data.dbs[0]), 500);
    CU_ASSERT_EQUAL(calls, 500 / EVICT_STEP_MAX);
    option(OPT_MAXMEMORY_POLICY, "allkeys-random");
    limit_below(1);
    CU_ASSERT(!evict_goes_on(&store));
    CU_ASSERT_EQUAL(keyspace_count(&store.data.dbs[0]), 499);
    store_done(&store);
}

static void test_idle_times_go_round(void)
{
    struct entry *e;

    begin();
    e = add(0, "k", -1);
    entry_touch(e, ENTRY_ACCESS_MASK);
    CU_ASSERT_EQUAL(entry_idle_s(e, ENTRY_ACCESS_MASK), 0);
    CU_ASSERT_EQUAL(entry_idle_s(e, 4), 5);
    CU_ASSERT_EQUAL(e->type, VALUE_STRING);
    CU_ASSERT_EQUAL(sizeof(struct entry), 32);
    CU_ASSERT_EQUAL(offsetof(struct entry, key), 28);
    store_done(&store);
}

/* --- other databases ------------------------------------------------------------------------- */

static void test_databases_change_places(void)
{
    struct key_ref ref;

    begin();
    add(0, "a", 5000);
    add(0, "b", 4000);
    add(1, "c", 3000);
    keyspace_swap_dbs(&store.data, 0, 1);
    CU_ASSERT(has(1, "a") && has(1, "b") && has(0, "c"));
    CU_ASSERT_PTR_EQUAL(expiry_first(&store.data.dbs[1].expiry),
                        keyspace_find(&store.data.dbs[1], slice_str("b"), &ref));
    keyspace_find(&store.data.dbs[1], slice_str("a"), &ref);
    keyspace_move(&ref, &store.data.dbs[0]);
    CU_ASSERT(has(0, "a") && !has(1, "a"));
    CU_ASSERT_EQUAL(keyspace_count_volatile(&store.data.dbs[0]), 2);
    CU_ASSERT_EQUAL(keyspace_count_volatile(&store.data.dbs[1]), 1);
    store_done(&store);
}

/* --- payloads -------------------------------------------------------------------------------- */

static struct entry *read_back(struct slice payload)
{
    return dump_check(payload)
               ? dump_read(payload, slice_str("copy"), &value_limits_default, &store.data)
               : NULL;
}

static void test_payloads(void)
{
    struct buf payload = { 0 };
    struct entry *e, *copy;
    struct slice bytes;

    begin();
    e = entry_new(slice_str("hash"), false);
    fields_start(e);
    for (int i = 0; i < 600; i++) {
        char field[16];

        snprintf(field, sizeof(field), "f%d", i);
        fields_set(e, slice_str(field), slice_str("v"), &value_limits_default,
                   &store.data.hash_key);
        if (i % 599 != 10)
            continue;
        CU_ASSERT(dump_write(e, true, &payload));
        copy = read_back(buf_slice(&payload));
        CU_ASSERT(copy != NULL && fields_count(copy) == 11 && copy->encoding == e->encoding);
        entry_free(copy);
        buf_reset(&payload);
    }
    CU_ASSERT(dump_write(e, false, &payload));
    bytes = buf_slice(&payload);
    copy = read_back(bytes);
    CU_ASSERT(copy != NULL && fields_count(copy) == 600);
    entry_free(copy);
    for (size_t n = 0; n < bytes.n; n++) {
        bytes.n = n;
        CU_ASSERT(!dump_check(bytes));
        bytes.n = buf_used(&payload);
    }
    entry_free(e);
    buf_done(&payload);
    store_done(&store);
}

/* --- what took long -------------------------------------------------------------------------- */

static void test_slow_log(void)
{
    char large[SLOWLOG_WORD_BYTES_MAX + 7];
    struct slice words[40];
    struct slow_note note = { .at_s = 7, .took_us = 9, .addr = "1:2", .argc = 3, .argv = words };
    struct slowlog log = { 0 };

    memset(large, 'x', sizeof(large));
    for (int i = 0; i < 40; i++)
        words[i] = slice_str("word");
    words[1].p = large;
    words[1].n = sizeof(large);
    note.secret = 1 << 2;
    slowlog_add(&log, &note, 2);
    CU_ASSERT_EQUAL(log.first->words, 3);
    CU_ASSERT_EQUAL(log.first->word[1].n, SLOWLOG_WORD_BYTES_MAX + strlen("... (7 more bytes)"));
    CU_ASSERT(slice_is(log.first->word[2], "(redacted)"));
    CU_ASSERT_STRING_EQUAL(log.first->addr, "1:2");
    CU_ASSERT_STRING_EQUAL(log.first->name, "");
    note.argc = 40;
    slowlog_add(&log, &note, 2);
    CU_ASSERT_EQUAL(log.first->words, SLOWLOG_WORDS_MAX);
    CU_ASSERT(slice_is(log.first->word[SLOWLOG_WORDS_MAX - 1], "... (9 more arguments)"));
    slowlog_add(&log, &note, 2);
    CU_ASSERT_EQUAL(log.count, 2);
    CU_ASSERT_EQUAL(log.first->id, 2);
    CU_ASSERT_EQUAL(log.first->next->id, 1);
    slowlog_add(&log, &note, 0);
    CU_ASSERT_EQUAL(log.count, 2);
    slowlog_trim(&log, 0);
    CU_ASSERT_PTR_NULL(log.first);
}

static void test_latency(void)
{
    static struct latency l;
    const struct latency_series *x = &l.series[LATENCY_FORK];

    latency_add(&l, LATENCY_FORK, 1, 10);
    latency_add(&l, LATENCY_FORK, 1, 30);
    latency_add(&l, LATENCY_FORK, 1, 20);
    CU_ASSERT_EQUAL(x->count, 1);
    CU_ASSERT_EQUAL(latency_sample(x, 0)->ms, 30);
    for (int i = 2; i < 200; i++)
        latency_add(&l, LATENCY_FORK, i, i);
    CU_ASSERT_EQUAL(x->count, LATENCY_SAMPLES);
    CU_ASSERT_EQUAL(latency_sample(x, 0)->at_s, 200 - LATENCY_SAMPLES);
    CU_ASSERT_EQUAL(latency_sample(x, LATENCY_SAMPLES - 1)->at_s, 199);
    CU_ASSERT_EQUAL(x->worst_ms, 199);
    CU_ASSERT(latency_reset(&l, LATENCY_FORK) && !latency_reset(&l, LATENCY_FORK));
    CU_ASSERT_EQUAL(latency_event_find(slice_str("FORK")), LATENCY_FORK);
    CU_ASSERT_EQUAL(latency_event_find(slice_str("fork2")), -1);
}

static void test_command_stats(void)
{
    struct command_stats all;
    struct command_stat *x;

    command_stats_init(&all, rows);
    x = command_stats_of(&all, &subs[1]);
    CU_ASSERT_PTR_NOT_EQUAL(x, command_stats_of(&all, &rows[1]));
    command_stat_add(x, 0, true);
    command_stat_add(x, COMMAND_TIME_MIN_NS - 1, true);
    command_stat_add(x, COMMAND_TIME_MIN_NS, true);
    command_stat_add(x, INT64_MAX / 2, true);
    command_stat_add(x, 5, false);
    CU_ASSERT_EQUAL(x->calls, 5);
    CU_ASSERT_EQUAL(x->times[0], 2);
    CU_ASSERT_EQUAL(x->times[1], 1);
    CU_ASSERT_EQUAL(x->times[COMMAND_TIMES - 1], 1);
    CU_ASSERT_EQUAL(command_time_us(5), 33);
    CU_ASSERT_EQUAL(command_time_us(15), 33816);
    command_stats_reset(&all);
    CU_ASSERT_EQUAL(x->calls, 0);
    command_stats_done(&all);
}

/* --- order ----------------------------------------------------------------------------------- */

/* The elements with a blank behind each. */
static const char *listed(const struct sort *x)
{
    static char text[256];
    size_t len = 0;

    for (size_t i = 0; i < x->count; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%.*s ", (int)x->items[i].element.n,
                                x->items[i].element.p);
    return text;
}

static void test_order(void)
{
    static const char *const words[] = { "10", "9", "0x10", "-1", " 9", "" };
    struct slice weight = slice_str("w"), bad = slice_str("1e400"), wrong = slice_str("5x");
    struct sort x = { .by_bytes = false };

    for (size_t i = 0; i < 6; i++)
        sort_add(&x, slice_str(words[i]));
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT(sort_weigh_number(&x, i, &x.items[i].element));
    CU_ASSERT(!sort_weigh_number(&x, 5, &bad) && !sort_weigh_number(&x, 5, &wrong));
    CU_ASSERT(sort_weigh_number(&x, 5, NULL));
    sort_run(&x);
    CU_ASSERT_STRING_EQUAL(listed(&x), "-1   9 9 10 0x10 ");
    x.descending = true;
    sort_run(&x);
    CU_ASSERT_STRING_EQUAL(listed(&x), "0x10 10 9  9  -1 ");
    x.by_bytes = true;
    x.descending = false;
    sort_run(&x);
    CU_ASSERT_STRING_EQUAL(listed(&x), "  9 -1 0x10 10 9 ");
    sort_weigh_bytes(&x, 0, &weight);
    sort_weigh_bytes(&x, 5, NULL);
    sort_run(&x);
    CU_ASSERT_STRING_EQUAL(listed(&x), "9  9 -1 0x10 10  ");
    sort_reverse(&x);
    CU_ASSERT_STRING_EQUAL(listed(&x), " 10 0x10 -1  9 9 ");
    sort_done(&x);
}

static const struct unit_case cases[] = {
    { "the longest unused go first", test_the_longest_unused_go_first },
    { "a candidate may change its mind", test_a_candidate_may_change_its_mind },
    { "policies of keys that expire", test_policies_of_keys_that_expire },
    { "who does not evict", test_who_does_not_evict },
    { "one step is bounded", test_one_step_is_bounded },
    { "going on", test_going_on },
    { "idle times go round", test_idle_times_go_round },
    { "databases change places", test_databases_change_places },
    { "payloads", test_payloads },
    { "slow log", test_slow_log },
    { "latency", test_latency },
    { "command stats", test_command_stats },
    { "order", test_order },
};

int main(void)
{
    return unit_main("store_keys", cases, sizeof(cases) / sizeof(cases[0]));
}
