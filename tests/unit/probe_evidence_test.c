#include "tests/unit/unit.h"

#include "probes/evidence.h"
#include "probes/probe.h"
#include "wire/prng.h"

#define DOWN_AFTER 4000
#define START      1000

static struct prng prng;
static struct probe probe;

static void see(enum link_kind link, enum evidence evidence, msec now)
{
    probe_observe(&probe, link, evidence, now, &prng);
}

/* A node with both links up; its first PING is in flight on the command link. */
static void begin_up(void)
{
    prng_seed(&prng, 1);
    probe_init(&probe, &pace_default, true, DOWN_AFTER, START);
    probe_wake(&probe, START, &prng);
    see(LINK_CMD, EVIDENCE_CONNECTED, START);
    see(LINK_PUBSUB, EVIDENCE_CONNECTED, START);
    probe_wake(&probe, START, &prng);
}

/* What counts as a sign of life, what only as an answer, what as neither. */
static void test_what_counts(void)
{
    static const struct {
        enum evidence evidence;
        bool valid, answered, ok, denied, busy;
    } rows[] = {
        { EVIDENCE_PONG, true, true, true, false, false },
        { EVIDENCE_LOADING, true, true, false, false, false },
        { EVIDENCE_MASTERDOWN, true, true, false, false, false },
        { EVIDENCE_DENIED, true, true, false, true, false },
        { EVIDENCE_BUSY, false, true, false, false, true },
        { EVIDENCE_MISCONF, false, true, false, false, false },
        { EVIDENCE_ERROR, false, true, false, false, false },
        { EVIDENCE_INFO, false, false, false, false, false },
        { EVIDENCE_INFO_FAILED, false, false, false, false, false },
        { EVIDENCE_HELLO_SENT, false, false, false, false, false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msec later = START + 10;

        begin_up();
        see(LINK_CMD, rows[i].evidence, later);
        CU_ASSERT_EQUAL(probe.last_valid, rows[i].valid ? later : START);
        CU_ASSERT_EQUAL(probe.last_reply, rows[i].answered ? later : START);
        CU_ASSERT_EQUAL(probe.last_ok, rows[i].ok ? later : START);
        CU_ASSERT_EQUAL(probe.links[LINK_CMD].ping_at, rows[i].answered ? MSEC_NEVER : START);
        CU_ASSERT_EQUAL(probe.links[LINK_CMD].heard_at, later);
        CU_ASSERT_EQUAL(probe.unanswered, rows[i].valid ? 0 : 1);
        CU_ASSERT_EQUAL(probe.denied, rows[i].denied);
        CU_ASSERT_EQUAL(probe.busy, rows[i].busy);
    }
}

/* A node that refuses our password for hours is there: it never gets silent. */
static void test_denied_is_never_silent(void)
{
    msec now = START;
    int remade = 0;

    begin_up();
    for (int i = 0; i < 100; i++, now += 1000) {
        if (probe_wake(&probe, now, &prng) & PROBE_OPEN_CMD) {
            remade++;
            see(LINK_CMD, EVIDENCE_CONNECTED, now);
            probe_wake(&probe, now, &prng);
        }
        see(LINK_CMD, EVIDENCE_DENIED, now);
        CU_ASSERT_FALSE(probe_is_silent(&probe, now));
    }
    CU_ASSERT(probe.denied);
    CU_ASSERT(remade > 0); /* a new connection authenticates anew */
    probe_wake(&probe, now, &prng);
    see(LINK_CMD, EVIDENCE_CONNECTED, now);
    probe_wake(&probe, now, &prng);
    see(LINK_CMD, EVIDENCE_PONG, now);
    CU_ASSERT_FALSE(probe.denied);
}

/* One that only ever answers BUSY is silent in the end, but its link is kept. */
static void test_busy_is_silent_in_the_end(void)
{
    begin_up();
    for (msec now = START; now < START + DOWN_AFTER; now += 1000) {
        CU_ASSERT_FALSE(probe_is_silent(&probe, now));
        CU_ASSERT_FALSE(probe_wake(&probe, now, &prng) & PROBE_CLOSE_CMD);
        see(LINK_CMD, EVIDENCE_BUSY, now);
    }
    CU_ASSERT(probe_is_silent(&probe, START + DOWN_AFTER));
    CU_ASSERT_EQUAL(probe.unanswered, 4);
}

/* What comes late from a connection that was given up says nothing about the next. */
static void test_late_evidence(void)
{
    begin_up();
    see(LINK_CMD, EVIDENCE_RESET, START + 1);
    see(LINK_CMD, EVIDENCE_PONG, START + 2);
    see(LINK_CMD, EVIDENCE_INFO, START + 2);
    see(LINK_CMD, EVIDENCE_CONNECTED, START + 2);
    CU_ASSERT_FALSE(probe_is_up(&probe));
    CU_ASSERT_EQUAL(probe.last_valid, START);
    CU_ASSERT_EQUAL(probe.info_seen_at, MSEC_NEVER);
    CU_ASSERT(probe_wake(&probe, START + 20, &prng) & PROBE_OPEN_CMD);
    see(LINK_CMD, EVIDENCE_PONG, START + 21); /* before CONNECTED: not of this connection */
    CU_ASSERT_EQUAL(probe.last_valid, START);
    CU_ASSERT_EQUAL(probe.links[LINK_CMD].state, LINK_OPENING);
}

/* INFO as soon as the gap allows, however often it is asked for, and one at a time. */
static void test_want_info(void)
{
    begin_up();
    probe_want_info(&probe, START); /* the one in flight will do */
    see(LINK_CMD, EVIDENCE_INFO, START + 1);
    CU_ASSERT(probe_next(&probe) > START + 900);
    probe_want_info(&probe, START + 1);
    CU_ASSERT(probe_wake(&probe, START + 11, &prng) & PROBE_INFO);
    probe_want_info(&probe, START + 12); /* the one in flight may be too old for that */
    CU_ASSERT_FALSE(probe_wake(&probe, START + 12, &prng) & PROBE_INFO);
    see(LINK_CMD, EVIDENCE_INFO, START + 13);
    CU_ASSERT_EQUAL(probe_next(&probe), START + 23);
    CU_ASSERT(probe_wake(&probe, START + 23, &prng) & PROBE_INFO);
    see(LINK_CMD, EVIDENCE_INFO, START + 23);
    CU_ASSERT(probe_next(&probe) > START + 900); /* nobody asked */
    probe_want_info(&probe, START + 40);
    probe_want_info(&probe, START + 500); /* the earlier wish holds */
    CU_ASSERT_EQUAL(probe_next(&probe), START + 40);
    CU_ASSERT(probe_wake(&probe, START + 40, &prng) & PROBE_INFO);
    see(LINK_CMD, EVIDENCE_INFO, START + 41);
    probe_want_info(&probe, START + 41);
    CU_ASSERT_FALSE(probe_wake(&probe, START + 50, &prng) & PROBE_INFO);
    CU_ASSERT(probe_wake(&probe, START + 51, &prng) & PROBE_INFO);
    CU_ASSERT_EQUAL(probe.info_due_at, START + 51 + INFO_PERIOD_MS);
    /* A node that refuses INFO is not asked as fast as it can refuse. */
    see(LINK_CMD, EVIDENCE_INFO_FAILED, START + 52);
    probe_want_info(&probe, START + 52);
    CU_ASSERT_EQUAL(probe_next(&probe), START + 62);
}

static void test_want_hello(void)
{
    begin_up();
    see(LINK_CMD, EVIDENCE_HELLO_SENT, START + 1);
    probe_want_hello(&probe, START + 5);
    CU_ASSERT(probe_wake(&probe, START + 5, &prng) & PROBE_HELLO);
    probe_want_hello(&probe, START + 6);
    CU_ASSERT_FALSE(probe_wake(&probe, START + 6, &prng) & PROBE_HELLO); /* one in flight */
}

/* An INFO that was lost with its link is asked for again on the next. */
static void test_lost_with_the_link(void)
{
    begin_up();
    see(LINK_CMD, EVIDENCE_RESET, START + 5);
    probe_hasten(&probe, START + 5);
    CU_ASSERT(probe_wake(&probe, START + 5, &prng) & PROBE_OPEN_CMD);
    see(LINK_CMD, EVIDENCE_CONNECTED, START + 6);
    CU_ASSERT_EQUAL(probe_wake(&probe, START + 6, &prng),
                    PROBE_PING_CMD | PROBE_INFO | PROBE_HELLO);
}

/* Our own stall: silence and doubt are counted as if it had not been. */
static void test_forgive(void)
{
    begin_up();
    probe_forgive(&probe, 30000);
    CU_ASSERT_EQUAL(probe_silent_at(&probe), START + 30000 + DOWN_AFTER);
    CU_ASSERT_FALSE(probe_wake(&probe, START + 30100, &prng) & PROBE_CLOSE_CMD);
    CU_ASSERT_FALSE(probe_is_silent(&probe, START + 30100));
    CU_ASSERT(probe_wake(&probe, START + 30000 + DOWN_AFTER / 2, &prng) & PROBE_CLOSE_CMD);
    probe_forgive(&probe, 5000); /* an attempt to connect gets its time as well */
    CU_ASSERT_FALSE(probe_wake(&probe, START + 37500, &prng) & PROBE_CLOSE_CMD);
}

static void test_set_down_after(void)
{
    begin_up();
    probe_set_down_after(&probe, 100);
    CU_ASSERT(probe_is_silent(&probe, START + 100));
    probe_set_down_after(&probe, 86400000);
    CU_ASSERT_FALSE(probe_is_silent(&probe, START + 86399999));
}

static void test_evidence_table(void)
{
    static const struct {
        const char *text;
        enum evidence evidence;
    } errors[] = {
        { "LOADING Redis is loading the dataset in memory", EVIDENCE_LOADING },
        { "MASTERDOWN Link with MASTER is down", EVIDENCE_MASTERDOWN },
        { "BUSY running a script", EVIDENCE_BUSY },
        { "MISCONF cannot persist", EVIDENCE_MISCONF },
        { "NOAUTH Authentication required.", EVIDENCE_DENIED },
        { "WRONGPASS invalid", EVIDENCE_DENIED },
        { "NOPERM this user has no permissions", EVIDENCE_DENIED },
        { "NOPERM", EVIDENCE_DENIED },
        { "ERR unknown command", EVIDENCE_ERROR },
        { "BUSYKEY is another word", EVIDENCE_ERROR },
        { "loading", EVIDENCE_ERROR },
        { "", EVIDENCE_ERROR },
        { " LOADING", EVIDENCE_ERROR },
    };

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        CU_ASSERT_EQUAL(evidence_of_error(errors[i].text), errors[i].evidence);
    CU_ASSERT_STRING_EQUAL(evidence_name(EVIDENCE_CONNECTED), "connected");
    CU_ASSERT_STRING_EQUAL(evidence_name(EVIDENCE_HELLO_SENT), "hello-sent");
    CU_ASSERT_EQUAL(evidence_class(EVIDENCE_CONNECTED), EVIDENCE_CLASS_UP);
    CU_ASSERT_EQUAL(evidence_class(EVIDENCE_UNREACHABLE), EVIDENCE_CLASS_DOWN);
    CU_ASSERT_STRING_EQUAL(link_kind_name(LINK_CMD), "cmd");
    CU_ASSERT_STRING_EQUAL(link_kind_name(LINK_PUBSUB), "pubsub");
}

/* --- a random walk against a model of the connections ------------------------------------ */

struct wire {
    bool opening, up;
    int pings, infos, hellos; /* in flight on it */
};

static void carry_out(struct wire wires[PROBE_LINKS], unsigned actions)
{
    for (int k = 0; k < PROBE_LINKS; k++) {
        struct wire *wire = &wires[k];

        if (actions & (k == LINK_CMD ? PROBE_CLOSE_CMD : PROBE_CLOSE_PUBSUB)) {
            CU_ASSERT_FATAL(wire->opening || wire->up);
            *wire = (struct wire){ 0 };
        }
        if (actions & (k == LINK_CMD ? PROBE_OPEN_CMD : PROBE_OPEN_PUBSUB)) {
            CU_ASSERT_FATAL(!wire->opening && !wire->up);
            wire->opening = true;
        }
        wire->pings += (actions & (k == LINK_CMD ? PROBE_PING_CMD : PROBE_PING_PUBSUB)) != 0;
        wire->infos += k == LINK_CMD && (actions & PROBE_INFO);
        wire->hellos += k == LINK_CMD && (actions & PROBE_HELLO);
        CU_ASSERT_FATAL(wire->pings <= 1 && wire->infos <= 1 && wire->hellos <= 1);
        CU_ASSERT_FATAL(wire->up || wire->pings + wire->infos + wire->hellos == 0);
    }
}

/* Something that this connection can show now, if anything. */
static void show(struct wire *wire, enum link_kind link, msec now)
{
    uint64_t choice = prng_below(&prng, 10);

    if (wire->opening) {
        wire->opening = false;
        wire->up = choice < 6;
        see(link, wire->up ? EVIDENCE_CONNECTED : EVIDENCE_REFUSED, now);
    } else if (wire->up && choice == 0) {
        *wire = (struct wire){ 0 };
        see(link, EVIDENCE_RESET, now);
    } else if (wire->pings && choice < 4) {
        wire->pings = 0;
        see(link, choice < 3 ? EVIDENCE_PONG : EVIDENCE_BUSY, now);
    } else if (wire->infos && choice < 6) {
        wire->infos = 0;
        see(link, EVIDENCE_INFO, now);
    } else if (wire->hellos && choice < 8) {
        wire->hellos = 0;
        see(link, EVIDENCE_HELLO_SENT, now);
    }
}

static void walk(uint64_t seed)
{
    struct wire wires[PROBE_LINKS] = { { 0 } };
    msec now = START;

    prng_seed(&prng, seed);
    probe_init(&probe, &pace_default, seed % 4 != 0, prng_between(&prng, 1, 8000), now);
    for (int i = 0; i < 3000; i++) {
        enum link_kind link = (enum link_kind)prng_below(&prng, probe.is_node ? 2 : 1);

        if (prng_below(&prng, 3) == 0)
            show(&wires[link], link, now);
        if (prng_below(&prng, 8) == 0)
            probe_want_info(&probe, now);
        if (prng_below(&prng, 50) == 0)
            probe_hasten(&probe, now);
        carry_out(wires, probe_wake(&probe, now, &prng));
        CU_ASSERT_EQUAL(probe_wake(&probe, now, &prng), 0); /* all that was due is done */
        CU_ASSERT_FATAL(probe_next(&probe) > now);
        now += prng_below(&prng, 2) ? prng_between(&prng, 0, 30)
                                    : msec_min(probe_next(&probe) - now, 5000);
    }
}

static void test_random_walk(void)
{
    for (uint64_t seed = 1; seed <= 60; seed++)
        walk(seed);
}

static const struct unit_case cases[] = {
    { "what counts", test_what_counts },
    { "denied is never silent", test_denied_is_never_silent },
    { "busy is silent in the end", test_busy_is_silent_in_the_end },
    { "late evidence", test_late_evidence },
    { "INFO when wanted", test_want_info },
    { "hello when wanted", test_want_hello },
    { "lost with the link", test_lost_with_the_link },
    { "forgive", test_forgive },
    { "set down_after", test_set_down_after },
    { "table of evidence", test_evidence_table },
    { "random walk: one of each in flight", test_random_walk },
};

int main(void)
{
    return unit_main("probe_evidence", cases, sizeof cases / sizeof *cases);
}
