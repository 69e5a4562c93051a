#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/drive.h"

#define ANN "2222222222222222222222222222222222222222"
#define BOB "3333333333333333333333333333333333333333"

static struct drive d;

/* The bit of an option of the process, or of SENTINEL DEBUG. */
static uint64_t bit(const struct conf_table *table, const char *name)
{
    return UINT64_C(1) << (option_by_wire_name(table, name) - table->options);
}

static struct request a_request(enum request_kind kind)
{
    struct request request = drive_ask(kind, "", 0);

    global_conf_init(&request.global);
    tunables_init(&request.tunables);
    return request;
}

static void begin(void)
{
    drive_begin(&d, 1, 1, 30000);
    drive_add_peer(&d, ANN, 26380);
    drive_add_peer(&d, BOB, 26381);
    drive_mark(&d);
}

/* The sender's address in the hello that leaves next. */
static struct addr next_sender(void)
{
    drive_run(&d, 2100);
    for (size_t i = d.log.n_messages; i-- > 0;) {
        if (d.log.messages[i].kind == MESSAGE_HELLO)
            return d.log.messages[i].u.hello.sender;
    }
    CU_FAIL("no hello");
    return (struct addr){ 0 };
}

static void test_announce(void)
{
    struct request request = a_request(REQUEST_CONFIG_SET);

    begin();
    CU_ASSERT_STRING_EQUAL(next_sender().host, ""); /* the shell fills in that of the link */
    CU_ASSERT_EQUAL(next_sender().port, 26379);
    strcpy(request.global.announce_ip, "192.0.2.9");
    request.global.announce_port = 5000;
    request.set = bit(&global_table, "announce-ip");
    drive_request(&d, request);
    CU_ASSERT_STRING_EQUAL(next_sender().host, "192.0.2.9");
    CU_ASSERT_EQUAL(next_sender().port, 26379); /* its bit was not set */
    request.set = bit(&global_table, "announce-port");
    drive_request(&d, request);
    CU_ASSERT_EQUAL(next_sender().port, 5000);
    CU_ASSERT_STRING_EQUAL(drive_row(&d, ROW_GLOBAL)->global.announce_ip, "192.0.2.9");
    drive_end(&d);
}

/* New credentials for the peers: their links are made anew, those of the nodes are not. */
static void test_peer_credentials(void)
{
    struct request request = a_request(REQUEST_CONFIG_SET);

    begin();
    strcpy(request.global.sentinel_pass, "secret");
    request.set = bit(&global_table, "sentinel-pass");
    drive_request(&d, request);
    drive_run(&d, 5);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_CLOSE, 0), 2);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, d.core->peers[0]->id), 1);
    CU_ASSERT_EQUAL(drive_orders(&d, ORDER_OPEN, d.core->peers[1]->id), 1);
    drive_end(&d);
}

/* The file's word on the process: what it changes wins, the rest is left alone. */
static void test_reload(void)
{
    struct request file = a_request(REQUEST_CONFIGURE_GLOBAL);
    struct request set = a_request(REQUEST_CONFIG_SET);

    begin();
    drive_request(&d, file); /* all defaults: nothing new */
    CU_ASSERT_PTR_NULL(drive_row(&d, ROW_GLOBAL));
    set.global.announce_port = 5000;
    set.set = bit(&global_table, "announce-port");
    drive_request(&d, set);
    file.global.announce_hostnames = 1;
    drive_request(&d, file);
    CU_ASSERT_EQUAL(d.core->global.announce_port, 5000);
    CU_ASSERT_EQUAL(d.core->global.announce_hostnames, 1);
    file.global.announce_port = 6000;
    drive_request(&d, file);
    CU_ASSERT_EQUAL(d.core->global.announce_port, 6000);
    CU_ASSERT_EQUAL(drive_row(&d, ROW_GLOBAL)->global.announce_port, 6000);
    drive_end(&d);
}

