#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "quorum/epoch.h"

static void test_parse(void)
{
    static const struct {
        const char *text;
        uint64_t epoch;
    } good[] = {
        { "0", 0 },
        { "1", 1 },
        { "9223372036854775808", UINT64_C(9223372036854775808) },
        { "18446744073709551615", UINT64_MAX },
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        uint64_t epoch = 7;

        CU_ASSERT(epoch_parse(&epoch, good[i].text, strlen(good[i].text)));
        CU_ASSERT_EQUAL(epoch, good[i].epoch);
    }
}

static void test_parse_refuses(void)
{
    static const char *const bad[] = {
        "",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1\n",
        "0x1",
        "1.0",
        "1e3",
        "a",
        "-0",
        "18446744073709551616",
        "99999999999999999999",
        "184467440737095516150",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint64_t epoch = 7;

        if (epoch_parse(&epoch, bad[i], strlen(bad[i])))
            printf("taken: '%s'\n", bad[i]);
        CU_ASSERT_EQUAL(epoch, 7);
    }
}

/* The length counts: what stands behind it is not looked at. */
static void test_parse_length(void)
{
    uint64_t epoch = 0;

    CU_ASSERT(epoch_parse(&epoch, "123,456", 3));
    CU_ASSERT_EQUAL(epoch, 123);
    CU_ASSERT_FALSE(epoch_parse(&epoch, "1\0002", 3));
    CU_ASSERT_EQUAL(epoch, 123);
}

/* One forged message cannot use up the numbers; the past is always plausible. */
static void test_jump(void)
{
    static const uint64_t currents[] = { 0, 1, 1000, UINT64_MAX - EPOCH_JUMP_MAX };

    for (size_t i = 0; i < sizeof currents / sizeof *currents; i++) {
        uint64_t current = currents[i];

        CU_ASSERT(epoch_plausible(current, 0));
        CU_ASSERT(epoch_plausible(current, current));
        CU_ASSERT(epoch_plausible(current, current + 1));
        CU_ASSERT(epoch_plausible(current, current + EPOCH_JUMP_MAX));
        if (current < UINT64_MAX - EPOCH_JUMP_MAX) {
            CU_ASSERT_FALSE(epoch_plausible(current, current + EPOCH_JUMP_MAX + 1));
            CU_ASSERT_FALSE(epoch_plausible(current, UINT64_MAX));
        }
    }
    CU_ASSERT(epoch_plausible(UINT64_MAX - 1, UINT64_MAX)); /* no wrap at the top */
}

static const struct unit_case cases[] = {
    { "parse", test_parse },
    { "parse refuses", test_parse_refuses },
    { "parse keeps to the length", test_parse_length },
    { "jumps beyond the bound", test_jump },
};

int main(void)
{
    return unit_main("epoch", cases, sizeof cases / sizeof *cases);
}
