#include "sentinel/tickets.h"
#include "tests/unit/unit.h"

static void test_given_and_taken(void)
{
    struct tickets *tickets = tickets_new(3);
    uint64_t client = 0;
    int asked = 0;
    uint64_t one = tickets_give(tickets, 11, 5), two = tickets_give(tickets, 12, 6);

    CU_ASSERT(one != 0 && two != 0 && one != two);
    CU_ASSERT(tickets_take(tickets, two, &client, &asked));
    CU_ASSERT(client == 12 && asked == 6);
    CU_ASSERT_FALSE(tickets_take(tickets, two, &client, &asked));
    CU_ASSERT(tickets_take(tickets, one, &client, &asked));
    CU_ASSERT(client == 11 && asked == 5);
    CU_ASSERT_FALSE(tickets_take(tickets, 0, &client, &asked));
    tickets_free(tickets);
}

static void test_limit(void)
{
    struct tickets *tickets = tickets_new(3);
    uint64_t first = tickets_give(tickets, 1, 0);
    uint64_t client;
    int asked;

    CU_ASSERT(tickets_give(tickets, 2, 0) != 0);
    CU_ASSERT(tickets_give(tickets, 3, 0) != 0);
    CU_ASSERT_EQUAL(tickets_give(tickets, 4, 0), 0);
    CU_ASSERT(tickets_take(tickets, first, &client, &asked));
    CU_ASSERT(tickets_give(tickets, 4, 0) != 0);
    tickets_free(tickets);
}

static void test_never_twice(void)
{
    struct tickets *tickets = tickets_new(4);
    uint64_t held = tickets_give(tickets, 1, 0), last = held;
    uint64_t client;
    int asked;

    for (int i = 0; i < 1000; i++) { /* goes round all slots, past the one that is held */
        uint64_t next = tickets_give(tickets, 2, 0);

        CU_ASSERT_FATAL(next > last);
        last = next;
        CU_ASSERT_FATAL(tickets_take(tickets, next, &client, &asked));
    }
    CU_ASSERT(tickets_take(tickets, held, &client, &asked) && client == 1);
    tickets_free(tickets);
}

static const struct unit_case cases[] = {
    { "what was given can be taken once", test_given_and_taken },
    { "no more than the limit are out", test_limit },
    { "a number is never given twice", test_never_twice },
};

int main(void)
{
    return unit_main("tickets", cases, sizeof(cases) / sizeof(cases[0]));
}
