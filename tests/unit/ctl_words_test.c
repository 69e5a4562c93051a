/* What picketctl reads: sentinel/ctl/span, sentinel/ctl/ctl. */
#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/ctl/ctl.h"
#include "sentinel/ctl/span.h"

static void test_spans(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = { { "1", 1000 },       { "90s", 90000 },       { "30m", 1800000 },
                 { "12h", 43200000 }, { "30d", SPAN_MAX_MS }, { "2592000", SPAN_MAX_MS } };
    static const char *const bad[] = {
        "", "0", "0h", "-1", "1.5h", "h", "31d", "1hh", "1 h", "5w", "99999999999999999999s"
    };
    int64_t ms = -1;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(span_parse(bad[i], &ms));
    CU_ASSERT_EQUAL(ms, -1);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        CU_ASSERT(span_parse(good[i].text, &ms) && ms == good[i].ms);
}

static void test_supervisors(void)
{
    static const char *const bad[] = { "", ",", "a,", "a:0", "a:65536", "[::1]x", "a b" };
    struct ctl ctl = { .n_supervisors = 0 };

    CU_ASSERT(ctl_set_supervisors(&ctl, "one,two:1,[::1]:2"));
    CU_ASSERT_EQUAL_FATAL(ctl.n_supervisors, 3);
    CU_ASSERT(strcmp(ctl.supervisors[0].host, "one") == 0 && ctl.supervisors[0].port == 26379);
    CU_ASSERT(strcmp(ctl.supervisors[1].host, "two") == 0 && ctl.supervisors[1].port == 1);
    CU_ASSERT(strcmp(ctl.supervisors[2].host, "::1") == 0 && ctl.supervisors[2].port == 2);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CU_ASSERT_FALSE(ctl_set_supervisors(&ctl, bad[i]));
    CU_ASSERT_FALSE(ctl_set_supervisors(&ctl, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"));
    CU_ASSERT_EQUAL(ctl.n_supervisors, 3);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "times", test_spans },
        { "lists of supervisors", test_supervisors },
    };
    return unit_main("ctl_words", cases, sizeof(cases) / sizeof(cases[0]));
}
