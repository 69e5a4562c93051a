#include "tests/unit/unit.h"

#include <stdio.h>

#include "probes/probe.h"
#include "wire/prng.h"

#define DOWN_AFTER 4000
#define START      1000

static struct prng prng;
static struct probe probe;
static msec now;

static void begin(bool is_node, msec down_after_ms)
{
    prng_seed(&prng, 1);
    now = START;
    probe_init(&probe, &pace_default, is_node, down_after_ms, now);
}

static unsigned wake(void)
{
    return probe_wake(&probe, now, &prng);
}

static void see(enum link_kind link, enum evidence evidence)
{
    probe_observe(&probe, link, evidence, now, &prng);
}

/* Go to the probe's next deadline, which has to be AT, and wake it there. */
static unsigned next_is(msec at)
{
    msec next = probe_next(&probe);

    if (next != at)
        printf("next is %lld, not %lld\n", (long long)next, (long long)at);
    CU_ASSERT_EQUAL(next, at);
    now = at;
    return wake();
}

/* A node with both links up and everything of the start answered. */
static void begin_up(msec down_after_ms)
{
    begin(true, down_after_ms);
    wake();
    see(LINK_CMD, EVIDENCE_CONNECTED);
    see(LINK_PUBSUB, EVIDENCE_CONNECTED);
    wake();
    see(LINK_CMD, EVIDENCE_PONG);
    see(LINK_CMD, EVIDENCE_INFO);
    see(LINK_CMD, EVIDENCE_HELLO_SENT);
}

static void test_first_contact(void)
{
    begin(true, DOWN_AFTER);
    CU_ASSERT_EQUAL(probe_next(&probe), START);
    CU_ASSERT_EQUAL(wake(), PROBE_OPEN_CMD | PROBE_OPEN_PUBSUB);
    CU_ASSERT_EQUAL(wake(), 0);
    CU_ASSERT_FALSE(probe_is_up(&probe));
    see(LINK_CMD, EVIDENCE_CONNECTED);
    CU_ASSERT(probe_is_up(&probe));
    CU_ASSERT_EQUAL(wake(), PROBE_PING_CMD | PROBE_INFO | PROBE_HELLO);
    CU_ASSERT_EQUAL(wake(), 0);
    see(LINK_PUBSUB, EVIDENCE_CONNECTED);
    CU_ASSERT(probe_is_up(&probe));
}

/* A peer has neither pub/sub link nor INFO nor hello. */
static void test_peer(void)
{
    begin(false, DOWN_AFTER);
    CU_ASSERT_EQUAL(wake(), PROBE_OPEN_CMD);
    see(LINK_CMD, EVIDENCE_CONNECTED);
    CU_ASSERT(probe_is_up(&probe));
    CU_ASSERT_EQUAL(wake(), PROBE_PING_CMD);
    see(LINK_CMD, EVIDENCE_PONG);
    CU_ASSERT_EQUAL(next_is(START + 1000), PROBE_PING_CMD);
}

static void test_periods(void)
{
    begin_up(DOWN_AFTER);
    CU_ASSERT_EQUAL(next_is(START + 1000), PROBE_PING_CMD);
    see(LINK_CMD, EVIDENCE_PONG);
    CU_ASSERT_EQUAL(next_is(START + 2000), PROBE_PING_CMD | PROBE_HELLO);
    see(LINK_CMD, EVIDENCE_PONG);
    see(LINK_CMD, EVIDENCE_HELLO_SENT);
    probe.info_busy = true;
    probe_want_info(&probe, now + 500);
    CU_ASSERT_EQUAL(next_is(START + 2500), PROBE_INFO);
    see(LINK_CMD, EVIDENCE_INFO_FAILED); /* the next one may go all the same */
    CU_ASSERT_EQUAL(next_is(START + 3000), PROBE_PING_CMD);
    see(LINK_CMD, EVIDENCE_PONG);
    CU_ASSERT_EQUAL(next_is(START + 3500), PROBE_INFO);
}

