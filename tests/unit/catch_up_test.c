#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/flap.h"
#include "tests/unit/drive.h"

#define DOWN_AFTER 1000
#define CATCH_UP   3000

static struct drive d;

/* Node 1 is preferred and has BEHIND bytes less than node 2. */
static void begin(uint64_t behind)
{
    drive_begin(&d, 2, 1, DOWN_AFTER);
    drive_group(&d)->conf.fencing = FENCING_OFF;
    d.nodes[1].info.priority = 1;
    d.nodes[1].info.repl_offset = 1000 - behind;
    drive_run(&d, 11000);
    drive_mark(&d);
}

static bool is_primary(int n)
{
    return drive_group(&d)->primary == drive_node(&d, n);
}

static void fail_over(void)
{
    drive_kill(&d, 0);
    for (int i = 0; i < 400 && is_primary(0); i++)
        drive_run(&d, 5);
}

/* The most advanced one is promoted; when the preferred one has everything, and all replicas were
 * brought over, it takes over as in any planned switchover. */
static void test_takes_over(void)
{
    begin(10);
    fail_over();
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_CATCH_UP).addr.port, 7001);
    drive_run(&d, 500);
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PAUSE, 0), 0);
    d.nodes[1].info.repl_offset = 1000;
    drive_run(&d, 500);
    CU_ASSERT(is_primary(1));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PAUSE, drive_node(&d, 2)->id), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_DEMOTE, drive_node(&d, 2)->id), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CATCH_UP), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CATCH_UP_END), 0);
    CU_ASSERT_EQUAL(flap_count(d.core, drive_group(&d)), 1); /* that was no failover */
    CU_ASSERT_FALSE(drive_group(&d)->failover.preference);
    drive_end(&d);
}

/* With as much data as anybody it is promoted in the first place. */
static void test_equal(void)
{
    begin(0);
    fail_over();
    CU_ASSERT(is_primary(1));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CATCH_UP), 0);
    drive_end(&d);
}

/* What it lacks does not come. */
static void test_late(void)
{
    begin(10);
    fail_over();
    drive_run(&d, CATCH_UP - 100);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CATCH_UP_END), 0);
    drive_run(&d, 200);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_CATCH_UP_END).detail,
                           "it is 10 bytes behind after 3000 ms");
    d.nodes[1].info.repl_offset = 1000;
    drive_run(&d, 20000);
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PAUSE, 0), 0);
    drive_end(&d);
}

/* Nobody is waited for: an option says so, or it lacks too much. */
static void test_not_wanted(void)
{
    begin(10);
    drive_group(&d)->conf.catch_up_ms = 0;
    fail_over();
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CATCH_UP), 0);
    drive_end(&d);
    begin(10);
    drive_group(&d)->conf.priority_max_lag_bytes = 9;
    fail_over();
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CATCH_UP), 0);
    drive_end(&d);
}

/* Others have their time, too, but no more than half of it. */
static void test_waits_for_others(void)
{
    drive_begin(&d, 3, 1, DOWN_AFTER);
    drive_group(&d)->conf.fencing = FENCING_OFF;
    d.nodes[1].info.priority = 1;
    d.nodes[1].info.repl_offset = d.nodes[3].info.repl_offset = 990;
    d.nodes[3].slow = true;
    drive_run(&d, 11000);
    fail_over();
    CU_ASSERT(is_primary(2));
    d.nodes[1].info.repl_offset = 1000;
    drive_run(&d, CATCH_UP / 2 - 100);
    CU_ASSERT(is_primary(2));
    drive_run(&d, 200);
    CU_ASSERT(is_primary(1));
    drive_end(&d);
}

