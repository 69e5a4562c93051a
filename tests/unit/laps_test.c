#include "notify/laps.h"

#include <string.h>

#include "notify/event.h"
#include "tests/unit/unit.h"

static struct laps laps;

static void tell(enum event_kind kind, enum instance_type type, const char *group, msec now)
{
    struct event event;

    memset(&event, 0, sizeof event);
    event.kind = kind;
    event.type = type;
    strcpy(event.group, group);
    laps_event(&laps, &event, now, now - 500);
}

static void check(enum lap lap, uint64_t count, uint64_t sum_ms)
{
    CU_ASSERT_EQUAL(laps.histograms[lap].count, count);
    CU_ASSERT_EQUAL(laps.histograms[lap].sum_ms, sum_ms);
}

static void test_failover(void)
{
    memset(&laps, 0, sizeof laps);
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
    check(LAP_DETECTION, 1, 510);
    check(LAP_ELECTION, 1, 10);
    check(LAP_PROMOTION, 1, 26);
    check(LAP_SWITCH, 1, 560);
    CU_ASSERT_EQUAL(laps.histograms[LAP_ELECTION].in[0], 1);  /* up to 10 ms, which is 10 */
    CU_ASSERT_EQUAL(laps.histograms[LAP_PROMOTION].in[2], 1); /* up to 50 ms */
}

static void test_planned(void)
{
    memset(&laps, 0, sizeof laps);
    tell(EVENT_TRY_FAILOVER, INSTANCE_MASTER, "a", 1000);
    tell(EVENT_SWITCH_MASTER, INSTANCE_MASTER, "a", 1020);
    check(LAP_SWITCH, 1, 20);
    check(LAP_DETECTION, 0, 0);
}

static void test_back(void)
{
    memset(&laps, 0, sizeof laps);
    tell(EVENT_SDOWN, INSTANCE_MASTER, "a", 1000);
    tell(EVENT_SUP, INSTANCE_SLAVE, "a", 1100);
    tell(EVENT_ODOWN, INSTANCE_MASTER, "a", 90000);
    check(LAP_DETECTION, 1, 89500);
    CU_ASSERT_EQUAL(laps.histograms[LAP_DETECTION].in[LAP_BOUND_COUNT], 1); /* the rest */
    tell(EVENT_SUP, INSTANCE_MASTER, "a", 91000);
    tell(EVENT_SWITCH_MASTER, INSTANCE_MASTER, "a", 92000);
    check(LAP_SWITCH, 0, 0);
}

/* One group too many is not measured, and a place that is given back is used again. */
static void test_many(void)
{
    char name[16];

    memset(&laps, 0, sizeof laps);
    for (int i = 0; i <= LAPS_GROUPS_MAX; i++) {
        snprintf(name, sizeof name, "g%d", i);
        tell(EVENT_SDOWN, INSTANCE_MASTER, name, 1000);
    }
    tell(EVENT_ODOWN, INSTANCE_MASTER, name, 1000);
    check(LAP_DETECTION, 0, 0);
    tell(EVENT_SUP, INSTANCE_MASTER, "g7", 1000);
    tell(EVENT_SDOWN, INSTANCE_MASTER, name, 2000);
    tell(EVENT_ODOWN, INSTANCE_MASTER, name, 2000);
    check(LAP_DETECTION, 1, 500);
    CU_ASSERT_EQUAL(laps.n_groups, LAPS_GROUPS_MAX);
}

static const struct unit_case cases[] = {
    { "a failover", test_failover },
    { "a planned switchover", test_planned },
    { "a primary that comes back", test_back },
    { "many groups", test_many },
};

int main(void)
{
    return unit_main("laps", cases, sizeof cases / sizeof *cases);
}
