#include "tests/unit/unit.h"

#include <stddef.h>

#include "wire/prng.h"

/* SplitMix64's published output for these seeds: a changed generator would make
 * all recorded seeds of the simulator worthless. */
static void test_known_sequence(void)
{
    static const uint64_t of_0[] = { UINT64_C(0xe220a8397b1dcdaf), UINT64_C(0x6e789e6aa1b965f4),
                                     UINT64_C(0x06c45d188009454f) };
    static const uint64_t of_1234567[] = { UINT64_C(6457827717110365317),
                                           UINT64_C(3203168211198807973),
                                           UINT64_C(9817491932198370423) };
    struct prng a, b;

    prng_seed(&a, 0);
    prng_seed(&b, 1234567);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(prng_next(&a), of_0[i]);
        CU_ASSERT_EQUAL(prng_next(&b), of_1234567[i]);
    }
}

static void test_below(void)
{
    struct prng prng;
    unsigned seen[6] = { 0 };

    prng_seed(&prng, 1);
    for (int i = 0; i < 6000; i++) {
        uint64_t n = prng_below(&prng, 6);

        CU_ASSERT_FATAL(n < 6);
        seen[n]++;
    }
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT(seen[i] > 850 && seen[i] < 1150);
    CU_ASSERT_EQUAL(prng_below(&prng, 1), 0);
}

static void test_between(void)
{
    struct prng prng;
    unsigned low = 0, high = 0;

    prng_seed(&prng, 2);
    for (int i = 0; i < 2000; i++) {
        int64_t n = prng_between(&prng, -3, 4);

        CU_ASSERT_FATAL(-3 <= n && n <= 4);
        low += n == -3;
        high += n == 4;
    }
    CU_ASSERT(low > 0 && high > 0);
    CU_ASSERT_EQUAL(prng_between(&prng, 7, 7), 7);
}

/* The widest ranges, of which the width itself does not fit an int64_t. */
static void test_between_extremes(void)
{
    struct prng prng;
    int negative = 0;

    prng_seed(&prng, 3);
    for (int i = 0; i < 200; i++) {
        negative += prng_between(&prng, INT64_MIN, INT64_MAX) < 0;
        CU_ASSERT(prng_between(&prng, INT64_MIN, INT64_MAX - 1) < INT64_MAX);
        CU_ASSERT(prng_between(&prng, INT64_MIN, INT64_MIN) == INT64_MIN);
        CU_ASSERT(prng_between(&prng, INT64_MAX - 1, INT64_MAX) >= INT64_MAX - 1);
    }
    CU_ASSERT(negative > 50 && negative < 150);
}

static const struct unit_case cases[] = {
    { "the published sequence", test_known_sequence },
    { "below reaches all, and evenly", test_below },
    { "between includes both ends", test_between },
    { "between the extremes", test_between_extremes },
};

int main(void)
{
    return unit_main("prng", cases, sizeof cases / sizeof *cases);
}
