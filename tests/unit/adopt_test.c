#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/emit.h"
#include "sentinel/groups.h"
#include "tests/unit/rumour.h"

/* Confirmed by one peer and by the promoted node: taken over at once. */
static void test_switch(void)
{
    begin();
    promote(2);
    claim(ANN, 26380, 2, 5);
    drive_run(&d, 50);
    CU_ASSERT(is_primary(0)); /* a hello alone, and a node alone, prove nothing */
    confirm(ANN, 2);
    drive_run(&d, 50);
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SWITCH_MASTER).primary.port, 7000);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SWITCH_MASTER).addr.port, 7002);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_CONFIG_UPDATE_FROM).runid, ANN);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_GROUP)->epoch, 5);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_EPOCH)->epoch, 5);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 3);
    drive_end(&d);
}

/* A forged hello: the node is a replica still, and nobody confirms. */
static void test_forged_switch(void)
{
    begin();
    claim(ANN, 26380, 2, 5);
    drive_run(&d, 100);
    confirm(ANN, 0);
    confirm(BOB, 0);
    drive_run(&d, 9500);
    CU_ASSERT(drive_group(&d)->rumour.active);
    drive_run(&d, 1000);
    CU_ASSERT_FALSE(drive_group(&d)->rumour.active);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_UPDATE_REFUSED), 1);
    CU_ASSERT(is_primary(0));
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 0);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 0);
    drive_end(&d);
}

/* A foreign primary, of which one (lying) peer says that it is ours. */
static void test_foreign_primary(void)
{
    begin();
    d.nodes[5].info.role = ROLE_PRIMARY;
    memset(d.nodes[5].info.replid, 'F', RUNID_LEN);
    claim(ANN, 26380, 5, 5);
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_group(&d)->n_nodes, 4); /* asked, but not one of us */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SLAVE), 0);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_HELLO, drive_node(&d, 5)->id), 0);
    drive_run(&d, 11000);
    CU_ASSERT_PTR_NULL(drive_node(&d, 5));
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_NODE_GONE)); /* it never stood on disk */
    CU_ASSERT(is_primary(0));
    drive_end(&d);
}

/* Switches were missed in between, so that histories do not tell: of five, one that
 * confirms is enough only if we voted in that very election ourselves. */
static void test_vote_vouches(void)
{
    for (int voted = 0; voted < 2; voted++) {
        begin();
        drive_add_peer(&d, "4444444444444444444444444444444444444444", 26382);
        drive_add_peer(&d, "5555555555555555555555555555555555555555", 26383);
        drive_group(&d)->vote.epoch = voted ? 5 : 4;
        promote(2);
        memset(d.nodes[2].info.replid2, 'Q', RUNID_LEN);
        claim(ANN, 26380, 2, 5);
        drive_run(&d, 50);
        confirm(ANN, 2);
        drive_run(&d, 50);
        CU_ASSERT_EQUAL(is_primary(2), voted == 1);
        drive_end(&d);
    }
}

/* The new primary does not let us ask it: whoever follows it with what came out of our primary's
 * history tells as much. */
static void test_replica_vouches(void)
{
    for (int kin = 0; kin < 2; kin++) {
        begin();
        promote(2);
        d.nodes[2].no_info = true;
        d.nodes[1].info.primary = drive_addr(2);
        memset(d.nodes[1].info.replid, 'P', RUNID_LEN);
        if (kin)
            memcpy(d.nodes[1].info.replid2, d.nodes[2].info.replid2, RUNID_LEN + 1);
        claim(ANN, 26380, 2, 5);
        drive_run(&d, 50);
        CU_ASSERT(is_primary(0)); /* a hello alone */
        confirm(ANN, 2);
        drive_run(&d, 100);
        CU_ASSERT_EQUAL(is_primary(2), kin == 1);
        drive_end(&d);
    }
}

/* A majority's word counts even if we cannot reach the new primary. */
static void test_common_knowledge(void)
{
    begin();
    d.nodes[2].mute = true;
    claim(ANN, 26380, 2, 5);
    drive_run(&d, 10);
    confirm(ANN, 2);
    CU_ASSERT(is_primary(0));
    confirm(BOB, 2);
    CU_ASSERT(is_primary(2));
    drive_end(&d);
}

/* A newer rumour takes the place of an older one; an older is not listened to. */
static void test_two_rumours(void)
{
    begin();
    claim(ANN, 26380, 1, 5);
    claim(BOB, 26381, 2, 6);
    CU_ASSERT_EQUAL(drive_group(&d)->rumour.primary.port, 7002);
    claim(ANN, 26380, 1, 5);
    CU_ASSERT_EQUAL(drive_group(&d)->rumour.primary.port, 7002);
    CU_ASSERT_EQUAL(drive_group(&d)->rumour.config_epoch, 6);
    drive_end(&d);
}

