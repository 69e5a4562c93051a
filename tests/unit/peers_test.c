#include "tests/unit/unit.h"

#include <string.h>

#include "quorum/epoch.h"
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

static void test_peer_moves(void)
{
    begin();
    struct hello hello = drive_hello(&d, ANN, 26390);

    hear(&hello);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SENTINEL_ADDRESS_SWITCH), 1);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_PEER)->addr.port, 26390);
    drive_run(&d, 5);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CLOSE, 0), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, 0), 1);
    CU_ASSERT_EQUAL(group_voters(drive_group(&d)), 3);
    drive_end(&d);
}

/* A new identity at an old address takes the old one's place: no vote for ghosts. */
static void test_peer_is_replaced(void)
{
    begin();
    struct hello hello = drive_hello(&d, "4444444444444444444444444444444444444444", 26380);

    hear(&hello);
    CU_ASSERT_STRING_EQUAL(drive_event(&d, EVENT_SENTINEL_INVALID_ADDR).runid, ANN);
    CU_ASSERT_STRING_EQUAL(drive_row(&d, ROW_PEER_GONE)->runid, ANN);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_FORGET, 0), 1);
    CU_ASSERT_EQUAL(group_voters(drive_group(&d)), 3);
    drive_run(&d, 1000);
    drive_end(&d);
}

static void test_too_many_peers(void)
{
    char runid[PEER_RUNID_LEN + 1] = ANN;

    drive_begin(&d, 1, 1, 30000);
    for (int i = 0; i <= PEERS_MAX; i++) {
        snprintf(runid, 9, "%08d", i);
        runid[8] = 'x';
        struct hello hello = drive_hello(&d, runid, 30000 + i);
        hear(&hello);
    }
    CU_ASSERT_EQUAL(d.core->n_peers, PEERS_MAX);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_SENTINEL), PEERS_MAX);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_LIMIT), 1);
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
};

int main(void)
{
    return unit_main("peers", cases, sizeof cases / sizeof *cases);
}
