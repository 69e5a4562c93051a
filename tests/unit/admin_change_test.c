/* Commands that change groups, and those of other supervisors. */
#include "tests/unit/admin_drive.h"

/* --- changing ------------------------------------------------------------------------------- */

static void test_monitor(void)
{
    struct fixture *f = set_up();
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 x y", "-ERR Invalid quorum\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 x 0", "-ERR Invalid port\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 1 0", "-ERR Quorum must be 1 or greater.\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 1 1001", "-ERR Invalid quorum\r\n");
    EXPECT(f, "SENTINEL MONITOR a a,b 1 1", "-ERR Invalid IP address or hostname specified\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 70000 1", "-ERR Invalid port number.\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 0 1", "-ERR Invalid port number.\r\n");
    EXPECT(f, "SENTINEL MONITOR a,b 10.0.0.1 1 1",
           "-ERR Invalid master name: allowed are 1 to 128 printable characters without space, "
           "comma and quotes\r\n");
    EXPECT(f, "SENTINEL MONITOR a\nb 10.0.0.1 1 1",
           "-ERR Invalid argument at index 2 for SENTINEL MONITOR: control characters are not "
           "allowed\r\n");
    f->core->global.resolve_hostnames = 0;
    EXPECT(f, "SENTINEL MONITOR a db1 1 1", "-ERR Invalid IP address or hostname specified\r\n");
    CU_ASSERT_EQUAL(f->submitted, 0);
    f->core->global.resolve_hostnames = 1;
    EXPECT(f, "SENTINEL MONITOR b db1 1 1", "+OK\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.1 6379 3", "+OK\r\n");
    EXPECT(f, "SENTINEL MONITOR a 10.0.0.2 6379 3", "-ERR Duplicate master name.\r\n");
    CU_ASSERT_EQUAL(core_find_group(f->core, "a")->conf.quorum, 3);
    EXPECT(f, "SENTINEL REMOVE a", "+OK\r\n");
    CU_ASSERT_PTR_NULL(core_find_group(f->core, "a"));
    tear_down(f);
}

/* All pairs are read first: one that is wrong leaves the others undone. */
static void test_set(void)
{
    struct fixture *f = set_up_group();
    const struct group_conf *conf = &core_find_group(f->core, "orders")->conf;
    unsigned before = f->submitted;
    EXPECT(f, "SENTINEL SET orders quorum",
           "-ERR wrong number of arguments for 'sentinel|set' command\r\n");
    EXPECT(f, "SENTINEL SET orders quorum 3 foo 1",
           "-ERR Unknown option or number of arguments for SENTINEL SET 'foo'\r\n");
    EXPECT(f, "SENTINEL SET orders quorum 3 parallel-syncs",
           "-ERR Unknown option or number of arguments for SENTINEL SET 'parallel-syncs'\r\n");
    EXPECT(f, "SENTINEL SET orders quorum 3 down-after-milliseconds 0",
           "-ERR Invalid argument '0' for SENTINEL SET 'down-after-milliseconds'\r\n");
    EXPECT(f, "SENTINEL SET orders quorum 3 auth-pass a\tb",
           "-ERR Invalid argument at index 6 for SENTINEL SET: control characters are not "
           "allowed\r\n");
    CU_ASSERT_EQUAL(f->submitted, before);
    CU_ASSERT_EQUAL(conf->quorum, 2);
    EXPECT(f, "SENTINEL SET orders QUORUM 3 auth-pass secret quorum 4 crash-detection off",
           "+OK\r\n");
    CU_ASSERT_EQUAL(conf->quorum, 4);
    CU_ASSERT_STRING_EQUAL(conf->auth_pass, "secret");
    CU_ASSERT_EQUAL(conf->crash_detection, 0);
    CU_ASSERT_EQUAL(conf->down_after_ms, 30000);
    EXPECT(f, "SENTINEL SET orders primary-reboot-down-after-period 5", "+OK\r\n");
    CU_ASSERT_EQUAL(conf->master_reboot_down_after_ms, 5);
    tear_down(f);
}

