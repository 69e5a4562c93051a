#include "tests/unit/unit.h"

#include <string.h>

#include "quorum/epoch.h"
#include "tests/unit/drive.h"

#define ANN "2222222222222222222222222222222222222222"
#define BOB "3333333333333333333333333333333333333333"

static struct drive d;

/* Two peers; crash detection decides in some 50 ms, silence in 30 s. */
static void begin(void)
{
    drive_begin(&d, 1, 1, 30000);
    drive_add_peer(&d, ANN, 26380);
    drive_add_peer(&d, BOB, 26381);
    drive_mark(&d);
}

/* CANDIDATE asks for our vote; the answer that leaves with the same ticket. */
static struct answer ask_vote(const char *candidate, uint64_t epoch)
{
    struct message ask = { .kind = MESSAGE_ASK, .ticket = 99 };

    ask.u.ask.primary = group_primary_addr(drive_group(&d));
    ask.u.ask.epoch = epoch;
    strcpy(ask.u.ask.candidate, candidate);
    drive_hear(&d, &ask);
    for (size_t i = d.log.n_messages; i-- > 0;) {
        if (d.log.messages[i].kind == MESSAGE_ANSWER && d.log.messages[i].ticket == 99)
            return d.log.messages[i].u.answer;
    }
    CU_FAIL("no answer");
    return (struct answer){ 0 };
}

static bool is_vote(struct answer answer, const char *leader, uint64_t epoch)
{
    return strcmp(answer.leader, leader) == 0 && answer.leader_epoch == epoch;
}

/* The peer says whether it leads the failover of EPOCH; 0 = none. */
static void tell_leading(const char *runid, uint64_t epoch)
{
    struct message message = { .kind = MESSAGE_OPINION };

    strcpy(message.u.opinion.runid, runid);
    strcpy(message.u.opinion.group, "g");
    message.u.opinion.primary = group_primary_addr(drive_group(&d));
    message.u.opinion.leading_epoch = epoch;
    drive_hear(&d, &message);
}

/* --- our vote ------------------------------------------------------------------------------- */

static void test_vote(void)
{
    begin();
    CU_ASSERT(is_vote(ask_vote(ANN, 5), ANN, 5));
    CU_ASSERT_EQUAL(drive_row(&d, ROW_VOTE)->epoch, 5);
    CU_ASSERT_STRING_EQUAL(drive_row(&d, ROW_VOTE)->runid, ANN);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_EPOCH)->epoch, 5);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_VOTE_FOR_LEADER).runid, ANN);
    drive_mark(&d);
    CU_ASSERT(is_vote(ask_vote(BOB, 5), ANN, 5)); /* one vote in an epoch */
    CU_ASSERT(is_vote(ask_vote(BOB, 4), ANN, 5));
    CU_ASSERT(is_vote(ask_vote(ANN, 5), ANN, 5));
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_VOTE));
    drive_end(&d);
}

/* Not for strangers, not in an epoch that is past, not beyond the bound. */
static void test_no_vote(void)
{
    struct message ask = { .kind = MESSAGE_ASK, .ticket = 99 };

    begin();
    drive_group(&d)->config_epoch = 3;
    CU_ASSERT(is_vote(ask_vote("9999999999999999999999999999999999999999", 5), "", 0));
    CU_ASSERT(is_vote(ask_vote(ANN, 3), "", 0));
    CU_ASSERT(is_vote(ask_vote("", 5), "", 0)); /* only an opinion is asked for */
    CU_ASSERT(is_vote(ask_vote(ANN, EPOCH_JUMP_MAX + 1), "", 0));
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_EPOCH_REFUSED).epoch, EPOCH_JUMP_MAX + 1);
    CU_ASSERT_EQUAL(d.core->current_epoch, 0);
    ask.u.ask = (struct ask){ .primary = drive_addr(5), .epoch = 5, .candidate = ANN };
    drive_hear(&d, &ask); /* no group of ours is there */
    CU_ASSERT(is_vote(d.log.messages[d.log.n_messages - 1].u.answer, "", 0));
    CU_ASSERT_EQUAL(d.log.n_rows, 0);
    drive_end(&d);
}

/* A group that is added late (or again) has no vote in epochs that were before it. */
static void test_no_vote_before_the_group(void)
{
    begin();
    ask_vote(ANN, 5);
    drive_request(&d, drive_ask(REQUEST_REMOVE, "g", 0));
    drive_mark(&d);
    drive_request(&d, drive_ask(REQUEST_MONITOR, "g", 0));
    CU_ASSERT_EQUAL(drive_row(&d, ROW_VOTE)->epoch, 5);
    drive_add_peer(&d, BOB, 26381);
    CU_ASSERT(is_vote(ask_vote(BOB, 5), "", 5));
    CU_ASSERT(is_vote(ask_vote(BOB, 6), BOB, 6));
    drive_end(&d);
}

