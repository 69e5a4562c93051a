#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/drive.h"

#define ANN "2222222222222222222222222222222222222222"

static struct drive d;

/* The primary crashes and node 1 takes over. */
static void begin_switched(int replicas, int64_t parallel_syncs)
{
    drive_begin(&d, replicas, 1, 30000);
    drive_group(&d)->conf.parallel_syncs = parallel_syncs;
    drive_group(&d)->conf.failover_timeout_ms = 20000;
    drive_kill(&d, 0);
    for (int i = 0; i < 500 && drive_events(&d, EVENT_SWITCH_MASTER) == 0; i++)
        drive_run(&d, 1);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_REPOINT);
}

static uint32_t id_of(int n)
{
    return drive_node(&d, n)->id;
}

/* No order to follow leaves in the step that tells of the switch, nor to the primary. */
static void test_all_follow(void)
{
    begin_switched(3, 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(2)), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(3)), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 2);
    CU_ASSERT_EQUAL(d.nodes[3].info.primary.port, 7001);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE_RECONF_SENT), 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE_RECONF_DONE), 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END), 1);
    drive_end(&d);
}

/* Replicas fetch their data parallel_syncs at a time. */
static void test_parallel_syncs(void)
{
    begin_switched(5, 2);
    for (int n = 2; n <= 5; n++)
        d.nodes[n].slow = true;
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE_RECONF_INPROG), 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE_RECONF_DONE), 0);
    d.nodes[2].info.link_up = true;
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 3);
    for (int n = 3; n <= 5; n++) {
        d.nodes[n].slow = false;
        d.nodes[n].info.link_up = d.nodes[n].info.primary.port == 7001;
    }
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 4);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE_RECONF_DONE), 4);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END_TIMEOUT), 0);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END), 1);
    drive_end(&d);
}

/* A replica that never gets its data is not waited for beyond the time-out. */
static void test_end_for_timeout(void)
{
    begin_switched(2, 1);
    d.nodes[2].slow = true;
    drive_run(&d, 19900);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END), 0);
    drive_run(&d, 200);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END_TIMEOUT), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END), 1);
    drive_end(&d);
}

/* An error is told and tried again after a second; a lost reply at once, silently. */
static void test_order_fails(void)
{
    begin_switched(2, 1);
    d.nodes[2].deaf = true;
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 1);
    drive_settled(&d, drive_ticket(&d, ORDER_FOLLOW), false, true, ROLE_UNKNOWN, "");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ORDER_FAILED), 0);
    drive_run(&d, 300);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 2);
    drive_settled(&d, drive_ticket(&d, ORDER_FOLLOW), false, false, ROLE_UNKNOWN, "NOPERM no");
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_ORDER_FAILED).detail, "follow: NOPERM no");
    drive_run(&d, 300);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 2);
    d.nodes[2].deaf = false;
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 3);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END), 1);
    drive_end(&d);
}

/* A replica that answers OK and does not do it blocks the others no longer than until
 * that is seen, and one that dies not even so long. */
static void test_order_without_effect(void)
{
    begin_switched(4, 1);
    d.nodes[2].deaf = d.nodes[3].deaf = true;
    drive_run(&d, 50);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(2)), 1);
    drive_settled(&d, drive_ticket(&d, ORDER_FOLLOW), true, false, ROLE_REPLICA, "");
    drive_run(&d, 9900);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE_RECONF_TIMEOUT), 0);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 1);
    drive_run(&d, 200);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE_RECONF_TIMEOUT), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(2)), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(3)), 1);
    d.nodes[3].alive = false;
    drive_observe(&d, id_of(3), LINK_CMD, EVIDENCE_RESET, NULL);
    drive_settled(&d, drive_ticket(&d, ORDER_FOLLOW), false, true, ROLE_UNKNOWN, "");
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(4)), 1);
    CU_ASSERT_EQUAL(d.nodes[4].info.primary.port, 7001);
    drive_end(&d);
}

