#include "quorum/lock.h"

#include "tests/unit/unit.h"

#define L 5000

static const struct addr a = { .host = "10.0.0.1", .port = 6379 };
static const struct addr b = { .host = "10.0.0.2", .port = 6379 };

static struct lock lock;
static struct pledge pledge;

static void begin(void)
{
    lock = (struct lock){ .serial = 40 };
}

/* A claim at time NOW; the node's address is written in one way only. */
static bool claim(const struct addr *addr, uint64_t epoch, uint64_t over, msec now)
{
    const struct stake stake = { .addr = *addr, .epoch = epoch, .ms = L, .over = over };

    lock_take(&lock, &stake, addr_equal(addr, &lock.addr), now, &pledge);
    return pledge.given;
}

static void test_given(void)
{
    begin();
    CU_ASSERT(claim(&a, 0, 0, 100));
    CU_ASSERT_EQUAL(pledge.ms, L);
    CU_ASSERT_EQUAL(lock.until, 100 + L);
    CU_ASSERT(claim(&a, 0, 0, 2000)); /* and again, by anybody */
    CU_ASSERT_EQUAL(lock.until, 2000 + L);
    CU_ASSERT(claim(&a, 3, 0, 2100)); /* under a newer epoch */
    CU_ASSERT_FALSE(claim(&a, 2, 0, 2200));
    CU_ASSERT_EQUAL(pledge.serial, 0);
}

/* A claim for less does not cut what was promised. */
static void test_not_shortened(void)
{
    const struct stake less = { .addr = a, .epoch = 1, .ms = 10 };

    begin();
    claim(&a, 1, 0, 100);
    lock_take(&lock, &less, true, 200, &pledge);
    CU_ASSERT(pledge.given);
    CU_ASSERT_EQUAL(pledge.ms, 10);
    CU_ASSERT_EQUAL(lock.until, 100 + L);
}

static void test_others_wait(void)
{
    begin();
    claim(&a, 1, 0, 100);
    CU_ASSERT_FALSE(claim(&b, 1, 0, 200)); /* no newer epoch: not even noted */
    CU_ASSERT_EQUAL(pledge.serial, 0);
    CU_ASSERT_FALSE(claim(&b, 2, 0, 100 + L - 1));
    CU_ASSERT_EQUAL(pledge.ms, 1);
    CU_ASSERT_EQUAL(pledge.serial, lock.serial);
    CU_ASSERT(addr_equal(&pledge.addr, &a));
    CU_ASSERT(claim(&b, 2, 0, 100 + L));
}

/* What a newer claim waits for is not extended, as long as it is repeated. */
static void test_outbid(void)
{
    begin();
    claim(&a, 1, 0, 100);
    claim(&b, 2, 0, 200);
    CU_ASSERT_FALSE(claim(&a, 1, 0, 300));
    CU_ASSERT_EQUAL(pledge.ms, 200 + L / 2 - 300);
    CU_ASSERT(claim(&a, 1, 0, 200 + L / 2)); /* it was given up */
    CU_ASSERT_EQUAL(lock.until, 200 + L / 2 + L);
}

static void test_over(void)
{
    uint64_t serial;

    begin();
    claim(&a, 1, 0, 100);
    claim(&b, 2, 0, 200);
    serial = pledge.serial;
    CU_ASSERT_FALSE(claim(&b, 2, serial + 1, 210)); /* of another lock */
    CU_ASSERT_FALSE(claim(&b, 1, serial, 210));     /* under no newer epoch */
    CU_ASSERT(claim(&b, 2, serial, 220));
    CU_ASSERT_EQUAL(lock.until, 220 + L);
    CU_ASSERT(addr_equal(&lock.addr, &b));
    CU_ASSERT_FALSE(claim(&a, 1, serial, 230));
}

/* What was seen of the locked node before it was promised more says nothing. */
static void test_over_too_late(void)
{
    uint64_t serial;

    begin();
    claim(&a, 1, 0, 100);
    claim(&b, 2, 0, 200);
    serial = pledge.serial;
    CU_ASSERT(claim(&a, 1, 0, 200 + L / 2));
    CU_ASSERT_FALSE(claim(&b, 2, serial, 210 + L / 2));
    CU_ASSERT(pledge.serial != 0 && pledge.serial != serial);
}

/* Numbers that are used up begin anew, not at 0. */
static void test_serials(void)
{
    begin();
    lock.serial = LOCK_SERIAL_MAX;
    claim(&a, 1, 0, 100);
    CU_ASSERT_EQUAL(lock.serial, 1);
    begin();
    lock.serial = 0;
    claim(&a, 1, 0, 100);
    CU_ASSERT_EQUAL(lock.serial, 1);
}

static const struct unit_case cases[] = {
    { "given, and again", test_given },
    { "less does not cut more", test_not_shortened },
    { "others wait for its end", test_others_wait },
    { "a newer claim keeps it from being extended", test_outbid },
    { "over what is certainly void", test_over },
    { "but not over what was given since", test_over_too_late },
    { "serial numbers", test_serials },
};

int main(void)
{
    return unit_main("lock", cases, sizeof cases / sizeof *cases);
}