/* Whoever has our vote is given time, as long as it says that it leads. */
static void test_vote_is_held(void)
{
    begin();
    ask_vote(ANN, 5);
    CU_ASSERT(is_vote(ask_vote(BOB, 6), ANN, 5));
    CU_ASSERT(is_vote(ask_vote(ANN, 6), ANN, 6)); /* the same one may try again */
    for (int second = 0; second < 4; second++) {
        tell_leading(ANN, 6);
        drive_run(&d, 1000);
        CU_ASSERT(is_vote(ask_vote(BOB, 7), ANN, 6));
    }
    tell_leading(ANN, 0); /* it has given up */
    CU_ASSERT(is_vote(ask_vote(BOB, 7), BOB, 7));
    drive_run(&d, 2400);
    CU_ASSERT(is_vote(ask_vote(ANN, 8), BOB, 7));
    drive_run(&d, 200); /* silent leaders are not waited for */
    CU_ASSERT(is_vote(ask_vote(ANN, 8), ANN, 8));
    d.peers_alive = false;
    drive_observe(&d, d.core->peers[0]->id, LINK_CMD, EVIDENCE_RESET, NULL);
    drive_run(&d, 400);
    CU_ASSERT(is_vote(ask_vote(BOB, 9), ANN, 8));
    drive_run(&d, 200); /* those that are gone even less */
    CU_ASSERT(is_vote(ask_vote(BOB, 9), BOB, 9));
    drive_end(&d);
}

/* However long it says that it leads, there is an end to it. */
static void test_hold_has_an_end(void)
{
    int refused = 0;

    begin();
    ask_vote(ANN, 5);
    for (int second = 0; second < 15; second++) {
        tell_leading(ANN, 5);
        drive_run(&d, 1000);
        refused += is_vote(ask_vote(BOB, 6), ANN, 5);
    }
    CU_ASSERT_EQUAL(refused, 9);
    drive_end(&d);
}

/* --- our campaign --------------------------------------------------------------------------- */

/* Our last request for the vote of that peer; zeroed when there was none. */
static struct message request_to(const char *runid)
{
    struct message found = { .kind = MESSAGE_STOCK };

    for (size_t i = 0; i < d.log.n_messages; i++) {
        const struct message *message = &d.log.messages[i];
        const struct peer *peer = core_find_peer(d.core, message->peer);

        if (message->kind == MESSAGE_ASK && message->u.ask.candidate[0] != '\0' && peer != NULL &&
            strcmp(peer->runid, runid) == 0)
            found = *message;
    }
    return found;
}

/* That peer answers our request: it has voted for LEADER in EPOCH. */
static void answer(const char *runid, const char *leader, uint64_t epoch)
{
    struct message message = { .kind = MESSAGE_ANSWER, .ticket = request_to(runid).ticket };

    message.u.answer.down = true;
    message.u.answer.leader_epoch = epoch;
    strcpy(message.u.answer.leader, leader);
    drive_hear(&d, &message);
}

static void run_late(msec ms)
{
    struct input tick = { .kind = INPUT_TICK };

    d.now = d.wake + ms;
    drive_step(&d, &tick);
    drive_settle(&d);
}

/* The primary crashes; we campaign. */
static uint64_t begin_campaign(void)
{
    begin();
    drive_kill(&d, 0);
    drive_run(&d, 150);
    CU_ASSERT_EQUAL(drive_group(&d)->failover.state, FAILOVER_CAMPAIGN);
    CU_ASSERT_EQUAL(request_to(ANN).kind, MESSAGE_ASK);
    CU_ASSERT_EQUAL(request_to(BOB).kind, MESSAGE_ASK);
    CU_ASSERT_STRING_EQUAL(request_to(ANN).u.ask.candidate, DRIVE_RUNID);
    CU_ASSERT_EQUAL(request_to(ANN).u.ask.epoch, drive_group(&d)->failover.epoch);
    CU_ASSERT(vote_is_for(&drive_group(&d)->vote, drive_group(&d)->failover.epoch, DRIVE_RUNID));
    return drive_group(&d)->failover.epoch;
}

/* The failover that our last word to the peers says we lead. */
static uint64_t told_leading(void)
{
    for (size_t i = d.log.n_messages; i-- > 0;) {
        if (d.log.messages[i].kind == MESSAGE_OPINION)
            return d.log.messages[i].u.opinion.leading_epoch;
    }
    return 0;
}

/* One of the two is enough, the other is not waited for. */
static void test_won(void)
{
    uint64_t epoch = begin_campaign();

    CU_ASSERT_EQUAL(told_leading(), epoch);
    answer(BOB, DRIVE_RUNID, epoch);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ELECTED_LEADER), 1);
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SWITCH_MASTER), 1);
    CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, epoch);
    CU_ASSERT(drive_messages(&d, MESSAGE_HELLO) >= 2); /* all peers are told at once */
    CU_ASSERT_EQUAL(told_leading(), 0);                /* and are free for the next election */
    drive_end(&d);
}

