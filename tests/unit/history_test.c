#include "notify/history.h"

#include <stdio.h>
#include <string.h>

#include "notify/attempt.h"
#include "notify/event.h"
#include "tests/unit/unit.h"

#define MYID  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define WALL  1700000000000

static struct history *history;
static msec now;

/* An event about the group's primary, 10.0.0.1:6379. */
static struct event about(enum event_kind kind, const char *group)
{
    struct event event = { .kind = kind, .type = INSTANCE_MASTER, .quorum = 2, .count = 2 };

    snprintf(event.group, sizeof event.group, "%s", group);
    addr_set(&event.addr, "10.0.0.1", 6379);
    event.primary = event.addr;
    return event;
}

/* Ten milliseconds later. */
static void take(const struct event *event)
{
    now += 10;
    history_take(history, event, WALL + now, now);
}

static void happen(enum event_kind kind)
{
    struct event event = about(kind, "orders");

    take(&event);
}

static void happen_with(enum event_kind kind, const char *detail)
{
    struct event event = about(kind, "orders");

    snprintf(event.detail, sizeof event.detail, "%s", detail);
    take(&event);
}

static void vote(const char *runid, uint64_t epoch)
{
    struct event event = about(EVENT_VOTE_FOR_LEADER, "orders");

    snprintf(event.runid, sizeof event.runid, "%s", runid);
    event.epoch = epoch;
    take(&event);
}

static void choose(uint64_t bytes)
{
    struct event event = about(EVENT_SELECTED_SLAVE, "orders");

    event.type = INSTANCE_SLAVE;
    addr_set(&event.addr, "10.0.0.2", 6379);
    event.bytes_known = true;
    event.bytes = bytes;
    take(&event);
}

static void turn(bool led)
{
    struct event event = about(EVENT_SWITCH_MASTER, "orders");

    addr_set(&event.addr, "10.0.0.2", 6379);
    event.count = led ? EVENT_SWITCH_LED : 0;
    take(&event);
}

static void begin(void)
{
    now = 1000;
    history = history_new(MYID);
}

/* The open one of that group; NULL: none. */
static const struct attempt *open_of(const char *group)
{
    for (size_t i = 0; i < history_count(history); i++) {
        const struct attempt *attempt = history_at(history, i);

        if (strcmp(attempt->group, group) == 0)
            return attempt->outcome == ATTEMPT_OPEN ? attempt : NULL;
    }
    return NULL;
}

/* The newest attempt, after a look at how many there are. */
static const struct attempt *last(size_t n)
{
    CU_ASSERT_EQUAL_FATAL(history_count(history), n);
    return history_at(history, 0);
}

static void fail_over(void)
{
    happen(EVENT_SDOWN);
    happen(EVENT_ODOWN);
    happen(EVENT_TRY_FAILOVER);
    vote(MYID, 7);
    struct event won = about(EVENT_ELECTED_LEADER, "orders");

    won.epoch = 7;
    take(&won);
    choose(12);
    happen(EVENT_PROMOTED_SLAVE);
    turn(true);
}

static void test_failover(void)
{
    begin();
    fail_over();
    const struct attempt *attempt = last(1);

    CU_ASSERT_EQUAL(attempt->id, 1);
    CU_ASSERT_EQUAL(attempt->kind, ATTEMPT_FAILOVER);
    CU_ASSERT_EQUAL(attempt->outcome, ATTEMPT_SWITCHED);
    CU_ASSERT_EQUAL(attempt->begun_ms, WALL + 1010);
    CU_ASSERT_EQUAL(attempt->ended_ms, WALL + 1080);
    CU_ASSERT_EQUAL(attempt->epoch, 7);
    CU_ASSERT_TRUE(attempt->led);
    CU_ASSERT_STRING_EQUAL(attempt->leader, MYID);
    CU_ASSERT_STRING_EQUAL(attempt->from.host, "10.0.0.1");
    CU_ASSERT_STRING_EQUAL(attempt->to.host, "10.0.0.2");
    CU_ASSERT_EQUAL(attempt->at_risk, 12);
    CU_ASSERT_EQUAL(attempt->n_steps, 8);
    CU_ASSERT_EQUAL(attempt_phase_ms(attempt, PHASE_AGREEMENT), 10);
    CU_ASSERT_EQUAL(attempt_phase_ms(attempt, PHASE_ELECTION), 20);
    CU_ASSERT_EQUAL(attempt_phase_ms(attempt, PHASE_PROMOTION), 10);
    CU_ASSERT_EQUAL(attempt_phase_ms(attempt, PHASE_REPOINTING), MSEC_NEVER);
    CU_ASSERT_EQUAL(history_count_open(history), 0);
    history_free(history);
}

