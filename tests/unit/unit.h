/*
 * A unit test program: a table of cases and one call. The cases use CUnit's assertions, which go on
 * after a failure.
 *
 *     static const struct unit_case cases[] = { { "holds what was put in", test_holds } };
 *     int main(void) { return unit_main("buf", cases, sizeof(cases) / sizeof(cases[0])); }
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <stddef.h>
#include <CUnit/CUnit.h>

struct unit_case {
    const char *name;
    void (*run)(void);
};

/*
 * Runs all cases, prints each failed assertion with its place, ends with `suite: N passed, N
 * failed` (cases). Returns the status for main: 0 when nothing failed and there was something to
 * run.
 */
int unit_main(const char *suite, const struct unit_case *cases, size_t n);

#endif
