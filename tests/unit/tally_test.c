#include "tests/unit/unit.h"

#include <stddef.h>
#include <stdio.h>

#include "quorum/tally.h"

static void test_needed(void)
{
    static const struct {
        uint32_t voters, quorum, needed;
    } rows[] = { { 1, 1, 1 }, { 2, 1, 2 }, { 2, 2, 2 }, { 3, 1, 2 }, { 3, 2, 2 },   { 3, 3, 3 },
                 { 4, 1, 3 }, { 4, 2, 3 }, { 5, 1, 3 }, { 5, 4, 4 }, { 6, 1, 4 },   { 7, 5, 5 },
                 { 1, 2, 2 }, { 3, 9, 9 }, { 0, 1, 1 }, { 0, 0, 1 }, { 129, 1, 65 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (tally_needed(rows[i].voters, rows[i].quorum) != rows[i].needed)
            printf("%u voters, quorum %u\n", rows[i].voters, rows[i].quorum);
        CU_ASSERT_EQUAL(tally_needed(rows[i].voters, rows[i].quorum), rows[i].needed);
    }
}

/* Two elections of one epoch can never both be won: two majorities share a voter. */
static void test_no_two_winners(void)
{
    for (uint32_t voters = 1; voters <= 200; voters++) {
        for (uint32_t quorum = 1; quorum <= voters; quorum++)
            CU_ASSERT(2 * tally_needed(voters, quorum) > voters);
    }
}

static void test_verdicts(void)
{
    static const struct {
        struct tally tally;
        enum verdict verdict;
    } rows[] = {
        { { .needed = 1, .granted = 1, .open = 0 }, VERDICT_WON },
        { { .needed = 1, .granted = 0, .open = 0 }, VERDICT_LOST },
        { { .needed = 2, .granted = 1, .open = 2 }, VERDICT_PENDING },
        { { .needed = 2, .granted = 1, .open = 1 }, VERDICT_PENDING },
        { { .needed = 2, .granted = 1, .open = 0 }, VERDICT_LOST },
        { { .needed = 2, .granted = 2, .open = 0 }, VERDICT_WON },
        { { .needed = 2, .granted = 2, .open = 1 }, VERDICT_WON }, /* waits for nobody */
        { { .needed = 2, .granted = 3, .open = 0 }, VERDICT_WON },
        { { .needed = 3, .granted = 1, .open = 1 }, VERDICT_LOST }, /* nor for the rest */
        { { .needed = 3, .granted = 0, .open = 3 }, VERDICT_PENDING },
        { { .needed = 3, .granted = 0, .open = 2 }, VERDICT_LOST },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (tally_verdict(&rows[i].tally) != rows[i].verdict)
            printf("row %zu\n", i);
        CU_ASSERT_EQUAL(tally_verdict(&rows[i].tally), rows[i].verdict);
    }
}

/* The whole table: won, lost and pending exclude one another and leave nothing out. */
static void test_truth_table(void)
{
    for (uint32_t needed = 1; needed <= 6; needed++) {
        for (uint32_t granted = 0; granted <= 6; granted++) {
            for (uint32_t open = 0; open <= 6; open++) {
                struct tally tally = { needed, granted, open };
                enum verdict verdict = tally_verdict(&tally);

                CU_ASSERT_EQUAL(verdict == VERDICT_WON, granted >= needed);
                CU_ASSERT_EQUAL(verdict == VERDICT_LOST, granted + open < needed);
            }
        }
    }
}

static const struct unit_case cases[] = {
    { "votes needed", test_needed },
    { "no two winners", test_no_two_winners },
    { "verdicts", test_verdicts },
    { "truth table", test_truth_table },
};

int main(void)
{
    return unit_main("tally", cases, sizeof cases / sizeof *cases);
}