/* However long the replicas take, their steps belong to the failover that was led from here. */
static void test_repointing(void)
{
    begin();
    fail_over();
    vote(OTHER, 8);
    CU_ASSERT_STRING_EQUAL(last(1)->leader, MYID);
    now += 60000;
    happen(EVENT_SLAVE_RECONF_DONE);
    happen(EVENT_FAILOVER_END);
    CU_ASSERT_EQUAL(attempt_phase_ms(last(1), PHASE_REPOINTING), 60030);
    now += 60000;
    happen(EVENT_NEW_EPOCH);
    CU_ASSERT_EQUAL(last(1)->n_steps, 11);
    happen(EVENT_SDOWN);
    CU_ASSERT_EQUAL(last(2)->outcome, ATTEMPT_OPEN);
    CU_ASSERT_PTR_EQUAL(open_of("orders"), last(2));
    history_free(history);
}

static void test_recovery(void)
{
    begin();
    happen(EVENT_SDOWN);
    history_held(history, "orders", "1 of 2", now + 5);
    history_held(history, "orders", "1 of 2", now + 6);
    history_held(history, "orders", "1 of 13", now + 6); /* it may be a time that runs */
    history_held(history, "orders", "nobody", now + 7);
    history_held(history, "cache", "nobody", now + 7);
    happen(EVENT_SUP);
    const struct attempt *attempt = last(1);

    CU_ASSERT_EQUAL(attempt->outcome, ATTEMPT_RECOVERED);
    CU_ASSERT_STRING_EQUAL(attempt->reason, "nobody");
    CU_ASSERT_EQUAL(attempt->n_steps, 4);
    CU_ASSERT_STRING_EQUAL(attempt->steps[1].event, "held");
    CU_ASSERT_EQUAL(attempt->at_risk, ATTEMPT_AT_RISK_UNKNOWN);
    /* The abort follows in the same breath. */
    happen(EVENT_ABORT_PRIMARY_BACK);
    CU_ASSERT_EQUAL(last(1)->n_steps, 5);
    CU_ASSERT_EQUAL(last(1)->outcome, ATTEMPT_RECOVERED);
    history_free(history);
}

static void test_switchover(void)
{
    begin();
    happen_with(EVENT_TRY_FAILOVER, "default at 10.0.0.9:5000");
    CU_ASSERT_EQUAL(last(1)->kind, ATTEMPT_SWITCHOVER);
    CU_ASSERT_STRING_EQUAL(last(1)->asked_by, "default at 10.0.0.9:5000");
    happen_with(EVENT_ABORT_SWITCHOVER, "too slow");
    CU_ASSERT_EQUAL(last(1)->outcome, ATTEMPT_FAILED);
    CU_ASSERT_STRING_EQUAL(last(1)->reason, "too slow");
    happen_with(EVENT_TRY_FAILOVER, "default at 10.0.0.9:5000");
    turn(true);
    CU_ASSERT_EQUAL(last(2)->outcome, ATTEMPT_SWITCHED);
    CU_ASSERT_STRING_EQUAL(last(2)->reason, "");
    /* One that did not even begin. */
    now += 60000;
    happen(EVENT_FAILOVER_END);
    now += 60000;
    happen_with(EVENT_ABORT_NOT_ELECTED, "x asked");
    CU_ASSERT_EQUAL(last(3)->outcome, ATTEMPT_FAILED);
    CU_ASSERT_EQUAL(last(3)->kind, ATTEMPT_SWITCHOVER);
    history_free(history);
}

/* Asked for while the primary is down: it is a failover all the same. */
static void test_forced_while_down(void)
{
    begin();
    happen(EVENT_SDOWN);
    happen_with(EVENT_TRY_FAILOVER, "somebody");
    CU_ASSERT_EQUAL(last(1)->kind, ATTEMPT_FAILOVER);
    CU_ASSERT_STRING_EQUAL(last(1)->asked_by, "somebody");
    happen(EVENT_ABORT_NO_GOOD_SLAVE);
    CU_ASSERT_EQUAL(last(1)->outcome, ATTEMPT_OPEN);
    CU_ASSERT_STRING_EQUAL(last(1)->reason, "-failover-abort-no-good-slave");
    happen(EVENT_UNMONITOR);
    CU_ASSERT_EQUAL(last(1)->outcome, ATTEMPT_FORGOTTEN);
    history_free(history);
}

static void test_elsewhere(void)
{
    begin();
    vote(OTHER, 3);
    CU_ASSERT_EQUAL(history_count(history), 0);
    turn(false);
    CU_ASSERT_EQUAL(last(1)->kind, ATTEMPT_ELSEWHERE);
    CU_ASSERT_EQUAL(last(1)->outcome, ATTEMPT_SWITCHED);
    CU_ASSERT_STRING_EQUAL(last(1)->leader, OTHER);
    CU_ASSERT_EQUAL(last(1)->epoch, 3);
    CU_ASSERT_FALSE(last(1)->led);
    history_free(history);
}

