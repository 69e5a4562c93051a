#include "tests/unit/unit.h"

#include <string.h>

#include "quorum/epoch.h"
#include "sentinel/candidates.h"
#include "sentinel/peers.h"
#include "sentinel/things.h"
#include "tests/unit/drive.h"

#define ANN "2222222222222222222222222222222222222222"
#define BOB "3333333333333333333333333333333333333333"

static struct drive d;

static void begin(void)
{
    drive_begin(&d, 2, 1, 30000);
    drive_add_peer(&d, ANN, 26380);
    drive_add_peer(&d, BOB, 26381);
    drive_mark(&d);
}

static void hear(const struct hello *hello)
{
    struct message message = { .kind = MESSAGE_HELLO };

    message.u.hello = *hello;
    drive_hear(&d, &message);
}

static void test_new_peer(void)
{
    drive_begin(&d, 1, 1, 30000);
    drive_add_peer(&d, ANN, 26380);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SENTINEL).runid, ANN);
    CU_ASSERT_EQUAL(drive_event(&d, EVENT_SENTINEL).addr.port, 26380);
    CU_ASSERT_STRING_EQUAL(drive_row(&d, ROW_PEER)->runid, ANN);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, d.core->peers[0]->id), 1); /* one link */
    CU_ASSERT(drive_messages(&d, MESSAGE_HELLO) >= 1); /* it shall know us as well */
    drive_mark(&d);
    drive_add_peer(&d, ANN, 26380);
    CU_ASSERT_EQUAL(d.log.n_rows + drive_events(&d, EVENT_SENTINEL), 0);
    drive_end(&d);
}

/* What is about no group of ours, from ourselves, or absurd is not heard. */
static void test_unheard(void)
{
    struct hello hello;

    begin();
    hello = drive_hello(&d, "4444444444444444444444444444444444444444", 26384);
    strcpy(hello.group, "other");
    hear(&hello);
    hello = drive_hello(&d, DRIVE_RUNID, 26379);
    hello.config_epoch = 9;
    hear(&hello);
    hello = drive_hello(&d, ANN, 26380);
    hello.current_epoch = EPOCH_JUMP_MAX + 1;
    hear(&hello);
    hello.current_epoch = 0;
    hello.config_epoch = UINT64_MAX;
    hear(&hello);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_EPOCH_REFUSED), 2);
    CU_ASSERT_EQUAL(d.core->n_peers, 2);
    CU_ASSERT_EQUAL(d.core->current_epoch, 0);
    CU_ASSERT_EQUAL(d.log.n_rows, 0);
    drive_end(&d);
}

static const char CID[] = "4444444444444444444444444444444444444444";

/* A hello of RUNID at PORT, and time to look into it. */
static void hear_of(const char *runid, int port)
{
    struct hello hello = drive_hello(&d, runid, port);

    hear(&hello);
    drive_run(&d, 100);
}

static uint32_t voters(void)
{
    return group_voters(drive_group(&d));
}

static void test_peer_moves(void)
{
    begin();
    hear_of(ANN, 26390);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SENTINEL_ADDRESS_SWITCH), 1);
    CU_ASSERT_FATAL(drive_row(&d, ROW_PEER) != NULL);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_PEER)->addr.port, 26390);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CLOSE, d.core->peers[0]->id), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, d.core->peers[0]->id), 1);
    CU_ASSERT_EQUAL(voters(), 3);
    CU_ASSERT_EQUAL(d.core->n_candidates, 0);
    drive_end(&d);
}

/* A new identity at an old address takes the old one's place: no vote for ghosts. */
static void test_peer_is_replaced(void)
{
    begin();
    hear_of(CID, 26380);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SENTINEL_INVALID_ADDR).runid, ANN);
    CU_ASSERT_FATAL(drive_row(&d, ROW_PEER_GONE) != NULL);
    CU_ASSERT_STRING_EQUAL(drive_row(&d, ROW_PEER_GONE)->runid, ANN);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FORGET, 0), 1);
    CU_ASSERT_EQUAL(voters(), 3);
    drive_run(&d, 1000);
    drive_end(&d);
}

/* Nothing of what is claimed is so until who stands there has said it. */
static void test_not_confirmed(void)
{
    begin();
    d.peers_alive = false; /* new links are refused */
    hear_of(CID, 26390);
    hear_of(CID, 26380);
    hear_of(ANN, 26390);
    CU_ASSERT_EQUAL(d.core->n_candidates, 3);
    CU_ASSERT_EQUAL(voters(), 3);
    CU_ASSERT_EQUAL(group_usable(drive_group(&d)), 3);
    CU_ASSERT_EQUAL(d.log.n_rows + drive_events(&d, EVENT_SENTINEL), 0);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SENTINEL_ADDRESS_SWITCH), 0);
    CU_ASSERT_EQUAL(d.core->peers[0]->addr.port, 26380);
    drive_run(&d, CANDIDATE_MS);
    CU_ASSERT_EQUAL(d.core->n_candidates, 0);                     /* forgotten */
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SENTINEL_REFUSED), 1); /* one a second is told of */
    drive_end(&d);
}

