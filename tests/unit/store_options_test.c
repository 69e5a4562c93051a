#include "tests/unit/unit.h"

#include <string.h>

#include "store/options.h"
#include "store/watch.h"
#include "wire/client.h"

static char error[OPTION_ERROR_TEXT_MAX];

static bool set(struct options *o, enum option_id id, const char *text)
{
    return options_set(o, id, slice_str(text), error);
}

static void test_defaults_are_allowed(void)
{
    struct options o;
    char allowed[OPTION_ERROR_TEXT_MAX];

    options_init(&o);
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = option_row((enum option_id)i);

        CU_ASSERT_PTR_NOT_NULL(option_text(&o, (enum option_id)i));
        CU_ASSERT_FALSE(o.values[i].changed);
        CU_ASSERT_EQUAL(option_find(slice_str(row->name)), i);
        CU_ASSERT(row->alias == NULL || option_find(slice_str(row->alias)) == i);
        CU_ASSERT(strlen(row->name) <= OPTION_NAME_MAX);
        allowed[0] = '\0';
        option_allowed((enum option_id)i, allowed, sizeof(allowed));
        CU_ASSERT(allowed[0] != '\0');
    }
    options_done(&o);
}

static void test_names(void)
{
    CU_ASSERT_EQUAL(option_find(slice_str("REPL-Backlog_size")), OPT_BACKLOG_SIZE);
    CU_ASSERT_EQUAL(option_find(slice_str("slave-priority")), OPT_REPLICA_PRIORITY);
    CU_ASSERT_EQUAL(option_find(slice_str("host")), OPT_BIND);
    CU_ASSERT_EQUAL(option_find(slice_str("hos")), -1);
    CU_ASSERT_EQUAL(option_find(slice_str("")), -1);
}

static void test_numbers(void)
{
    struct options o;

    options_init(&o);
    CU_ASSERT(set(&o, OPT_REPL_TIMEOUT, "5") && option_number(&o, OPT_REPL_TIMEOUT) == 5);
    CU_ASSERT_FALSE(set(&o, OPT_REPL_TIMEOUT, "0"));
    CU_ASSERT_STRING_EQUAL(error, "argument must be between 1 and 2147483647 inclusive");
    CU_ASSERT_FALSE(set(&o, OPT_REPL_TIMEOUT, "5s"));
    CU_ASSERT_EQUAL(option_number(&o, OPT_REPL_TIMEOUT), 5);
    CU_ASSERT(set(&o, OPT_BACKLOG_SIZE, "2mb") &&
              option_number(&o, OPT_BACKLOG_SIZE) == 2 * 1024 * 1024);
    CU_ASSERT(set(&o, OPT_BACKLOG_SIZE, "20K") && option_number(&o, OPT_BACKLOG_SIZE) == 20000);
    CU_ASSERT_STRING_EQUAL(option_text(&o, OPT_BACKLOG_SIZE), "20000");
    CU_ASSERT_FALSE(set(&o, OPT_BACKLOG_SIZE, "1q"));
    CU_ASSERT_FALSE(set(&o, OPT_BACKLOG_SIZE, "9999999999gb"));
    CU_ASSERT(set(&o, OPT_RDBCHECKSUM, "NO") && option_number(&o, OPT_RDBCHECKSUM) == 0);
    CU_ASSERT_FALSE(set(&o, OPT_RDBCHECKSUM, "1"));
    CU_ASSERT_FALSE(set(&o, OPT_AOF_TIMESTAMP, "yes"));
    CU_ASSERT_FALSE(set(&o, OPT_DATABASES, "4"));
    CU_ASSERT(set(&o, OPT_LOGLEVEL, "Warning") && option_number(&o, OPT_LOGLEVEL) == 3);
    CU_ASSERT_FALSE(set(&o, OPT_LOGLEVEL, "loud"));
    options_done(&o);
}

static void test_save_points(void)
{
    struct options o;

    options_init(&o);
    CU_ASSERT_EQUAL(o.save_count, 3);
    CU_ASSERT(set(&o, OPT_SAVE, " 900 1   300 10 "));
    CU_ASSERT_STRING_EQUAL(option_text(&o, OPT_SAVE), "900 1 300 10");
    CU_ASSERT(o.save_count == 2 && o.save[1].seconds == 300 && o.save[1].changes == 10);
    CU_ASSERT_FALSE(set(&o, OPT_SAVE, "1 2 3"));
    CU_ASSERT_FALSE(set(&o, OPT_SAVE, "0 1"));
    CU_ASSERT_FALSE(set(&o, OPT_SAVE, "a b"));
    CU_ASSERT_EQUAL(o.save_count, 2);
    CU_ASSERT(set(&o, OPT_SAVE, ""));
    CU_ASSERT(o.save_count == 0 && option_text(&o, OPT_SAVE)[0] == '\0');
    CU_ASSERT_FALSE(
        set(&o, OPT_SAVE, "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"));
    options_done(&o);
}