static void test_set_renames(void)
{
    struct fixture *f = set_up_group();
    const char *renames = core_find_group(f->core, "orders")->conf.rename_commands;
    EXPECT(f, "SENTINEL SET orders rename-command INFO",
           "-ERR Unknown option or number of arguments for SENTINEL SET 'rename-command'\r\n");
    EXPECT(f, "SENTINEL SET orders rename-command a=b c",
           "-ERR Invalid argument 'a=b' for SENTINEL SET 'rename-command'\r\n");
    EXPECT(f, "SENTINEL SET orders rename-command INFO c=d quorum 3",
           "-ERR Invalid argument 'c=d' for SENTINEL SET 'rename-command'\r\n");
    CU_ASSERT_STRING_EQUAL(renames, "");
    EXPECT(f, "SENTINEL SET orders rename-command INFO i1 quorum 3 rename-command config c1",
           "+OK\r\n");
    CU_ASSERT_STRING_EQUAL(renames, "INFO=i1 config=c1");
    EXPECT(f, "SENTINEL SET orders rename-command info INFO", "+OK\r\n");
    CU_ASSERT_STRING_EQUAL(renames, "config=c1");
    tear_down(f);
}

static void test_set_scripts(void)
{
    struct fixture *f = set_up_group();
    const struct group_conf *conf = &core_find_group(f->core, "orders")->conf;
    const struct slice clear[] = { slice_str("SENTINEL"), slice_str("SET"), slice_str("orders"),
                                   slice_str("notification-script"), slice_str("") };
    unsigned before = f->submitted;

    f->script = ADMIN_SCRIPT_DENIED;
    EXPECT(f, "SENTINEL SET orders quorum 3 notification-script /h/n",
           "-ERR Reconfiguration of scripts path is denied for security reasons. Check the "
           "deny-scripts-reconfig configuration directive in your Sentinel configuration\r\n");
    f->script = ADMIN_SCRIPT_UNUSABLE;
    EXPECT(f, "SENTINEL SET orders quorum 3 notification-script /h/n",
           "-ERR Notification script seems non existing or non executable\r\n");
    EXPECT(f, "SENTINEL SET orders client-reconfig-script /h/c quorum 3",
           "-ERR Client reconfiguration script seems non existing or non executable\r\n");
    CU_ASSERT_EQUAL(f->submitted, before);
    CU_ASSERT_EQUAL(conf->quorum, 2);
    f->script = ADMIN_SCRIPT_ALLOWED;
    EXPECT(f, "SENTINEL SET orders notification-script /h/n client-reconfig-script /h/c",
           "+OK\r\n");
    CU_ASSERT_STRING_EQUAL(conf->notification_script, "/h/n");
    CU_ASSERT_STRING_EQUAL(conf->client_reconfig_script, "/h/c");
    CU_ASSERT(
        contains(ask(f, "SENTINEL MASTER orders"),
                 "$14\r\nparallel-syncs\r\n$1\r\n1\r\n$19\r\nnotification-script\r\n$4\r\n/h/n"
                 "\r\n$22\r\nclient-reconfig-script\r\n$4\r\n/h/c\r\n"));
    admin_request(f->admin, &f->client, 5, clear);
    CU_ASSERT_STRING_EQUAL(conf->notification_script, "");
    buf_reset(&f->client.out);
    f->script = ADMIN_SCRIPT_DENIED;
    admin_request(f->admin, &f->client, 5, clear);
    CU_ASSERT(contains(buf_text(&f->client.out), "-ERR Reconfiguration of scripts path"));
    tear_down(f);
}

static void test_pending_scripts(void)
{
    const struct scripts_paths paths = { "/h/n", NULL };
    struct fixture *f = set_up_group();
    struct event event = { .kind = EVENT_RESET_MASTER, .type = INSTANCE_MASTER, .group = "orders" };
    struct scripts_step step;

    EXPECT(f, "SENTINEL PENDING-SCRIPTS", "*0\r\n");
    CU_ASSERT(contains(ask(f, "INFO sentinel"), "sentinel_running_scripts:0\r\n"
                                                "sentinel_scripts_queue_length:0\r\n"));
    addr_set(&event.addr, "10.0.0.1", 6379);
    scripts_event(f->scripts, f->now, &event, &paths);
    scripts_event(f->scripts, f->now + 70, &event, &paths);
    CU_ASSERT_FATAL(scripts_next(f->scripts, f->now, &step));
    scripts_started(f->scripts, step.id, 4711);
    f->now += 25;
    EXPECT(f, "SENTINEL PENDING-SCRIPTS",
           "*2\r\n*10\r\n$4\r\nargv\r\n*3\r\n$4\r\n/h/n\r\n$13\r\n+reset-master\r\n"
           "$27\r\nmaster orders 10.0.0.1 6379\r\n$5\r\nflags\r\n$7\r\nrunning\r\n"
           "$3\r\npid\r\n$4\r\n4711\r\n$8\r\nrun-time\r\n$2\r\n25\r\n$9\r\nretry-num\r\n$1\r\n1\r\n"
           "*10\r\n$4\r\nargv\r\n*3\r\n$4\r\n/h/n\r\n$13\r\n+reset-master\r\n"
           "$27\r\nmaster orders 10.0.0.1 6379\r\n$5\r\nflags\r\n$9\r\nscheduled\r\n"
           "$3\r\npid\r\n$1\r\n0\r\n$9\r\nrun-delay\r\n$2\r\n45\r\n$9\r\nretry-num\r\n$1\r\n0\r\n");
    CU_ASSERT(contains(ask(f, "INFO sentinel"), "sentinel_running_scripts:1\r\n"
                                                "sentinel_scripts_queue_length:2\r\n"));
    ask(f, "HELLO 3");
    CU_ASSERT(contains(ask(f, "SENTINEL PENDING-SCRIPTS"), "*2\r\n%5\r\n$4\r\nargv\r\n*3\r\n"));
    tear_down(f);
}