/* Somebody is there, but another; nothing is as the hello says. */
static void test_another_is_there(void)
{
    begin();
    d.myid = BOB;
    hear_of(CID, 26390);
    hear_of(CID, 26380);
    hear_of(ANN, 26390);
    d.myid = "";
    hear_of(CID, 26391); /* and one that does not say */
    CU_ASSERT_EQUAL(voters(), 3);
    CU_ASSERT_EQUAL(d.log.n_rows + drive_events(&d, EVENT_SENTINEL), 0);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SENTINEL_REFUSED).detail, "is " BOB);
    CU_ASSERT_EQUAL(d.core->peers[0]->addr.port, 26380);
    size_t asked = drive_messages(&d, MESSAGE_WHERE);
    hear_of(CID, 26390);
    CU_ASSERT_EQUAL(drive_messages(&d, MESSAGE_WHERE), asked); /* not again so soon */
    drive_run(&d, CANDIDATE_MS);
    d.myid = NULL;
    hear_of(CID, 26390);
    CU_ASSERT_EQUAL(voters(), 4);
    drive_end(&d);
}

/* A known peer is no member of a group that it does not watch. */
static void test_another_group(void)
{
    struct message there = { .kind = MESSAGE_THERE };
    struct hello hello;

    begin();
    drive_request(&d, drive_ask(REQUEST_MONITOR, "h", 5));
    hello = drive_hello(&d, ANN, 26380);
    strcpy(hello.group, "h");
    hello.primary = drive_addr(5);
    hear(&hello);
    CU_ASSERT_EQUAL_FATAL(d.core->n_candidates, 1);
    CU_ASSERT_EQUAL(core_find_group(d.core, "h")->n_members, 0);
    memcpy(there.u.there.runid, ANN, sizeof there.u.there.runid);
    there.ticket = d.core->candidates[0].ticket; /* asked over the link that there is */
    drive_hear(&d, &there);
    CU_ASSERT_EQUAL(core_find_group(d.core, "h")->n_members, 0);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SENTINEL_REFUSED).detail,
                           "does not watch the group");
    drive_run(&d, CANDIDATE_MS);
    hear(&hello);
    drive_run(&d, 10);
    CU_ASSERT_EQUAL(core_find_group(d.core, "h")->n_members, 1);
    CU_ASSERT_EQUAL(d.core->n_peers, 2);
    drive_end(&d);
}

/* A known peer that watches many groups is a member of all of them at once. */
static void test_many_groups(void)
{
    begin();
    for (int i = 0; i < 10 * CANDIDATES_MAX; i++) {
        struct hello hello = drive_hello(&d, ANN, 26380);

        snprintf(hello.group, sizeof hello.group, "h%d", i);
        hello.primary = drive_addr(5);
        drive_request(&d, drive_ask(REQUEST_MONITOR, hello.group, 5));
        hear(&hello);
    }
    CU_ASSERT_EQUAL(d.core->n_candidates, 10 * CANDIDATES_MAX);
    CU_ASSERT_EQUAL(d.core->n_peers, 2); /* and one link */
    for (size_t i = d.log.n_messages; i-- > 0;)
        if (d.log.messages[i].kind == MESSAGE_WHERE)
            drive_answer_where(&d, &d.log.messages[i]);
    CU_ASSERT_EQUAL(d.core->n_candidates, 0);
    CU_ASSERT_EQUAL(d.core->peers[0]->n_groups, 10 * CANDIDATES_MAX + 1);
    drive_end(&d);
}

/* Sentinels that are too old to say who they are: a word in `voters` will do. */
static void test_listed(void)
{
    struct request request = { .kind = REQUEST_VOTERS, .n_voters = 2 };
    struct voter list[2] = { { .runid = DRIVE_RUNID }, { .runid = "" } };

    drive_begin(&d, 1, 1, 30000);
    addr_set(&list[1].addr, "127.0.0.1", 26380);
    request.voters = list;
    drive_request(&d, request);
    d.peers_alive = true;
    d.myid = "";
    hear_of(ANN, 26390); /* not at that address */
    CU_ASSERT_EQUAL(d.core->n_candidates, 0);
    hear_of(ANN, 26380);
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, 1);
    hear_of(BOB, 26380); /* taken */
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, 1);
    CU_ASSERT_STRING_EQUAL(d.core->peers[0]->runid, ANN);
    drive_end(&d);
}

static void hear_of_many(int n, int port)
{
    char runid[PEER_RUNID_LEN + 1] = ANN;

    for (int i = 0; i < n; i++) {
        snprintf(runid, 9, "%08d", i);
        runid[8] = 'x';
        struct hello hello = drive_hello(&d, runid, port + i);
        hear(&hello);
    }
}

