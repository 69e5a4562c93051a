#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/opinions.h"
#include "sentinel/peers.h"
#include "tests/unit/drive.h"

#define DOWN_AFTER 5000
#define PEER       "2222222222222222222222222222222222222222"
#define OTHER      "3333333333333333333333333333333333333333"

static struct drive d;

/* A quorum of 9 keeps failovers out of these tests, unless one asks for less. */
static void begin(int replicas)
{
    drive_begin(&d, replicas, 9, DOWN_AFTER);
}

/* The peer says what it thinks of the primary at node N under EPOCH. */
static void opine(const char *runid, int n, uint64_t epoch, bool down)
{
    struct message message = { .kind = MESSAGE_OPINION };
    struct opinion *opinion = &message.u.opinion;

    memcpy(opinion->runid, runid, sizeof opinion->runid);
    strcpy(opinion->group, "g");
    opinion->primary = drive_addr(n);
    opinion->config_epoch = epoch;
    opinion->down = down;
    drive_hear(&d, &message);
}

static void test_silence(void)
{
    begin(1);
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    d.nodes[0].mute = true;
    drive_mark(&d);
    msec last_valid = drive_node(&d, 0)->probe.last_valid;
    drive_run(&d, last_valid + DOWN_AFTER - 1 - d.now);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    drive_run(&d, 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    CU_ASSERT(drive_event(&d, EVENT_SDOWN).type == INSTANCE_MASTER);
    CU_ASSERT(drive_orders(&d, ORDER_PING, drive_node(&d, 0)->id) >= 3); /* several, unanswered */
    CU_ASSERT_FALSE(drive_node(&d, 0)->crashed);
    d.nodes[0].mute = false;
    drive_run(&d, 4000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SUP), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ODOWN), 0);
    drive_end(&d);
}

static void test_silent_replica(void)
{
    begin(2);
    d.nodes[2].mute = true;
    drive_run(&d, 8000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SDOWN).type, INSTANCE_SLAVE);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SDOWN).addr.port, 7002);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SDOWN).primary.port, 7000);
    drive_end(&d);
}

/* A fault of configuration is an alarm, never a node that is down. */
static void test_denied(void)
{
    begin(1);
    d.nodes[0].pong = EVIDENCE_DENIED;
    drive_run(&d, 60000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ACCESS_DENIED), 1);
    d.nodes[0].pong = EVIDENCE_PONG;
    drive_run(&d, 2000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ACCESS_GRANTED), 1);
    drive_end(&d);
}

/* A node that is busy with a script is down in the end, and its script is killed, once. */
static void test_busy_script(void)
{
    begin(1);
    d.nodes[0].pong = EVIDENCE_BUSY;
    drive_run(&d, 20000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_SCRIPT_KILL, drive_node(&d, 0)->id), 1);
    d.nodes[0].pong = EVIDENCE_PONG;
    drive_run(&d, 2000);
    d.nodes[0].pong = EVIDENCE_BUSY;
    drive_run(&d, 20000);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_SCRIPT_KILL, 0), 2); /* the next script, too */
    drive_end(&d);
}

/* Reset, refused twice, and a replica's word: down at once, long before down_after. */
static void test_crash(void)
{
    begin(2);
    drive_kill(&d, 0);
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    CU_ASSERT(drive_node(&d, 0)->crashed);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SDOWN).addr.port, 7000);
    d.nodes[0].alive = true; /* refused no longer: the crash is over */
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SUP), 1);
    CU_ASSERT_FALSE(drive_node(&d, 0)->sdown);
    drive_end(&d);
}

/* Nobody but silence decides while no replica says that it lost the primary. */
static void test_crash_needs_corroboration(void)
{
    begin(2);
    drive_kill(&d, 0);
    d.nodes[1].info.link_up = d.nodes[2].info.link_up = true;
    drive_run(&d, 1900);
    CU_ASSERT(probe_is_refused(&drive_node(&d, 0)->probe));
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    size_t asked = drive_orders(&d, ORDER_INFO, drive_node(&d, 1)->id);
    CU_ASSERT(asked > 40 && asked < 120); /* every 20 ms, as long as there is hope */
    drive_mark(&d);
    drive_run(&d, 1500);
    CU_ASSERT(drive_orders(&d, ORDER_INFO, drive_node(&d, 1)->id) < 15);
    drive_run(&d, DOWN_AFTER);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    CU_ASSERT_FALSE(drive_node(&d, 0)->crashed);
    drive_end(&d);
}

