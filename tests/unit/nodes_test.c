#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/drive.h"

static struct drive d;

/* --- replicas found ------------------------------------------------------------------------- */

static void test_new_replica(void)
{
    drive_begin(&d, 1, 1, 30000);
    d.nodes[0].replicas[1] = (struct info_replica){ drive_addr(2), 0, 0, true };
    d.nodes[0].info.n_replicas = 2;
    drive_run(&d, 11000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE), 1);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SLAVE).addr.port, 7002);
    CU_ASSERT_PTR_NOT_NULL_FATAL(drive_node(&d, 2));
    CU_ASSERT(probe_is_up(&drive_node(&d, 2)->probe));
    CU_ASSERT_EQUAL(drive_row(&d, ROW_NODE)->addr.port, 7002);
    d.nodes[0].info.n_replicas = 0; /* one that is not named is not forgotten */
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    drive_end(&d);
}

/* A replica's replicas, and those of a primary that is not ours, are not ours to watch. */
static void test_only_the_primary_is_believed(void)
{
    drive_begin(&d, 1, 1, 30000);
    d.nodes[1].replicas[0] = (struct info_replica){ drive_addr(3), 0, 0, true };
    d.nodes[1].info.replicas = d.nodes[1].replicas;
    d.nodes[1].info.n_replicas = 1;
    drive_run(&d, 11000);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 2);
    d.nodes[0].info.role = ROLE_REPLICA;
    d.nodes[0].replicas[0].addr = drive_addr(4);
    drive_run(&d, 11000);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 2);
    drive_end(&d);
}

/* The table has an end, and it is said. */
static void test_too_many_replicas(void)
{
    static struct info_replica replicas[INFO_REPLICAS_MAX];

    drive_begin(&d, 0, 1, 30000);
    for (int i = 0; i < INFO_REPLICAS_MAX; i++)
        replicas[i].addr = drive_addr(1 + i % 5);
    for (int i = 0; i < INFO_REPLICAS_MAX; i++)
        snprintf(replicas[i].addr.host, sizeof replicas[i].addr.host, "10.0.%d.1", i);
    d.nodes[0].info.replicas = replicas;
    d.nodes[0].info.n_replicas = INFO_REPLICAS_MAX;
    drive_run(&d, 11000);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, NODES_MAX);
    CU_ASSERT(drive_events(&d, EVENT_LIMIT) >= 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(drive_event(&d, EVENT_LIMIT).detail, "10.0.127.1"));
    drive_end(&d);
}

static void test_reboot(void)
{
    drive_begin(&d, 1, 1, 30000);
    memset(d.nodes[1].info.runid, 'q', RUNID_LEN);
    drive_run(&d, 11000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_REBOOT), 1);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_REBOOT).addr.port, 7001);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_NODE)->runid[0], 'q');
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_REBOOT), 1);
    drive_end(&d);
}

/* --- names and numbers ------------------------------------------------------------------------ */

/* The group as the file has it with a name for the primary. */
static void begin_named(int64_t announce_hostnames, bool reached)
{
    struct request request = drive_ask(REQUEST_CONFIGURE, "g", 0);

    drive_bare(&d, 2);
    d.core->global.announce_hostnames = announce_hostnames;
    addr_set(&request.addr, "db.example", 7000);
    request.conf.quorum = 1;
    d.ip = "127.0.0.1";
    d.nodes[0].alive = reached;
    drive_request(&d, request);
    drive_request(&d, drive_ask(REQUEST_RETAIN, "", 0));
    drive_run(&d, 500);
}

static void test_name_is_shown_as_number(void)
{
    begin_named(0, true);
    CU_ASSERT_STRING_EQUAL(group_primary_addr(drive_group(&d)).host, "127.0.0.1");
    CU_ASSERT_STRING_EQUAL(drive_group(&d)->primary->addr.host, "db.example");
    CU_ASSERT_PTR_EQUAL(drive_node(&d, 0), drive_group(&d)->primary); /* found by either */
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    drive_end(&d);
}

static void test_name_is_announced(void)
{
    begin_named(1, true);
    CU_ASSERT_STRING_EQUAL(group_primary_addr(drive_group(&d)).host, "db.example");
    CU_ASSERT_PTR_NOT_NULL_FATAL(drive_node(&d, 0)); /* its replicas know it by number */
    drive_kill(&d, 0);
    drive_run(&d, 500);
    CU_ASSERT(drive_events(&d, EVENT_SDOWN) >= 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SWITCH_MASTER).primary.host, "db.example");
    drive_end(&d);
}

