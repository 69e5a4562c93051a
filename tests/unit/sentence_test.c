#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/sentence.h"
#include "tests/unit/drive.h"

#define ANN "2222222222222222222222222222222222222222"

static struct drive d;
static char text[SENTENCE_MAX];

/* What is said now. */
static const char *said(void)
{
    sentence_write(d.core, text);
    return text;
}

static void check_said(const char *wanted)
{
    CU_ASSERT_STRING_EQUAL(said(), wanted);
}

static void test_nothing(void)
{
    drive_bare(&d, 0);
    check_said("0 groups, 0 other supervisors; nothing is watched");
    drive_end(&d);
}

static void test_well(void)
{
    drive_begin(&d, 2, 1, 30000);
    drive_add_peer(&d, ANN, 26380);
    check_said("1 group, 1 other supervisor; all is well");
    drive_end(&d);
}

static void test_replicas(void)
{
    drive_begin(&d, 2, 1, 30000);
    drive_node(&d, 1)->sdown = true;
    check_said("1 group, 0 other supervisors; g: 1 of 2 replicas is not well");
    drive_node(&d, 2)->sdown = true;
    check_said("1 group, 0 other supervisors; g: no replica could take over");
    drive_end(&d);
}

/* The worst trouble is the one that is told, and what is waited for. */
static void test_primary(void)
{
    drive_begin(&d, 2, 2, 30000);
    drive_add_peer(&d, ANN, 26380);
    drive_node(&d, 1)->sdown = true;
    drive_group(&d)->primary->sdown = true;
    CU_ASSERT(strstr(said(), "; g: the primary does not answer this supervisor: ") != NULL);
    drive_group(&d)->odown = true;
    CU_ASSERT(strstr(said(), "; g: the primary is down") != NULL);
    drive_end(&d);
}

static void test_outvoted(void)
{
    drive_begin(&d, 2, 2, 30000);
    check_said("1 group, 0 other supervisors; g: 1 of 1 supervisors are in reach, a failover needs "
               "2");
    drive_end(&d);
}

static void test_several(void)
{
    drive_begin(&d, 2, 2, 30000);
    drive_request(&d, drive_ask(REQUEST_MONITOR, "h", 4));
    CU_ASSERT(strstr(said(), "2 groups, 0 other supervisors; g: ") == text);
    CU_ASSERT(strstr(said(), " (and trouble in 1 more)") != NULL);
    drive_end(&d);
}

static void test_disk(void)
{
    drive_begin(&d, 2, 1, 30000);
    d.core->disk_stalled = true;
    check_said("1 group, 0 other supervisors; the disk of state_dir stands still, nothing can be "
               "decided");
    drive_end(&d);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "nothing is watched", test_nothing },   { "all is well", test_well },
        { "replicas are down", test_replicas },   { "the primary is down", test_primary },
        { "too few supervisors", test_outvoted }, { "several groups", test_several },
        { "the disk stands still", test_disk },
    };

    return unit_main("sentence", cases, sizeof(cases) / sizeof(cases[0]));
}
