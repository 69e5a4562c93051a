#include "sentinel/view.h"

#include <string.h>

#include "sentinel/lag.h"
#include "sentinel/metrics.h"
#include "tests/unit/drive.h"
#include "tests/unit/unit.h"
#include "wire/buf.h"

static struct drive d;
static char reason[VIEW_REASON_MAX];

static void begin(void)
{
    drive_begin(&d, 2, 1, 30000);
}

static void test_lag(void)
{
    struct lag lag = { 0 };

    CU_ASSERT_EQUAL(lag_estimate(&lag, 1000, 5), -1);
    lag_saw(&lag, 1000, 100);
    CU_ASSERT_EQUAL(lag_estimate(&lag, 1400, 100), 0);
    CU_ASSERT_EQUAL(lag_estimate(&lag, 1400, 120), 0);
    CU_ASSERT_EQUAL(lag_estimate(&lag, 1400, 99), 400); /* at least */
    lag_saw(&lag, 2000, 200);
    CU_ASSERT_EQUAL(lag_estimate(&lag, 2100, 150), 600);
    CU_ASSERT_EQUAL(lag_estimate(&lag, 2100, 200), 100 - 100);
    CU_ASSERT_EQUAL(lag_estimate(&lag, 1400, 150), 0); /* it was asked before */
    lag_saw(&lag, 3000, 50);                           /* another history */
    CU_ASSERT_EQUAL(lag_estimate(&lag, 3100, 60), 0);
    CU_ASSERT_EQUAL(lag.n, 1);
    for (int i = 1; i <= 2 * LAG_SIGHTS_MAX; i++)
        lag_saw(&lag, 3000 + i * 100, 50 + (uint64_t)i);
    CU_ASSERT_EQUAL(lag.n, LAG_SIGHTS_MAX);
    CU_ASSERT_EQUAL(lag_estimate(&lag, 6200, 50 + 2 * LAG_SIGHTS_MAX - 1), 100);
}

static void test_well(void)
{
    uint64_t bytes;
    msec ms;

    begin();
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_OK);
    CU_ASSERT_STRING_EQUAL(view_group_word(VIEW_GROUP_OK), "ok");
    CU_ASSERT(view_takes_writes(drive_node(&d, 0), false, reason));
    CU_ASSERT_FALSE(view_takes_reads(drive_node(&d, 0), -1, false, reason));
    CU_ASSERT_FALSE(view_takes_writes(drive_node(&d, 1), false, reason));
    CU_ASSERT(view_takes_reads(drive_node(&d, 1), 1000, false, reason));
    CU_ASSERT(view_lag(drive_node(&d, 1), &bytes, &ms));
    CU_ASSERT_FALSE(view_lag(drive_node(&d, 0), &bytes, &ms));
    drive_end(&d);
}

static void test_replicas(void)
{
    begin();
    d.nodes[1].info.link_up = false;
    drive_run(&d, 20000);
    CU_ASSERT_EQUAL(view_node(drive_node(&d, 1)), VIEW_NODE_UNLINKED);
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_DEGRADED);
    CU_ASSERT_FALSE(view_takes_reads(drive_node(&d, 1), -1, false, reason));
    drive_kill(&d, 2);
    drive_run(&d, 40000);
    CU_ASSERT_EQUAL(view_node(drive_node(&d, 2)), VIEW_NODE_DOWN);
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_DEGRADED);
    CU_ASSERT_STRING_EQUAL(reason, "no replica could take over");
    drive_end(&d);
}

/* A replica that is behind the primary's last sights: by how long. */
static void test_behind(void)
{
    uint64_t bytes;
    msec ms;

    begin();
    for (int i = 0; i < 100; i++) {
        d.nodes[0].info.primary_offset = (uint64_t)(1000 + i * 1000);
        d.nodes[1].info.repl_offset = i < 50 ? (uint64_t)(1000 + i * 1000) : 51000;
        drive_run(&d, 1000);
    }
    CU_ASSERT_FATAL(view_lag(drive_node(&d, 1), &bytes, &ms));
    CU_ASSERT(bytes > 35000 && bytes < 55000);
    CU_ASSERT(ms > 35000 && ms < 55000);
    CU_ASSERT(view_takes_reads(drive_node(&d, 1), 60000, false, reason));
    CU_ASSERT_FALSE(view_takes_reads(drive_node(&d, 1), 30000, false, reason));
    drive_end(&d);
}

static void test_down(void)
{
    begin();
    drive_group(&d)->conf.quorum = 2; /* nobody else is there: no failover */
    drive_kill(&d, 0);
    drive_run(&d, 40000);
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_DOWN);
    CU_ASSERT_FALSE(view_takes_writes(drive_node(&d, 0), false, reason));
    drive_end(&d);
}

/* It answers, and takes no writes. */
static void test_full(void)
{
    begin();
    drive_group(&d)->conf.write_probe_ms = 1000;
    drive_node(&d, 0)->write.fault = WRITE_FAULT_OOM;
    drive_node(&d, 0)->write.bad_at = d.core->now - drive_group(&d)->conf.write_down_after_ms;
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_DOWN);
    CU_ASSERT_STRING_EQUAL(reason, "the primary takes no writes: its memory is full");
    drive_end(&d);
}