/* Replicas that announce names, of which the primary's INFO tells numbers: each is
 * one node, whatever is announced, and stays it. */
static void test_named_replicas_are_no_twins(void)
{
    for (int64_t announce = 0; announce < 2; announce++) {
        struct addr named;

        begin_named(announce, true);
        addr_set(&named, "replica.example", 7003);
        d.nodes[0].replicas[2] = (struct info_replica){ named, 0, 0, true };
        d.nodes[0].info.n_replicas = 3;
        drive_run(&d, 11000);
        CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 4);
        d.nodes[0].replicas[2].addr = drive_addr(3);
        drive_mark(&d);
        drive_run(&d, 60000);
        CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 4);
        CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE), 0);
        CU_ASSERT_EQUAL(d.log.n_rows, 0);
        drive_end(&d);
    }
}

/* A node that was known twice, by name and by number, is one as soon as it is reached.
 * What is owed stays owed, the primary stays the primary. */
static void test_twins_are_merged(void)
{
    struct addr number = drive_addr(0), name;
    struct node *twin;

    begin_named(0, false);
    addr_set(&name, "other.example", 7000);
    twin = node_add(d.core, drive_group(&d), &number);
    twin->owed = true;
    memset(twin->runid, 'a', RUNID_LEN);
    node_add(d.core, drive_group(&d), &name)->rumoured = true;
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    drive_mark(&d);
    d.nodes[0].alive = true;
    d.nodes[0].info.n_replicas = 0;
    drive_run(&d, 2000);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 1);
    CU_ASSERT_STRING_EQUAL(drive_group(&d)->primary->addr.host, "db.example");
    CU_ASSERT_FALSE(drive_group(&d)->primary->owed);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FORGET, 0), 2);
    CU_ASSERT(drive_row(&d, ROW_NODE_GONE) != NULL);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_REBOOT), 0);
    drive_end(&d);
}

/* Two replicas that are one: the one that we heard of only in a rumour goes, and
 * the debt passes to the one that stays. */
static void test_twin_replicas(void)
{
    struct addr name;
    struct node *twin;
    bool handed_on = false;

    drive_begin(&d, 2, 1, 30000);
    addr_set(&name, "replica.example", 7002);
    twin = node_add(d.core, drive_group(&d), &name);
    twin->owed = true;
    d.ip = "127.0.0.1";
    drive_run(&d, 1000); /* only the twin connects anew */
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(drive_node(&d, 2));
    CU_ASSERT_FALSE(drive_node(&d, 2)->owed); /* handed on, and paid: it follows the primary */
    for (size_t i = 0; i < d.log.n_rows; i++)
        handed_on |= d.log.rows[i].kind == ROW_NODE && d.log.rows[i].owed &&
                     strcmp(d.log.rows[i].addr.host, "127.0.0.1") == 0;
    CU_ASSERT(handed_on);
    CU_ASSERT_FALSE(drive_row(&d, ROW_NODE)->owed);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_end(&d);
}

/* A clock that is set makes no link an hour old that was up a moment ago. */
static void test_stepped_clock(void)
{
    drive_begin(&d, 1, 1, 30000);
    drive_run(&d, 11000);
    d.nodes[1].info.link_up = false;
    d.nodes[1].info.link_down_ms = 3600000;
    drive_run(&d, 11000);
    CU_ASSERT(drive_node(&d, 1)->info.link_down_ms >= 1000);
    CU_ASSERT(drive_node(&d, 1)->info.link_down_ms <= 23000);
    d.nodes[1].info.link_down_ms = 2000; /* set right */
    drive_run(&d, 11000);
    CU_ASSERT_EQUAL(drive_node(&d, 1)->info.link_down_ms, 2000);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "a new replica", test_new_replica },
    { "only the primary is believed", test_only_the_primary_is_believed },
    { "too many replicas", test_too_many_replicas },
    { "a reboot", test_reboot },
    { "a name is shown as number", test_name_is_shown_as_number },
    { "a name is announced", test_name_is_announced },
    { "named replicas are no twins", test_named_replicas_are_no_twins },
    { "twins are merged", test_twins_are_merged },
    { "twin replicas", test_twin_replicas },
    { "a stepped clock", test_stepped_clock },
};

int main(void)
{
    return unit_main("nodes", cases, sizeof cases / sizeof *cases);
}
