#include "sentinel/lease.h"

#include "tests/unit/rumour.h"

#define CLOCK 777000
#define L     5000 /* the preset of lease_ms */

/* All nodes need leases; time enough passes for us to pledge something. */
static void begin_leased(void)
{
    begin();
    for (int i = 0; i < DRIVE_NODES; i++) {
        d.nodes[i].info.write_lease_ms = 60000;
        d.nodes[i].info.lease_clock_ms = CLOCK;
    }
    drive_run(&d, 2 * L + 1000);
    drive_mark(&d);
    drive_run(&d, L / 4); /* a round at least */
}

static const struct message *last_claim(const char *runid)
{
    for (size_t i = d.log.n_messages; i-- > 0;) {
        const struct peer *peer = core_find_peer(d.core, d.log.messages[i].peer);

        if (d.log.messages[i].kind == MESSAGE_CLAIM && peer && strcmp(peer->runid, runid) == 0)
            return &d.log.messages[i];
    }
    return NULL;
}

static void pledge(const char *runid, struct pledge said)
{
    const struct message *claim = last_claim(runid);
    struct message message = { .kind = MESSAGE_PLEDGE };

    CU_ASSERT_FATAL(claim != NULL);
    message.ticket = claim->ticket;
    message.u.pledge = said;
    drive_hear(&d, &message);
}

static struct lease_order last_lease(void)
{
    struct lease_order lease = { 0 };

    for (size_t i = 0; i < d.log.n_orders; i++)
        lease = d.log.orders[i].kind == ORDER_LEASE ? d.log.orders[i].lease : lease;
    return lease;
}

/* What we say to ANN, who claims for node N. */
static struct pledge asked(const char *runid, int n, uint64_t epoch)
{
    struct message message = { .kind = MESSAGE_CLAIM, .ticket = 5 };

    strcpy(message.u.claim.runid, runid);
    strcpy(message.u.claim.group, "g");
    message.u.claim.stake = (struct stake){ .addr = drive_addr(n), .epoch = epoch, .ms = L };
    drive_mark(&d);
    drive_hear(&d, &message);
    for (size_t i = 0; i < d.log.n_messages; i++) {
        if (d.log.messages[i].kind == MESSAGE_PLEDGE && d.log.messages[i].ticket == 5)
            return d.log.messages[i].u.pledge;
    }
    CU_FAIL("no answer");
    return (struct pledge){ 0 };
}

/* Ours and another's are a majority of three; the lease is shorter than the shortest lock. */
static void test_renewed(void)
{
    begin_leased();
    CU_ASSERT_PTR_NOT_NULL_FATAL(last_claim(ANN));
    CU_ASSERT_EQUAL(last_claim(ANN)->u.claim.stake.ms, L);
    CU_ASSERT_EQUAL(last_claim(ANN)->u.claim.stake.over, 0);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_LEASE, 0), 0);
    pledge(ANN, (struct pledge){ .given = true, .ms = 3000 });
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_LEASE, drive_node(&d, 0)->id), 1);
    CU_ASSERT_EQUAL(last_lease().ms, 2700);
    CU_ASSERT_EQUAL(last_lease().clock_ms, CLOCK);
    CU_ASSERT_EQUAL(last_lease().epoch, 0);
    pledge(BOB, (struct pledge){ .given = true, .ms = 3000 });
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_LEASE, 0), 1); /* once a round */
    drive_end(&d);
}

static void test_refused(void)
{
    begin_leased();
    pledge(ANN, (struct pledge){ .ms = 700, .serial = 9, .addr = drive_addr(1) });
    pledge(BOB, (struct pledge){ .ms = 700 });
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_LEASE, 0), 0);
    drive_end(&d);
}

/* What is read of the clock after the claims went out would make the lease outlast the locks. */
static void test_read_before(void)
{
    begin_leased();
    d.nodes[0].info.lease_clock_ms = CLOCK + 500;
    drive_observe(&d, drive_node(&d, 0)->id, LINK_CMD, EVIDENCE_INFO, &d.nodes[0].info);
    pledge(ANN, (struct pledge){ .given = true, .ms = L });
    CU_ASSERT_EQUAL(last_lease().clock_ms, CLOCK);
    drive_end(&d);
}

/* A reading is of one connection. */
static void test_link_lost(void)
{
    begin_leased();
    d.nodes[0].no_info = true;
    drive_observe(&d, drive_node(&d, 0)->id, LINK_CMD, EVIDENCE_RESET, NULL);
    drive_run(&d, 100);
    drive_mark(&d);
    drive_run(&d, L);
    CU_ASSERT_PTR_NULL(last_claim(ANN));
    drive_end(&d);
}

