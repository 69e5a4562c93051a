#include "tests/unit/unit.h"

#include "tests/unit/drive.h"

static struct drive d;

static void begin(void)
{
    drive_begin(&d, 2, 1, 30000);
}

static enum reply_code ask(enum request_kind kind, const char *name, int n)
{
    return drive_request(&d, drive_ask(kind, name, n)).code;
}

/* What the file says of "g": node N, this quorum, this down_after. */
static void configure(int n, int64_t quorum, msec down_after_ms)
{
    struct request request = drive_ask(REQUEST_CONFIGURE, "g", n);

    request.conf.quorum = quorum;
    request.conf.down_after_ms = down_after_ms;
    CU_ASSERT_EQUAL(drive_request(&d, request).code, REPLY_OK);
}

/* As SENTINEL SET does at run time. */
static void set_quorum(int64_t quorum)
{
    struct request request = drive_ask(REQUEST_SET, "g", 0);

    request.conf.quorum = quorum;
    request.set = UINT64_C(1) << (group_option_by_wire_name("quorum") - group_options);
    CU_ASSERT_EQUAL(drive_request(&d, request).code, REPLY_OK);
}

/* What the file does not change leaves alone what was set at run time. */
static void test_reload_unchanged(void)
{
    begin();
    set_quorum(4);
    drive_mark(&d);
    configure(0, 1, 30000);
    ask(REQUEST_RETAIN, "", 0);
    CU_ASSERT_EQUAL(drive_group(&d)->conf.quorum, 4);
    CU_ASSERT_EQUAL(d.log.n_rows + d.log.n_events + d.log.n_orders, 0);
    drive_end(&d);
}

/* An option that the file changes wins; the others keep their run time values. */
static void test_reload_changed(void)
{
    begin();
    set_quorum(4);
    drive_mark(&d);
    configure(0, 1, 10000);
    CU_ASSERT_EQUAL(drive_group(&d)->conf.quorum, 4);
    CU_ASSERT_EQUAL(drive_group(&d)->conf.down_after_ms, 10000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SET), 1);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_GROUP)->base.down_after_ms, 10000);
    configure(0, 2, 10000);
    CU_ASSERT_EQUAL(drive_group(&d)->conf.quorum, 2);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CLOSE, 0), 0); /* no link drops for that */
    drive_end(&d);
}

/* The address in force may come from a failover: the file's counts when it changes. */
static void test_reload_address(void)
{
    begin();
    ask(REQUEST_FAILOVER, "g", 0);
    drive_run(&d, 1000);
    CU_ASSERT_PTR_EQUAL(drive_group(&d)->primary, drive_node(&d, 1));
    drive_mark(&d);
    configure(0, 1, 30000); /* as it was */
    CU_ASSERT_PTR_EQUAL(drive_group(&d)->primary, drive_node(&d, 1));
    CU_ASSERT_EQUAL(d.log.n_rows, 0);
    configure(1, 1, 30000); /* the operator has put right the file */
    CU_ASSERT_PTR_EQUAL(drive_group(&d)->primary, drive_node(&d, 1));
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_GROUP)->base_addr.port, 7001);
    configure(4, 1, 30000); /* elsewhere altogether: as a new group */
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 1);
    CU_ASSERT_EQUAL(drive_group(&d)->primary->addr.port, 7004);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 0);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FORGET, 0), 3);
    drive_run(&d, 100);
    CU_ASSERT(probe_is_up(&drive_group(&d)->primary->probe));
    drive_end(&d);
}

/* Groups of the file go when it no longer has them; those of operators stay. */
static void test_retain(void)
{
    begin();
    ask(REQUEST_MONITOR, "mine", 4);
    drive_mark(&d);
    configure(0, 1, 30000);
    ask(REQUEST_RETAIN, "", 0);
    CU_ASSERT_EQUAL(d.core->n_groups, 2);
    ask(REQUEST_RETAIN, "", 0); /* a file without groups */
    CU_ASSERT_EQUAL(d.core->n_groups, 1);
    CU_ASSERT_STRING_EQUAL(d.core->groups[0]->name, "mine");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_UNMONITOR), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_MONITOR), 0);
    ask(REQUEST_CONFIGURE, "mine", 4); /* now the file has it, and then no longer */
    ask(REQUEST_RETAIN, "", 0);
    CU_ASSERT(drive_row(&d, ROW_GROUP)->from_file);
    ask(REQUEST_RETAIN, "", 0);
    CU_ASSERT_EQUAL(d.core->n_groups, 0);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "unchanged", test_reload_unchanged },
    { "changed", test_reload_changed },
    { "another address", test_reload_address },
    { "retain", test_retain },
};

int main(void)
{
    return unit_main("reload", cases, sizeof cases / sizeof *cases);
}
