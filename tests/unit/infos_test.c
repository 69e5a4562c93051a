#include "probes/infos.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

static void check_kept(const struct infos *infos, uint32_t id, const char *text)
{
    struct slice kept = infos_get(infos, id);

    CU_ASSERT(text == NULL ? kept.p == NULL : slice_is(kept, text));
}

static void test_kept(void)
{
    struct infos infos = { .texts = NULL };

    check_kept(&infos, 0, NULL);
    infos_keep(&infos, 3, "role:master", 11);
    infos_keep(&infos, 1000, "role:slave", 10);
    infos_keep(&infos, 3, "role:slave", 4);
    check_kept(&infos, 3, "role");
    check_kept(&infos, 1000, "role:slave");
    check_kept(&infos, 4, NULL);
    check_kept(&infos, UINT32_MAX, NULL);
    infos_forget(&infos, 3);
    infos_forget(&infos, UINT32_MAX);
    check_kept(&infos, 3, NULL);
    infos_keep(&infos, 3, "", 0);
    CU_ASSERT(infos_get(&infos, 3).p != NULL && infos_get(&infos, 3).n == 0);
    infos_done(&infos);
    check_kept(&infos, 1000, NULL);
}

/* No node makes us keep more. */
static void test_limit(void)
{
    struct infos infos = { .texts = NULL };
    size_t n = INFO_KEPT_MAX + 1;
    char *text = calloc(n, 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    infos_keep(&infos, 1, text, n);
    CU_ASSERT_EQUAL(infos_get(&infos, 1).n, INFO_KEPT_MAX);
    infos_done(&infos);
    free(text);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "the last one of each", test_kept },
        { "no more than so much", test_limit },
    };
    return unit_main("infos", cases, sizeof(cases) / sizeof(cases[0]));
}
