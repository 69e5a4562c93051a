#include "tests/unit/unit.h"

#include <string.h>

#include "store/guard.h"

static void test_epochs_never_fall(void)
{
    struct guard g = { .gate = GUARD_OPEN };

    CU_ASSERT_EQUAL(guard_judge(&g, 0, slice_str("a")), GUARD_NEW);
    guard_adopt(&g, 3, slice_str("a"));
    CU_ASSERT_EQUAL(guard_judge(&g, 3, slice_str("a")), GUARD_SAME);
    CU_ASSERT_EQUAL(guard_judge(&g, 3, slice_str("b")), GUARD_FOREIGN);
    CU_ASSERT_EQUAL(guard_judge(&g, 2, slice_str("a")), GUARD_STALE);
    CU_ASSERT_EQUAL(guard_judge(&g, 4, slice_str("b")), GUARD_NEW);
    CU_ASSERT(g.epoch == 3 && strcmp(g.holder, "a") == 0);
}

static void test_a_lease_counts_from_a_reading(void)
{
    struct guard g = { .gate = GUARD_OPEN };

    guard_adopt(&g, 1, slice_str("a"));
    CU_ASSERT_EQUAL(guard_left_ms(&g, 1000), 0);
    CU_ASSERT_EQUAL(guard_renew(&g, 1000, 500, 1000), 500);
    CU_ASSERT_EQUAL(guard_left_ms(&g, 1499), 1);
    CU_ASSERT_EQUAL(guard_left_ms(&g, 1500), 0);
    /* A word that lay in a socket for a long time renews nothing ... */
    CU_ASSERT_EQUAL(guard_renew(&g, 1200, 500, 9000), 0);
    CU_ASSERT_EQUAL(guard_left_ms(&g, 9000), 0);
    /* ... and one that comes out of order takes nothing away. */
    CU_ASSERT_EQUAL(guard_renew(&g, 9000, 500, 9000), 500);
    CU_ASSERT_EQUAL(guard_renew(&g, 8900, 500, 9000), 500);
    guard_cut(&g, 600, 9000);
    CU_ASSERT_EQUAL(guard_left_ms(&g, 9000), 500);
    guard_cut(&g, 200, 9000);
    CU_ASSERT_EQUAL(guard_left_ms(&g, 9000), 200);
    guard_revoke(&g);
    CU_ASSERT_EQUAL(guard_left_ms(&g, 9000), 0);
}

static void test_another_holder_begins_anew(void)
{
    struct guard g = { .gate = GUARD_OPEN };

    guard_adopt(&g, 1, slice_str("a"));
    guard_renew(&g, 0, 500, 0);
    guard_adopt(&g, 2, slice_str("a"));
    CU_ASSERT_EQUAL(guard_left_ms(&g, 0), 500);
    guard_adopt(&g, 3, slice_str("b"));
    CU_ASSERT_EQUAL(guard_left_ms(&g, 0), 0);
}

static void test_names_of_holders(void)
{
    char longest[GUARD_HOLDER_MAX + 2];

    memset(longest, 'x', sizeof(longest));
    CU_ASSERT(guard_holder_is_valid((struct slice){ longest, GUARD_HOLDER_MAX }));
    CU_ASSERT_FALSE(guard_holder_is_valid((struct slice){ longest, GUARD_HOLDER_MAX + 1 }));
    CU_ASSERT_FALSE(guard_holder_is_valid(slice_str("")));
    CU_ASSERT_FALSE(guard_holder_is_valid(slice_str("a b")));
    CU_ASSERT_FALSE(guard_holder_is_valid(slice_str("a\"b")));
    CU_ASSERT_FALSE(guard_holder_is_valid(slice_str("a\\b")));
    CU_ASSERT_FALSE(guard_holder_is_valid(slice_str("a\nb")));
}

static const struct unit_case cases[] = {
    { "epochs never fall", test_epochs_never_fall },
    { "a lease counts from a reading of the clock", test_a_lease_counts_from_a_reading },
    { "another holder begins anew", test_another_holder_begins_anew },
    { "names of holders", test_names_of_holders },
};

int main(void)
{
    return unit_main("store_guard", cases, sizeof(cases) / sizeof(cases[0]));
}