static void test_other_changes(void)
{
    struct fixture *f = set_up_group();
    EXPECT(f, "SENTINEL RESET ord*", ":1\r\n");
    EXPECT(f, "SENTINEL RESET x*", ":0\r\n");
    EXPECT(f, "SENTINEL FLUSHCONFIG", "+OK\r\n");
    EXPECT(f, "SENTINEL FAILOVER orders", "-NOGOODSLAVE No suitable replica to promote\r\n");
    EXPECT(f, "SENTINEL FAILOVER orders Coordinated",
           "-NOGOODSLAVE No suitable replica to promote\r\n");
    EXPECT(f, "SENTINEL FAILOVER orders now", "-ERR Unknown failover option specified\r\n");
    EXPECT(f, "SENTINEL FAILOVER nosuch now", "-ERR No such master with that name\r\n");
    f->full = true;
    EXPECT(f, "SENTINEL FLUSHCONFIG", "-ERR too many requests are waiting for their reply\r\n");
    tear_down(f);
}

static void test_reply_codes(void)
{
    static const char *const texts[] = {
        [REPLY_OK] = "+OK\r\n",
        [REPLY_NO_SUCH_GROUP] = "-ERR No such master with that name\r\n",
        [REPLY_DUPLICATE_GROUP] = "-ERR Duplicate master name.\r\n",
        [REPLY_IN_PROGRESS] = "-INPROG Failover already in progress\r\n",
        [REPLY_NO_GOOD_REPLICA] = "-NOGOODSLAVE No suitable replica to promote\r\n",
        [REPLY_NO_SUCH_REPLICA] = "-ERR No such replica of that master\r\n",
        [REPLY_NO_QUORUM] = "-NOQUORUM Too few supervisors can be reached to elect a leader\r\n",
        [REPLY_PAUSED] = "-PAUSED The group is paused: PICKET RESUME it first\r\n",
        [REPLY_NO_SUCH_NODE] = "-ERR No such node of that master\r\n",
        [REPLY_NO_SUCH_PEER] = "-ERR No such supervisor of that master\r\n",
        [REPLY_IS_PRIMARY] =
            "-ISPRIMARY It is the primary: hand the group over to another node first\r\n",
        [REPLY_STILL_THERE] =
            "-STILLTHERE It is there and would be found again at once: stop it first\r\n",
        [REPLY_FULL] = "-ERR Too many masters are watched\r\n",
    };
    struct fixture *f = set_up();
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct reply reply = { .code = (enum reply_code)i };
        admin_reply(f->admin, &f->client, REQUEST_FAILOVER, &reply);
        CU_ASSERT_STRING_EQUAL(buf_text(&f->client.out), texts[i]);
        buf_reset(&f->client.out);
    }
    tear_down(f);
}

/* --- peers ---------------------------------------------------------------------------------- */

