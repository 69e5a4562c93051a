/* PICKET ... : settings, events, history, hooks, simulations. */
#include "tests/unit/admin_drive.h"

/* All of them, without the secrets. */
static void test_picket_settings(void)
{
    struct fixture *f = set_up_group();
    const char *reply = ask(f, "PICKET SETTINGS orders");
    char size[16];

    snprintf(size, sizeof size, "*%zu\r\n", 2 * group_table.n);
    CU_ASSERT_EQUAL(strncmp(reply, size, strlen(size)), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(reply, "$7\r\nfencing\r\n$4\r\nauto\r\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(reply, "$9\r\nauth-pass\r\n$0\r\n\r\n"));
    snprintf(core_find_group(f->core, "orders")->conf.auth_pass, CONF_TEXT_MAX, "hush");
    reply = ask(f, "PICKET SETTINGS orders");
    CU_ASSERT_PTR_NOT_NULL(strstr(reply, "$9\r\nauth-pass\r\n$6\r\n******\r\n"));
    CU_ASSERT_PTR_NULL(strstr(reply, "hush"));
    CU_ASSERT_EQUAL(ask(f, "PICKET SETTINGS nosuch")[0], '-');
    tear_down(f);
}

/* Behind a number, a few of them, or the last ones. */
static void test_events(void)
{
    struct fixture *f = set_up();
    struct event event = { .kind = EVENT_TILT };

    EXPECT(f, "PICKET EVENTS", "*3\r\n:1000000001\r\n:1000000000\r\n*0\r\n");
    ring_stamp(f->ring, &event, 1234);
    event.kind = EVENT_UNTILT;
    ring_stamp(f->ring, &event, 1235);
#define EVENT(n, at, name, text)                                                                   \
    "*6\r\n:100000000" #n "\r\n:" #at "\r\n$5\r\n" name "\r\n$7\r\nwarning\r\n$0\r\n\r\n" text
#define FIRST  EVENT(1, 1234, "+tilt", "$18\r\n#tilt mode entered\r\n")
#define SECOND EVENT(2, 1235, "-tilt", "$17\r\n#tilt mode exited\r\n")
#define BOUNDS "*3\r\n:1000000001\r\n:1000000002\r\n"
    EXPECT(f, "PICKET EVENTS", BOUNDS "*2\r\n" FIRST SECOND);
    EXPECT(f, "PICKET EVENTS COUNT 1", BOUNDS "*1\r\n" SECOND);
    EXPECT(f, "PICKET EVENTS SINCE 0 COUNT 1", BOUNDS "*1\r\n" FIRST);
    EXPECT(f, "PICKET EVENTS SINCE 1000000001", BOUNDS "*1\r\n" SECOND);
    EXPECT(f, "PICKET EVENTS SINCE 1000000002", BOUNDS "*0\r\n");
    EXPECT(f, "PICKET EVENTS SINCE 9223372036854775807", BOUNDS "*0\r\n");
    CU_ASSERT_EQUAL(ask(f, "PICKET EVENTS SINCE -1")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET EVENTS COUNT 0")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET EVENTS SINCE")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET EVENTS BEFORE 3")[0], '-');
    tear_down(f);
}

/* An outage of GROUP that ends, and a switchover that is under way. */
static void fill_history(struct fixture *f)
{
    struct event event = { .kind = EVENT_SDOWN, .type = INSTANCE_MASTER, .group = "orders" };

    addr_set(&event.primary, "10.0.0.1", 6379);
    event.addr = event.primary;
    history_take(f->history, &event, 5000, 1000);
    event.kind = EVENT_SUP;
    history_take(f->history, &event, 5025, 1025);
    event.kind = EVENT_TRY_FAILOVER;
    snprintf(event.group, sizeof event.group, "cache");
    snprintf(event.detail, sizeof event.detail, "somebody");
    history_take(f->history, &event, 6000, 2000);
}

static void test_history(void)
{
    struct fixture *f = set_up();

    EXPECT(f, "PICKET HISTORY", "*0\r\n");
    fill_history(f);
    const char *all = ask(f, "PICKET HISTORY");

    CU_ASSERT_TRUE(contains(all, "*2\r\n*28\r\n$2\r\nid\r\n$1\r\n2\r\n"));
    CU_ASSERT_TRUE(contains(all, "$4\r\nkind\r\n$10\r\nswitchover\r\n"));
    CU_ASSERT_TRUE(contains(all, "$8\r\nasked-by\r\n$8\r\nsomebody\r\n"));
    CU_ASSERT_TRUE(contains(all, "$7\r\noutcome\r\n$9\r\nrecovered\r\n"));
    CU_ASSERT_TRUE(contains(all, "$8\r\nended-ms\r\n$4\r\n5025\r\n"));
    CU_ASSERT_TRUE(contains(all, "$13\r\nbytes-at-risk\r\n$2\r\n-1\r\n"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET HISTORY COUNT 1"), "*1\r\n*28\r\n"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET HISTORY orders COUNT 9"), "*1\r\n*28\r\n"));
    EXPECT(f, "PICKET HISTORY nobody", "*0\r\n");
    CU_ASSERT_EQUAL(ask(f, "PICKET HISTORY COUNT 0")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET HISTORY orders FROM 2")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET HISTORY COUNT 1 COUNT 1")[0], '-');
    CU_ASSERT_TRUE(contains(ask(f, "PICKET WHY 1"),
                            "$5\r\nsteps\r\n*2\r\n*3\r\n$1\r\n0\r\n$6\r\n+sdown\r\n"
                            "$13\r\n10.0.0.1:6379\r\n*3\r\n$2\r\n25\r\n"));
    EXPECT(f, "SENTINEL MONITOR orders 10.0.0.1 6379 2", "+OK\r\n");
    const char *now = ask(f, "PICKET WHY orders");

    CU_ASSERT_TRUE(contains(now, "$4\r\nheld\r\n$2\r\nno\r\n$3\r\nwhy\r\n"));
    CU_ASSERT_TRUE(contains(now, "$4\r\nlast\r\n*32\r\n$2\r\nid\r\n$1\r\n1\r\n"));
    CU_ASSERT_EQUAL(ask(f, "PICKET WHY 3")[0], '-');
    CU_ASSERT_EQUAL(ask(f, "PICKET WHY nobody")[0], '-');
    tear_down(f);
}

