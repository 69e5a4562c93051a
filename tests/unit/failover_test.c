#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/campaign.h"
#include "tests/unit/drive.h"

#define ANN "2222222222222222222222222222222222222222"
#define BOB "3333333333333333333333333333333333333333"

static struct drive d;

static void begin(void)
{
    drive_begin(&d, 3, 1, 30000);
    drive_group(&d)->conf.failover_timeout_ms = 20000;
}

static void drive_until(enum event_kind kind, size_t count, msec at_most)
{
    for (msec ms = 0; ms < at_most && drive_events(&d, kind) < count; ms++)
        drive_run(&d, 1);
    CU_ASSERT_EQUAL(drive_events(&d, kind), count);
}

static void test_names(void)
{
    CU_ASSERT_STRING_EQUAL(failover_state_name(FAILOVER_IDLE), "none");
    CU_ASSERT_STRING_EQUAL(failover_state_name(FAILOVER_CAMPAIGN), "wait_start");
    CU_ASSERT_STRING_EQUAL(failover_state_name(FAILOVER_SELECT), "select_slave");
    CU_ASSERT_STRING_EQUAL(failover_state_name(FAILOVER_PROMOTE), "wait_promotion");
    CU_ASSERT_STRING_EQUAL(failover_state_name(FAILOVER_REPOINT), "reconf_slaves");
}

/* REPOINT does not stand in the way of the next failover. */
static void test_new_primary_dies_too(void)
{
    begin();
    d.nodes[2].slow = d.nodes[3].slow = true; /* the first one's repointing lasts */
    drive_kill(&d, 0);
    drive_until(EVENT_SWITCH_MASTER, 1, 1000);
    drive_run(&d, 1000);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_REPOINT);
    memset(d.nodes[3].info.replid2, 'A', RUNID_LEN);
    drive_kill(&d, 1);
    drive_until(EVENT_SWITCH_MASTER, 2, 3000);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 2);
    CU_ASSERT(drive_node(&d, 0)->owed && drive_node(&d, 1)->owed);
    drive_end(&d);
}

/* Errors in answer to the order: another replica is promoted, in the next attempt. */
static void test_promotion_refused(void)
{
    struct settled refused = { .error = "NOPERM" };

    begin();
    d.nodes[1].deaf = true;
    d.nodes[1].info.priority = 1;
    drive_node(&d, 1)->info.priority = 1;
    drive_kill(&d, 0);
    drive_until(EVENT_SELECTED_SLAVE, 1, 1000);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_PTR_EQUAL(drive_group(&d)->failover.promoted, drive_node(&d, 1));
        refused.ticket = drive_group(&d)->failover.ticket;
        failover_settled(d.core, drive_group(&d), &refused);
        drive_run(&d, 150);
    }
    drive_until(EVENT_SWITCH_MASTER, 1, 3000);
    CU_ASSERT_PTR_NOT_EQUAL(drive_group(&d)->primary, drive_node(&d, 1));
    drive_end(&d);
}

/* An operator's failover in mid-REPOINT, which ends the old one. */
static void test_forced_in_repoint(void)
{
    begin();
    drive_kill(&d, 0);
    drive_until(EVENT_SWITCH_MASTER, 1, 1000);
    d.nodes[3].slow = true;
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_REPOINT);
    CU_ASSERT_EQUAL(drive_request(&d, drive_ask(REQUEST_FAILOVER, "g", 0)).code, REPLY_OK);
    drive_until(EVENT_SWITCH_MASTER, 2, 1000);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SWITCH_MASTER).primary.port, 7001);
    drive_end(&d);
}

/* All candidates are asked for fresh INFO; those that do not answer are not waited for. */
static void test_fresh_info(void)
{
    begin();
    d.nodes[1].mute = true;
    d.nodes[2].info.priority = 1;
    drive_kill(&d, 0);
    drive_until(EVENT_ELECTED_LEADER, 1, 1000);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_SELECT);
    drive_run(&d, 290);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_SELECT);
    drive_run(&d, 20);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SELECTED_SLAVE).addr.port, 7002);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_REFUSED_SLAVE).detail, "no fresh INFO");
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_REFUSED_SLAVE).addr.port, 7001);
    drive_end(&d);
}

