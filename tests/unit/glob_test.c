#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "wire/glob.h"

static void test_table(void)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        { "", "", true },
        { "", "a", false },
        { "*", "", true },
        { "*", "anything", true },
        { "**", "", true },
        { "a*", "abc", true },
        { "a*", "bac", false },
        { "*c", "abc", true },
        { "*c", "abd", false },
        { "a*c", "abcbc", true },
        { "a*c", "ac", true },
        { "a**c", "axc", true },
        { "*a*b*", "xxaxxbxx", true },
        { "*a*b*", "xxbxxaxx", false },
        { "h?llo", "hello", true },
        { "h?llo", "hllo", false },
        { "?", "", false },
        { "h[ae]llo", "hallo", true },
        { "h[ae]llo", "hillo", false },
        { "h[^e]llo", "hallo", true },
        { "h[^e]llo", "hello", false },
        { "h[a-c]llo", "hbllo", true },
        { "h[c-a]llo", "hbllo", true },
        { "h[a-c]llo", "hdllo", false },
        { "[a\\-z]", "-", true },
        { "[a\\-z]", "m", false },
        { "[\\]]", "]", true },
        { "[abc", "b", true },
        { "[abc", "d", false },
        { "[^]", "x", true },
        { "\\*", "*", true },
        { "\\*", "a", false },
        { "\\", "\\", true },
        { "a\\", "a\\", true },
        { "a\\?c", "a?c", true },
        { "a\\?c", "abc", false },
        { "+switch-*", "+switch-master", true },
        { "news.*", "news.", true },
        { "*?", "a", true },
        { "*?", "", false },
        { "*[a-z]x", "qqx", true },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool got = glob_match(slice_str(cases[i].pattern), slice_str(cases[i].text), false);
        if (got != cases[i].matches)
            printf("glob %s against %s: %d\n", cases[i].pattern, cases[i].text, got);
        CU_ASSERT_EQUAL(got, cases[i].matches);
    }
}

static void test_case(void)
{
    CU_ASSERT_FALSE(glob_match(slice_str("ABC"), slice_str("abc"), false));
    CU_ASSERT(glob_match(slice_str("ABC"), slice_str("abc"), true));
    CU_ASSERT(glob_match(slice_str("[A-C]?\\C"), slice_str("bxc"), true));
}

static void test_bytes(void)
{
    struct slice text = { "a\0b\xff", 4 }, pattern = { "a\0?\xff", 4 };
    CU_ASSERT(glob_match(pattern, text, false));
    CU_ASSERT(glob_match(slice_str("*"), text, false));
    CU_ASSERT_FALSE(glob_match(slice_str("a"), text, false));
}

/* What takes a backtracking matcher longer than the universe must end at once. */
static void test_time(void)
{
    char text[5001], pattern[2002];
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    for (size_t i = 0; i < 2000; i += 2)
        memcpy(pattern + i, "*a", 2);
    strcpy(pattern + 2000, "b");
    clock_t from = clock();
    CU_ASSERT_FALSE(glob_match(slice_str(pattern), slice_str(text), false));
    CU_ASSERT(clock() - from < CLOCKS_PER_SEC);
}

static const struct unit_case cases[] = {
    { "patterns and texts", test_table },
    { "upper and lower case", test_case },
    { "any byte", test_bytes },
    { "bounded time", test_time },
};

int main(void)
{
    return unit_main("glob", cases, sizeof(cases) / sizeof(cases[0]));
}