static void test_primary(void)
{
    struct options o;

    options_init(&o);
    CU_ASSERT_FALSE(addr_is_set(&o.primary));
    CU_ASSERT(set(&o, OPT_REPLICAOF, "10.0.0.1 6380"));
    CU_ASSERT(strcmp(o.primary.host, "10.0.0.1") == 0 && o.primary.port == 6380);
    CU_ASSERT(set(&o, OPT_REPLICAOF, "db.example:6381"));
    CU_ASSERT_STRING_EQUAL(option_text(&o, OPT_REPLICAOF), "db.example 6381");
    CU_ASSERT(set(&o, OPT_REPLICAOF, option_text(&o, OPT_REPLICAOF)));
    CU_ASSERT_FALSE(set(&o, OPT_REPLICAOF, "db.example"));
    CU_ASSERT_FALSE(set(&o, OPT_REPLICAOF, "a b c"));
    CU_ASSERT_FALSE(set(&o, OPT_REPLICAOF, "a 99999"));
    CU_ASSERT_EQUAL(o.primary.port, 6381);
    CU_ASSERT(set(&o, OPT_REPLICAOF, "No One") && !addr_is_set(&o.primary));
    options_done(&o);
}

static void test_output_limits(void)
{
    struct options o;

    options_init(&o);
    CU_ASSERT(set(&o, OPT_OUTPUT_LIMIT, "replica 100mb 50mb 10 pubsub 1 2 3"));
    CU_ASSERT_STRING_EQUAL(option_text(&o, OPT_OUTPUT_LIMIT),
                           "normal 0 0 0 slave 104857600 52428800 10 pubsub 1 2 3");
    CU_ASSERT_EQUAL(o.output[CLIENT_REPLICA].soft_s, 10);
    CU_ASSERT_FALSE(set(&o, OPT_OUTPUT_LIMIT, "pubsub 9 9 9 nosuch 1 2 3"));
    CU_ASSERT_FALSE(set(&o, OPT_OUTPUT_LIMIT, "normal 1 2"));
    CU_ASSERT_FALSE(set(&o, OPT_OUTPUT_LIMIT, "normal a b c"));
    CU_ASSERT_FALSE(set(&o, OPT_OUTPUT_LIMIT, ""));
    CU_ASSERT_EQUAL(o.output[CLIENT_PUBSUB].hard_bytes, 1);
    options_done(&o);
}

static bool always(void *arg, int db, struct slice key)
{
    (void)arg;
    (void)db;
    (void)key;
    return true;
}

static void test_watch(void)
{
    static struct watches w;
    struct watch_list one = { NULL }, two = { NULL };
    struct client a, b;

    client_init(&a, 1, NULL, 0);
    client_init(&b, 2, NULL, 0);
    watch_add(&w, &one, &a, 0, slice_str("k"), false);
    watch_add(&w, &one, &a, 0, slice_str("k"), false);
    watch_add(&w, &two, &b, 1, slice_str("k"), false);
    watch_add(&w, &two, &b, 0, slice_str("gone"), true);
    CU_ASSERT_EQUAL(w.count, 3);
    watch_touch(&w, 0, slice_str("other"), false);
    CU_ASSERT(!(a.flags & CLIENT_DIRTY) && !(b.flags & CLIENT_DIRTY));
    watch_touch(&w, 0, slice_str("k"), false);
    CU_ASSERT((a.flags & CLIENT_DIRTY) && !(b.flags & CLIENT_DIRTY));
    /* Who saw it expired already is not told that it is deleted now; but that it is set again. */
    CU_ASSERT_TRUE(watch_any_expired(&two, always, NULL));
    watch_touch(&w, 0, slice_str("gone"), true);
    CU_ASSERT_FALSE(b.flags & CLIENT_DIRTY);
    watch_touch(&w, 0, slice_str("gone"), false);
    CU_ASSERT_TRUE(b.flags & CLIENT_DIRTY);
    a.flags = b.flags = 0;
    watch_touch_db(&w, 1, always, NULL);
    CU_ASSERT(!(a.flags & CLIENT_DIRTY) && (b.flags & CLIENT_DIRTY));
    watch_clear(&w, &one);
    watch_clear(&w, &two);
    CU_ASSERT_EQUAL(w.count, 0);
    a.flags = 0;
    watch_touch(&w, 0, slice_str("k"), false);
    CU_ASSERT_EQUAL(a.flags, 0);
    client_done(&a);
    client_done(&b);
}

static const struct unit_case cases[] = {
    { "defaults are allowed", test_defaults_are_allowed },
    { "names", test_names },
    { "numbers, bytes, yes and no, choices", test_numbers },
    { "save points", test_save_points },
    { "primary", test_primary },
    { "output limits", test_output_limits },
    { "watch", test_watch },
};

int main(void)
{
    return unit_main("store_options", cases, sizeof(cases) / sizeof(cases[0]));
}