static void test_hooks(void)
{
    struct fixture *f = set_up();

    EXPECT(f, "PICKET HOOKS", "*0\r\n");
    hook_init(&f->hook);
    strcpy(f->hook.events, "+sdown");
    strcpy(f->hook.target, "/bin/tell");
    EXPECT(f, "PICKET HOOKS",
           "*1\r\n*16\r\n$3\r\nrun\r\n$9\r\n/bin/tell\r\n$6\r\nevents\r\n$6\r\n+sdown\r\n"
           "$6\r\ngroups\r\n$1\r\n*\r\n$7\r\nrunning\r\n:0\r\n$7\r\nwaiting\r\n:0\r\n$4\r\n"
           "done\r\n:0\r\n$6\r\nfailed\r\n:0\r\n$7\r\ndropped\r\n:0\r\n");
    tear_down(f);
}

/* What is simulated spoils the core: each is asked once. */
static void expect_simulated(const char *words, const char *role, const char *outcome,
                             const char *more)
{
    struct fixture *f = set_up_group();
    char part[64];
    const char *reply = ask(f, words);

    snprintf(part, sizeof part, "$4\r\nrole\r\n$7\r\n%s\r\n", role);
    CU_ASSERT_TRUE(contains(reply, part));
    snprintf(part, sizeof part, "$7\r\noutcome\r\n$%zu\r\n%s\r\n", strlen(outcome), outcome);
    CU_ASSERT_TRUE(contains(reply, part));
    CU_ASSERT_TRUE(contains(reply, more));
    tear_down(f);
}

static void test_simulate(void)
{
    expect_simulated("PICKET SIMULATE FAIL 10.0.0.1:6379", "primary", "switched",
                     "$7\r\nprimary\r\n$13\r\n10.0.0.2:6380\r\n");
    expect_simulated("PICKET SIMULATE FAIL 10.0.0.1:6379 HANG", "primary", "switched",
                     "+promoted-slave");
    expect_simulated("PICKET SIMULATE FAIL 10.0.0.2:6380", "replica", "nothing",
                     "$17\r\nthe primary is up\r\n");
    /* Hooks that are asked have no objection. */
    struct fixture *f = set_up_group();

    f->core->questions.failover_ms = 5000;
    const char *reply = ask(f, "PICKET SIMULATE FAIL 10.0.0.1:6379 HANG");

    CU_ASSERT_TRUE(contains(reply, "+question-asked"));
    CU_ASSERT_TRUE(contains(reply, "+switch-master"));
    CU_ASSERT_PTR_NULL(strstr(reply, "-question-unanswered"));
    tear_down(f);

    f = set_up_group();
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FAIL 10.0.0.9:6379"), "-ERR No node"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FAIL 10.0.0.1"), "-ERR Invalid address"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FIRE 10.0.0.1:6379"), "-ERR syntax"));
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FAIL 10.0.0.1:6379 ALL"), "-ERR syntax"));
    f->apart_is_busy = true;
    CU_ASSERT_TRUE(contains(ask(f, "PICKET SIMULATE FAIL 10.0.0.1:6379"), "-TRYAGAIN"));
    tear_down(f);
}

static const struct unit_case cases[] = {
    { "PICKET SIMULATE", test_simulate },
    { "PICKET HISTORY, WHY", test_history },
    { "PICKET HOOKS", test_hooks },
    { "PICKET EVENTS", test_events },
    { "PICKET SETTINGS", test_picket_settings },
};

int main(void)
{
    return unit_main("admin_picket", cases, sizeof(cases) / sizeof(cases[0]));
}
