#include "tests/unit/unit.h"

#include <stdbool.h>
#include <stdio.h>

#define SHOWN_MAX 10 /* failed assertions of one case that are printed */

/* Prints the assertions that failed in one case; a loop of them only as far as it helps. */
static void print_failures(const char *suite, const CU_pTest test, const CU_pFailureRecord first)
{
    int shown = 0;
    for (CU_pFailureRecord f = first; f && shown < SHOWN_MAX; f = f->pNext, shown++)
        printf("FAIL: %s: %s: %s:%u: %s\n", suite, test->pName, f->strFileName, f->uiLineNumber,
               f->strCondition);
}

/* Runs one case; true when it failed. */
static bool run_case(CU_pSuite suite, CU_pTest test)
{
    if (CU_run_test(suite, test) != CUE_SUCCESS)
        return true;
    print_failures(suite->pName, test, CU_get_failure_list());
    return CU_get_number_of_failures() > 0;
}

int unit_main(const char *suite_name, const struct unit_case *cases, size_t n)
{
    unsigned passed = 0, failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; suite && i < n; i++) {
        CU_pTest test = CU_add_test(suite, cases[i].name, cases[i].run);
        if (!test || run_case(suite, test))
            failed++;
        else
            passed++;
    }
    CU_cleanup_registry();
    printf("%s: %u passed, %u failed\n", suite_name, passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