/* The former primary comes back in mid-REPOINT: it does not wait for a slot. */
static void test_old_primary_back(void)
{
    begin_switched(2, 1);
    d.nodes[2].slow = true;
    drive_run(&d, 1000);
    d.nodes[0].alive = true;
    drive_run(&d, 1500);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(0)), 1);
    CU_ASSERT_EQUAL(d.nodes[0].info.role, ROLE_REPLICA);
    CU_ASSERT_FALSE(drive_node(&d, 0)->owed);
    drive_end(&d);
}

/* --- repairs, outside of a failover ----------------------------------------------------------- */

/* A replica that follows somebody else is put right after some patience. */
static void test_wrong_primary(void)
{
    drive_begin(&d, 2, 1, 30000);
    drive_run(&d, 12000);
    drive_mark(&d);
    d.nodes[2].info.primary = drive_addr(5);
    memset(d.nodes[2].info.replid, 'X', RUNID_LEN);
    drive_run(&d, 11000); /* it is seen with the next INFO, at the latest */
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FIX_SLAVE_CONFIG), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(2)), 1);
    CU_ASSERT_EQUAL(d.nodes[2].info.primary.port, 7000);
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 1);
    drive_end(&d);
}

/* Another name for the primary, as NAT makes them, is nothing to repair. */
static void test_other_name(void)
{
    drive_begin(&d, 1, 1, 30000);
    addr_set(&d.nodes[1].info.primary, "primary.example", 6379);
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_end(&d);
}

/* One that became a primary is a stray: it gets more patience, for somebody may just
 * have promoted it; none if it was restarted. */
static void test_stray(void)
{
    drive_begin(&d, 2, 1, 30000);
    d.nodes[2].info.role = ROLE_PRIMARY;
    node_want_info(d.core, drive_node(&d, 2), d.now + 1);
    drive_run(&d, 3900);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_run(&d, 1500);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CONVERT_TO_SLAVE), 1);
    CU_ASSERT_EQUAL(d.nodes[2].info.role, ROLE_REPLICA);
    drive_mark(&d);
    d.nodes[2].info.role = ROLE_PRIMARY;
    memset(d.nodes[2].info.runid, 'z', RUNID_LEN);
    drive_observe(&d, id_of(2), LINK_CMD, EVIDENCE_RESET, NULL);
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_REBOOT), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(2)), 1);
    drive_end(&d);
}

/* A repair that does not help is not repeated for ever at the same pace. */
static void test_repairs_back_off(void)
{
    drive_begin(&d, 2, 1, 30000);
    d.nodes[2].deaf = true;
    d.nodes[2].info.primary = drive_addr(5);
    d.nodes[2].info.link_up = false;
    for (int minute = 0; minute < 10; minute++) {
        drive_run(&d, 60000);
        if (drive_orders(&d, ORDER_FOLLOW, 0) > 0)
            drive_settled(&d, drive_ticket(&d, ORDER_FOLLOW), false, false, ROLE_UNKNOWN, "ERR");
    }
    CU_ASSERT(drive_orders(&d, ORDER_FOLLOW, 0) >= 5);
    CU_ASSERT(drive_orders(&d, ORDER_FOLLOW, 0) <= 15);
    drive_end(&d);
}

/* A hello from ANN as of now, under EPOCH. */
static void hear_ann(uint64_t epoch)
{
    struct message message = { .kind = MESSAGE_HELLO };

    message.u.hello = drive_hello(&d, ANN, 26380);
    message.u.hello.config_epoch = epoch;
    drive_hear(&d, &message);
}

/* ANN answers the last question: it holds our primary, under EPOCH. */
static void answer_ann(uint64_t epoch)
{
    struct message there = { .kind = MESSAGE_THERE };

    for (size_t i = 0; i < d.log.n_messages; i++)
        if (d.log.messages[i].kind == MESSAGE_WHERE)
            there.ticket = d.log.messages[i].ticket;
    there.u.there.addr = group_primary_addr(drive_group(&d));
    there.u.there.config_epoch = epoch;
    drive_hear(&d, &there);
}

