#include "tests/unit/unit.h"

#include <string.h>

#include "sentinel/output.h"

/* What promises something waits for the disk, what only looks does not. */
static void test_orders(void)
{
    static const struct {
        enum order_kind kind;
        const char *name;
        bool waits;
    } rows[] = {
        { ORDER_OPEN, "open", false },
        { ORDER_CLOSE, "close", false },
        { ORDER_FORGET, "forget", false },
        { ORDER_PING, "ping", false },
        { ORDER_INFO, "info", false },
        { ORDER_HELLO, "hello", true },
        { ORDER_FOLLOW, "follow", true },
        { ORDER_PROMOTE, "promote", true },
        { ORDER_SCRIPT_KILL, "script-kill", false },
        { ORDER_FUNCTION_KILL, "function-kill", false },
        { ORDER_WRITE, "write", false },
        { ORDER_DEMOTE, "demote", true },
        { ORDER_FENCE, "fence", true },
        { ORDER_DISARM, "disarm", false },
        { ORDER_DETACH, "detach", true },
        { ORDER_HOLD, "hold", true },
        { ORDER_FETCH, "fetch", false },
        { ORDER_GUARD_ASK, "guard-ask", false },
        { ORDER_GUARD_SET, "guard-set", true },
        { ORDER_SYNC, "sync", false },
        { ORDER_CONFIRM, "confirm", false },
        { ORDER_PAUSE, "pause", true },
        { ORDER_UNPAUSE, "unpause", false },
        { ORDER_LEASE, "lease", false },
        { ORDER_ROLE, "role", false },
        { ORDER_QUESTION, "question", true },
    };

    CU_ASSERT_EQUAL(sizeof rows / sizeof *rows, ORDER_COUNT);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_STRING_EQUAL(order_kind_name(rows[i].kind), rows[i].name);
        CU_ASSERT_EQUAL(order_waits(rows[i].kind) != 0, rows[i].waits);
    }
}

static void test_names(void)
{
    CU_ASSERT_STRING_EQUAL(message_kind_name(MESSAGE_HELLO), "hello");
    CU_ASSERT_STRING_EQUAL(message_kind_name(MESSAGE_STOCK), "stock");
    CU_ASSERT_STRING_EQUAL(message_kind_name(MESSAGE_PLEDGE), "pledge");
    CU_ASSERT(message_waits(MESSAGE_ANSWER));
    CU_ASSERT_FALSE(message_waits(MESSAGE_CLAIM));
    CU_ASSERT_FALSE(message_waits(MESSAGE_PLEDGE));
    CU_ASSERT_STRING_EQUAL(row_kind_name(ROW_EPOCH), "epoch");
    CU_ASSERT_STRING_EQUAL(row_kind_name(ROW_PEER_GONE), "peer-gone");
}

static void test_empty(void)
{
    struct output output;

    output_init(&output);
    CU_ASSERT_EQUAL(output.wake, MSEC_NEVER);
    CU_ASSERT_EQUAL(output.n_rows + output.n_messages + output.n_orders, 0);
    CU_ASSERT_EQUAL(output.n_events + output.n_replies, 0);
    output_clear(&output);
    output_done(&output);
    output_done(&output); /* done leaves an empty one */
}

static void test_append(void)
{
    struct output output;

    output_init(&output);
    output_row(&output, ROW_VOTE)->epoch = 7;
    output_message(&output, MESSAGE_ASK, 3)->ticket = 8;
    output_order(&output, ORDER_FOLLOW, 4)->ticket = 9;
    output_event(&output, EVENT_ODOWN)->count = 2;
    output_reply(&output, 5, REPLY_FULL)->count = 1;
    CU_ASSERT(output.n_rows == 1 && output.rows[0].kind == ROW_VOTE && output.rows[0].epoch == 7);
    CU_ASSERT(output.n_messages == 1 && output.messages[0].kind == MESSAGE_ASK);
    CU_ASSERT(output.messages[0].peer == 3 && output.messages[0].ticket == 8);
    CU_ASSERT(output.n_orders == 1 && output.orders[0].kind == ORDER_FOLLOW);
    CU_ASSERT(output.orders[0].id == 4 && output.orders[0].ticket == 9);
    CU_ASSERT(output.n_events == 1 && output.events[0].kind == EVENT_ODOWN);
    CU_ASSERT(output.n_replies == 1 && output.replies[0].ticket == 5);
    CU_ASSERT(output.replies[0].code == REPLY_FULL && output.replies[0].count == 1);
    output_done(&output);
}

/* The arrays grow and keep what stands in them; after a clear their memory is used
 * again, and nothing of the old entries shines through. */
static void test_growth_and_reuse(void)
{
    static const struct order zero;
    struct output output;
    struct order *before;

    output_init(&output);
    for (uint32_t i = 0; i < 1000; i++)
        memset(output_order(&output, ORDER_PING, i)->addr.host, 'x', HOST_LEN_MAX);
    for (uint32_t i = 0; i < 1000; i++)
        CU_ASSERT(output.orders[i].id == i && output.orders[i].addr.host[0] == 'x');
    before = output.orders;
    output.wake = 5;
    output_clear(&output);
    CU_ASSERT_EQUAL(output.n_orders, 0);
    CU_ASSERT_EQUAL(output.wake, MSEC_NEVER);
    CU_ASSERT_PTR_EQUAL(output_order(&output, ORDER_OPEN, 0), before);
    CU_ASSERT(memcmp(before, &zero, sizeof zero) == 0); /* OPEN is 0 as well */
    output_done(&output);
}

static const struct unit_case cases[] = {
    { "names of orders, and which wait", test_orders },
    { "names of messages and rows", test_names },
    { "empty", test_empty },
    { "append", test_append },
    { "growth and reuse", test_growth_and_reuse },
};

int main(void)
{
    return unit_main("output", cases, sizeof cases / sizeof *cases);
}
