#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/drive.h"

#define REPLICAS   2
#define DOWN_AFTER 5000
#define KEYS       100

static struct drive d;
static size_t obeyed; /* orders of the log */

/* All nodes are picket-stores, or none is. */
static void begin(bool picket)
{
    drive_begin(&d, REPLICAS, 1, DOWN_AFTER);
    for (int i = 0; i <= REPLICAS; i++) {
        d.nodes[i].info.keys = KEYS;
        d.nodes[i].info.sync_replicas = picket ? 0 : -1;
    }
    drive_run(&d, 15000);
    drive_mark(&d);
    obeyed = 0;
}

/* Nodes do as the orders of this module say. */
static void obey(void)
{
    size_t at = obeyed;

    for (; at < d.log.n_orders; at++) {
        const struct order *order = &d.log.orders[at];
        const struct node *node = core_find_node(d.core, order->id);
        struct node_info *info = node != NULL ? &d.nodes[node->addr.port - 7000].info : NULL;
        uint64_t ticket = order->ticket;

        if (order->kind != ORDER_SYNC && order->kind != ORDER_CONFIRM)
            continue;
        if (order->kind == ORDER_SYNC)
            info->sync_replicas = order->min_replicas;
        else
            info->gate_closed = false;
        drive_settled(&d, ticket, true, false, info->role, "");
    }
    obeyed = at;
}

static void run(msec ms)
{
    for (; ms > 0; ms -= 100) {
        drive_run(&d, 100);
        obey();
    }
}

static bool is_sync(int64_t k)
{
    bool all = true;

    for (int i = 0; i <= REPLICAS; i++)
        all = all && d.nodes[i].info.sync_replicas == k;
    return all;
}

static void set_durability(int64_t durability, int64_t k)
{
    drive_group(&d)->conf.durability = durability;
    drive_group(&d)->conf.sync_replicas = k;
    drive_run(&d, 100);
}

/* Every node gets it under quorum, and loses it with that; over restarts of ours, since a row says
 * so. */
static void test_sync(void)
{
    begin(true);
    set_durability(DURABILITY_QUORUM, 2);
    run(12000);
    CU_ASSERT(is_sync(2));
    CU_ASSERT_PTR_NOT_NULL_FATAL(drive_row(&d, ROW_NODE));
    CU_ASSERT_EQUAL(drive_row(&d, ROW_NODE)->sync_set, 2);
    set_durability(DURABILITY_QUORUM, 1);
    run(12000);
    CU_ASSERT(is_sync(1));
    set_durability(DURABILITY_ASYNC, 1);
    run(12000);
    CU_ASSERT(is_sync(0));
    CU_ASSERT_EQUAL(drive_row(&d, ROW_NODE)->sync_set, 0);
    drive_end(&d);
}

/* What a node has by its own configuration is its own. */
static void test_own(void)
{
    begin(true);
    for (int i = 0; i <= REPLICAS; i++)
        d.nodes[i].info.sync_replicas = 1;
    run(12000);
    set_durability(DURABILITY_QUORUM, 1);
    run(12000);
    set_durability(DURABILITY_ASYNC, 1);
    run(12000);
    CU_ASSERT(is_sync(1));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_SYNC, 0), 0);
    drive_end(&d);
}

/* Nodes that do not know it are not told. */
static void test_stock(void)
{
    begin(false);
    set_durability(DURABILITY_QUORUM, 1);
    run(12000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_SYNC, 0), 0);
    drive_end(&d);
}

/* The primary is started again, behind its gate; replicas lose their links. */
static void restart(bool with_data)
{
    struct node_info *info = &d.nodes[0].info;

    drive_kill(&d, 0);
    info->runid[0] = 'z';
    info->gate_closed = true;
    memset(info->replid, 'Z', RUNID_LEN);
    if (with_data) {
        memset(info->replid2, 'A', RUNID_LEN);
        info->second_offset = 1001;
    } else {
        info->keys = info->primary_offset = 0;
    }
    d.nodes[0].alive = true;
}

static void test_confirmed(void)
{
    begin(true);
    restart(true);
    run(3000);
    CU_ASSERT_FALSE(d.nodes[0].info.gate_closed);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CONFIRM, 0), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_GATE_OPENED), 1);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 0);
    drive_end(&d);
}

/* A replica that has not said what it holds is waited for, until it counts as down. */
static void test_all_are_heard(void)
{
    begin(true);
    d.nodes[2].mute = true;
    restart(true);
    run(3000);
    CU_ASSERT(d.nodes[0].info.gate_closed);
    run(6000);
    CU_ASSERT_FALSE(d.nodes[0].info.gate_closed);
    drive_end(&d);
}

/* It is empty: a replica takes its place, however long that takes. */
static void test_replaced(void)
{
    begin(true);
    d.nodes[1].deaf = d.nodes[2].deaf = true;
    restart(false);
    run(15000);
    CU_ASSERT(d.nodes[0].info.gate_closed);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CONFIRM, 0), 0);
    CU_ASSERT(drive_orders(&d, ORDER_PROMOTE, 0) > 0);
    drive_end(&d);
}

/* Others may know of another primary: one of three supervisors alone opens nothing. */
static void test_no_majority(void)
{
    begin(true);
    drive_add_peer(&d, "2222222222222222222222222222222222222222", 26380);
    drive_add_peer(&d, "3333333333333333333333333333333333333333", 26381);
    restart(true);
    run(4000);
    CU_ASSERT(d.nodes[0].info.gate_closed);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CONFIRM, 0), 0);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "sync", test_sync },
    { "own", test_own },
    { "stock", test_stock },
    { "confirmed", test_confirmed },
    { "heard", test_all_are_heard },
    { "replaced", test_replaced },
    { "no majority", test_no_majority },
};

int main(void)
{
    return unit_main("tune", cases, sizeof cases / sizeof *cases);
}
