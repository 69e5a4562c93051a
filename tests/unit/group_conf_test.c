#include "sentinel/group_conf.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static const struct conf_option *by_file_name(const char *name)
{
    return option_by_file_name(&group_table, name);
}

static bool set(struct group_conf *conf, const char *file_name, const char *value)
{
    return option_set(conf, by_file_name(file_name), value);
}

static void test_defaults(void)
{
    struct group_conf conf;
    group_conf_init(&conf);
    CU_ASSERT_EQUAL(conf.quorum, 2);
    CU_ASSERT_EQUAL(conf.down_after_ms, 30000);
    CU_ASSERT_EQUAL(conf.failover_timeout_ms, 180000);
    CU_ASSERT_EQUAL(conf.parallel_syncs, 1);
    CU_ASSERT_EQUAL(conf.priority_max_lag_bytes, 65536);
    CU_ASSERT_EQUAL(conf.crash_detection, 1);
    CU_ASSERT_STRING_EQUAL(conf.auth_user, "");
    CU_ASSERT_STRING_EQUAL(conf.auth_pass, "");
}

static void test_names(void)
{
    CU_ASSERT_PTR_NOT_NULL(by_file_name("down_after_ms"));
    CU_ASSERT_PTR_NULL(by_file_name("DOWN_AFTER_MS"));
    CU_ASSERT_PTR_NULL(by_file_name("down-after-milliseconds"));
    CU_ASSERT_PTR_EQUAL(group_option_by_wire_name("Down-After-Milliseconds"),
                        by_file_name("down_after_ms"));
    CU_ASSERT_PTR_NULL(group_option_by_wire_name("down_after_ms"));
    CU_ASSERT_PTR_NULL(group_option_by_wire_name(""));
}

/* Both ends of each range are allowed, what is beside them is not. */
static void test_ranges(void)
{
    struct group_conf conf, before;
    char text[CONF_TEXT_MAX + 1];
    group_conf_init(&conf);
    for (size_t i = 0; i < group_options_count; i++) {
        const struct conf_option *option = &group_options[i];
        if (option->type != CONF_NUMBER)
            continue;
        for (int k = 0; k < 4; k++) {
            bool allowed = k == 1 || k == 2;
            long long values[] = { option->min - 1, option->min, option->max, option->max + 1 };
            char wanted[32];
            snprintf(wanted, sizeof(wanted), "%lld", values[k]);
            before = conf;
            CU_ASSERT_EQUAL(option_set(&conf, option, wanted), allowed);
            option_get(&conf, option, text);
            if (allowed)
                CU_ASSERT_STRING_EQUAL(text, wanted);
            if (!allowed)
                CU_ASSERT(memcmp(&conf, &before, sizeof(conf)) == 0);
        }
    }
}

static void test_malformed(void)
{
    static const char *const bad[] = {
        "", " 5", "5 ", "+5", "05", "0x5", "5.0", "1e2", "five", "-", "99999999999999999999"
    };
    struct group_conf conf;
    group_conf_init(&conf);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(set(&conf, "quorum", bad[i]));
    CU_ASSERT_EQUAL(conf.quorum, 2);
}

static void test_choices(void)
{
    struct group_conf conf;
    char text[CONF_TEXT_MAX + 1];
    const struct conf_option *option = by_file_name("crash_detection");
    group_conf_init(&conf);
    option_get(&conf, option, text);
    CU_ASSERT_STRING_EQUAL(text, "fast");
    CU_ASSERT(set(&conf, "crash_detection", "OFF"));
    CU_ASSERT_EQUAL(conf.crash_detection, 0);
    option_get(&conf, option, text);
    CU_ASSERT_STRING_EQUAL(text, "off");
    CU_ASSERT_FALSE(set(&conf, "crash_detection", "slow"));
    CU_ASSERT_FALSE(set(&conf, "crash_detection", "1"));
    CU_ASSERT_FALSE(set(&conf, "crash_detection", ""));
    CU_ASSERT_EQUAL(conf.crash_detection, 0);
}

static void test_texts(void)
{
    struct group_conf conf;
    char text[CONF_TEXT_MAX + 2];
    group_conf_init(&conf);
    memset(text, 'x', sizeof(text));
    text[CONF_TEXT_MAX + 1] = '\0';
    CU_ASSERT_FALSE(set(&conf, "auth_pass", text));
    text[CONF_TEXT_MAX] = '\0';
    CU_ASSERT(set(&conf, "auth_pass", text));
    CU_ASSERT_STRING_EQUAL(conf.auth_pass, text);
    CU_ASSERT_FALSE(set(&conf, "auth_pass", "a\nb"));
    CU_ASSERT_FALSE(set(&conf, "auth_pass", "a\x7f"));
    CU_ASSERT(set(&conf, "auth_pass", "caf\xc3\xa9 \"'#,"));
    CU_ASSERT(set(&conf, "auth_pass", ""));
    CU_ASSERT_STRING_EQUAL(conf.auth_pass, "");
    CU_ASSERT(by_file_name("auth_pass")->secret);
}

static void test_copy_and_equal(void)
{
    struct group_conf a, b;
    group_conf_init(&a);
    group_conf_init(&b);
    CU_ASSERT(set(&a, "quorum", "3"));
    CU_ASSERT(set(&a, "auth_user", "u"));
    CU_ASSERT(set(&a, "crash_detection", "off"));
    for (size_t i = 0; i < group_options_count; i++) {
        const struct conf_option *option = &group_options[i];
        bool changed = strcmp(option->file_name, "quorum") == 0 ||
                       strcmp(option->file_name, "auth_user") == 0 ||
                       strcmp(option->file_name, "crash_detection") == 0;
        CU_ASSERT_EQUAL(option_equal(&a, &b, option), !changed);
        option_copy(&b, &a, option);
        CU_ASSERT(option_equal(&a, &b, option));
    }
    CU_ASSERT(memcmp(&a, &b, sizeof(a)) == 0);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "defaults", test_defaults },
        { "names in the file and on the wire", test_names },
        { "ranges", test_ranges },
        { "refuses what is no number", test_malformed },
        { "choices", test_choices },
        { "texts", test_texts },
        { "copies and compares option by option", test_copy_and_equal },
    };
    return unit_main("group_conf", cases, sizeof(cases) / sizeof(cases[0]));
}