/* Only what concerns a primary begins anything. */
static void test_others(void)
{
    begin();
    struct event event = about(EVENT_SDOWN, "orders");

    event.type = INSTANCE_SLAVE;
    take(&event);
    event.type = INSTANCE_SENTINEL;
    take(&event);
    event = (struct event){ .kind = EVENT_TILT };
    take(&event);
    CU_ASSERT_EQUAL(history_count(history), 0);
    happen(EVENT_SDOWN);
    event = about(EVENT_SDOWN, "orders");
    event.type = INSTANCE_SENTINEL;
    take(&event);
    CU_ASSERT_EQUAL(last(1)->n_steps, 1);
    event.type = INSTANCE_SLAVE;
    take(&event);
    CU_ASSERT_EQUAL(last(1)->n_steps, 2);
    history_free(history);
}

/* Of too many steps the beginning and the end stay; of too many attempts the newest. */
static void test_limits(void)
{
    begin();
    happen(EVENT_SDOWN);
    for (int i = 0; i < ATTEMPT_STEPS_MAX; i++)
        happen(EVENT_NEW_EPOCH);
    turn(true);
    CU_ASSERT_EQUAL(last(1)->n_steps, ATTEMPT_STEPS_MAX);
    CU_ASSERT_EQUAL(last(1)->n_lost, 2);
    CU_ASSERT_STRING_EQUAL(last(1)->steps[0].event, "+sdown");
    CU_ASSERT_STRING_EQUAL(last(1)->steps[ATTEMPT_STEPS_MAX - 1].event, "+switch-master");
    for (int i = 0; i < HISTORY_MAX + 5; i++) {
        char group[16];

        snprintf(group, sizeof group, "g%d", i);
        struct event event = about(EVENT_SDOWN, group);

        take(&event);
    }
    CU_ASSERT_EQUAL(history_count(history), HISTORY_MAX);
    CU_ASSERT_EQUAL(history_count_open(history), HISTORY_MAX);
    CU_ASSERT_EQUAL(history_floor(history), 7);
    CU_ASSERT_PTR_NULL(history_find(history, 6));
    CU_ASSERT_PTR_NULL(open_of("g4"));
    CU_ASSERT_PTR_NOT_NULL(open_of("g5"));
    history_free(history);
}

static void test_restored(void)
{
    begin();
    struct attempt *old = attempt_new(41, "orders");

    history_restore(history, old);
    CU_ASSERT_EQUAL(last(1)->outcome, ATTEMPT_INTERRUPTED);
    CU_ASSERT_PTR_EQUAL(history_take_dirty(history), old);
    CU_ASSERT_PTR_NULL(history_take_dirty(history));
    /* What it lost is seen in a later life. */
    addr_set(&old->from, "10.0.0.2", 6379);
    old->begun_ms = WALL;
    struct event tail = about(EVENT_TAIL, "orders");

    tail.bytes_known = true;
    tail.bytes = 77;
    take(&tail);
    CU_ASSERT_EQUAL(old->n_steps, 0);
    addr_set(&tail.addr, "10.0.0.2", 6379);
    take(&tail);
    CU_ASSERT_EQUAL_FATAL(old->n_steps, 1);
    CU_ASSERT_EQUAL(old->steps[0].at_ms, now);
    CU_ASSERT_EQUAL(old->at_risk, 77);
    CU_ASSERT_PTR_EQUAL(history_take_dirty(history), old);
    happen(EVENT_NEW_EPOCH);
    CU_ASSERT_EQUAL(last(1)->n_steps, 1);
    happen(EVENT_SDOWN);
    CU_ASSERT_EQUAL(last(2)->id, 42);
    CU_ASSERT_EQUAL(last(2)->n_steps, 1);
    CU_ASSERT_PTR_EQUAL(history_take_dirty(history), last(2));
    happen(EVENT_ODOWN);
    CU_ASSERT_PTR_EQUAL(history_take_dirty(history), last(2));
    history_free(history);
}

static const struct unit_case cases[] = {
    { "a failover, led from here", test_failover },
    { "replicas that are repointed late", test_repointing },
    { "an outage in which nobody was promoted", test_recovery },
    { "switchovers", test_switchover },
    { "one asked for while the primary is down", test_forced_while_down },
    { "a switch that others led", test_elsewhere },
    { "what concerns no primary", test_others },
    { "limits", test_limits },
    { "what was stored comes back", test_restored },
};

int main(void)
{
    return unit_main("history", cases, sizeof cases / sizeof *cases);
}
