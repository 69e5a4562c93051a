#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/hold.h"
#include "tests/unit/drive.h"

#define ANN     "2222222222222222222222222222222222222222"
#define WALL_MS INT64_C(1700000000000)

static struct drive d;

/* Node N, or the group itself (-1). */
static enum reply_code hold(int n, msec for_ms)
{
    struct request request = { .kind = REQUEST_HOLD, .name = "g", .for_ms = for_ms };

    if (n >= 0)
        request.addr = drive_addr(n);
    request.wall_ms = WALL_MS;
    return drive_request(&d, request).code;
}

static void test_pause(void)
{
    drive_begin(&d, 2, 1, 1000);
    CU_ASSERT_EQUAL(hold(-1, 60000), REPLY_OK);
    CU_ASSERT(hold_is_paused(drive_group(&d)));
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_PAUSED).detail, "for 60 s");
    CU_ASSERT_EQUAL(drive_row(&d, ROW_HOLD)->until_wall_ms, WALL_MS + 60000);
    CU_ASSERT_EQUAL(drive_request(&d, drive_ask(REQUEST_FAILOVER, "g", 0)).code, REPLY_PAUSED);
    drive_kill(&d, 0);
    drive_run(&d, 30000);
    CU_ASSERT(drive_group(&d)->odown); /* that is seen all the same */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 0);
    drive_run(&d, 30001);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_UNPAUSED), 1);
    CU_ASSERT_PTR_NOT_NULL(drive_row(&d, ROW_HOLD_GONE));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    drive_end(&d);
}

static void test_resume(void)
{
    drive_begin(&d, 2, 1, 1000);
    CU_ASSERT_EQUAL(hold(-1, 0), REPLY_OK); /* nothing to end */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_UNPAUSED), 0);
    CU_ASSERT_EQUAL(hold(-1, 60000), REPLY_OK);
    CU_ASSERT_EQUAL(hold(-1, 90000), REPLY_OK); /* longer now */
    drive_kill(&d, 0);
    drive_run(&d, 70000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 0);
    CU_ASSERT_EQUAL(hold(-1, 0), REPLY_OK);
    drive_run(&d, 1000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    drive_end(&d);
}

/* Whoever campaigns already stops. */
static void test_pause_in_a_campaign(void)
{
    drive_begin(&d, 2, 2, 1000);
    drive_add_peer(&d, ANN, 26380);
    drive_request(&d, drive_ask(REQUEST_FAILOVER, "g", 0));
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_CAMPAIGN);
    CU_ASSERT_EQUAL(hold(-1, 60000), REPLY_OK);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_IDLE);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_PAUSED), 1);
    drive_end(&d);
}

/* In a pause nodes are worked on by hand: only a former primary is put right. */
static void test_repairs(void)
{
    drive_begin(&d, 2, 1, 30000);
    CU_ASSERT_EQUAL(hold(-1, 60000), REPLY_OK);
    d.nodes[1].info.primary = drive_addr(2);
    drive_run(&d, 40000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_run(&d, 40000);
    CU_ASSERT(drive_orders(&d, ORDER_FOLLOW, drive_node(&d, 1)->id) > 0);
    drive_end(&d);
}

static void test_maintenance(void)
{
    drive_begin(&d, 2, 1, 1000);
    CU_ASSERT_EQUAL(hold(0, 60000), REPLY_IS_PRIMARY);
    CU_ASSERT_EQUAL(hold(5, 60000), REPLY_NO_SUCH_NODE);
    CU_ASSERT_EQUAL(hold(1, 60000), REPLY_OK);
    CU_ASSERT(hold_is_maintained(drive_node(&d, 1)));
    drive_kill(&d, 1);
    drive_run(&d, 30000);
    CU_ASSERT(drive_node(&d, 1)->sdown);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    drive_run(&d, 30001);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_MAINTENANCE_OVER), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    d.nodes[1].alive = true;
    drive_run(&d, 20000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SUP), 1);
    drive_end(&d);
}

/* What was told before it began is taken back when it is so no more, and nothing else is. */
static void test_told_before(void)
{
    drive_begin(&d, 2, 1, 1000);
    drive_kill(&d, 1);
    drive_run(&d, 5000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    CU_ASSERT_EQUAL(hold(1, 600000), REPLY_OK);
    d.nodes[1].alive = true;
    drive_run(&d, 20000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SUP), 1);
    drive_kill(&d, 1);
    drive_run(&d, 5000);
    d.nodes[1].alive = true;
    drive_run(&d, 20000);
    CU_ASSERT_FALSE(drive_node(&d, 1)->sdown);
    CU_ASSERT(drive_events(&d, EVENT_SDOWN) == 1 && drive_events(&d, EVENT_SUP) == 1);
    drive_end(&d);
}

