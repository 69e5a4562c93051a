#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/drive.h"

#define PEER "2222222222222222222222222222222222222222"

static struct drive d;

static void begin(void)
{
    drive_begin(&d, 2, 1, 30000);
}

/* The bit of the option that SENTINEL SET knows by that name. */
static uint64_t bit(const char *name)
{
    return UINT64_C(1) << (group_option_by_wire_name(name) - group_options);
}

static enum reply_code ask(enum request_kind kind, const char *name, int n)
{
    return drive_request(&d, drive_ask(kind, name, n)).code;
}

static void set_quorum(int64_t quorum)
{
    struct request request = drive_ask(REQUEST_SET, "g", 0);

    request.conf.quorum = quorum;
    request.conf.down_after_ms = 1; /* not named by a bit: not taken */
    request.set = bit("quorum");
    CU_ASSERT_EQUAL(drive_request(&d, request).code, REPLY_OK);
}

static void test_monitor(void)
{
    struct request request = drive_ask(REQUEST_MONITOR, "h", 4);
    const struct row *row;

    begin();
    request.conf.quorum = 3;
    CU_ASSERT_EQUAL(drive_request(&d, request).code, REPLY_OK);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_MONITOR).count, 3);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_MONITOR).group, "h");
    row = drive_row(&d, ROW_GROUP);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    CU_ASSERT_STRING_EQUAL(row->group, "h");
    CU_ASSERT(row->addr.port == 7004 && row->conf.quorum == 3 && !row->from_file);
    drive_run(&d, 2);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, 0), 2);
    drive_mark(&d);
    CU_ASSERT_EQUAL(drive_request(&d, request).code, REPLY_DUPLICATE_GROUP);
    CU_ASSERT_EQUAL(ask(REQUEST_MONITOR, "g", 5), REPLY_DUPLICATE_GROUP);
    CU_ASSERT_EQUAL(d.log.n_rows + d.log.n_events, 0);
    drive_end(&d);
}

/* Groups stand sorted by name, however they come; at GROUPS_MAX it is full. */
static void test_many_groups(void)
{
    char name[16];

    drive_bare(&d, 0);
    for (int i = 0; i < GROUPS_MAX; i++) {
        snprintf(name, sizeof name, "g%04d", i * 1237 % GROUPS_MAX);
        CU_ASSERT_EQUAL(ask(REQUEST_MONITOR, name, 0), REPLY_OK);
        output_clear(&d.log);
    }
    for (size_t i = 1; i < d.core->n_groups; i++)
        CU_ASSERT(strcmp(d.core->groups[i - 1]->name, d.core->groups[i]->name) < 0);
    CU_ASSERT_EQUAL(ask(REQUEST_MONITOR, "one-more", 0), REPLY_FULL);
    CU_ASSERT_EQUAL(ask(REQUEST_CONFIGURE, "one-more", 0), REPLY_FULL);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_MONITOR), 0);
    CU_ASSERT_EQUAL(ask(REQUEST_REMOVE, "g0007", 0), REPLY_OK);
    CU_ASSERT_PTR_NULL(core_find_group(d.core, "g0007"));
    CU_ASSERT_PTR_NOT_NULL(core_find_group(d.core, "g0008"));
    CU_ASSERT_EQUAL(ask(REQUEST_MONITOR, "one-more", 0), REPLY_OK);
    drive_end(&d);
}

static void test_remove(void)
{
    uint32_t node;

    begin();
    drive_add_peer(&d, PEER, 26380);
    node = drive_node(&d, 1)->id;
    drive_mark(&d);
    CU_ASSERT_EQUAL(ask(REQUEST_REMOVE, "g", 0), REPLY_OK);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_UNMONITOR), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FORGET, 0), 4); /* three nodes and the peer */
    CU_ASSERT(drive_row(&d, ROW_GROUP_GONE) != NULL && d.core->n_groups == 0);
    CU_ASSERT_EQUAL(ask(REQUEST_REMOVE, "g", 0), REPLY_NO_SUCH_GROUP);
    drive_mark(&d);
    drive_observe(&d, node, LINK_CMD, EVIDENCE_PONG, NULL); /* late news of what is gone */
    drive_observe(&d, 123456, LINK_CMD, EVIDENCE_RESET, NULL);
    drive_settled(&d, (uint64_t)node << 32 | 1, true, false, ROLE_PRIMARY, "");
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(d.log.n_orders + d.log.n_events + d.log.n_messages, 0);
    CU_ASSERT_EQUAL(d.wake, MSEC_NEVER);
    drive_end(&d);
}