/* A node that needs none is left alone. */
static void test_stock_node(void)
{
    begin();
    drive_run(&d, 2 * L + 1000);
    CU_ASSERT_PTR_NULL(last_claim(ANN));
    drive_end(&d);
}

/* What we pledged in another life is not known: nothing, until it must be over. */
static void test_bar(void)
{
    struct pledge said;
    msec began = DRIVE_START;

    begin();
    said = asked(ANN, 0, 0);
    CU_ASSERT_FALSE(said.given);
    CU_ASSERT_EQUAL(said.ms, began + L - d.now);
    drive_run(&d, began + L - 1 - d.now);
    CU_ASSERT_FALSE(asked(ANN, 0, 0).given);
    drive_run(&d, 1);
    said = asked(ANN, 0, 0);
    CU_ASSERT(said.given);
    CU_ASSERT_EQUAL(said.ms, L);
    drive_end(&d);
}

static void test_voter(void)
{
    struct pledge said;

    begin();
    drive_run(&d, L);
    CU_ASSERT_FALSE(asked("9999999999999999999999999999999999999999", 0, 0).given); /* who? */
    CU_ASSERT_FALSE(asked(ANN, 1, 0).given); /* not the primary of this configuration */
    CU_ASSERT(asked(ANN, 0, 0).given);
    said = asked(BOB, 1, 3); /* an elected leader's */
    CU_ASSERT_FALSE(said.given);
    CU_ASSERT(said.serial != 0 && node_is_at(drive_node(&d, 0), &said.addr));
    drive_run(&d, L);
    CU_ASSERT(asked(BOB, 1, 3).given);
    CU_ASSERT_FALSE(asked(ANN, 0, 0).given);
    drive_end(&d);
}

/* What is told of it: of the primary by its own word, of the pledges by the last full round. */
static void test_shown(void)
{
    struct node *node;
    msec told_at;

    begin();
    node = drive_node(&d, 0);
    CU_ASSERT_EQUAL(lease_left_ms(d.core, node), 0); /* as a stock node says */
    drive_end(&d);
    begin_leased();
    node = drive_node(&d, 0);
    CU_ASSERT(lease_is_needed(node) && lease_left_ms(d.core, node) == 0);
    CU_ASSERT_EQUAL(lease_pledges(drive_group(&d)), 1); /* our own */
    pledge(ANN, (struct pledge){ .given = true, .ms = 3000 });
    CU_ASSERT_EQUAL(lease_pledges(drive_group(&d)), 2);
    CU_ASSERT(lease_pledged_ms(d.core, drive_group(&d)) > L / 2);
    drive_run(&d, L / 4); /* another round */
    CU_ASSERT_EQUAL(lease_pledges(drive_group(&d)), 2);
    d.nodes[0].info.lease_left_ms = 2500;
    drive_observe(&d, node->id, LINK_CMD, EVIDENCE_INFO, &d.nodes[0].info);
    CU_ASSERT_EQUAL(lease_left_ms(d.core, node), 2500);
    told_at = d.core->now;
    d.nodes[0].mute = true;
    drive_run(&d, 1000);
    CU_ASSERT(d.core->now > told_at);
    CU_ASSERT_EQUAL(lease_left_ms(d.core, node), 2500 - (d.core->now - told_at));
    drive_run(&d, 2500);
    CU_ASSERT_EQUAL(lease_left_ms(d.core, node), -1); /* others may have renewed it */
    drive_end(&d);
}

/* That a node needs one is known in the next life as well. */
static void test_stored(void)
{
    const struct row *row;

    begin_leased();
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_NODE)); /* nothing is new of it */
    d.nodes[0].info.write_lease_ms = 0;
    drive_observe(&d, drive_node(&d, 0)->id, LINK_CMD, EVIDENCE_INFO, &d.nodes[0].info);
    row = drive_row(&d, ROW_NODE);
    CU_ASSERT_FATAL(row != NULL);
    CU_ASSERT(row->addr.port == 7000 && !row->leased);
    d.nodes[0].info.write_lease_ms = 1000;
    drive_observe(&d, drive_node(&d, 0)->id, LINK_CMD, EVIDENCE_INFO, &d.nodes[0].info);
    CU_ASSERT(drive_row(&d, ROW_NODE)->leased);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "renewed with the word of a majority", test_renewed },
    { "not without", test_refused },
    { "from a reading made before the claims", test_read_before },
    { "not over a new connection without a reading", test_link_lost },
    { "a stock node is left alone", test_stock_node },
    { "nothing is pledged after a restart", test_bar },
    { "what a voter pledges", test_voter },
    { "what is shown of it", test_shown },
    { "that a node needs one is stored", test_stored },
};

int main(void)
{
    return unit_main("lease", cases, sizeof cases / sizeof *cases);
}
