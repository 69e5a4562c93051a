#include "sentinel/arm.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/guard.h"
#include "tests/unit/rumour.h"

#define DOWN_AFTER 30000

/* The old primary has told nothing for FOR_MS, and the peers have replaced it. */
static void replace(msec for_ms)
{
    d.nodes[0].mute = for_ms > 0;
    drive_run(&d, for_ms);
    promote(2);
    claim(ANN, 26380, 2, 5);
    drive_run(&d, 10);
    confirm(ANN, 2);
    drive_run(&d, 10);
    CU_ASSERT(is_primary(2));
}

static size_t fences(void)
{
    return drive_orders(&d, ORDER_FENCE, drive_node(&d, 0)->id);
}

static const struct order *last_fence(void)
{
    for (size_t i = d.log.n_orders; i-- > 0;) {
        if (d.log.orders[i].kind == ORDER_FENCE)
            return &d.log.orders[i];
    }
    return NULL;
}

/* Nobody but the leader was to do it before. */
static void test_silent_is_armed_once(void)
{
    begin();
    replace(DOWN_AFTER + 2000);
    CU_ASSERT_EQUAL(fences(), 1);
    CU_ASSERT_EQUAL(last_fence()->addr.port, 7002);
    CU_ASSERT_EQUAL(last_fence()->min_replicas, 0);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_FENCE_ARMED).addr.port, 7000);
    drive_run(&d, 2 * DOWN_AFTER);
    CU_ASSERT_EQUAL(fences(), 1);
    drive_end(&d);
}

static void test_answering_is_spared(void)
{
    begin();
    replace(0);
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(fences(), 0);
    drive_end(&d);
}

/* Others may have missed it a little earlier than we. */
static void test_missed_later(void)
{
    for (int late = 0; late < 2; late++) {
        begin();
        replace(DOWN_AFTER - (late ? 3000 : 500));
        CU_ASSERT_EQUAL(fences(), 0);
        drive_run(&d, 5000);
        CU_ASSERT(drive_node(&d, 0)->sdown);
        CU_ASSERT_EQUAL(fences(), late ? 0 : 1);
        drive_end(&d);
    }
}

/* Without a connection that it has answered on there is nothing to put it into. */
static void test_without_connection(void)
{
    begin();
    d.nodes[0].alive = false;
    drive_observe(&d, drive_node(&d, 0)->id, LINK_CMD, EVIDENCE_TIMEOUT, NULL);
    drive_observe(&d, drive_node(&d, 0)->id, LINK_PUBSUB, EVIDENCE_TIMEOUT, NULL);
    replace(DOWN_AFTER + 2000);
    CU_ASSERT_EQUAL(fences(), 0);
    drive_end(&d);
}

static void test_fencing_off(void)
{
    begin();
    drive_group(&d)->conf.fencing = FENCING_OFF;
    replace(DOWN_AFTER + 2000);
    CU_ASSERT_EQUAL(fences(), 0);
    drive_end(&d);
}

/* With `salvage` it keeps its role, and what it alone has; who does not know how leaves it alone.
 */
static void test_salvage_holds(void)
{
    for (int known = 0; known < 2; known++) {
        begin();
        drive_group(&d)->conf.salvage = true;
        drive_node(&d, 0)->guard_at = known ? d.now : MSEC_NEVER;
        replace(DOWN_AFTER + 2000);
        CU_ASSERT_EQUAL(fences(), known ? 1 : 0);
        if (known) {
            CU_ASSERT(last_fence()->min_replicas >= GUARD_FENCED);
            drive_mark(&d);
            drive_settled(&d, drive_node(&d, 0)->arm.ticket, true, false, ROLE_PRIMARY, "");
            CU_ASSERT(drive_node(&d, 0)->min_replicas >= GUARD_FENCED);
            CU_ASSERT_EQUAL(drive_node(&d, 0)->arm.ticket, 0);
        }
        drive_end(&d);
    }
}

/* What waits in connections to the new primary must not be read. */
static void test_disarmed(void)
{
    begin();
    replace(DOWN_AFTER + 2000);
    claim(ANN, 26380, 0, 6);
    drive_run(&d, 10);
    confirm(ANN, 0);
    confirm(BOB, 0);
    CU_ASSERT(is_primary(0));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_DISARM, drive_node(&d, 0)->id), 1);
    CU_ASSERT_FALSE(drive_node(&d, 0)->arm.armed);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "a silent one is armed, once", test_silent_is_armed_once },
    { "one that answers is spared", test_answering_is_spared },
    { "missed a little later", test_missed_later },
    { "without a connection", test_without_connection },
    { "fencing is off", test_fencing_off },
    { "with salvage it is held", test_salvage_holds },
    { "disarmed", test_disarmed },
};

int main(void)
{
    return unit_main("arm", cases, sizeof cases / sizeof *cases);
}
