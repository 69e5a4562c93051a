#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/blocked.h"
#include "store/cmd.h"
#include "store/exec.h"
#include "store/session.h"
#include "store/store.h"

#define WORDS_MAX 16
#define CLIENTS   4
#define NOW_MS    5000

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";

static const struct command rows[] = {
    { .name = "blpop", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_blpop },
    { .name = "rpush", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_rpush },
    { .name = "set", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_set },
    { .name = "select", .arity = 2, .run = cmd_select },
    { .name = "llen", .arity = 2, .flags = COMMAND_READONLY, .run = cmd_llen },
    { .name = "swapdb", .arity = 3, .flags = COMMAND_WRITE, .run = cmd_swapdb },
    { .name = NULL },
};

static const struct store_ops no_ops = { .option_changed = NULL };

static struct store store;
static struct client clients[CLIENTS];

static void begin(void)
{
    store_init(&store, rows, 1, seed);
    store.ops = &no_ops;
    store.phase = STORE_READY;
    store_set_clock(&store, 1000000, NOW_MS);
    for (int i = 0; i < CLIENTS; i++) {
        client_init(&clients[i], (uint64_t)i + 1, NULL, 0);
        snprintf(clients[i].addr, sizeof(clients[i].addr), "127.0.0.1:%d", i);
        session_open(&store, &clients[i]);
        acl_gate_greet(&store.gate, &clients[i]);
    }
}

static void end(void)
{
    for (int i = 0; i < CLIENTS; i++) {
        if (clients[i].user != NULL)
            session_close(&store, &clients[i]);
        client_done(&clients[i]);
    }
    store_done(&store);
}

/* A client sends a line of words; true when the reply is this (empty: none yet). */
static bool says(int who, const char *line, const char *reply)
{
    struct client *c = &clients[who];
    struct slice argv[WORDS_MAX];
    size_t argc = 0;

    for (const char *p = line; *p != '\0'; p += *p == ' ') {
        argv[argc].p = p;
        argv[argc].n = strcspn(p, " ");
        p += argv[argc++].n;
    }
    buf_reset(&c->out);
    return exec_request(&store, c, argc, argv) && strcmp(buf_text(&c->out), reply) == 0 &&
           ((c->flags & CLIENT_BLOCKED) != 0) == (*reply == '\0');
}

/* What a client has been told since, beyond which it does not wait any more. */
static bool hears(int who, const char *reply)
{
    return !(clients[who].flags & CLIENT_BLOCKED) &&
           strcmp(buf_text(&clients[who].out), reply) == 0;
}

static bool waits(int who)
{
    return (clients[who].flags & CLIENT_BLOCKED) != 0 && buf_used(&clients[who].out) == 0;
}

static void test_order_of_coming(void)
{
    begin();
    CU_ASSERT(says(0, "blpop k other k 0", ""));
    CU_ASSERT(says(1, "blpop other k 0", ""));
    CU_ASSERT(says(2, "blpop k 0", ""));
    CU_ASSERT(says(3, "rpush k a b", ":2\r\n"));
    CU_ASSERT(hears(0, "*2\r\n$1\r\nk\r\n$1\r\na\r\n"));
    CU_ASSERT(hears(1, "*2\r\n$1\r\nk\r\n$1\r\nb\r\n"));
    CU_ASSERT(waits(2));
    CU_ASSERT(says(3, "rpush other x", ":1\r\n") && says(3, "llen other", ":1\r\n"));
    CU_ASSERT(says(3, "llen k", ":0\r\n") && waits(2));
    end();
}

/* Strings are nothing to a client that waits for a list; nor is another database. */
static void test_what_it_waits_for(void)
{
    begin();
    CU_ASSERT(says(0, "blpop k 0", ""));
    CU_ASSERT(says(1, "set k v", "+OK\r\n") && waits(0));
    CU_ASSERT(says(2, "select 1", "+OK\r\n") && says(2, "rpush k 1", ":1\r\n") && waits(0));
    CU_ASSERT(says(2, "swapdb 0 1", "+OK\r\n"));
    CU_ASSERT(hears(0, "*2\r\n$1\r\nk\r\n$1\r\n1\r\n"));
    end();
}

