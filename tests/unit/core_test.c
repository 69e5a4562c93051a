#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/drive.h"

#define PING ORDER_PING
#define INFO ORDER_INFO

static struct drive d;
static uint32_t primary, replica;

/* --- a failover, input by input -------------------------------------------------------------
 * Nothing is answered but by the test: drive_step() is used, drive_run() is not. */

/* The next step happens at the time the core asked for, which is LATER ms ahead at most. */
static void tick_within(msec later)
{
    struct input tick = { .kind = INPUT_TICK };

    CU_ASSERT(d.wake > d.now && d.wake <= d.now + later);
    drive_mark(&d);
    d.now = d.wake;
    drive_step(&d, &tick);
}

static void see(uint32_t id, enum link_kind link, enum evidence evidence,
                const struct node_info *info)
{
    drive_mark(&d);
    drive_observe(&d, id, link, evidence, info);
}

/* Orders, events and rows of the step, in their order, as one line of text. */
static void step_is(const char *expected)
{
    char text[2048] = "";

    for (size_t i = 0; i < d.log.n_rows; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "row:%s ",
                 row_kind_name(d.log.rows[i].kind));
    for (size_t i = 0; i < d.log.n_orders; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s:%s ",
                 order_kind_name(d.log.orders[i].kind),
                 d.log.orders[i].id == primary   ? "p"
                 : d.log.orders[i].id == replica ? "r"
                                                 : "s");
    for (size_t i = 0; i < d.log.n_events; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s ",
                 event_name(d.log.events[i].kind));
    if (strcmp(text, expected) != 0)
        printf("step is  %s\nexpected %s\n", text, expected);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

/* Bring up both links of a node and answer what that makes the core ask. */
static void contact(uint32_t id, const struct node_info *info)
{
    see(id, LINK_CMD, EVIDENCE_CONNECTED, NULL);
    CU_ASSERT(drive_orders(&d, PING, id) == 1 && drive_orders(&d, INFO, id) == 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_HELLO, id), 1);
    see(id, LINK_PUBSUB, EVIDENCE_CONNECTED, NULL);
    step_is("");
    see(id, LINK_CMD, EVIDENCE_PONG, NULL);
    step_is("");
    see(id, LINK_CMD, EVIDENCE_HELLO_SENT, NULL);
    step_is("");
    see(id, LINK_CMD, EVIDENCE_INFO, info);
}

static void begin_script(void)
{
    struct request request = drive_ask(REQUEST_CONFIGURE, "g", 0);

    drive_bare(&d, 1);
    request.conf.quorum = 1;
    request.conf.fencing = FENCING_OFF; /* has tests of its own */
    drive_request(&d, request);
    step_is("row:group open:s open:s ");
    primary = d.log.orders[0].id;
    CU_ASSERT_EQUAL(d.log.orders[0].addr.port, 7000);
    drive_mark(&d);
    drive_request(&d, drive_ask(REQUEST_RETAIN, "", 0));
    step_is("+monitor ");
    contact(primary, &d.nodes[0].info);
    step_is("row:node row:lineage row:node +slave ");
    tick_within(1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, 0), 2);
    replica = d.log.orders[0].id;
    CU_ASSERT_EQUAL(d.log.orders[0].addr.port, 7001);
    contact(replica, &d.nodes[1].info);
    step_is("row:node ");
}

/* Reset, and twice refused, when the core tries. */
static void crash_primary(void)
{
    see(primary, LINK_CMD, EVIDENCE_RESET, NULL);
    see(primary, LINK_PUBSUB, EVIDENCE_RESET, NULL);
    for (int refused = 0; refused < CRASH_REFUSALS;) {
        tick_within(40);
        CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
        for (size_t i = 0, n = d.log.n_orders; i < n; i++) {
            struct order order = d.log.orders[i];

            if (order.kind != ORDER_OPEN || order.id != primary)
                continue;
            drive_observe(&d, primary, order.link, EVIDENCE_REFUSED, NULL);
            refused += order.link == LINK_CMD;
        }
    }
    CU_ASSERT(probe_is_refused(&core_find_node(d.core, primary)->probe));
}

static void test_scripted_failover(void)
{
    uint64_t ticket;

    begin_script();
    see(primary, LINK_CMD, EVIDENCE_RESET, NULL);
    CU_ASSERT_EQUAL(drive_orders(&d, INFO, replica), 0); /* the gap since its last INFO */
    crash_primary();
    CU_ASSERT_FALSE(drive_group(&d)->primary->sdown); /* nobody has confirmed it */

    /* The replica says that its link is down: down, agreed (quorum 1), elected (one
     * voter), chosen and ordered, all in the step that brings the proof. */
    d.nodes[1].info.link_up = false;
    d.nodes[1].info.link_down_ms = 0;
    see(replica, LINK_CMD, EVIDENCE_INFO, &d.nodes[1].info);
    step_is("row:epoch row:vote promote:r +sdown +odown +new-epoch +try-failover "
            "+vote-for-leader +elected-leader +failover-state-select-slave +selected-slave "
            "+failover-state-send-slaveof-noone +failover-state-wait-promotion ");
    CU_ASSERT_EQUAL(d.log.rows[1].epoch, 1);
    CU_ASSERT_STRING_EQUAL(d.log.rows[1].runid, DRIVE_RUNID);
    ticket = d.log.orders[0].ticket;
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_PROMOTE);

    /* The order's reply and ROLE behind it are the proof: published at once, durable
     * first, and before any node is touched. */
    drive_mark(&d);
    drive_settled(&d, ticket, true, false, ROLE_PRIMARY, "");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SWITCH_MASTER).primary.port, 7000);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SWITCH_MASTER).addr.port, 7001);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_OUP), 0); /* the new one was never down */
    CU_ASSERT_PTR_NOT_NULL_FATAL(drive_row(&d, ROW_GROUP));
    CU_ASSERT_EQUAL(drive_row(&d, ROW_GROUP)->addr.port, 7001);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_GROUP)->epoch, 1);
    CU_ASSERT(core_find_node(d.core, primary)->owed);
    CU_ASSERT_PTR_EQUAL(drive_group(&d)->primary, core_find_node(d.core, replica));

    /* There is no other replica, and the old primary is not to be reached: it ends. */
    tick_within(1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END), 1);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_IDLE);

    /* It comes back as it was: demoted at first contact. */
    drive_mark(&d);
    d.nodes[1].info.role = ROLE_PRIMARY;
    d.nodes[1].info.link_up = false;
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, primary), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_CONVERT_TO_SLAVE), 1);
    CU_ASSERT_EQUAL(d.nodes[0].info.role, ROLE_REPLICA);
    CU_ASSERT_EQUAL(d.nodes[0].info.primary.port, 7001);
    CU_ASSERT_FALSE(core_find_node(d.core, primary)->owed);
    drive_end(&d);
}