/* The primary is back while its replacement is being chosen: nothing was done yet. */
static void test_primary_is_back(void)
{
    begin();
    d.nodes[1].mute = true;
    drive_kill(&d, 0);
    drive_until(EVENT_ELECTED_LEADER, 1, 1000);
    d.nodes[0].alive = true;
    drive_run(&d, 250);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_PRIMARY_BACK), 1);
    drive_run(&d, 5000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PROMOTE, 0), 0);
    drive_end(&d);
}

/* ... but once the promotion is ordered it is seen through: nobody knows whether it happened. */
static void test_primary_is_back_too_late(void)
{
    begin();
    for (int n = 1; n <= 3; n++)
        d.nodes[n].deaf = true;
    drive_kill(&d, 0);
    drive_until(EVENT_SELECTED_SLAVE, 1, 1000);
    d.nodes[0].alive = true;
    drive_run(&d, 1000);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_PROMOTE);
    drive_settled(&d, drive_ticket(&d, ORDER_PROMOTE), true, false, ROLE_PRIMARY, "");
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    drive_end(&d);
}

/* Our own process stood still in mid-campaign: what was decided before is decided anew. */
static void test_stall_in_campaign(void)
{
    struct input tick = { .kind = INPUT_TICK };

    begin();
    drive_add_peer(&d, ANN, 26380);
    drive_kill(&d, 0);
    drive_until(EVENT_TRY_FAILOVER, 1, 1000);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_CAMPAIGN);
    d.now = d.wake + 1500;
    drive_step(&d, &tick);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_NOT_ELECTED), 1);
    drive_until(EVENT_TRY_FAILOVER, 2, 1000);
    drive_end(&d);
}

/* A campaign's epoch lies above all votes that we have given, in this life or before. */
static void test_epoch_above_all_votes(void)
{
    begin();
    drive_group(&d)->vote.epoch = 41;
    drive_kill(&d, 0);
    drive_until(EVENT_SWITCH_MASTER, 1, 1000);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 42);
    CU_ASSERT_EQUAL(d.core->current_epoch, 42);
    drive_end(&d);
}

/* Supervisors that see the same at the same time do not all ask at the same time:
 * over many groups each comes first in its share. */
static void test_rank(void)
{
    unsigned ranks[3] = { 0 };

    begin();
    drive_add_peer(&d, ANN, 26380);
    drive_add_peer(&d, BOB, 26381);
    struct group *group = drive_group(&d);
    for (int i = 0; i < 300; i++) {
        snprintf(group->name, sizeof group->name, "group-%d", i);
        uint32_t rank = campaign_rank(d.core, group);
        CU_ASSERT_FATAL(rank < 3);
        ranks[rank]++;
    }
    strcpy(group->name, "g");
    for (int i = 0; i < 3; i++)
        CU_ASSERT(ranks[i] > 60 && ranks[i] < 140);
    d.core->peers[0]->probe.links[LINK_CMD].state = LINK_DOWN; /* who is gone comes last */
    d.core->peers[1]->probe.links[LINK_CMD].state = LINK_DOWN;
    CU_ASSERT_EQUAL(campaign_rank(d.core, group), 0);
    drive_end(&d);
}

/* A restarted primary that answers, but not with PONG, counts as down when so configured. */
static void test_reboot_period(void)
{
    for (int configured = 0; configured < 2; configured++) {
        begin();
        drive_group(&d)->conf.master_reboot_down_after_ms = configured ? 2000 : 0;
        d.nodes[0].pong = EVIDENCE_LOADING;
        memset(d.nodes[0].info.runid, 'q', RUNID_LEN);
        drive_observe(&d, drive_node(&d, 0)->id, LINK_CMD, EVIDENCE_RESET, NULL);
        drive_run(&d, 1900);
        CU_ASSERT_EQUAL(drive_events(&d, EVENT_REBOOT), 1);
        CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
        drive_run(&d, 5000);
        CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), configured);
        drive_end(&d);
    }
}

static const struct unit_case cases[] = {
    { "names of states", test_names },
    { "the new primary dies as well", test_new_primary_dies_too },
    { "forced while replicas are repointed", test_forced_in_repoint },
    { "promotion refused", test_promotion_refused },
    { "fresh INFO", test_fresh_info },
    { "the primary is back", test_primary_is_back },
    { "the primary is back too late", test_primary_is_back_too_late },
    { "a stall in mid-campaign", test_stall_in_campaign },
    { "epoch above all votes", test_epoch_above_all_votes },
    { "rank", test_rank },
    { "reboot period", test_reboot_period },
};

int main(void)
{
    return unit_main("failover", cases, sizeof cases / sizeof *cases);
}
