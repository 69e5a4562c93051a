#include "notify/phases.h"

#include <string.h>

#include "notify/event.h"
#include "tests/unit/unit.h"

static struct phases phases;

static void tell(enum event_kind kind, enum instance_type type, const char *group, msec now)
{
    struct event event;

    memset(&event, 0, sizeof event);
    event.kind = kind;
    event.type = type;
    strcpy(event.group, group);
    phases_event(&phases, &event, now, now - 500);
}

static void check(enum phase phase, uint64_t count, uint64_t sum_ms)
{
    CU_ASSERT_EQUAL(phases.histograms[phase].count, count);
    CU_ASSERT_EQUAL(phases.histograms[phase].sum_ms, sum_ms);
}

static void test_failover(void)
{
    memset(&phases, 0, sizeof phases);
    tell(EVENT_SDOWN, INSTANCE_SLAVE, "a", 900); /* not the primary */
    tell(EVENT_SDOWN, INSTANCE_MASTER, "a", 1000);
    tell(EVENT_ODOWN, INSTANCE_MASTER, "a", 1010);
    tell(EVENT_TRY_FAILOVER, INSTANCE_MASTER, "a", 1012);
    tell(EVENT_ELECTED_LEADER, INSTANCE_MASTER, "b", 1013); /* a group that is in no trouble */
    tell(EVENT_ELECTED_LEADER, INSTANCE_MASTER, "a", 1022);
    tell(EVENT_STATE_SEND_SLAVEOF_NOONE, INSTANCE_SLAVE, "a", 1030);
    tell(EVENT_PROMOTED_SLAVE, INSTANCE_SLAVE, "a", 1056);
    tell(EVENT_SWITCH_MASTER, INSTANCE_MASTER, "a", 1060);
    tell(EVENT_ELECTED_LEADER, INSTANCE_MASTER, "a", 2000); /* it is over */
    check(PHASE_DETECTION, 1, 510);
    check(PHASE_ELECTION, 1, 10);
    check(PHASE_PROMOTION, 1, 26);
    check(PHASE_SWITCH, 1, 560);
    CU_ASSERT_EQUAL(phases.histograms[PHASE_ELECTION].in[0], 1);  /* up to 10 ms, which is 10 */
    CU_ASSERT_EQUAL(phases.histograms[PHASE_PROMOTION].in[2], 1); /* up to 50 ms */
}

static void test_planned(void)
{
    memset(&phases, 0, sizeof phases);
    tell(EVENT_TRY_FAILOVER, INSTANCE_MASTER, "a", 1000);
    tell(EVENT_SWITCH_MASTER, INSTANCE_MASTER, "a", 1020);
    check(PHASE_SWITCH, 1, 20);
    check(PHASE_DETECTION, 0, 0);
}

static void test_back(void)
{
    memset(&phases, 0, sizeof phases);
    tell(EVENT_SDOWN, INSTANCE_MASTER, "a", 1000);
    tell(EVENT_SUP, INSTANCE_SLAVE, "a", 1100);
    tell(EVENT_ODOWN, INSTANCE_MASTER, "a", 90000);
    check(PHASE_DETECTION, 1, 89500);
    CU_ASSERT_EQUAL(phases.histograms[PHASE_DETECTION].in[PHASE_BOUND_COUNT], 1); /* the rest */
    tell(EVENT_SUP, INSTANCE_MASTER, "a", 91000);
    tell(EVENT_SWITCH_MASTER, INSTANCE_MASTER, "a", 92000);
    check(PHASE_SWITCH, 0, 0);
}

/* One group too many is not measured, and a place that is given back is used again. */
static void test_many(void)
{
    char name[16];

    memset(&phases, 0, sizeof phases);
    for (int i = 0; i <= PHASES_GROUPS_MAX; i++) {
        snprintf(name, sizeof name, "g%d", i);
        tell(EVENT_SDOWN, INSTANCE_MASTER, name, 1000);
    }
    tell(EVENT_ODOWN, INSTANCE_MASTER, name, 1000);
    check(PHASE_DETECTION, 0, 0);
    tell(EVENT_SUP, INSTANCE_MASTER, "g7", 1000);
    tell(EVENT_SDOWN, INSTANCE_MASTER, name, 2000);
    tell(EVENT_ODOWN, INSTANCE_MASTER, name, 2000);
    check(PHASE_DETECTION, 1, 500);
    CU_ASSERT_EQUAL(phases.n_groups, PHASES_GROUPS_MAX);
}

static const struct unit_case cases[] = {
    { "a failover", test_failover },
    { "a planned switchover", test_planned },
    { "a primary that comes back", test_back },
    { "many groups", test_many },
};

int main(void)
{
    return unit_main("phases", cases, sizeof cases / sizeof *cases);
}