/* The promotion is read from INFO when the reply to the order is lost. */
static void test_reply_lost(void)
{
    drive_begin(&d, 1, 1, 1000);
    d.nodes[1].deaf = true;
    drive_kill(&d, 0);
    drive_run(&d, 300);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_PROMOTE);
    d.nodes[1].info.role = ROLE_PRIMARY;
    drive_settled(&d, drive_ticket(&d, ORDER_PROMOTE), false, true, ROLE_UNKNOWN, "");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ORDER_FAILED), 0);
    drive_run(&d, 50);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PROMOTE, 0), 1);
    drive_end(&d);
}

/* An error reply is told and the order given again; a second replica is not tried
 * in the same attempt; in the end the attempt is given up, and made anew. */
static void test_promotion_fails(void)
{
    drive_begin(&d, 1, 1, 1000);
    d.nodes[1].deaf = true;
    drive_kill(&d, 0);
    drive_run(&d, 300);
    drive_settled(&d, drive_ticket(&d, ORDER_PROMOTE), false, false, ROLE_UNKNOWN, "ERR no");
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_ORDER_FAILED).detail, "promote: ERR no");
    drive_run(&d, 99);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PROMOTE, 0), 1);
    drive_run(&d, 2);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PROMOTE, 0), 2);
    drive_settled(&d, drive_ticket(&d, ORDER_PROMOTE), true, false, ROLE_REPLICA, "");
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_ORDER_FAILED).detail,
                           "promote: not a primary after it");
    drive_run(&d, 9000); /* the third is never answered */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_SLAVE_TIMEOUT), 0);
    d.nodes[1].deaf = false;
    drive_run(&d, 2000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_SLAVE_TIMEOUT), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 2);
    drive_end(&d);
}

/* Without a replica that may be promoted it tries again, later and later. */
static void test_nobody_to_promote(void)
{
    drive_begin(&d, 1, 1, 1000);
    d.nodes[1].info.priority = 0;
    drive_run(&d, 11000);
    drive_kill(&d, 0);
    drive_run(&d, 30000);
    size_t aborts = drive_events(&d, EVENT_ABORT_NO_GOOD_SLAVE);
    CU_ASSERT(aborts >= 4 && aborts <= 14);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_REFUSED_SLAVE).detail, "priority 0");
    d.nodes[0].alive = true;
    drive_run(&d, 3000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_OUP), 1);
    aborts = drive_events(&d, EVENT_ABORT_NO_GOOD_SLAVE);
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_NO_GOOD_SLAVE), aborts);
    drive_end(&d);
}

/* --- our own process, our own disk ----------------------------------------------------------- */

/* A stall of ours is nobody's silence. */
static void test_stall(void)
{
    struct input tick = { .kind = INPUT_TICK };

    drive_begin(&d, 1, 1, 5000);
    d.now += 60000;
    drive_step(&d, &tick);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TILT), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    drive_run(&d, 5000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_UNTILT), 1);
    CU_ASSERT_EQUAL(d.core->tilt_until, MSEC_NEVER);
    d.now += 60000; /* its end is told even when there is nothing left to do */
    drive_request(&d, drive_ask(REQUEST_REMOVE, "g", 0));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TILT), 2);
    drive_run(&d, 5000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_UNTILT), 2);
    drive_end(&d);
}

/* While nothing gets durable nobody is promoted; news of the same kind are no news. */
static void test_disk_stalled(void)
{
    struct input disk = { .kind = INPUT_SETTLED };

    drive_begin(&d, 1, 1, 1000);
    disk.u.settled.kind = SETTLED_DISK;
    strcpy(disk.u.settled.error, "no space left");
    drive_step(&d, &disk);
    drive_step(&d, &disk);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_DISK_STALLED), 1);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_DISK_STALLED).detail, "no space left");
    drive_kill(&d, 0);
    drive_run(&d, 5000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ODOWN), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 0);
    CU_ASSERT(drive_orders(&d, ORDER_HELLO, 0) <= 1);
    disk.u.settled.ok = true;
    drive_step(&d, &disk);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_DISK_OK), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 1);
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "a failover, input by input", test_scripted_failover },
    { "the promotion's reply is lost", test_reply_lost },
    { "the promotion fails", test_promotion_fails },
    { "nobody to promote", test_nobody_to_promote },
    { "a stall of ours", test_stall },
    { "the disk stalls", test_disk_stalled },
};

int main(void)
{
    return unit_main("core", cases, sizeof cases / sizeof *cases);
}