/* Whose word does not count: a replica of somebody else, one that was asked before
 * the reset, and a node that is no replica. */
static void test_false_witnesses(void)
{
    begin(2);
    d.nodes[1].info.link_up = false;
    d.nodes[1].info.primary = drive_addr(5);
    d.nodes[2].info.role = ROLE_PRIMARY;
    d.nodes[2].info.link_up = false;
    drive_run(&d, 1000);
    drive_mark(&d);
    d.nodes[2].mute = true;
    drive_kill(&d, 0);
    drive_run(&d, 2500);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    drive_end(&d);
    begin(1);
    d.nodes[1].info.link_up = false; /* a link that was down before proves nothing ... */
    drive_run(&d, 11000);
    CU_ASSERT_FALSE(drive_node(&d, 1)->info.link_up);
    d.nodes[1].no_info = true;
    drive_kill(&d, 0);
    drive_run(&d, 500);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    d.nodes[1].no_info = false; /* ... until the replica says so again */
    drive_run(&d, 100);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    drive_end(&d);
}

/* A replica that refuses INFO is not asked as fast as it can refuse. */
static void test_refused_info_is_no_storm(void)
{
    begin(1);
    d.nodes[1].no_info = true;
    drive_kill(&d, 0);
    drive_run(&d, 3000);
    CU_ASSERT(drive_orders(&d, ORDER_INFO, drive_node(&d, 1)->id) <= 250);
    drive_end(&d);
}

static void test_crash_detection_off(void)
{
    begin(2);
    drive_group(&d)->conf.crash_detection = 0;
    drive_kill(&d, 0);
    drive_run(&d, DOWN_AFTER - 2000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    drive_run(&d, 2000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    drive_end(&d);
}

/* A primary that goes on saying that it is a replica is down, after some patience. */
static void test_primary_says_replica(void)
{
    begin(1);
    d.nodes[0].info.role = ROLE_REPLICA;
    d.nodes[0].info.primary = drive_addr(5);
    drive_run(&d, 2000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ROLE_CHANGE_DIFFERS), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 0);
    drive_run(&d, DOWN_AFTER + 4000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    d.nodes[0].info.role = ROLE_PRIMARY;
    drive_run(&d, 2000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SUP), 1);
    drive_end(&d);
}

/* The quorum counts this supervisor and those who say so now, of this primary. */
/* The peer answers the question that it was asked last. */
static void answer(const char *runid, bool down)
{
    struct message message = { .kind = MESSAGE_ANSWER, .peer = peer_find(d.core, runid)->id };

    for (size_t i = 0; i < d.log.n_messages; i++) {
        const struct message *asked = &d.log.messages[i];
        if (asked->kind == MESSAGE_ASK && asked->peer == message.peer)
            message.ticket = asked->ticket;
    }
    message.u.answer.down = down;
    drive_hear(&d, &message);
}

static void test_quorum(void)
{
    begin(1);
    drive_group(&d)->conf.quorum = 3;
    drive_add_peer(&d, PEER, 26380);
    drive_add_peer(&d, OTHER, 26381);
    drive_run(&d, 2000);
    d.nodes[0].mute = true;
    drive_run(&d, 7000);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    opine(PEER, 0, 0, true);
    opine(OTHER, 0, 0, true);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ODOWN), 0); /* anybody can push in their name */
    answer(PEER, true);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ODOWN), 0);
    answer(OTHER, true);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ODOWN), 1);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_ODOWN).count, 3);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_ODOWN).quorum, 3);
    answer(PEER, true); /* asked once more, since it pushed while it was being asked */
    answer(OTHER, true);
    drive_mark(&d);
    opine(PEER, 0, 0, false);
    CU_ASSERT_EQUAL(drive_messages(&d, MESSAGE_ASK), 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_OUP), 0);
    answer(PEER, false);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_OUP), 1);
    drive_run(&d, 1000);
    answer(OTHER, true);
    answer(PEER, true);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ODOWN), 1);
    drive_run(&d, 4900);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_OUP), 1);
    drive_run(&d, 200); /* opinions die after five seconds */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_OUP), 2);
    drive_end(&d);
}

