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
    check_said("1 group, 0 other supervisors; g: 1 of 2 replicas is down");
    drive_node(&d, 2)->sdown = true;
    check_said("1 group, 0 other supervisors; g: no replica is up, of 2");
    drive_end(&d);
}

/* The worst trouble is the one that is told. */
static void test_primary(void)
{
    drive_begin(&d, 2, 2, 30000);
    drive_add_peer(&d, ANN, 26380);
    drive_node(&d, 1)->sdown = true;
    drive_group(&d)->primary->sdown = true;
    check_said("1 group, 1 other supervisor; g: the primary 127.0.0.1:7000 is down, as only this "
               "supervisor sees it");
    drive_group(&d)->odown = true;
    check_said("1 group, 1 other supervisor; g: the primary 127.0.0.1:7000 is down");
    drive_end(&d);
}

static void test_outvoted(void)
{
    drive_begin(&d, 2, 2, 30000);
    check_said("1 group, 0 other supervisors; g: no failover is possible, 1 of 2 needed "
               "supervisors are there");
    drive_end(&d);
}

static void test_failover(void)
{
    drive_begin(&d, 2, 1, 30000);
    d.nodes[2].slow = d.nodes[1].slow = true; /* repointing lasts */
    drive_kill(&d, 0);
    drive_run(&d, 1000);
    CU_ASSERT(strstr(said(), "g: the replicas are being brought over to the new primary") != NULL);
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
        { "too few supervisors", test_outvoted }, { "a failover", test_failover },
        { "the disk stands still", test_disk },
    };

    return unit_main("sentence", cases, sizeof(cases) / sizeof(cases[0]));
}