static void test_set(void)
{
    begin();
    set_quorum(4);
    CU_ASSERT_EQUAL(drive_group(&d)->conf.quorum, 4);
    CU_ASSERT_EQUAL(drive_group(&d)->base.quorum, 1);
    CU_ASSERT_EQUAL(drive_group(&d)->conf.down_after_ms, 30000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SET), 1);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SET).detail, "quorum 4");
    CU_ASSERT(drive_row(&d, ROW_GROUP)->conf.quorum == 4);
    CU_ASSERT_EQUAL(ask(REQUEST_SET, "nope", 0), REPLY_NO_SUCH_GROUP);
    drive_end(&d);
}

/* A new silence limit holds from now on, for each node. */
static void test_set_down_after(void)
{
    struct request request = drive_ask(REQUEST_SET, "g", 0);

    begin();
    d.nodes[2].mute = true;
    drive_run(&d, 3000);
    request.conf.down_after_ms = 1000;
    request.set = bit("down-after-milliseconds");
    drive_request(&d, request);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SDOWN).addr.port, 7002);
    CU_ASSERT_EQUAL(drive_node(&d, 1)->probe.down_after_ms, 1000);
    drive_end(&d);
}

/* New credentials open the links anew, the same ones do not; neither is told in clear. */
static void test_set_credentials(void)
{
    struct request request = drive_ask(REQUEST_SET, "g", 0);

    begin();
    strcpy(request.conf.auth_pass, "hunter2");
    request.set = bit("auth-pass");
    drive_request(&d, request);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CLOSE, 0), 6);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, 0), 6);
    for (int n = 0; n < 3; n++)
        CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, drive_node(&d, n)->id), 2);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SET).detail, "auth-pass ******");
    drive_run(&d, 100);
    drive_mark(&d);
    drive_request(&d, request);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CLOSE, 0), 0);
    drive_end(&d);
}

static void test_reset(void)
{
    begin();
    ask(REQUEST_MONITOR, "gamma", 4);
    ask(REQUEST_MONITOR, "other", 5);
    drive_add_peer(&d, PEER, 26380);
    drive_mark(&d);
    CU_ASSERT_EQUAL(drive_request(&d, drive_ask(REQUEST_RESET, "x*", 0)).count, 0);
    CU_ASSERT_EQUAL(d.log.n_rows + d.log.n_events, 0);
    CU_ASSERT_EQUAL(drive_request(&d, drive_ask(REQUEST_RESET, "g*", 0)).count, 2);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_RESET_MASTER), 2);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 1);
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, 0);
    CU_ASSERT_EQUAL(d.core->n_peers, 0);
    CU_ASSERT(drive_row(&d, ROW_NODE_GONE) != NULL && drive_row(&d, ROW_PEER_GONE) != NULL);
    drive_run(&d, 100); /* the primary names its replicas again */
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE), 2);
    drive_end(&d);
}

/* Not in mid-promotion: the promoted node would be left to nobody. */
static void test_reset_spares_promotions(void)
{
    begin();
    for (int n = 1; n < 3; n++)
        d.nodes[n].deaf = true;
    drive_kill(&d, 0);
    drive_run(&d, 600);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_PROMOTE);
    CU_ASSERT_EQUAL(drive_request(&d, drive_ask(REQUEST_RESET, "*", 0)).count, 0);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    CU_ASSERT_EQUAL(ask(REQUEST_REMOVE, "g", 0), REPLY_OK); /* whoever removes means it */
    drive_end(&d);
}

static void test_failover(void)
{
    begin();
    CU_ASSERT_EQUAL(ask(REQUEST_FAILOVER, "nope", 0), REPLY_NO_SUCH_GROUP);
    d.nodes[1].info.priority = d.nodes[2].info.priority = 0;
    drive_run(&d, 11000);
    CU_ASSERT_EQUAL(ask(REQUEST_FAILOVER, "g", 0), REPLY_NO_GOOD_REPLICA);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 0);
    d.nodes[2].info.priority = 100;
    drive_run(&d, 11000);
    drive_mark(&d);
    CU_ASSERT_EQUAL(ask(REQUEST_FAILOVER, "g", 0), REPLY_OK);
    CU_ASSERT_EQUAL(ask(REQUEST_FAILOVER, "g", 0), REPLY_IN_PROGRESS);
    drive_run(&d, 1000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_PTR_EQUAL(drive_group(&d)->primary, drive_node(&d, 2));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_FAILOVER_END), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_DEMOTE, 0), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FOLLOW, 0), 1); /* the other replica */
    CU_ASSERT_EQUAL(d.nodes[0].info.role, ROLE_REPLICA);
    drive_end(&d);
}