static void test_ask(void)
{
    struct fixture *f = set_up_group();
    const char *bad = "-ERR value is not an integer or out of range\r\n";
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 x 0 *", bad);
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 -1 *", bad);
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 18446744073709551616 *", bad);
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 18446744073709551615 *", bad);
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 6379 1 me",
           "-ERR Invalid run id: allowed are 40 letters or digits, or *\r\n");
    EXPECT(f, "SENTINEL IS-MASTER-DOWN-BY-ADDR 10.0.0.1 99999 1 *",
           "*3\r\n:0\r\n$1\r\n*\r\n:0\r\n");
    CU_ASSERT_EQUAL(f->messages, 0);

    struct slice argv[] = { slice_str("SENTINEL"), slice_str("is-master-down-by-addr"),
                            slice_str("10.0.0.1"), slice_str("6379"),
                            slice_str("5"),        slice_str(PEER) };
    admin_request(f->admin, &f->client, 6, argv);
    CU_ASSERT(f->client.flags & CLIENT_BLOCKED);
    CU_ASSERT_EQUAL(buf_used(&f->client.out), 0);
    CU_ASSERT_EQUAL(f->message.kind, MESSAGE_ASK);
    CU_ASSERT_EQUAL(f->message.ticket, f->ticket);
    CU_ASSERT_EQUAL(f->message.u.ask.epoch, 5);
    CU_ASSERT_EQUAL(f->message.u.ask.primary.port, 6379);
    CU_ASSERT_STRING_EQUAL(f->message.u.ask.candidate, PEER);

    struct message answer = { .kind = MESSAGE_ANSWER,
                              .u.answer = { .down = true, .leader = PEER, .leader_epoch = 5 } };
    admin_answer(f->admin, &f->client, &answer);
    CU_ASSERT_STRING_EQUAL(buf_text(&f->client.out), "*3\r\n:1\r\n$40\r\n" PEER "\r\n:5\r\n");
    client_resume(&f->client);
    tear_down(f);
}

static void test_claim(void)
{
    static const struct {
        const char *text, *field;
    } bad[] = {
        { "PICKET CLAIM x orders 10.0.0.1 6379 1 5000 0", "runid" },
        { "PICKET CLAIM " PEER " a,b 10.0.0.1 6379 1 5000 0", "group" },
        { "PICKET CLAIM " PEER " orders a,b 6379 1 5000 0", "ip" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 0 1 5000 0", "port" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 6379 -1 5000 0", "epoch" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 6379 1 0 0", "ms" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 6379 1 x 0", "ms" },
        { "PICKET CLAIM " PEER " orders 10.0.0.1 6379 1 5000 -1", "over" },
    };
    struct fixture *f = set_up();
    char wanted[80];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(wanted, sizeof(wanted), "-ERR Invalid %s for PICKET CLAIM\r\n", bad[i].field);
        EXPECT(f, bad[i].text, wanted);
    }

    struct slice argv[] = { slice_str("PICKET"), slice_str("claim"),    slice_str(PEER),
                            slice_str("orders"), slice_str("10.0.0.1"), slice_str("6379"),
                            slice_str("3"),      slice_str("5000"),     slice_str("7") };
    admin_request(f->admin, &f->client, 9, argv);
    CU_ASSERT(f->client.flags & CLIENT_BLOCKED);
    CU_ASSERT_EQUAL(f->message.kind, MESSAGE_CLAIM);
    CU_ASSERT_EQUAL(f->message.ticket, f->ticket);
    CU_ASSERT_STRING_EQUAL(f->message.u.claim.runid, PEER);
    CU_ASSERT_STRING_EQUAL(f->message.u.claim.group, "orders");
    CU_ASSERT_EQUAL(f->message.u.claim.stake.addr.port, 6379);
    CU_ASSERT_EQUAL(f->message.u.claim.stake.epoch, 3);
    CU_ASSERT_EQUAL(f->message.u.claim.stake.ms, 5000);
    CU_ASSERT_EQUAL(f->message.u.claim.stake.over, 7);

    struct message pledge = {
        .kind = MESSAGE_PLEDGE,
        .u.pledge = { .ms = 40, .serial = 9, .addr = { .host = "10.0.0.2", .port = 6380 } }
    };
    admin_answer(f->admin, &f->client, &pledge);
    CU_ASSERT_STRING_EQUAL(buf_text(&f->client.out),
                           "*5\r\n:0\r\n:40\r\n:9\r\n$8\r\n10.0.0.2\r\n:6380\r\n");
    client_resume(&f->client);
    tear_down(f);
}

