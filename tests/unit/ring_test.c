#include "notify/ring.h"

#include <string.h>

#include "notify/event.h"
#include "tests/unit/unit.h"

static struct event about(enum event_kind kind, uint32_t count)
{
    struct event event = { .kind = kind, .type = INSTANCE_SLAVE, .count = count, .epoch = 9 };

    strcpy(event.group, "orders");
    strcpy(event.detail, "because");
    addr_set(&event.addr, "10.0.0.2", 6380);
    addr_set(&event.primary, "10.0.0.1", 6379);
    event.id = 3;
    event.quorum = 2;
    return event;
}

static void test_numbers(void)
{
    struct ring *ring = ring_new(2);
    struct event event = about(EVENT_SDOWN, 1), quiet = about(EVENT_SCRIPT_CHILD, 1), got;

    CU_ASSERT_EQUAL(ring_first(ring), 2000000001);
    CU_ASSERT_EQUAL(ring_last(ring), 2000000000);
    CU_ASSERT_FALSE(ring_get(ring, 2000000000, &got));
    ring_stamp(ring, &event, 5000);
    CU_ASSERT_EQUAL(event.seq, 2000000001);
    CU_ASSERT_EQUAL(event.wall_ms, 5000);
    ring_stamp(ring, &quiet, 5001); /* DEBUG */
    CU_ASSERT_EQUAL(quiet.seq, 0);
    CU_ASSERT_EQUAL(quiet.wall_ms, 5001);
    CU_ASSERT_EQUAL(ring_last(ring), 2000000001);
    ring_free(ring);
}

/* What is given back tells the same as what was kept. */
static void test_same(void)
{
    struct ring *ring = ring_new(1);
    struct event event = about(EVENT_ORDER_FAILED, 1), got;

    memset(event.runid, 'a', PEER_RUNID_LEN);
    ring_stamp(ring, &event, 5000);
    CU_ASSERT_TRUE_FATAL(ring_get(ring, event.seq, &got));
    CU_ASSERT_EQUAL(memcmp(&got, &event, sizeof got), 0);
    ring_free(ring);
}

/* The oldest go, and none but the oldest. */
static void test_bound(void)
{
    struct ring *ring = ring_new(1);
    struct event event, got;
    uint64_t base = RING_LIFE;

    for (uint32_t i = 1; i <= EVENTS_KEPT_MAX + 7; i++) {
        event = about(EVENT_SDOWN, i);
        ring_stamp(ring, &event, i);
    }
    CU_ASSERT_EQUAL(ring_first(ring), base + 8);
    CU_ASSERT_EQUAL(ring_last(ring), base + EVENTS_KEPT_MAX + 7);
    CU_ASSERT_FALSE(ring_get(ring, base + 7, &got));
    CU_ASSERT_FALSE(ring_get(ring, base + EVENTS_KEPT_MAX + 8, &got));
    CU_ASSERT_TRUE_FATAL(ring_get(ring, base + 8, &got));
    CU_ASSERT_EQUAL(got.count, 8);
    CU_ASSERT_TRUE_FATAL(ring_get(ring, base + EVENTS_KEPT_MAX + 7, &got));
    CU_ASSERT_EQUAL(got.count, EVENTS_KEPT_MAX + 7);
    ring_free(ring);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "numbers", test_numbers },
        { "gives back what it got", test_same },
        { "is bounded", test_bound },
    };

    return unit_main("ring", cases, sizeof cases / sizeof *cases);
}