/* However many there are, each has its turn, and no more links are made. */
static void test_many_candidates(void)
{
    begin();
    d.peers_alive = false;
    hear_of_many(CANDIDATES_MAX + 5, 30000);
    CU_ASSERT_EQUAL(d.core->n_candidates, CANDIDATES_MAX);
    drive_run(&d, 10);
    uint32_t first = d.core->candidates[0].peer->id;
    CU_ASSERT_EQUAL(d.core->candidates[0].peer->addr.port, 30000); /* the oldest stays */
    drive_run(&d, CANDIDATE_TURN_MS);
    hear_of_many(1, 40000);
    CU_ASSERT_EQUAL(d.core->n_candidates, CANDIDATES_MAX);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FORGET, first), 1);
    CU_ASSERT_EQUAL(d.core->n_peers, 2);
    CU_ASSERT_EQUAL(voters(), 3);
    drive_end(&d);
}

static void test_too_many_peers(void)
{
    drive_begin(&d, 1, 1, 30000);
    d.peers_alive = true;
    for (int i = 0; i <= PEERS_MAX; i += CANDIDATES_MAX) {
        hear_of_many(i + CANDIDATES_MAX, 30000);
        drive_run(&d, 100);
    }
    CU_ASSERT_EQUAL(d.core->n_peers, PEERS_MAX);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SENTINEL), PEERS_MAX);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_LIMIT), CANDIDATES_MAX);
    CU_ASSERT_EQUAL(d.core->n_candidates, 0);
    drive_end(&d);
}

/* Ids of what strangers made us look at are used again, but late. */
static void test_ids_rest(void)
{
    struct hello hello;

    drive_begin(&d, 0, 1, 30000);
    for (uint32_t i = 0; i < THINGS_REST_MIN + 1000; i++) {
        char runid[PEER_RUNID_LEN + 1] = ANN;
        snprintf(runid, 9, "%08u", i);
        runid[8] = 'x';
        hello = drive_hello(&d, runid, 30000);
        struct peer *peer = peer_new(d.core, runid, &hello.sender);
        peer_free(d.core, peer);
        output_clear(&d.core->output);
    }
    CU_ASSERT(d.core->n_things < THINGS_REST_MIN + 100);
    d.peers_alive = true;
    hear_of(ANN, 26380);
    CU_ASSERT(d.core->peers[0] != NULL && d.core->peers[0]->id < 1100);
    drive_end(&d);
}

/* A peer that does not know OPINION gets none; who comes anew is asked anew. */
static void test_stock_peer(void)
{
    struct message stock = { .kind = MESSAGE_STOCK };

    begin();
    stock.peer = d.core->peers[0]->id;
    drive_hear(&d, &stock);
    drive_kill(&d, 0);
    drive_run(&d, 3000);
    CU_ASSERT(drive_messages(&d, MESSAGE_OPINION) > 0);
    for (size_t i = 0; i < d.log.n_messages; i++)
        CU_ASSERT(d.log.messages[i].kind != MESSAGE_OPINION ||
                  d.log.messages[i].peer != stock.peer);
    drive_observe(&d, stock.peer, LINK_CMD, EVIDENCE_RESET, NULL);
    CU_ASSERT_FALSE(d.core->peers[0]->stock);
    drive_end(&d);
}

/* A peer that answers NOAUTH is told of once, cannot vote, and comes back. */
static void test_refused(void)
{
    begin();
    uint32_t ann = d.core->peers[0]->id;

    CU_ASSERT_EQUAL(group_usable(drive_group(&d)), 3);
    for (int i = 0; i < 3; i++)
        drive_observe(&d, ann, LINK_CMD, EVIDENCE_DENIED, NULL);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ACCESS_DENIED), 1);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_ACCESS_DENIED).runid, ANN);
    CU_ASSERT_EQUAL(group_usable(drive_group(&d)), 2);
    CU_ASSERT_EQUAL(group_voters(drive_group(&d)), 3); /* the majority stays what it was */
    drive_observe(&d, ann, LINK_CMD, EVIDENCE_PONG, NULL);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_ACCESS_GRANTED), 1);
    CU_ASSERT_EQUAL(group_usable(drive_group(&d)), 3);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "one that refuses us", test_refused },
    { "a new peer", test_new_peer },
    { "what is not heard", test_unheard },
    { "a peer moves", test_peer_moves },
    { "a peer is replaced", test_peer_is_replaced },
    { "too many peers", test_too_many_peers },
    { "a stock peer", test_stock_peer },
    { "nobody confirms it", test_not_confirmed },
    { "another is there", test_another_is_there },
    { "another group", test_another_group },
    { "many groups", test_many_groups },
    { "one that does not say who it is", test_listed },
    { "many candidates", test_many_candidates },
    { "ids rest", test_ids_rest },
};

int main(void)
{
    return unit_main("peers", cases, sizeof cases / sizeof *cases);
}
