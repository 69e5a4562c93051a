#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/drive.h"

#define REPLICAS   2
#define DOWN_AFTER 5000
#define KEYS       100

static struct drive d;

static void begin(void)
{
    drive_begin(&d, REPLICAS, 1, DOWN_AFTER);
    for (int i = 0; i <= REPLICAS; i++)
        d.nodes[i].info.keys = KEYS;
    drive_run(&d, 15000);
    drive_mark(&d);
}

/* Another process answers at the primary's address at once, with a history of its own; replicas say
 * how long their links are down. */
static void replace(int64_t keys, msec link_down_ms)
{
    struct node_info *info = &d.nodes[0].info;

    drive_kill(&d, 0);
    info->runid[0] = 'z';
    memset(info->replid, 'Z', RUNID_LEN);
    info->keys = keys;
    info->primary_offset = info->repl_offset = 0;
    for (int i = 1; i <= REPLICAS; i++)
        d.nodes[i].info.link_down_ms = link_down_ms;
    d.nodes[0].alive = true;
    for (int i = 0; i < 100 && drive_events(&d, EVENT_REBOOT) == 0; i++)
        drive_run(&d, 10);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_REBOOT), 1);
    drive_run(&d, 500);
}

static bool is_believed(void)
{
    return drive_group(&d)->primary == drive_node(&d, 0) && drive_events(&d, EVENT_AMNESIA) == 0;
}

/* As many keys as the replicas, but nothing of what the group wrote. */
static void test_stranger(void)
{
    begin();
    replace(KEYS, 0);
    CU_ASSERT_FALSE(is_believed());
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 1);
    drive_end(&d);
}

/* Replicas that did not have what the primary had by its last INFO must not be preferred to it ...
 */
static void test_replicas_behind(void)
{
    begin();
    d.nodes[1].info.repl_offset = d.nodes[2].info.repl_offset = 999;
    replace(KEYS, 0);
    CU_ASSERT(is_believed());
    drive_end(&d);
}

/* ... unless their number of keys says that it has lost what they have. */
static void test_replicas_behind_one_empty(void)
{
    begin();
    d.nodes[1].info.repl_offset = d.nodes[2].info.repl_offset = 999;
    replace(KEYS / 2 - 1, 0);
    CU_ASSERT_FALSE(is_believed());
    drive_end(&d);
}

/* Their links were down before the primary was lost. */
static void test_replicas_unlinked(void)
{
    begin();
    replace(KEYS, 4000);
    CU_ASSERT(is_believed());
    drive_end(&d);
}

/* No replica can take over: then better a primary with another history than none. */
static void test_nobody_can(void)
{
    begin();
    d.nodes[1].info.priority = d.nodes[2].info.priority = 0;
    replace(KEYS, 0);
    CU_ASSERT(is_believed());
    drive_end(&d);
}

/* With durability = quorum the promotion reads what replicas hold, however far behind they are. */
static void test_quorum(void)
{
    begin();
    drive_group(&d)->conf.durability = DURABILITY_QUORUM;
    d.nodes[1].info.repl_offset = d.nodes[2].info.repl_offset = 999;
    replace(KEYS, 0);
    CU_ASSERT(drive_events(&d, EVENT_AMNESIA) > 0);
    drive_end(&d);
}

/* It says that it continues what the group has: it has its data. */
static void test_continued(void)
{
    begin();
    memset(d.nodes[0].info.replid2, 'A', RUNID_LEN);
    d.nodes[0].info.second_offset = 1001;
    replace(KEYS, 0);
    CU_ASSERT(is_believed());
    drive_end(&d);
}

/* What was written to a process that was lost before it could be believed counts as well: here one
 * replica loads, so that nobody knows what it holds. */
static void test_lost_in_doubt(void)
{
    struct node_info *info = &d.nodes[0].info;

    begin();
    d.nodes[2].info.loading = true;
    memset(d.nodes[1].info.replid, 'Z', RUNID_LEN);
    memset(d.nodes[2].info.replid, 'B', RUNID_LEN);
    replace(KEYS, 0);
    CU_ASSERT(is_believed());
    drive_kill(&d, 0);
    info->runid[0] = 'y';
    memset(info->replid, 'Y', RUNID_LEN);
    info->keys = 0;
    d.nodes[0].alive = true;
    for (int i = 0; i < 100 && drive_events(&d, EVENT_REBOOT) == 1; i++)
        drive_run(&d, 10);
    drive_run(&d, 500);
    d.nodes[2].info.loading = false;
    drive_run(&d, 500);
    CU_ASSERT_FALSE(is_believed());
    drive_end(&d);
}

/* Both the primary and the replicas continue what the group had, but those, who follow somebody of
 * whom nobody was told, from further on. */
static void continue_apart(uint64_t from)
{
    begin();
    memset(d.nodes[0].info.replid2, 'A', RUNID_LEN);
    d.nodes[0].info.second_offset = 501;
    for (int i = 1; i <= REPLICAS; i++) {
        memset(d.nodes[i].info.replid, 'C', RUNID_LEN);
        memset(d.nodes[i].info.replid2, 'A', RUNID_LEN);
        d.nodes[i].info.second_offset = from;
    }
    replace(KEYS, 0);
}

static void test_continued_apart(void)
{
    continue_apart(1001);
    CU_ASSERT_FALSE(is_believed());
    drive_end(&d);
    continue_apart(501);
    CU_ASSERT(is_believed());
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "stranger", test_stranger },
    { "continued apart", test_continued_apart },
    { "replicas behind", test_replicas_behind },
    { "replicas behind, fewer keys", test_replicas_behind_one_empty },
    { "replicas unlinked", test_replicas_unlinked },
    { "nobody can take over", test_nobody_can },
    { "quorum", test_quorum },
    { "continued", test_continued },
    { "lost in doubt", test_lost_in_doubt },
};

int main(void)
{
    return unit_main("amnesia", cases, sizeof cases / sizeof *cases);
}