/* It says that it has no lease; when it is not known whether it has one, nothing is said. */
static void test_no_lease(void)
{
    begin();
    drive_node(&d, 0)->lease.needed = true;
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_DOWN);
    CU_ASSERT_STRING_EQUAL(reason, "the primary takes no writes: it has no write lease");
    drive_node(&d, 0)->lease.told_at = MSEC_NEVER;
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_OK);
    drive_end(&d);
}

static void test_held(void)
{
    begin();
    drive_group(&d)->pause.until = d.core->now + 10000;
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_PAUSED);
    drive_group(&d)->pause.until = 0;
    drive_node(&d, 1)->maintenance.until = d.core->now + 10000;
    drive_node(&d, 2)->fight.pause_ms = 20000;
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_DEGRADED);
    CU_ASSERT_STRING_EQUAL(reason, "somebody else changes 127.0.0.1:7002 back again and again");
    drive_node(&d, 2)->fight.pause_ms = 0;
    drive_node(&d, 1)->sdown = true;
    CU_ASSERT_EQUAL(view_node(drive_node(&d, 1)), VIEW_NODE_MAINTENANCE);
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_OK);
    CU_ASSERT_FALSE(view_takes_reads(drive_node(&d, 1), -1, false, reason));
    drive_end(&d);
}

static void test_flapping(void)
{
    begin();
    drive_group(&d)->flap = (struct flap){ .count = 20, .last_at = d.core->now };
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_DEGRADED);
    CU_ASSERT_STRING_EQUAL(reason, "after 20 failovers in short succession the next one waits");
    drive_end(&d);
}

static void test_minority(void)
{
    begin();
    drive_add_peer(&d, "2222222222222222222222222222222222222222", 9001);
    drive_add_peer(&d, "3333333333333333333333333333333333333333", 9002);
    d.peers_alive = false;
    drive_run(&d, 70000);
    CU_ASSERT_FALSE(view_has_majority(drive_group(&d)));
    CU_ASSERT_FALSE(view_takes_writes(drive_node(&d, 0), false, reason));
    CU_ASSERT(view_takes_writes(drive_node(&d, 0), true, reason));
    CU_ASSERT_FALSE(view_takes_reads(drive_node(&d, 1), -1, false, reason));
    CU_ASSERT(view_takes_reads(drive_node(&d, 1), -1, true, reason));
    CU_ASSERT_EQUAL(view_group(drive_group(&d), reason), VIEW_GROUP_DEGRADED);
    drive_end(&d);
}

/* A name with a quote and a backslash ends no label early. */
static void test_metrics(void)
{
    static struct metrics_facts facts;
    struct buf buf;

    static struct hook hook;

    begin();
    hook_init(&hook);
    strcpy(hook.target, "/run/me");
    facts.hooks[0] = (struct hook_view){ &hook, scripts_new(NULL, NULL) };
    facts.n_hooks = 1;
    drive_node(&d, 0)->lease.needed = drive_node(&d, 1)->lease.needed = true;
    drive_node(&d, 0)->lease.left_ms = 1500;
    drive_node(&d, 0)->lease.told_at = d.core->now;
    drive_node(&d, 1)->lease.told_at = MSEC_NEVER;
    strcpy(drive_group(&d)->name, "a\\\"b");
    buf_init(&buf, METRICS_BYTES_MAX);
    metrics_write(&buf, d.core, &facts);
    CU_ASSERT_FALSE(buf.overflow);
    const char *text = buf_text(&buf);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "picket_group_well{group=\"a\\\\\\\"b\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\",node=\"127.0.0.1:7000\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(
        text, "picket_hook_calls_total{hook=\"1\",target=\"/run/me\",outcome=\"done\"} 0\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "# TYPE picket_node_lease_seconds gauge\n"
                                        "picket_node_lease_seconds{group=\"a\\\\\\\"b\","
                                        "node=\"127.0.0.1:7000\"} 1.5\n# HELP"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "picket_group_lease_pledges{group=\"a\\\\\\\"b\"} 0\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "picket_hook_queue{hook=\"1\",target=\"/run/me\"} 0\n"));
    buf_done(&buf);
    buf_init(&buf, 1000);
    metrics_write(&buf, d.core, &facts);
    CU_ASSERT(buf.overflow);
    buf_done(&buf);
    scripts_free((struct scripts *)facts.hooks[0].scripts);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "how long a replica is behind", test_lag },
    { "a group that is well", test_well },
    { "replicas that are not", test_replicas },
    { "a replica that is behind", test_behind },
    { "a primary that is down", test_down },
    { "a primary that takes no writes", test_full },
    { "a primary without its lease", test_no_lease },
    { "what an operator holds back", test_held },
    { "failovers in short succession", test_flapping },
    { "too few supervisors", test_minority },
    { "metrics", test_metrics },
};

int main(void)
{
    return unit_main("view", cases, sizeof cases / sizeof *cases);
}
