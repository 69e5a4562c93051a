#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/peers.h"
#include "tests/unit/rumour.h"

/* RUNID gives us its vote in the campaign that is under way. */
static void grant(const char *runid)
{
    struct message answer = { .kind = MESSAGE_ANSWER };

    for (size_t i = 0; i < d.log.n_messages; i++) {
        const struct message *message = &d.log.messages[i];
        const struct peer *peer = core_find_peer(d.core, message->peer);

        if (message->kind == MESSAGE_ASK && message->u.ask.candidate[0] != '\0' && peer &&
            strcmp(peer->runid, runid) == 0)
            answer.ticket = message->ticket;
    }
    CU_ASSERT(answer.ticket != 0);
    strcpy(answer.u.answer.leader, DRIVE_RUNID);
    answer.u.answer.leader_epoch = drive_group(&d)->failover.epoch;
    drive_hear(&d, &answer);
}

/* A member does hold what nobody can verify, and our primary works: an election keeps
 * it, under an epoch that ends the dispute, without a client noticing. */
static void test_dispute(void)
{
    begin();
    claim(ANN, 26380, 5, 7);
    drive_run(&d, 50);
    confirm(ANN, 5);
    for (int i = 0; i < 5000 && drive_group(&d)->failover.state != FAILOVER_CAMPAIGN; i++)
        drive_run(&d, 1);
    grant(BOB);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_REAFFIRMED), 1);
    CU_ASSERT(is_primary(0));
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 8);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_GROUP)->epoch, 8);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 0);
    drive_run(&d, 1000);
    CU_ASSERT_FALSE(drive_group(&d)->rumour.active);
    CU_ASSERT_PTR_NULL(drive_node(&d, 5));
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PROMOTE, 0) + drive_orders(&d, ORDER_FOLLOW, 0), 0);
    drive_end(&d);
}

/* A link comes up late, as when a cut ends: what is asked over it may settle the dispute yet. */
static void test_dispute_after_cut(void)
{
    begin();
    claim(ANN, 26380, 5, 7);
    drive_run(&d, 50);
    confirm(ANN, 5);
    drive_run(&d, 2700);
    drive_observe(&d, member_find(drive_group(&d), BOB)->peer->id, LINK_CMD, EVIDENCE_RESET, NULL);
    for (int i = 0; i < 2000; i++) {
        drive_run(&d, 1);
        CU_ASSERT_NOT_EQUAL_FATAL(drive_group(&d)->failover.state, FAILOVER_CAMPAIGN);
    }
    for (int i = 0; i < 3000 && drive_group(&d)->failover.state != FAILOVER_CAMPAIGN; i++)
        drive_run(&d, 1);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_CAMPAIGN);
    drive_end(&d);
}

/* The primary dies in the middle of that: no longer the one to elect. */
static void test_dispute_and_death(void)
{
    begin();
    claim(ANN, 26380, 5, 7);
    drive_run(&d, 50);
    confirm(ANN, 5);
    for (int i = 0; i < 5000 && drive_group(&d)->failover.state != FAILOVER_CAMPAIGN; i++)
        drive_run(&d, 1);
    drive_observe(&d, drive_node(&d, 0)->id, LINK_CMD, EVIDENCE_RESET, NULL);
    grant(BOB);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_REAFFIRMED), 0);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 0);
    drive_end(&d);
}

/* A hello alone, that no member confirms, starts no election. */
static void test_no_dispute(void)
{
    begin();
    claim(ANN, 26380, 5, 7);
    drive_run(&d, 20000);
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_VOTE));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_VOTE_FOR_LEADER), 0);
    drive_end(&d);
}

/* No peer can be asked: a node of ours that has become a primary out of our history
 * is proof enough; one that has not, or comes from elsewhere, is none. */
static void test_alone(void)
{
    for (int kind = 0; kind < 3; kind++) {
        begin();
        d.peers_alive = false;
        for (size_t i = 0; i < 2; i++)
            drive_observe(&d, d.core->peers[i]->id, LINK_CMD, EVIDENCE_RESET, NULL);
        if (kind > 0)
            promote(2);
        if (kind == 2)
            memset(d.nodes[2].info.replid2, 'Q', RUNID_LEN);
        claim(ANN, 26380, 2, 7);
        drive_run(&d, 1000);
        CU_ASSERT_EQUAL(is_primary(2), kind == 1);
        drive_end(&d);
    }
}

/* It was promoted and made a replica again before we heard of it: it will never
 * claim to be a primary. A member's word is enough if ours does not work. */
static void test_overtaken(void)
{
    for (int works = 0; works < 2; works++) {
        begin();
        if (!works) {
            d.nodes[0].info.role = ROLE_REPLICA;
            d.nodes[0].info.primary = drive_addr(2);
        }
        node_want_info(d.core, drive_node(&d, 0), d.now + 1);
        claim(ANN, 26380, 2, 7);
        drive_run(&d, 50);
        confirm(ANN, 2);
        CU_ASSERT(is_primary(0));
        drive_run(&d, 9000);
        CU_ASSERT_EQUAL(is_primary(2), !works);
        drive_end(&d);
    }
}

/* Two primaries under one epoch: the other one is listened to only if ours is none. */
static void test_same_epoch(void)
{
    for (int contradicted = 0; contradicted < 2; contradicted++) {
        begin();
        claim(ANN, 26380, 0, 7);
        CU_ASSERT_EQUAL(drive_group(&d)->config_epoch,
                        0); /* an epoch alone proves nothing either */
        confirm(ANN, 0);
        CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 7);
        promote(2);
        if (contradicted) {
            d.nodes[0].info.role = ROLE_REPLICA;
            d.nodes[0].info.primary = drive_addr(2);
        }
        drive_run(&d, 11000);
        CU_ASSERT_EQUAL(drive_group(&d)->primary->info.role == ROLE_REPLICA, contradicted);
        claim(ANN, 26380, 2, 7);
        CU_ASSERT_EQUAL(drive_group(&d)->rumour.active, contradicted);
        drive_run(&d, 50);
        if (contradicted)
            confirm(ANN, 2);
        drive_run(&d, 50);
        CU_ASSERT_EQUAL(is_primary(2), contradicted);
        CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, 7);
        drive_end(&d);
    }
}

/* The primary has been made a replica, and there is nobody else: better it than none. */
static void test_primary_may_stay(void)
{
    drive_begin(&d, 1, 1, 2000);
    d.nodes[1].info.priority = 0;
    d.nodes[0].info.role = ROLE_REPLICA;
    d.nodes[0].info.primary = drive_addr(1);
    drive_run(&d, 20000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PROMOTE, drive_node(&d, 0)->id), 1);
    CU_ASSERT(drive_events(&d, EVENT_TRY_FAILOVER) < 10);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SUP), 1);
    CU_ASSERT_EQUAL(d.nodes[0].info.role, ROLE_PRIMARY);
    CU_ASSERT(is_primary(0));
    CU_ASSERT_FALSE(drive_group(&d)->primary->sdown);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_PROMOTE, drive_node(&d, 1)->id), 0);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "a dispute is settled by election", test_dispute },
    { "a dispute, and a cut that ends", test_dispute_after_cut },
    { "the primary dies in a dispute", test_dispute_and_death },
    { "a hello is no dispute", test_no_dispute },
    { "alone with a promoted node", test_alone },
    { "overtaken", test_overtaken },
    { "two primaries under one epoch", test_same_epoch },
    { "the primary may stay", test_primary_may_stay },
};

int main(void)
{
    return unit_main("dispute", cases, sizeof cases / sizeof *cases);
}
