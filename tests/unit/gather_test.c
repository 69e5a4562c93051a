#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/gather.h"
#include "sentinel/groups.h"
#include "tests/unit/drive.h"

#define REPLICAS   3
#define DOWN_AFTER 1000

static struct drive d;

/* K replicas acknowledge; the nodes 1 to 3 are replicas with so much data. */
static void begin(int64_t k)
{
    drive_begin(&d, REPLICAS, 1, DOWN_AFTER);
    drive_group(&d)->conf.durability = DURABILITY_QUORUM;
    drive_group(&d)->conf.sync_replicas = k;
    drive_group(&d)->conf.fencing = FENCING_OFF;
}

/* Detached as ordered: they follow themselves, without a link. */
static void leave_all(void)
{
    for (size_t i = 0; i < d.log.n_orders; i++) {
        const struct order *order = &d.log.orders[i];
        int n = order->addr.port - 7000;

        if (order->kind != ORDER_DETACH || !d.nodes[n].alive || d.nodes[n].deaf)
            continue;
        d.nodes[n].info.primary = drive_addr(n);
        d.nodes[n].info.link_up = false;
        drive_settled(&d, order->ticket, true, false, ROLE_REPLICA, "");
    }
}

/* The primary dies; replicas leave it when they are told to. */
static void fail_over(void)
{
    drive_mark(&d);
    drive_kill(&d, 0);
    for (int i = 0; i < 400 && drive_group(&d)->primary == drive_node(&d, 0); i++) {
        drive_run(&d, 20);
        leave_all();
    }
}

static bool has_switched(int n)
{
    return drive_group(&d)->primary == drive_node(&d, n);
}

/* With 1 of 3 acknowledging, all 3 are read, and the one with most data is promoted, whatever
 * the others are preferred by. */
static void test_all_are_read(void)
{
    begin(1);
    d.nodes[1].info.priority = 1;
    d.nodes[2].info.repl_offset = 1100;
    drive_run(&d, 15000);
    fail_over();
    CU_ASSERT(has_switched(2));
    CU_ASSERT(drive_orders(&d, ORDER_DETACH, drive_node(&d, 1)->id) > 0);
    CU_ASSERT(drive_orders(&d, ORDER_DETACH, drive_node(&d, 3)->id) > 0);
    drive_end(&d);
}

/* The primary's history B, out of A at OFFSET. */
static void begin_history(uint64_t offset)
{
    struct node_info *info = &d.nodes[0].info;

    memset(info->replid, 'B', RUNID_LEN);
    memset(info->replid2, 'A', RUNID_LEN);
    info->second_offset = offset + 1;
}

/* The primary was a replica for a moment, and its replicas have nothing of what it began then. */
static void test_new_history(void)
{
    begin(1);
    d.nodes[1].info.priority = 1;
    d.nodes[2].info.repl_offset = 1100;
    begin_history(1100);
    d.nodes[1].info.link_up = d.nodes[2].info.link_up = d.nodes[3].info.link_up = false;
    drive_run(&d, 11000);
    fail_over();
    CU_ASSERT(has_switched(2));
    drive_end(&d);
}

/* The same, and the one with the most cannot be chosen: then it is waited for. */
static void test_most_is_down(void)
{
    begin(1);
    d.nodes[2].info.repl_offset = 1100;
    begin_history(1100);
    d.nodes[1].info.link_up = d.nodes[2].info.link_up = d.nodes[3].info.link_up = false;
    drive_run(&d, 11000);
    d.nodes[2].info.priority = 0;
    fail_over();
    CU_ASSERT(has_switched(0));
    drive_mark(&d);
    d.nodes[2].info.priority = 100;
    for (int i = 0; i < 400 && has_switched(0); i++) {
        drive_run(&d, 20);
        leave_all();
    }
    CU_ASSERT(has_switched(2));
    drive_end(&d);
}

/* What somebody wrote behind where the next history began keeps nobody from being chosen. */
static void test_beyond_the_end(void)
{
    begin(1);
    d.nodes[2].info.repl_offset = 1100;
    begin_history(1000);
    d.nodes[1].info.link_up = d.nodes[2].info.link_up = d.nodes[3].info.link_up = false;
    drive_run(&d, 11000);
    d.nodes[2].info.priority = 0;
    fail_over();
    CU_ASSERT(has_switched(1) || has_switched(3));
    drive_end(&d);
}

/* A replica that lags takes over its primary's new name before it has what came with it: it has
 * less than one that still goes by the old name. */
static void test_new_name_old_data(void)
{
    struct node_info *laggard = &d.nodes[1].info;

    begin(1);
    begin_history(1100);
    memcpy(laggard->replid, d.nodes[0].info.replid, RUNID_LEN);
    memcpy(laggard->replid2, d.nodes[0].info.replid2, RUNID_LEN);
    laggard->repl_offset = 500;
    laggard->second_offset = 401;
    d.nodes[2].info.repl_offset = 1100;
    d.nodes[2].info.link_up = d.nodes[3].info.link_up = false;
    drive_run(&d, 11000);
    fail_over();
    CU_ASSERT(has_switched(2));
    drive_end(&d);
}

/* One that was never seen to have all its primary's data may have been restarted before we knew it:
 * that all replicas acknowledge says nothing of it. */