static void test_not_promoted(void)
{
    drive_begin(&d, 2, 1, 1000);
    CU_ASSERT_EQUAL(hold(1, 600000), REPLY_OK);
    d.nodes[1].info.repl_offset = 2000;
    drive_kill(&d, 0);
    drive_run(&d, 5000);
    CU_ASSERT_PTR_EQUAL(drive_group(&d)->primary, drive_node(&d, 2));
    CU_ASSERT_EQUAL(hold(2, 600000), REPLY_IS_PRIMARY);
    drive_kill(&d, 2);
    drive_run(&d, 5000);
    CU_ASSERT(drive_events(&d, EVENT_ABORT_NO_GOOD_SLAVE) > 0);
    CU_ASSERT_EQUAL(hold(1, 0), REPLY_OK);
    drive_run(&d, 60000);
    CU_ASSERT_PTR_EQUAL(drive_group(&d)->primary, drive_node(&d, 1));
    drive_end(&d);
}

/* What was stored goes on for what is left of it; what is over by then is told to have ended. */
static void test_restored(void)
{
    struct row row = { .kind = ROW_HOLD, .group = "g", .until_wall_ms = WALL_MS, .left_ms = 5000 };

    drive_begin(&d, 2, 1, 1000);
    core_restore(d.core, &row);
    row.addr = drive_addr(1);
    row.left_ms = 0;
    core_restore(d.core, &row);
    CU_ASSERT(hold_is_paused(drive_group(&d)));
    drive_run(&d, 4000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_MAINTENANCE_OVER), 1);
    CU_ASSERT(hold_is_paused(drive_group(&d)));
    drive_run(&d, 1001);
    CU_ASSERT_FALSE(hold_is_paused(drive_group(&d)));
    drive_end(&d);
}

/* --- PICKET FORGET ---------------------------------------------------------------------------- */

static enum reply_code forget(int n, const char *runid)
{
    struct request request = { .kind = REQUEST_FORGET, .name = "g" };

    if (n >= 0)
        request.addr = drive_addr(n);
    snprintf(request.runid, sizeof request.runid, "%s", runid);
    return drive_request(&d, request).code;
}

static void test_forget_node(void)
{
    drive_begin(&d, 2, 1, 1000);
    CU_ASSERT_EQUAL(forget(0, ""), REPLY_IS_PRIMARY);
    CU_ASSERT_EQUAL(forget(5, ""), REPLY_NO_SUCH_NODE);
    CU_ASSERT_EQUAL(forget(1, ""), REPLY_STILL_THERE);
    drive_kill(&d, 1);
    drive_run(&d, 5000);
    d.nodes[0].info.n_replicas = 0;
    CU_ASSERT_EQUAL(forget(1, ""), REPLY_OK);
    CU_ASSERT_PTR_NULL(drive_node(&d, 1));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE_GONE), 1);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_NODE_GONE)->addr.port, 7001);
    drive_run(&d, 60000);
    CU_ASSERT_PTR_NULL(drive_node(&d, 1));
    drive_end(&d);
}

static void test_forget_peer(void)
{
    drive_begin(&d, 2, 1, 1000);
    drive_add_peer(&d, ANN, 26380);
    CU_ASSERT_EQUAL(forget(-1, DRIVE_RUNID), REPLY_NO_SUCH_PEER);
    CU_ASSERT_EQUAL(forget(-1, ANN), REPLY_STILL_THERE);
    d.peers_alive = false;
    drive_observe(&d, drive_group(&d)->members[0].peer->id, LINK_CMD, EVIDENCE_RESET, NULL);
    drive_run(&d, 1000);
    CU_ASSERT_EQUAL(forget(-1, ANN), REPLY_OK);
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, 0);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SENTINEL_GONE), 1);
    CU_ASSERT_STRING_EQUAL(drive_row(&d, ROW_PEER_GONE)->runid, ANN);
    drive_end(&d);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "a pause, until its time is over", test_pause },
        { "a pause, until it is ended", test_resume },
        { "a pause in a campaign", test_pause_in_a_campaign },
        { "a pause and repairs", test_repairs },
        { "maintenance", test_maintenance },
        { "maintenance of what was down before", test_told_before },
        { "a node in maintenance is not promoted", test_not_promoted },
        { "after a restart", test_restored },
        { "a node is forgotten", test_forget_node },
        { "a supervisor is forgotten", test_forget_peer },
    };
    return unit_main("hold", cases, sizeof cases / sizeof cases[0]);
}
