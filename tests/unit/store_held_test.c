#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "store/held.h"
#include "store/session.h"
#include "store/store.h"
#include "wire/client.h"

#define ERROR "NOREPLICAS late"

static struct store store; /* sessions ask only for its registry */
static struct held held;
static struct client one, two;

static void begin(void)
{
    memset(&held, 0, sizeof(held));
    client_init(&one, 1, NULL, 0);
    client_init(&two, 2, NULL, 0);
    session_open(&store, &one);
    session_open(&store, &two);
}

static void end(void)
{
    struct client *clients[] = { &one, &two };

    for (size_t i = 0; i < 2; i++) {
        held_forget(&held, clients[i]);
        free(clients[i]->user);
        client_done(clients[i]);
    }
    CU_ASSERT(held.count == 0 && held.first == NULL && held.last == NULL);
}

/* A reply to a write that ends at this offset. */
static void write_reply(struct client *c, const char *text, int64_t offset, msec until_ms)
{
    uint64_t at = client_reply_at(c);

    resp_simple(&c->reply, text);
    held_add(&held, c, at, offset, until_ms);
}

static bool holds(const struct client *c, size_t sendable, const char *text)
{
    struct slice out = buf_slice(&c->out);

    return client_sendable_bytes(c) == sendable && slice_is(out, text);
}

static void test_replies_leave_in_order(void)
{
    begin();
    resp_simple(&one.reply, "a");
    write_reply(&one, "w1", 10, 100);
    resp_simple(&one.reply, "b");
    write_reply(&one, "w2", 20, 100);
    write_reply(&two, "x1", 30, 100);
    CU_ASSERT(holds(&one, 4, "+a\r\n+w1\r\n+b\r\n+w2\r\n"));
    CU_ASSERT_EQUAL(client_sendable_bytes(&two), 0);
    held_release(&held, 9);
    CU_ASSERT_EQUAL(client_sendable_bytes(&one), 4);
    held_release(&held, 10);
    CU_ASSERT_EQUAL(client_sendable_bytes(&one), 13);
    client_sent(&one, 13);
    CU_ASSERT(holds(&one, 0, "+w2\r\n"));
    held_release(&held, 30);
    CU_ASSERT(holds(&one, 5, "+w2\r\n") && holds(&two, 5, "+x1\r\n"));
    CU_ASSERT(held.count == 0 && held.failed == 0);
    CU_ASSERT_EQUAL(held_next_ms(&held), MSEC_NEVER);
    end();
}

static void test_late_replies_become_errors(void)
{
    begin();
    resp_simple(&one.reply, "gone");
    client_sent(&one, 3);
    write_reply(&one, "w1", 10, 100);
    resp_simple(&one.reply, "b");
    write_reply(&two, "x1", 15, 150);
    write_reply(&one, "w2", 20, 100);
    write_reply(&one, "w3", 30, 200);
    resp_simple(&one.reply, "c");
    CU_ASSERT_EQUAL(held_next_ms(&held), 100);
    held_fail(&held, 99, ERROR);
    CU_ASSERT_EQUAL(held.failed, 0);
    held_fail(&held, 100, ERROR);
    CU_ASSERT(holds(&one, 4 + 4 + 2 * (sizeof(ERROR) + 2),
                    "ne\r\n-" ERROR "\r\n+b\r\n-" ERROR "\r\n+w3\r\n+c\r\n"));
    CU_ASSERT_EQUAL(held_next_ms(&held), 150);
    held_release(&held, 30);
    CU_ASSERT_EQUAL(client_sendable_bytes(&one), buf_used(&one.out));
    CU_ASSERT(held.failed == 2 && holds(&two, 5, "+x1\r\n"));
    end();
}

static void test_all_at_once(void)
{
    begin();
    for (int i = 0; i < 1000; i++)
        write_reply(i % 2 ? &one : &two, "OK", i, MSEC_NEVER);
    held_fail(&held, MSEC_NEVER, "E");
    CU_ASSERT(held.failed == 1000 && buf_used(&one.out) == 2000 && buf_used(&two.out) == 2000);
    CU_ASSERT_EQUAL(client_sendable_bytes(&two), 2000);
    end();
}

static void test_the_muted_hear_nothing(void)
{
    begin();
    one.reply.muted = true;
    write_reply(&one, "OK", 1, 100);
    one.reply.muted = false;
    write_reply(&one, "OK", 2, 100);
    held_fail(&held, 100, "E");
    CU_ASSERT(holds(&one, 4, "-E\r\n"));
    end();
}

static void test_too_many_block_their_client(void)
{
    begin();
    for (int i = 0; i < HELD_PER_CLIENT_MAX; i++) {
        CU_ASSERT_FALSE(one.flags & CLIENT_BLOCKED);
        write_reply(&one, "OK", i, MSEC_NEVER);
    }
    CU_ASSERT(one.flags & CLIENT_BLOCKED);
    held_release(&held, HELD_PER_CLIENT_MAX / 2 - 1);
    CU_ASSERT(one.flags & CLIENT_BLOCKED);
    held_release(&held, HELD_PER_CLIENT_MAX / 2);
    CU_ASSERT_FALSE(one.flags & CLIENT_BLOCKED);
    end();
}

static const struct unit_case cases[] = {
    { "replies leave in order", test_replies_leave_in_order },
    { "late replies become errors", test_late_replies_become_errors },
    { "all at once", test_all_at_once },
    { "the muted hear nothing", test_the_muted_hear_nothing },
    { "too many block their client", test_too_many_block_their_client },
};

int main(void)
{
    return unit_main("store_held", cases, sizeof(cases) / sizeof(cases[0]));
}