static void test_never_in_step(void)
{
    for (int lags = 0; lags <= 1; lags++) {
        begin(REPLICAS);
        group_reset(d.core, drive_group(&d)); /* SENTINEL RESET */
        if (lags)
            d.nodes[1].info.repl_offset = 500;
        drive_run(&d, 15000);
        drive_kill(&d, 2);
        drive_kill(&d, 3);
        fail_over();
        CU_ASSERT_EQUAL(has_switched(1), !lags);
        drive_end(&d);
    }
}

/* One that does not leave is one too few: nobody is promoted, and the reason is told. */
static void test_one_too_few(void)
{
    begin(1);
    drive_run(&d, 15000);
    d.nodes[3].deaf = true;
    fail_over();
    CU_ASSERT(has_switched(0));
    CU_ASSERT(drive_events(&d, EVENT_ABORT_NOT_READ) > 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(drive_group(&d)->failover.waits, "2 of 3 replicas read, 3 needed"));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PROMOTE, 0), 0);
    drive_end(&d);
}

/* With 2 of 3 acknowledging, 2 that are read are enough. */
static void test_two_will_do(void)
{
    begin(2);
    drive_run(&d, 15000);
    d.nodes[3].deaf = true;
    fail_over();
    CU_ASSERT(has_switched(1) || has_switched(2));
    CU_ASSERT_EQUAL(drive_group(&d)->failover.waits[0], '\0');
    drive_end(&d);
}

/* A replica that was restarted does not count, until it has all of its primary's data again. */
static void test_restarted(void)
{
    begin(1);
    drive_run(&d, 15000);
    d.nodes[3].info.runid[0] = 'z';
    d.nodes[3].info.repl_offset = 900;
    drive_run(&d, 15000);
    CU_ASSERT_NOT_EQUAL(drive_node(&d, 3)->doubt.since, MSEC_NEVER);
    d.nodes[3].info.repl_offset = 1000;
    drive_run(&d, 15000);
    CU_ASSERT_EQUAL(drive_node(&d, 3)->doubt.since, MSEC_NEVER);
    d.nodes[3].info.runid[0] = 'y';
    d.nodes[3].info.repl_offset = 900;
    drive_run(&d, 15000);
    fail_over();
    CU_ASSERT(has_switched(0));
    CU_ASSERT_PTR_NOT_NULL(strstr(drive_group(&d)->failover.waits, "not seen in step"));
    drive_end(&d);
}

/* It need not get to where the primary was before that was restarted itself, with a little less. */
static void test_both_restarted(void)
{
    begin(1);
    drive_run(&d, 15000);
    d.nodes[3].info.runid[0] = 'z';
    d.nodes[3].info.repl_offset = 900;
    drive_run(&d, 15000);
    CU_ASSERT_NOT_EQUAL(drive_node(&d, 3)->doubt.since, MSEC_NEVER);
    d.nodes[0].info.runid[0] = 'z';
    memcpy(d.nodes[0].info.replid2, d.nodes[0].info.replid, RUNID_LEN + 1);
    d.nodes[0].info.primary_offset = 950;
    d.nodes[0].info.second_offset = 951;
    for (int i = 0; i <= REPLICAS; i++) {
        d.nodes[i].info.repl_offset = 950;
        memset(d.nodes[i].info.replid, 'B', RUNID_LEN);
    }
    drive_run(&d, 30000);
    CU_ASSERT_EQUAL(drive_node(&d, 3)->doubt.since, MSEC_NEVER);
    drive_end(&d);
}

/* A replica that somebody, perhaps an elected leader, has told to leave comes back under a later
 * configuration alone. */
static void test_given_back(void)
{
    uint64_t epoch;

    begin(1);
    drive_run(&d, 15000);
    epoch = drive_group(&d)->config_epoch;
    core_raise_epoch(d.core, drive_group(&d), epoch + 1);
    drive_run(&d, 100);
    drive_mark(&d);
    d.nodes[1].info.primary = drive_addr(1);
    d.nodes[1].info.link_up = false;
    for (int i = 0; i < 3000 && drive_orders(&d, ORDER_FOLLOW, 0) == 0; i++)
        drive_run(&d, 20);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, drive_node(&d, 1)->id), 1);
    CU_ASSERT(drive_group(&d)->config_epoch > epoch);
    CU_ASSERT(has_switched(0));
    drive_end(&d);
}

/* An operator's word for a loss. */
static void test_force(void)
{
    struct request request = drive_ask(REQUEST_FAILOVER, "g", 0);

    begin(1);
    drive_run(&d, 15000);
    d.nodes[3].deaf = true;
    fail_over();
    CU_ASSERT(has_switched(0));
    request.hasty = true;
    CU_ASSERT_EQUAL(drive_request(&d, request).code, REPLY_OK);
    for (int i = 0; i < 100 && has_switched(0); i++) {
        drive_run(&d, 20);
        leave_all();
    }
    CU_ASSERT_FALSE(has_switched(0));
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "a new history", test_new_history },
    { "most is down", test_most_is_down },
    { "beyond the end", test_beyond_the_end },
    { "new name, old data", test_new_name_old_data },
    { "never in step", test_never_in_step },
    { "all are read", test_all_are_read },
    { "one too few", test_one_too_few },
    { "two will do", test_two_will_do },
    { "restarted", test_restarted },
    { "both restarted", test_both_restarted },
    { "force", test_force },
    { "given back", test_given_back },
};

int main(void)
{
    return unit_main("gather", cases, sizeof cases / sizeof *cases);
}