static void test_time_outs(void)
{
    begin();
    CU_ASSERT_EQUAL(blocked_next_ms(&store.blocked), MSEC_NEVER);
    CU_ASSERT(says(0, "blpop k 0", "") && blocked_next_ms(&store.blocked) == MSEC_NEVER);
    CU_ASSERT(says(1, "blpop k 1.5", "") && says(2, "blpop k 0.0001", ""));
    CU_ASSERT_EQUAL(blocked_next_ms(&store.blocked), NOW_MS + 1);
    blocked_expire(&store);
    CU_ASSERT(waits(2));
    store_set_clock(&store, 1000000, NOW_MS + 1499);
    blocked_expire(&store);
    CU_ASSERT(hears(2, "*-1\r\n") && waits(1));
    store_set_clock(&store, 1000000, NOW_MS + 1500);
    blocked_expire(&store);
    CU_ASSERT(hears(1, "*-1\r\n") && waits(0));
    CU_ASSERT_EQUAL(blocked_next_ms(&store.blocked), MSEC_NEVER);
    CU_ASSERT(says(3, "rpush k 1 2", ":2\r\n") && says(3, "llen k", ":1\r\n"));
    end();
}

/* Those that are gone, or are about to be closed, take nothing with them. */
static void test_leaving(void)
{
    begin();
    for (int i = 0; i < 3; i++)
        CU_ASSERT(says(i, "blpop k 0", ""));
    session_close(&store, &clients[0]);
    clients[1].flags |= CLIENT_CLOSING;
    CU_ASSERT(says(3, "rpush k 1 2", ":2\r\n") && says(3, "llen k", ":1\r\n"));
    CU_ASSERT(hears(2, "*2\r\n$1\r\nk\r\n$1\r\n1\r\n"));
    end();
}

static void test_other_ends(void)
{
    begin();
    CU_ASSERT(!blocked_end(&store, &clients[0], false));
    for (int i = 0; i < 4; i++)
        CU_ASSERT(says(i, "blpop k 10", ""));
    CU_ASSERT(blocked_end(&store, &clients[0], false) && hears(0, "*-1\r\n"));
    CU_ASSERT(blocked_end(&store, &clients[1], true));
    CU_ASSERT(hears(1, "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"));
    blocked_end_all(&store);
    for (int i = 2; i < 4; i++) {
        CU_ASSERT(hears(i, "-UNBLOCKED force unblock from blocking operation, instance state "
                           "changed (master -> replica?)\r\n"));
        CU_ASSERT(clients[i].flags & CLIENT_CLOSE_AFTER_REPLY);
    }
    CU_ASSERT_EQUAL(blocked_next_ms(&store.blocked), MSEC_NEVER);
    end();
}

/* Writes that are paused are so for those who wait, too. */
static void test_a_pause(void)
{
    begin();
    CU_ASSERT(says(0, "blpop k 0", ""));
    store.paused_until_ms = NOW_MS + 10;
    clients[1].flags |= CLIENT_IS_MASTER;
    CU_ASSERT(says(1, "rpush k 1", ":1\r\n") && waits(0));
    store.paused_until_ms = 0;
    blocked_serve(&store);
    CU_ASSERT(hears(0, "*2\r\n$1\r\nk\r\n$1\r\n1\r\n"));
    end();
}

static void test_wrong_time_outs(void)
{
    static const char *const words[] = { "-1", "-0.5", "x", "nan", "", "1e300", "1 " };

    begin();
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct slice argv[3] = { slice_str("blpop"), slice_str("k"), slice_str(words[i]) };

        buf_reset(&clients[0].out);
        exec_request(&store, &clients[0], 3, argv);
        CU_ASSERT(strncmp(buf_text(&clients[0].out), "-ERR timeout is ", 16) == 0);
        CU_ASSERT(!(clients[0].flags & CLIENT_BLOCKED));
    }
    end();
}

static const struct unit_case cases[] = {
    { "the order of coming", test_order_of_coming },
    { "what it waits for", test_what_it_waits_for },
    { "time-outs", test_time_outs },
    { "leaving", test_leaving },
    { "other ends", test_other_ends },
    { "a pause", test_a_pause },
    { "wrong time-outs", test_wrong_time_outs },
};

int main(void)
{
    return unit_main("store_blocked", cases, sizeof(cases) / sizeof(cases[0]));
}
