#include "notify/hook.h"

#include <string.h>

#include "notify/event.h"
#include "tests/unit/unit.h"

static struct hook hook_for(const char *events, const char *groups)
{
    struct hook hook;

    hook_init(&hook);
    strcpy(hook.events, events);
    strcpy(hook.groups, groups);
    strcpy(hook.target, "/bin/tell");
    return hook;
}

static struct event about(enum event_kind kind, const char *group)
{
    struct event event = { .kind = kind };

    strcpy(event.group, group);
    return event;
}

static bool wants(const struct hook *hook, enum event_kind kind, const char *group)
{
    struct event event = about(kind, group);

    return hook_wants(hook, &event);
}

static void test_patterns(void)
{
    struct hook hook = hook_for("+switch-master, ?sdown", "ord*,cart");

    CU_ASSERT_TRUE(wants(&hook, EVENT_SWITCH_MASTER, "orders"));
    CU_ASSERT_TRUE(wants(&hook, EVENT_SUP, "cart"));
    CU_ASSERT_FALSE(wants(&hook, EVENT_ODOWN, "orders"));
    CU_ASSERT_FALSE(wants(&hook, EVENT_SDOWN, "carts"));
    CU_ASSERT_FALSE(wants(&hook, EVENT_SDOWN, ""));
    hook = hook_for("*", "*");
    CU_ASSERT_TRUE(wants(&hook, EVENT_TILT, ""));
    CU_ASSERT_TRUE(wants(&hook, EVENT_ROLE_CHANGE_AGREES, "orders"));
    CU_ASSERT_FALSE(wants(&hook, EVENT_SCRIPT_CHILD, "")); /* DEBUG */
    hook = hook_for(" , ", "*");
    CU_ASSERT_FALSE(wants(&hook, EVENT_SDOWN, "orders"));
}

/* A hook of a group is for that one, whatever its name looks like. */
static void test_own_group(void)
{
    struct hook hook = hook_for("*", "*");

    strcpy(hook.group, "a*");
    CU_ASSERT_TRUE(wants(&hook, EVENT_SDOWN, "a*"));
    CU_ASSERT_FALSE(wants(&hook, EVENT_SDOWN, "ab"));
    CU_ASSERT_FALSE(wants(&hook, EVENT_TILT, ""));
}

/* Questions are asked only of who names them. */
static void test_questions(void)
{
    struct hook hook = hook_for("*", "*");

    CU_ASSERT_FALSE(hook_is_asked(&hook, HOOK_PRE_FAILOVER, "orders"));
    hook = hook_for("+sdown,pre_failover", "ord*");
    CU_ASSERT_TRUE(hook_is_asked(&hook, HOOK_PRE_FAILOVER, "orders"));
    CU_ASSERT_FALSE(hook_is_asked(&hook, HOOK_PRE_FAILOVER, "cart"));
    CU_ASSERT_FALSE(hook_is_asked(&hook, HOOK_PRE_SWITCHOVER, "orders"));
}

/* The same hook has the same number, also with other times; another one another number. */
static void test_key(void)
{
    struct hook one = hook_for("+sdown", "*"), other = one;

    other.timeout_ms = 1;
    CU_ASSERT_EQUAL(hook_key(&one), hook_key(&other));
    strcpy(other.args[0], "x");
    other.n_args = 1;
    CU_ASSERT_NOT_EQUAL(hook_key(&one), hook_key(&other));
    other = one;
    strcpy(other.group, "orders");
    CU_ASSERT_NOT_EQUAL(hook_key(&one), hook_key(&other));
    other = one;
    other.kind = HOOK_POST;
    CU_ASSERT_NOT_EQUAL(hook_key(&one), hook_key(&other));
    CU_ASSERT_NOT_EQUAL(hook_key(&one), 0);
}

static void check_shown(const char *url, const char *wanted)
{
    char text[HOOK_TARGET_MAX + 1];
    struct hook hook = hook_for("*", "*");

    hook.kind = HOOK_POST;
    strcpy(hook.target, url);
    CU_ASSERT_STRING_EQUAL(hook_shown(&hook, text), wanted);
}

static void test_shown(void)
{
    check_shown("https://h/a/b", "https://h/a/b");
    check_shown("https://me:pw@h:8/a?token=x#y", "https://h:8/a");
    check_shown("http://h?a@b", "http://h");
    check_shown("http://h/a@b", "http://h/a@b");
    check_shown("strange", "strange");
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "patterns", test_patterns },   { "hooks of a group", test_own_group },
        { "questions", test_questions }, { "keys", test_key },
        { "what is shown", test_shown },
    };

    return unit_main("hook", cases, sizeof cases / sizeof *cases);
}