/* Peers are told the moment the opinion changes, and asked for theirs. */
static void test_opinion_is_pushed_and_asked(void)
{
    begin(1);
    drive_add_peer(&d, PEER, 26380);
    drive_mark(&d);
    drive_kill(&d, 0);
    msec killed = d.now;
    while (drive_events(&d, EVENT_SDOWN) == 0 && d.now < killed + 1000)
        drive_run(&d, 1);
    CU_ASSERT_EQUAL(drive_messages(&d, MESSAGE_OPINION), 1);
    CU_ASSERT_EQUAL(drive_messages(&d, MESSAGE_ASK), 1);
    drive_run(&d, 5000); /* unanswered: no second question */
    CU_ASSERT_EQUAL(drive_messages(&d, MESSAGE_ASK), 1);
    CU_ASSERT(drive_messages(&d, MESSAGE_OPINION) >= 5);
    drive_observe(&d, d.core->peers[0]->id, LINK_CMD, EVIDENCE_RESET, NULL);
    drive_run(&d, 500); /* it was lost with the link */
    CU_ASSERT_EQUAL(drive_messages(&d, MESSAGE_ASK), 2);
    drive_end(&d);
}

/* The peer, asked, holds our primary under EPOCH. */
static void confirm_epoch(uint64_t epoch)
{
    struct message there = { .kind = MESSAGE_THERE };

    for (size_t i = 0; i < d.log.n_messages; i++) {
        if (d.log.messages[i].kind == MESSAGE_WHERE)
            there.ticket = d.log.messages[i].ticket;
    }
    there.u.there.addr = drive_addr(0);
    there.u.there.config_epoch = epoch;
    drive_hear(&d, &there);
}

/* The answer to a question about an older configuration says nothing of this one. */
static void test_answer_to_an_old_question(void)
{
    struct message answer = { .kind = MESSAGE_ANSWER }, hello = { .kind = MESSAGE_HELLO };

    for (uint64_t epoch = 0; epoch < 8; epoch += 7) {
        begin(1);
        drive_add_peer(&d, PEER, 26380);
        drive_kill(&d, 0);
        drive_run(&d, 200);
        CU_ASSERT_EQUAL_FATAL(drive_messages(&d, MESSAGE_ASK), 1);
        for (size_t i = 0; i < d.log.n_messages; i++) {
            if (d.log.messages[i].kind == MESSAGE_ASK)
                answer.ticket = d.log.messages[i].ticket;
        }
        hello.u.hello = drive_hello(&d, PEER, 26380);
        hello.u.hello.config_epoch = epoch;
        drive_hear(&d, &hello);
        confirm_epoch(epoch);
        answer.u.answer.down = true;
        drive_hear(&d, &answer);
        CU_ASSERT_EQUAL(drive_group(&d)->config_epoch, epoch);
        CU_ASSERT_EQUAL(opinions_down(d.core, drive_group(&d)), epoch == 0);
        drive_end(&d);
    }
}

static void test_peer_down(void)
{
    begin(1);
    drive_add_peer(&d, PEER, 26380);
    CU_ASSERT_EQUAL(group_usable(drive_group(&d)), 2);
    d.peers_alive = false;
    drive_run(&d, DOWN_AFTER + 1100);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SDOWN), 1);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SDOWN).type, INSTANCE_SENTINEL);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SDOWN).runid, PEER);
    CU_ASSERT_EQUAL(group_usable(drive_group(&d)), 1);
    CU_ASSERT_EQUAL(group_voters(drive_group(&d)), 2); /* it still counts for the majority */
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "silence", test_silence },
    { "a silent replica", test_silent_replica },
    { "denied is no silence", test_denied },
    { "a busy script", test_busy_script },
    { "a crash", test_crash },
    { "a crash needs corroboration", test_crash_needs_corroboration },
    { "false witnesses", test_false_witnesses },
    { "refused INFO is no storm", test_refused_info_is_no_storm },
    { "crash detection off", test_crash_detection_off },
    { "a primary that says it is a replica", test_primary_says_replica },
    { "quorum", test_quorum },
    { "opinions are pushed and asked for", test_opinion_is_pushed_and_asked },
    { "an answer to an old question", test_answer_to_an_old_question },
    { "a peer that is down", test_peer_down },
};

int main(void)
{
    return unit_main("detect", cases, sizeof cases / sizeof *cases);
}
