#include "tests/unit/unit.h"

#include "wire/backoff.h"
#include "wire/prng.h"

/* Each wait lies in the upper half of its step; the steps double up to the limit. */
static void test_bounds_of_each_step(void)
{
    struct prng prng;

    prng_seed(&prng, 1);
    for (int run = 0; run < 500; run++) {
        struct backoff backoff;
        msec step = 10;

        backoff_init(&backoff, 10, 1000);
        for (int i = 0; i < 12; i++) {
            msec wait = backoff_next(&backoff, &prng);

            CU_ASSERT_FATAL((step + 1) / 2 <= wait && wait <= step);
            step = msec_min(step * 2, 1000);
        }
    }
}

/* Those that failed together do not come back together. */
static void test_is_jittered(void)
{
    struct prng prng;
    msec least = MSEC_NEVER, most = 0;

    prng_seed(&prng, 2);
    for (int run = 0; run < 500; run++) {
        struct backoff backoff;
        msec wait;

        backoff_init(&backoff, 100, 1000);
        wait = backoff_next(&backoff, &prng);
        least = msec_min(least, wait);
        most = msec_max(most, wait);
    }
    CU_ASSERT(least < 60);
    CU_ASSERT(most > 90);
}

static void test_reset(void)
{
    struct prng prng;
    struct backoff backoff;

    prng_seed(&prng, 3);
    backoff_init(&backoff, 10, 10000);
    for (int i = 0; i < 8; i++)
        backoff_next(&backoff, &prng);
    CU_ASSERT(backoff_next(&backoff, &prng) > 1000);
    backoff_reset(&backoff);
    CU_ASSERT(backoff_next(&backoff, &prng) <= 10);
    CU_ASSERT(backoff_next(&backoff, &prng) <= 20);
}

/* The smallest, and a step that does not reach the limit by doubling. */
static void test_limits(void)
{
    struct prng prng;
    struct backoff one, odd;

    prng_seed(&prng, 4);
    backoff_init(&one, 1, 1);
    backoff_init(&odd, 7, 9);
    for (int i = 0; i < 50; i++) {
        CU_ASSERT_EQUAL(backoff_next(&one, &prng), 1);
        msec wait = backoff_next(&odd, &prng);
        CU_ASSERT(wait >= 4 && wait <= 9);
    }
}

static const struct unit_case cases[] = {
    { "bounds of each step", test_bounds_of_each_step },
    { "is jittered", test_is_jittered },
    { "reset begins again", test_reset },
    { "limits", test_limits },
};

int main(void)
{
    return unit_main("backoff", cases, sizeof cases / sizeof *cases);
}