/* At most every second, and several within a short down_after. */
static void test_ping_period(void)
{
    static const msec rows[][2] = { { 60000, 1000 }, { 4000, 1000 }, { 1000, 250 },
                                    { 100, 25 },     { 4, 1 },       { 1, 1 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(false, rows[i][0]);
        wake();
        see(LINK_CMD, EVIDENCE_CONNECTED);
        wake();
        see(LINK_CMD, EVIDENCE_PONG);
        CU_ASSERT_EQUAL(next_is(START + rows[i][1]), PROBE_PING_CMD);
    }
}

/* When the command link's PING is overdue by a period the pub/sub link is asked, at
 * half of down_after the command link is made anew, and silence is silence. */
static void test_silence(void)
{
    begin_up(DOWN_AFTER);
    CU_ASSERT_EQUAL(probe_silent_at(&probe), START + DOWN_AFTER);
    CU_ASSERT_EQUAL(next_is(START + 1000), PROBE_PING_CMD);
    CU_ASSERT_EQUAL(next_is(START + 2000), PROBE_PING_PUBSUB | PROBE_HELLO);
    CU_ASSERT_EQUAL(next_is(START + 3000), PROBE_CLOSE_CMD | PROBE_OPEN_CMD);
    CU_ASSERT_FALSE(probe_is_up(&probe));
    see(LINK_CMD, EVIDENCE_CONNECTED); /* the kernel still answers, the process does not */
    CU_ASSERT_EQUAL(wake(), PROBE_PING_CMD | PROBE_INFO | PROBE_HELLO);
    CU_ASSERT_EQUAL(probe.unanswered, 3);
    CU_ASSERT_EQUAL(probe.unanswered_since, START + 1000);
    CU_ASSERT_FALSE(probe_is_silent(&probe, START + DOWN_AFTER - 1));
    CU_ASSERT(probe_is_silent(&probe, START + DOWN_AFTER));
    see(LINK_PUBSUB, EVIDENCE_PONG); /* either link's answer will do */
    CU_ASSERT_EQUAL(probe_silent_at(&probe), START + 3000 + DOWN_AFTER);
    CU_ASSERT_EQUAL(probe.unanswered, 0);
    CU_ASSERT_EQUAL(probe.unanswered_since, MSEC_NEVER);
}

/* A link that talks is not remade because one PING waits: BUSY nodes answer others. */
static void test_doubt_waits_for_the_last_word(void)
{
    begin_up(DOWN_AFTER);
    next_is(START + 1000);
    now = START + 2500;
    wake();
    see(LINK_CMD, EVIDENCE_INFO);
    now = START + 3000;
    CU_ASSERT_FALSE(wake() & PROBE_CLOSE_CMD);
    now = START + 4499;
    CU_ASSERT_FALSE(wake() & PROBE_CLOSE_CMD);
    now = START + 4500;
    CU_ASSERT(wake() & PROBE_CLOSE_CMD);
}

static void test_quiet_pubsub_is_asked(void)
{
    begin_up(60000);
    for (int second = 1; second < 5; second++) {
        now = START + second * 1000;
        CU_ASSERT_FALSE(wake() & PROBE_PING_PUBSUB);
        see(LINK_CMD, EVIDENCE_PONG);
        see(LINK_CMD, EVIDENCE_HELLO_SENT);
    }
    now = START + 5000;
    CU_ASSERT(wake() & PROBE_PING_PUBSUB);
}

/* The pub/sub link of a node that answers nowhere is the one that an order to step down is put
 * into: it stays, for however long. */
static void test_silent_node_keeps_its_pubsub(void)
{
    begin_up(DOWN_AFTER);
    while (now < START + 20 * DOWN_AFTER) {
        now = probe_next(&probe);
        CU_ASSERT_FALSE(wake() & PROBE_CLOSE_PUBSUB);
        if (probe.links[LINK_CMD].state == LINK_OPENING)
            see(LINK_CMD, EVIDENCE_CONNECTED); /* by the kernel */
    }
}

/* One that misses its answer while the command link has got one is made anew. */
static void test_missed_pubsub_is_remade(void)
{
    begin_up(DOWN_AFTER);
    next_is(START + 1000);
    now = START + 2000;
    CU_ASSERT(wake() & PROBE_PING_PUBSUB);
    now = START + 2500;
    see(LINK_CMD, EVIDENCE_PONG);
    now = START + 3000;
    wake();
    see(LINK_CMD, EVIDENCE_PONG); /* it counts from the first */
    now = START + 3499;
    CU_ASSERT_FALSE(wake() & PROBE_CLOSE_PUBSUB);
    CU_ASSERT_EQUAL(next_is(START + 3500) & ~PROBE_PING_CMD,
                    PROBE_CLOSE_PUBSUB | PROBE_OPEN_PUBSUB);
    see(LINK_PUBSUB, EVIDENCE_CONNECTED);
    now = START + 30000;
    CU_ASSERT(wake() & PROBE_PING_PUBSUB);
    see(LINK_CMD, EVIDENCE_PONG);
    see(LINK_PUBSUB, EVIDENCE_PONG); /* in time */
    now = START + 31000;
    CU_ASSERT_FALSE(wake() & PROBE_CLOSE_PUBSUB);
}

/* A connection that does not come up is given up, and tried again after the back-off. */
static void test_open_timeout(void)
{
    begin(false, DOWN_AFTER);
    wake();
    CU_ASSERT_EQUAL(next_is(START + OPEN_TIMEOUT_MAX_MS), PROBE_CLOSE_CMD);
    msec retry = probe_next(&probe) - now;
    CU_ASSERT(RETRY_MIN_MS / 2 <= retry && retry <= RETRY_MIN_MS);
    now += retry;
    CU_ASSERT_EQUAL(wake(), PROBE_OPEN_CMD);
    begin(false, 600); /* never more than half of down_after */
    wake();
    CU_ASSERT_EQUAL(next_is(START + 300), PROBE_CLOSE_CMD);
}

static void test_retries_back_off(void)
{
    static const enum evidence ends[] = { EVIDENCE_REFUSED, EVIDENCE_UNREACHABLE, EVIDENCE_TIMEOUT,
                                          EVIDENCE_RESET };
    msec step = RETRY_MIN_MS;

    begin(false, DOWN_AFTER);
    for (int i = 0; i < 20; i++) {
        CU_ASSERT_EQUAL(wake(), PROBE_OPEN_CMD);
        see(LINK_CMD, ends[i % 4]);
        msec wait = probe_next(&probe) - now;
        CU_ASSERT(step / 2 <= wait && wait <= step);
        step = msec_min(2 * step, RETRY_MAX_MS);
        now += wait;
    }
    probe_hasten(&probe, now - 5);
    wake();
    see(LINK_CMD, EVIDENCE_CONNECTED);
    see(LINK_CMD, EVIDENCE_RESET); /* a connection alone does not prove that all is well */
    CU_ASSERT(probe_next(&probe) - now <= RETRY_MIN_MS); /* but hasten began anew */
}

/* Only what a node that crashed shows: an established link reset, then refusals. */
static void test_crash_needs_a_reset(void)
{
    begin(true, DOWN_AFTER);
    for (int i = 0; i < 5; i++, now = probe_next(&probe)) {
        wake();
        see(LINK_CMD, EVIDENCE_REFUSED);
    }
    CU_ASSERT_FALSE(probe_is_refused(&probe)); /* it was never there */
    begin(true, DOWN_AFTER);
    for (int i = 0; i < 5; i++, now = probe_next(&probe)) {
        wake();
        see(LINK_CMD, i == 0 ? EVIDENCE_RESET : EVIDENCE_REFUSED);
    }
    CU_ASSERT_FALSE(probe_is_refused(&probe)); /* nor was it up when it was reset */
    begin_up(DOWN_AFTER);
    see(LINK_PUBSUB, EVIDENCE_RESET);
    CU_ASSERT_EQUAL(probe.reset_at, MSEC_NEVER);
    for (int i = 0; i < 3; i++, now += 1000) {
        wake();
        see(LINK_PUBSUB, EVIDENCE_REFUSED);
    }
    CU_ASSERT_FALSE(probe_is_refused(&probe)); /* the wrong link */
    begin_up(DOWN_AFTER);
    see(LINK_CMD, EVIDENCE_TIMEOUT);
    for (int i = 0; i < 3; i++, now += 1000) {
        wake();
        see(LINK_CMD, EVIDENCE_REFUSED);
    }
    CU_ASSERT_FALSE(probe_is_refused(&probe)); /* the network, not the node, ended it */
}

static void test_crash(void)
{
    begin_up(DOWN_AFTER);
    see(LINK_CMD, EVIDENCE_RESET);
    CU_ASSERT_EQUAL(probe.reset_at, START);
    CU_ASSERT_EQUAL(probe.links[LINK_CMD].lost_at, START);
    see(LINK_CMD, EVIDENCE_REFUSED); /* of no attempt of ours */
    CU_ASSERT_EQUAL(probe.refusals, 0);
    now += 20;
    wake();
    see(LINK_CMD, EVIDENCE_REFUSED);
    CU_ASSERT_FALSE(probe_is_refused(&probe));
    now += 40;
    wake();
    see(LINK_CMD, EVIDENCE_UNREACHABLE); /* says nothing about the process */
    CU_ASSERT_FALSE(probe_is_refused(&probe));
    now += 80;
    wake();
    see(LINK_CMD, EVIDENCE_REFUSED);
    CU_ASSERT(probe_is_refused(&probe));
    CU_ASSERT_EQUAL(probe.links[LINK_CMD].lost_at, START); /* attempts do not move it */
    now += 1000;
    wake();
    see(LINK_CMD, EVIDENCE_CONNECTED);
    CU_ASSERT_FALSE(probe_is_refused(&probe));
    CU_ASSERT_EQUAL(probe.reset_at, MSEC_NEVER);
}

/* What clients are shown: a link that CLIENT KILL cut is back within moments. */
static void test_lost(void)
{
    begin(true, 1000);
    CU_ASSERT(probe_is_lost(&probe, now)); /* never seen */
    begin_up(1000);
    CU_ASSERT_FALSE(probe_is_lost(&probe, now));
    see(LINK_CMD, EVIDENCE_RESET);
    CU_ASSERT_FALSE(probe_is_lost(&probe, now));
    CU_ASSERT(probe_is_lost(&probe, now + REMAKE_MAX_MS));
    now += 20;
    wake();
    see(LINK_CMD, EVIDENCE_REFUSED);
    CU_ASSERT(probe_is_lost(&probe, now)); /* nobody is there */
}

static const struct unit_case cases[] = {
    { "first contact", test_first_contact },
    { "a peer has one link", test_peer },
    { "periods", test_periods },
    { "PING period", test_ping_period },
    { "silence", test_silence },
    { "doubt waits for the last word", test_doubt_waits_for_the_last_word },
    { "a quiet pub/sub link is asked", test_quiet_pubsub_is_asked },
    { "a silent node keeps its pub/sub link", test_silent_node_keeps_its_pubsub },
    { "a missed pub/sub link is made anew", test_missed_pubsub_is_remade },
    { "open time-out", test_open_timeout },
    { "retries back off", test_retries_back_off },
    { "a crash needs a reset", test_crash_needs_a_reset },
    { "a crash", test_crash },
    { "lost", test_lost },
};

int main(void)
{
    return unit_main("probe", cases, sizeof cases / sizeof *cases);
}