/* Lost as soon as nothing else can come of it; tried again soon, in a newer epoch. */
static void test_lost(void)
{
    uint64_t epoch = begin_campaign();

    answer(ANN, ANN, epoch);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_NOT_ELECTED), 0);
    answer(BOB, ANN, epoch);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_NOT_ELECTED), 1);
    msec lost = d.now;
    while (drive_events(&d, EVENT_TRY_FAILOVER) < 2 && d.now < lost + 2000)
        drive_run(&d, 1);
    CU_ASSERT(d.now - lost >= 50 && d.now - lost <= 500);
    CU_ASSERT(drive_group(&d)->failover.epoch > epoch);
    drive_end(&d);
}

/* Votes of other epochs and answers to other questions count for nothing. */
static void test_wrong_votes(void)
{
    uint64_t epoch = begin_campaign();
    struct message forged = { .kind = MESSAGE_ANSWER, .ticket = request_to(ANN).ticket + 1000 };

    forged.u.answer.leader_epoch = epoch;
    strcpy(forged.u.answer.leader, DRIVE_RUNID);
    drive_hear(&d, &forged);
    forged.ticket = (uint64_t)drive_node(&d, 0)->id << 32 | 1;
    drive_hear(&d, &forged);
    answer(ANN, DRIVE_RUNID, epoch - 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ELECTED_LEADER), 0);
    answer(ANN, DRIVE_RUNID, epoch); /* a second answer to the same request */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ELECTED_LEADER), 0);
    answer(BOB, DRIVE_RUNID, epoch + EPOCH_JUMP_MAX + 1);
    CU_ASSERT_EQUAL(d.core->current_epoch, epoch);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_NOT_ELECTED), 1);
    drive_end(&d);
}

/* Silence is waited for, but not for ever. */
static void test_nobody_answers(void)
{
    begin_campaign();
    drive_run(&d, 1500);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_NOT_ELECTED), 0);
    drive_run(&d, 700);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_NOT_ELECTED), 1);
    drive_end(&d);
}

/* Whoever asks with a newer epoch in mid-campaign gets our vote, and we step back. */
static void test_yields(void)
{
    uint64_t epoch = begin_campaign();

    CU_ASSERT(is_vote(ask_vote(BOB, epoch), DRIVE_RUNID, epoch));
    CU_ASSERT(is_vote(ask_vote(BOB, epoch + 1), BOB, epoch + 1));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_NOT_ELECTED), 1);
    drive_run(&d, 1000); /* and gives it time */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 1);
    drive_end(&d);
}

/* A busy machine: our timers come late, all of them. The primary has just been given up. */
static void begin_late(void)
{
    begin();
    drive_kill(&d, 0);
    for (int i = 0; i < 20 && !drive_group(&d)->odown; i++)
        run_late(40);
    CU_ASSERT_FATAL(drive_group(&d)->odown);
    run_late(100); /* longer than any stagger */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 0);
}

/* What others have sent meanwhile is read before we vote for ourselves; but a machine that is
 * always late does not wait for ever. */
static void test_late(void)
{
    msec began;

    begin_late();
    CU_ASSERT(is_vote(ask_vote(ANN, 1), ANN, 1));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 0);
    drive_end(&d);
    begin_late();
    drive_run(&d, 150); /* not late any more */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 1);
    drive_end(&d);
    begin_late();
    began = d.now;
    while (drive_events(&d, EVENT_TRY_FAILOVER) == 0 && d.now < began + 5000)
        run_late(40);
    CU_ASSERT(d.now > began + 100 && d.now < began + 500);
    drive_end(&d);
}

static void test_primary_is_back(void)
{
    begin_campaign();
    d.nodes[0].alive = true;
    drive_run(&d, 200);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ABORT_PRIMARY_BACK), 1);
    drive_run(&d, 20000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 1);
    drive_end(&d);
}

/* A minority does not even try: epochs are not to be used up by the cut off. */
static void test_no_majority(void)
{
    begin();
    d.peers_alive = false;
    for (size_t i = 0; i < 2; i++)
        drive_observe(&d, d.core->peers[i]->id, LINK_CMD, EVIDENCE_RESET, NULL);
    drive_kill(&d, 0);
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ODOWN), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 0);
    CU_ASSERT_EQUAL(d.core->current_epoch, 0);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "one vote in an epoch", test_vote },
    { "no vote", test_no_vote },
    { "no vote before the group", test_no_vote_before_the_group },
    { "a vote is held", test_vote_is_held },
    { "a hold has an end", test_hold_has_an_end },
    { "won", test_won },
    { "lost", test_lost },
    { "wrong votes", test_wrong_votes },
    { "nobody answers", test_nobody_answers },
    { "yields to a newer epoch", test_yields },
    { "on a busy machine", test_late },
    { "the primary is back", test_primary_is_back },
    { "no majority", test_no_majority },
};

int main(void)
{
    return unit_main("election", cases, sizeof cases / sizeof *cases);
}