/* The preferred one is brought over before the others, however few may come at a time. */
static void test_first(void)
{
    drive_begin(&d, 3, 1, DOWN_AFTER);
    drive_group(&d)->conf.fencing = FENCING_OFF;
    d.nodes[3].info.priority = 1;
    d.nodes[3].info.repl_offset = d.nodes[1].info.repl_offset = 990;
    d.nodes[1].slow = true;
    drive_run(&d, 11000);
    fail_over();
    CU_ASSERT(is_primary(2));
    drive_run(&d, 5);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, drive_node(&d, 3)->id), 1);
    drive_end(&d);
}

/* A primary that dies is replaced by whoever is there; nobody is wished for. */
static void test_primary_dies(void)
{
    begin(10);
    fail_over();
    drive_run(&d, 100);
    drive_kill(&d, 2);
    drive_run(&d, 2000);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_CATCH_UP_END).detail, "the primary is down");
    CU_ASSERT(is_primary(1));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PAUSE, 0), 0);
    drive_end(&d);
}

/* The same when it is being elected for already. */
static void test_primary_dies_late(void)
{
    begin(10);
    fail_over();
    d.nodes[1].info.repl_offset = 1000;
    d.core->disk_stalled = true; /* it has to wait */
    drive_run(&d, 500);
    CU_ASSERT(drive_group(&d)->failover.preference);
    drive_kill(&d, 2);
    drive_run(&d, 2000);
    CU_ASSERT_FALSE(drive_group(&d)->failover.preference);
    CU_ASSERT_FALSE(drive_group(&d)->failover.forced);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.to, 0);
    drive_end(&d);
}

/* Without a pause it might cost data: then it is not done, where an operator's wish would be. */
static void test_no_pause(void)
{
    begin(10);
    d.nodes[2].no_pause = true;
    fail_over();
    d.nodes[1].info.repl_offset = 1000;
    drive_run(&d, 5000);
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PAUSE, 0), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_SWITCHOVER), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_EQUAL(drive_request(&d, drive_ask(REQUEST_FAILOVER, "g", 0)).code, REPLY_OK);
    drive_run(&d, 1000);
    CU_ASSERT(is_primary(1));
    drive_end(&d);
}

/* What operators do comes first. */
static void test_operators(void)
{
    struct request request = drive_ask(REQUEST_HOLD, "g", 1);

    begin(10);
    fail_over();
    request.for_ms = 60000;
    drive_request(&d, request);
    drive_run(&d, 100);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_CATCH_UP_END).detail, "it is in maintenance");
    drive_end(&d);
    begin(10);
    fail_over();
    request.addr = (struct addr){ 0 };
    drive_request(&d, request);
    drive_run(&d, 100);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_CATCH_UP_END).detail, "the group is paused");
    d.nodes[1].info.repl_offset = 1000;
    drive_run(&d, 5000);
    CU_ASSERT(is_primary(2));
    drive_end(&d);
}

/* An operator's switchover waits for the preferred one; without a pause the most advanced one is
 * promoted instead. */
static void test_planned(void)
{
    begin(10);
    drive_request(&d, drive_ask(REQUEST_FAILOVER, "g", 0));
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SELECTED_SLAVE).addr.port, 7001);
    CU_ASSERT(is_primary(0));
    d.nodes[1].info.repl_offset = 1000;
    drive_run(&d, 100);
    CU_ASSERT(is_primary(1));
    drive_end(&d);
    begin(10);
    d.nodes[0].no_pause = true;
    drive_request(&d, drive_ask(REQUEST_FAILOVER, "g", 0));
    drive_run(&d, 100);
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SELECTED_SLAVE).addr.port, 7002);
    drive_end(&d);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "takes over", test_takes_over },
        { "equal", test_equal },
        { "late", test_late },
        { "not wanted", test_not_wanted },
        { "waits for others", test_waits_for_others },
        { "comes over first", test_first },
        { "the primary dies", test_primary_dies },
        { "the primary dies late", test_primary_dies_late },
        { "no pause", test_no_pause },
        { "operators", test_operators },
        { "planned", test_planned },
    };

    return unit_main("catch_up", cases, sizeof cases / sizeof *cases);
}