/* SENTINEL DEBUG changes the pace of everything that runs already. */
static void test_debug(void)
{
    struct request request = a_request(REQUEST_DEBUG);

    begin();
    request.tunables.ping_period = 100;
    request.tunables.info_period = 500;
    request.tunables.publish_period = 1; /* its bit is not set */
    request.set = bit(&tunable_table, "ping-period") | bit(&tunable_table, "info-period");
    drive_request(&d, request);
    drive_run(&d, 11000); /* what was due by the old periods */
    drive_mark(&d);
    drive_run(&d, 10000);
    size_t pings = drive_orders(&d, ORDER_PING, drive_node(&d, 0)->id);
    CU_ASSERT(pings >= 95 && pings <= 110);
    size_t infos = drive_orders(&d, ORDER_INFO, drive_node(&d, 0)->id);
    CU_ASSERT(infos >= 18 && infos <= 21);
    CU_ASSERT(drive_orders(&d, ORDER_HELLO, 0) < 15);
    CU_ASSERT_EQUAL(d.log.n_rows, 0); /* until the next restart only */
    drive_end(&d);
}

/* --- the voter set -------------------------------------------------------------------------- */

static void set_voters(const struct voter *voters, uint32_t n)
{
    struct request request = a_request(REQUEST_VOTERS);

    request.voters = voters;
    request.n_voters = n;
    CU_ASSERT_EQUAL(drive_request(&d, request).code, REPLY_OK);
}

/* Who is no voter goes and does not come back; the majority is that of the set. */
static void test_voters(void)
{
    struct voter voters[5] = { { .runid = DRIVE_RUNID }, { .runid = ANN } };

    begin();
    for (int i = 2; i < 5; i++)
        voters[i].addr = drive_addr(100 + i);
    CU_ASSERT_EQUAL(group_needed(drive_group(&d)), 2);
    set_voters(voters, 5);
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, 1);
    CU_ASSERT_STRING_EQUAL(drive_row(&d, ROW_PEER_GONE)->runid, BOB);
    CU_ASSERT_EQUAL(group_voters(drive_group(&d)), 5);
    CU_ASSERT_EQUAL(group_needed(drive_group(&d)), 3);
    drive_mark(&d);
    drive_add_peer(&d, BOB, 26381);
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, 1);
    CU_ASSERT_EQUAL(d.core->n_peers, 1);
    drive_add_peer(&d, BOB, 7102); /* at an address of the set he is one */
    CU_ASSERT_EQUAL(drive_group(&d)->n_members, 2);
    CU_ASSERT_EQUAL(group_voters(drive_group(&d)), 5); /* seen or not */
    drive_end(&d);
}

/* Two of five are no majority, though they are all that we have ever met. */
static void test_voters_decide(void)
{
    struct voter voters[5] = { { .runid = DRIVE_RUNID }, { .runid = ANN }, { .runid = BOB } };

    begin();
    drive_group(&d)->conf.quorum = 1;
    set_voters(voters, 5);
    d.peers_alive = false;
    drive_observe(&d, d.core->peers[1]->id, LINK_CMD, EVIDENCE_RESET, NULL);
    drive_kill(&d, 0);
    drive_run(&d, 5000);
    CU_ASSERT(drive_events(&d, EVENT_ODOWN) >= 1);
    CU_ASSERT_EQUAL(drive_events(&d, EVENT_TRY_FAILOVER), 0);
    set_voters(NULL, 0); /* all members again: two of three are one */
    CU_ASSERT_EQUAL(group_voters(drive_group(&d)), 3);
    drive_end(&d);
}

static const struct unit_case cases[] = {
    { "announce", test_announce }, { "credentials for peers", test_peer_credentials },
    { "reload", test_reload },     { "debug", test_debug },
    { "voters", test_voters },     { "voters decide", test_voters_decide },
};

int main(void)
{
    return unit_main("settings", cases, sizeof cases / sizeof *cases);
}
