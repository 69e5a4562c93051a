#include "sentinel/inputs.h"

#include "tests/unit/unit.h"

#define MANY 100

static void push(struct inputs *inputs, msec now)
{
    CU_ASSERT(inputs_push(inputs, &(struct input){ .kind = INPUT_TICK, .now = now }));
}

/* What is in it comes out in its order, however often it goes round and grows. */
static void test_order(void)
{
    struct inputs inputs = { .ring = NULL };
    msec in = 0, out = 0;

    for (int round = 0; round < MANY; round++) {
        for (int i = 0; i < 3; i++)
            push(&inputs, in++);
        for (int i = 0; i < 2; i++)
            CU_ASSERT_EQUAL(inputs_pop(&inputs).now, out++);
    }
    CU_ASSERT_EQUAL(inputs.n, MANY);
    while (inputs.n > 0)
        CU_ASSERT_EQUAL(inputs_pop(&inputs).now, out++);
    CU_ASSERT_EQUAL(out, in);
    inputs_done(&inputs);
}

static void test_again(void)
{
    struct inputs inputs = { .ring = NULL };

    push(&inputs, 1);
    inputs_done(&inputs);
    CU_ASSERT_EQUAL(inputs.n, 0);
    push(&inputs, 2);
    CU_ASSERT_EQUAL(inputs_pop(&inputs).now, 2);
    inputs_done(&inputs);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "in their order", test_order },
        { "used again", test_again },
    };
    return unit_main("inputs", cases, sizeof(cases) / sizeof(cases[0]));
}