static void test_flush(void)
{
    begin();
    CU_ASSERT_EQUAL(ask(REQUEST_FLUSH, "", 0), REPLY_OK);
    CU_ASSERT_EQUAL(d.log.n_replies, 1);
    drive_end(&d);
}

static void set_renames(const char *renames)
{
    struct request request = drive_ask(REQUEST_SET, "g", 0);

    drive_mark(&d);
    snprintf(request.conf.rename_commands, sizeof request.conf.rename_commands, "%s", renames);
    request.set = bit("rename-command");
    CU_ASSERT_EQUAL(drive_request(&d, request).code, REPLY_OK);
}

/* An event for each command whose name changed, as Sentinel tells it; and links that know. */
static void test_set_renames(void)
{
    begin();
    set_renames("INFO=a PING=b");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SET), 2);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SET).detail, "rename-command PING b");
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CLOSE, drive_node(&d, 0)->id), PROBE_LINKS);
    set_renames("INFO=c PING=b");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SET), 1);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SET).detail, "rename-command INFO c");
    set_renames("PING=b");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SET), 1);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SET).detail, "rename-command INFO INFO");
    drive_run(&d, 10);
    set_renames("PING=b");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SET), 0);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CLOSE, 0), 0);
    drive_end(&d);
}

/* A group of the file that was removed: the file says the same again, and is not listened to. */
static void test_removed_stays_away(void)
{
    struct request request = drive_ask(REQUEST_CONFIGURE, "g", 0);

    begin();
    request.conf = drive_group(&d)->base;
    CU_ASSERT_EQUAL(ask(REQUEST_REMOVE, "g", 0), REPLY_OK);
    CU_ASSERT_PTR_NOT_NULL(drive_row(&d, ROW_REMOVED));
    drive_mark(&d);
    drive_request(&d, request);
    CU_ASSERT_PTR_NULL(drive_group(&d));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_STAYS_AWAY), 1);
    CU_ASSERT_EQUAL(ask(REQUEST_RETAIN, "", 0), REPLY_OK);
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_REMOVED_GONE));
    /* Another text brings it back, */
    request.conf.quorum = 5;
    drive_request(&d, request);
    CU_ASSERT_PTR_NOT_NULL(drive_group(&d));
    CU_ASSERT_PTR_NOT_NULL(drive_row(&d, ROW_REMOVED_GONE));
    drive_request(&d, drive_ask(REQUEST_RETAIN, "", 0));
    CU_ASSERT_PTR_NOT_NULL(drive_group(&d));
    /* or none, and then the same, */
    CU_ASSERT_EQUAL(ask(REQUEST_REMOVE, "g", 0), REPLY_OK);
    drive_request(&d, drive_ask(REQUEST_RETAIN, "", 0));
    drive_request(&d, request);
    CU_ASSERT_PTR_NOT_NULL(drive_group(&d));
    drive_request(&d, drive_ask(REQUEST_RETAIN, "", 0));
    /* or MONITOR: then the file, as long as it says the same, does not win over that. */
    CU_ASSERT_EQUAL(ask(REQUEST_REMOVE, "g", 0), REPLY_OK);
    CU_ASSERT_EQUAL(ask(REQUEST_MONITOR, "g", 3), REPLY_OK);
    drive_request(&d, request);
    CU_ASSERT_EQUAL(drive_group(&d)->primary->addr.port, 7003);
    CU_ASSERT_EQUAL(d.core->n_removed, 0);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "monitor", test_monitor },
    { "many groups", test_many_groups },
    { "remove", test_remove },
    { "set", test_set },
    { "set down-after", test_set_down_after },
    { "set credentials", test_set_credentials },
    { "set renames", test_set_renames },
    { "reset", test_reset },
    { "reset spares promotions", test_reset_spares_promotions },
    { "failover", test_failover },
    { "flush", test_flush },
    { "a removed group stays away", test_removed_stays_away },
};

int main(void)
{
    return unit_main("requests", cases, sizeof cases / sizeof *cases);
}