/* The same primary under a newer epoch: nothing to tell, but to keep. */
static void test_same_primary_newer_epoch(void)
{
    begin();
    claim(ANN, 26380, 0, 7);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 0); /* anybody can say so */
    confirm(ANN, 0);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 7);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_GROUP)->epoch, 7);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 0);
    drive_end(&d);
}

/* A peer that lags behind is told what we have, but not with every hello of it. */
static void test_correction(void)
{
    begin();
    claim(ANN, 26380, 0, 7);
    confirm(ANN, 0);
    drive_run(&d, 3000);
    drive_mark(&d);
    for (int i = 0; i < 10; i++)
        claim(BOB, 26381, 1, 6);
    CU_ASSERT_EQUAL(drive_messages(&d, MESSAGE_HELLO), 1);
    CU_ASSERT_EQUAL(d.log.messages[0].u.hello.config_epoch, 7);
    CU_ASSERT(is_primary(0));
    CU_ASSERT_FALSE(drive_group(&d)->rumour.active);
    drive_run(&d, 600);
    claim(BOB, 26381, 1, 6);
    CU_ASSERT(drive_messages(&d, MESSAGE_HELLO) >= 2);
    drive_end(&d);
}

/* Somebody else's switch ends our own campaign. */
static void test_supersedes(void)
{
    begin();
    drive_kill(&d, 0);
    drive_run(&d, 150);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_CAMPAIGN);
    promote(2);
    claim(BOB, 26381, 2, 9);
    drive_run(&d, 10);
    confirm(BOB, 2);
    drive_run(&d, 200);
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_SUPERSEDED), 1);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_IDLE);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 9);
    CU_ASSERT_FALSE(drive_group(&d)->odown);
    drive_end(&d);
}

/* The promoted node dies before anybody but the leader has seen it: the leader's word is enough, if
 * we elected it, and only then. */
static void test_promoted_and_dead(void)
{
    for (int elected = 0; elected < 2; elected++) {
        begin();
        drive_kill(&d, 0);
        drive_run(&d, 20);
        drive_group(&d)->odown = true;
        drive_group(&d)->vote.epoch = 5;
        memcpy(drive_group(&d)->vote.leader, elected ? ANN : BOB, sizeof ANN);
        drive_kill(&d, 2);
        drive_run(&d, 10);
        claim(ANN, 26380, 2, 5);
        drive_run(&d, 10);
        confirm(ANN, 2);
        drive_run(&d, 10);
        CU_ASSERT_EQUAL(is_primary(2), elected);
        drive_end(&d);
    }
}

/* Forged hellos, each under a higher epoch, hold no election back. */
static void test_forged_for_ever(void)
{
    begin();
    drive_kill(&d, 0);
    for (uint64_t epoch = 10; epoch < 30; epoch++) {
        claim(ANN, 26380, 5, epoch);
        drive_run(&d, 50);
    }
    CU_ASSERT(drive_group(&d)->rumour.active);
    CU_ASSERT(drive_events(&d, EVENT_TRY_FAILOVER) >= 1);
    drive_end(&d);
}

/* What a member holds when it is asked counts more than forged hellos before and after, and the
 * questions do not grow with them. */
static void test_true_word_among_forged(void)
{
    begin();
    promote(2);
    claim(BOB, 26381, 2, 5);
    for (uint64_t epoch = 100; epoch < 120; epoch++)
        claim(ANN, 26380, 5, epoch);
    drive_run(&d, 10);
    CU_ASSERT(drive_messages(&d, MESSAGE_WHERE) <= 2);
    hold(BOB, 2, 5);
    claim(ANN, 26380, 5, 121);
    drive_run(&d, 300);
    CU_ASSERT(is_primary(2));
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 5);
    drive_end(&d);
}

/* A hello that was already to leave in the step of a switch does not say what was before it. */
static void test_hello_of_the_step(void)
{
    struct output *out;

    begin();
    out = &d.core->output;
    output_clear(out);
    output_order(out, ORDER_HELLO, drive_node(&d, 1)->id)->hello =
        core_hello(d.core, drive_group(&d));
    group_switch(d.core, drive_group(&d), drive_node(&d, 2), 7);
    CU_ASSERT_EQUAL(out->orders[0].hello.config_epoch, 7);
    CU_ASSERT_EQUAL(out->orders[0].hello.primary.port, 7002);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "a switch", test_switch },
    { "a forged switch", test_forged_switch },
    { "a foreign primary", test_foreign_primary },
    { "our own vote vouches", test_vote_vouches },
    { "a replica vouches", test_replica_vouches },
    { "common knowledge", test_common_knowledge },
    { "two rumours", test_two_rumours },
    { "the same primary, a newer epoch", test_same_primary_newer_epoch },
    { "correction", test_correction },
    { "supersedes a campaign", test_supersedes },
    { "promoted and dead", test_promoted_and_dead },
    { "forged hellos for ever", test_forged_for_ever },
    { "the hello of the step", test_hello_of_the_step },
    { "a true word among forged ones", test_true_word_among_forged },
};

int main(void)
{
    return unit_main("adopt", cases, sizeof cases / sizeof *cases);
}