/* ANN is a peer, 2 says that it is a primary: ANN is asked about that. */
static void begin_stray(void)
{
    drive_begin(&d, 2, 1, 30000);
    drive_add_peer(&d, ANN, 26380);
    d.nodes[2].info.role = ROLE_PRIMARY;
    drive_mark(&d);
    drive_run(&d, 20000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    CU_ASSERT_EQUAL(drive_messages(&d, MESSAGE_WHERE), 1); /* no pile of questions */
}

/* Nobody repairs by a configuration that a majority has not confirmed lately. */
static void test_repair_needs_a_majority(void)
{
    begin_stray();
    hear_ann(0); /* anybody's word */
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    answer_ann(0); /* late */
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    answer_ann(0);
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 1);
    drive_end(&d);
}

/* What was confirmed before the node was seen as it is tells nothing about it. */
static void test_confirmed_too_early(void)
{
    begin_stray();
    answer_ann(0);
    drive_run(&d, 500);
    uint32_t id = drive_node(&d, 2)->id;
    drive_observe(&d, id, LINK_CMD, EVIDENCE_RESET, NULL); /* a question is in flight */
    drive_run(&d, 400);
    answer_ann(0);
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_run(&d, 500);
    answer_ann(0);
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 1);
    drive_end(&d);
}

/* Nor while the primary itself is not what it should be. */
static void test_repair_needs_a_sane_primary(void)
{
    drive_begin(&d, 2, 1, 60000);
    d.nodes[0].info.role = ROLE_REPLICA;
    d.nodes[0].info.primary = drive_addr(2);
    d.nodes[2].info.role = ROLE_PRIMARY;
    drive_run(&d, 40000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_end(&d);
}

/* Fewer supervisors than the quorum asks for: there are others, whom we do not know yet. */
static void test_no_repair_alone(void)
{
    drive_begin(&d, 2, 2, 30000);
    d.nodes[2].info.role = ROLE_PRIMARY;
    drive_run(&d, 40000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_add_peer(&d, ANN, 26380);
    drive_run(&d, 500);
    answer_ann(0);
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 1);
    drive_end(&d);
}

/* Somebody has node 2 follow node 1, and it is put right. */
static void turn_away(void)
{
    d.nodes[2].info.primary = drive_addr(1);
    drive_run(&d, 15000);
}

/* Whoever turns a replica away again and again is given way for a while, and so is whoever does it
 * to one that was started again before. */
static void test_fight(void)
{
    drive_begin(&d, 2, 1, 60000);
    memset(d.nodes[2].info.runid, 'z', RUNID_LEN);
    drive_run(&d, 15000);
    turn_away();
    turn_away();
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(2)), 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FIGHT), 0);
    turn_away();
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(2)), 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FIGHT), 1);
    drive_run(&d, 30000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, id_of(2)), 3);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FIGHT_OVER), 0);
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FIGHT_OVER), 1);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "all follow", test_all_follow },
    { "parallel syncs", test_parallel_syncs },
    { "end for time-out", test_end_for_timeout },
    { "an order fails", test_order_fails },
    { "an order without effect", test_order_without_effect },
    { "the old primary is back", test_old_primary_back },
    { "a wrong primary", test_wrong_primary },
    { "another name for the primary", test_other_name },
    { "a stray", test_stray },
    { "repairs back off", test_repairs_back_off },
    { "a repair needs a majority", test_repair_needs_a_majority },
    { "no repair alone", test_no_repair_alone },
    { "confirmed too early", test_confirmed_too_early },
    { "a repair needs a sane primary", test_repair_needs_a_sane_primary },
    { "a fight", test_fight },
};

int main(void)
{
    return unit_main("repoint", cases, sizeof cases / sizeof *cases);
}