static void test_opinion(void)
{
    static const struct {
        const char *words, *field;
    } bad[] = {
        { "PICKET OPINION x orders 10.0.0.1 6379 1 1 0", "runid" },
        { "PICKET OPINION " PEER " a,b 10.0.0.1 6379 1 1 0", "group" },
        { "PICKET OPINION " PEER " orders a,b 6379 1 1 0", "ip" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 0 1 1 0", "port" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 99999 1 1 0", "port" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 6379 -1 1 0", "config-epoch" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 6379 1 2 0", "down" },
        { "PICKET OPINION " PEER " orders 10.0.0.1 6379 1 1 x", "leading-epoch" },
    };
    struct fixture *f = set_up_group();
    char wanted[128];
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(wanted, sizeof(wanted), "-ERR Invalid %s for PICKET OPINION\r\n", bad[i].field);
        EXPECT(f, bad[i].words, wanted);
    }
    CU_ASSERT_EQUAL(f->messages, 0);
    EXPECT(f, "PICKET OPINION " PEER " orders 10.0.0.1 6379 3 1 9", "+OK\r\n");
    CU_ASSERT_EQUAL(f->message.kind, MESSAGE_OPINION);
    CU_ASSERT_STRING_EQUAL(f->message.u.opinion.runid, PEER);
    CU_ASSERT_STRING_EQUAL(f->message.u.opinion.group, "orders");
    CU_ASSERT_EQUAL(f->message.u.opinion.primary.port, 6379);
    CU_ASSERT_EQUAL(f->message.u.opinion.config_epoch, 3);
    CU_ASSERT(f->message.u.opinion.down);
    CU_ASSERT_EQUAL(f->message.u.opinion.leading_epoch, 9);
    tear_down(f);
}

static void test_publish(void)
{
    struct fixture *f = set_up_group();
    EXPECT(f, "PUBLISH news x", "-ERR Only HELLO messages are accepted by Sentinel instances.\r\n");
    EXPECT(f, "PUBLISH __sentinel__:hello garbage", ":1\r\n");
    CU_ASSERT_EQUAL(f->messages, 0);
    EXPECT(f, "PUBLISH __sentinel__:hello 10.0.0.8,26379," PEER ",4,orders,10.0.0.1,6379,2",
           ":1\r\n");
    CU_ASSERT_EQUAL(f->messages, 1);
    CU_ASSERT_EQUAL(f->message.kind, MESSAGE_HELLO);
    CU_ASSERT_EQUAL(f->message.node, 0);
    CU_ASSERT_EQUAL(f->message.u.hello.current_epoch, 4);
    tear_down(f);
}

/* What shows the groups is held while a change of them is not durable, and what comes behind it on
 * the connection with it; nothing else is. With a disk that stalls there is an error at once. */
static void test_held(void)
{
    struct fixture *f = set_up();

    f->pending = true;
    ask(f, "PING");
    CU_ASSERT_EQUAL(f->client.hold_at, CLIENT_HOLD_NOTHING);
    ask(f, "SENTINEL MYID");
    CU_ASSERT_EQUAL(f->client.hold_at, CLIENT_HOLD_NOTHING);
    uint64_t from = client_reply_at(&f->client);

    ask(f, "SENTINEL get-master-addr-by-name orders");
    CU_ASSERT_EQUAL(f->client.hold_at, from);
    ask(f, "SENTINEL masters");
    CU_ASSERT_EQUAL(f->client.hold_at, from); /* not later than before */
    client_hold(&f->client, CLIENT_HOLD_NOTHING);
    f->core->disk_stalled = true;
    CU_ASSERT_STRING_EQUAL(ask(f, "SENTINEL masters"),
                           "-TRYAGAIN a change of the groups is not on the disk yet\r\n");
    f->pending = false;
    CU_ASSERT_NOT_EQUAL(ask(f, "SENTINEL masters")[0], '-');
    CU_ASSERT_EQUAL(f->client.hold_at, CLIENT_HOLD_NOTHING);
    tear_down(f);
}

static const struct unit_case cases[] = {
    { "MONITOR, REMOVE", test_monitor },
    { "SET is all or nothing", test_set },
    { "SET of rename-command", test_set_renames },
    { "SET of scripts", test_set_scripts },
    { "PENDING-SCRIPTS", test_pending_scripts },
    { "RESET, FLUSHCONFIG, FAILOVER", test_other_changes },
    { "each reply of the core", test_reply_codes },
    { "IS-MASTER-DOWN-BY-ADDR", test_ask },
    { "PICKET CLAIM", test_claim },
    { "PICKET OPINION", test_opinion },
    { "PUBLISH of hello", test_publish },
    { "held until durable", test_held },
};

int main(void)
{
    return unit_main("admin_change", cases, sizeof(cases) / sizeof(cases[0]));
}
