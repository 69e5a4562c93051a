#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/cmd.h"
#include "store/exec.h"
#include "store/session.h"
#include "store/store.h"
#include "wire/acl.h"
#include "wire/buf.h"
#include "wire/client_cmd.h"
#include "wire/pubsub.h"

#define WORDS_MAX 16
#define NOW_MS    1000000

static const unsigned char seed[HASH_KEY_SIZE] = "0123456789abcdef";

/* As in the real table, as far as the tests need it. */
static const struct command rows[] = {
    { .name = "set", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_set },
    { .name = "get", .arity = 2, .flags = COMMAND_READONLY, .run = cmd_get },
    { .name = "getex", .arity = -2, .flags = COMMAND_WRITE, .run = cmd_getex },
    { .name = "getdel", .arity = 2, .flags = COMMAND_WRITE, .run = cmd_getdel },
    { .name = "setex", .arity = 4, .flags = COMMAND_WRITE, .run = cmd_setex },
    { .name = "incr", .arity = 2, .flags = COMMAND_WRITE, .run = cmd_incr },
    { .name = "incrbyfloat", .arity = 3, .flags = COMMAND_WRITE, .run = cmd_incrbyfloat },
    { .name = "expire", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_expire },
    { .name = "persist", .arity = 2, .flags = COMMAND_WRITE, .run = cmd_persist },
    { .name = "del", .arity = -2, .flags = COMMAND_WRITE, .run = cmd_del },
    { .name = "rename", .arity = 3, .flags = COMMAND_WRITE, .run = cmd_rename },
    { .name = "copy", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_copy },
    { .name = "hset", .arity = -4, .flags = COMMAND_WRITE, .run = cmd_hset },
    { .name = "hget", .arity = 3, .flags = COMMAND_READONLY, .run = cmd_hget },
    { .name = "hdel", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_hdel },
    { .name = "hincrbyfloat", .arity = 4, .flags = COMMAND_WRITE, .run = cmd_hincrbyfloat },
    { .name = "hrandfield", .arity = -2, .flags = COMMAND_READONLY, .run = cmd_hrandfield },
    { .name = "sadd", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_sadd },
    { .name = "srem", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_srem },
    { .name = "spop", .arity = -2, .flags = COMMAND_WRITE, .run = cmd_spop },
    { .name = "smove", .arity = 4, .flags = COMMAND_WRITE, .run = cmd_smove },
    { .name = "sunionstore", .arity = -3, .flags = COMMAND_WRITE, .run = cmd_sunionstore },
    { .name = "flushall", .arity = -1, .flags = COMMAND_WRITE, .run = cmd_flushall },
    { .name = "ping", .arity = -1, .flags = COMMAND_PING, .run = client_cmd_ping },
    { .name = "select", .arity = 2, .flags = COMMAND_LOADING | COMMAND_STALE, .run = cmd_select },
    { .name = "auth", .arity = -2, .flags = COMMAND_NO_AUTH | COMMAND_LOADING, .run = cmd_auth },
    { .name = "publish", .arity = 3, .flags = COMMAND_MAY_REPLICATE, .run = cmd_publish },
    { .name = "multi", .arity = 1, .flags = COMMAND_UNQUEUED, .run = cmd_multi },
    { .name = "exec", .arity = 1, .flags = COMMAND_UNQUEUED | COMMAND_EXEC, .run = cmd_exec },
    { .name = "discard", .arity = 1, .flags = COMMAND_UNQUEUED, .run = cmd_discard },
    { .name = "watch", .arity = -2, .flags = COMMAND_UNQUEUED, .run = cmd_watch },
    { .name = "psync", .arity = -3, .flags = COMMAND_NO_MULTI, .run = client_cmd_ping },
    { .name = "debug", .arity = -1, .flags = COMMAND_PROTECTED, .run = client_cmd_ping },
    { .name = NULL },
};

static const struct store_ops no_ops = { .option_changed = NULL };

static struct store store;
static struct client client;
static int64_t fed; /* offset up to which the stream has been looked at */

static void begin(void)
{
    store_init(&store, rows, 1, seed);
    store.ops = &no_ops;
    store.phase = STORE_READY;
    store_set_clock(&store, (int64_t)NOW_MS * 1000, 5000);
    client_init(&client, 1, NULL, 0);
    snprintf(client.addr, sizeof(client.addr), "127.0.0.1:1");
    session_open(&store, &client);
    acl_gate_greet(&store.gate, &client);
    repl_need_backlog(&store.repl, &store.prng);
    fed = store.repl.offset;
}

static void end(void)
{
    session_close(&store, &client);
    client_done(&client);
    store_done(&store);
}

static bool run_as(struct client *c, const char *line)
{
    struct slice argv[WORDS_MAX];
    size_t argc = 0;

    for (const char *p = line; *p != '\0'; p += *p == ' ') {
        argv[argc].p = p;
        argv[argc].n = strcspn(p, " ");
        p += argv[argc++].n;
    }
    buf_reset(&c->out);
    return exec_request(&store, c, argc, argv);
}

/* Runs a line of words; true when the reply begins with the text. */
static bool replies(const char *line, const char *expected)
{
    bool ok =
        run_as(&client, line) && strncmp(buf_text(&client.out), expected, strlen(expected)) == 0;

    if (!ok)
        fprintf(stderr, "    %s: '%s' is not '%s'\n", line, buf_text(&client.out), expected);
    return ok;
}

/* True when the stream has gained exactly these commands, `;` between them. */
static bool streams(const char *expected)
{
    struct slice runs[2];
    struct buf text = { 0 }, words = { 0 };
    size_t n = backlog_read(&store.repl.backlog, fed + 1, runs);
    bool ok;

    for (size_t i = 0; i < n; i++)
        buf_append(&text, runs[i].p, runs[i].n);
    for (const char *p = buf_text(&text); *p != '\0';) {
        size_t len = strcspn(p, "\r");

        if (*p == '*' && buf_used(&words) > 0)
            buf_append(&words, ";", 1);
        else if (*p != '*' && *p != '$' && buf_used(&words) > 0 &&
                 buf_data(&words)[buf_used(&words) - 1] != ';')
            buf_append(&words, " ", 1);
        if (*p != '*' && *p != '$')
            buf_append(&words, p, len);
        p += len + 2;
    }
    fed = store.repl.offset;
    ok = strcmp(buf_text(&words), expected) == 0;
    if (!ok)
        fprintf(stderr, "    stream '%s' is not '%s'\n", buf_text(&words), expected);
    buf_done(&text);
    buf_done(&words);
    return ok;
}

static void later(int64_t ms)
{
    store_set_clock(&store, store.now_us + ms * 1000, store.mono_ms + ms);
}

static void test_what_replicas_get(void)
{
    begin();
    CU_ASSERT(replies("SET k v", "+OK") && streams("SELECT 0;SET k v"));
    CU_ASSERT(replies("GET k", "$1") && streams(""));
    CU_ASSERT(replies("SET k v EX 10", "+OK") && streams("SET k v PXAT 1010000"));
    CU_ASSERT(replies("SET k w NX", "$-1") && streams(""));
    CU_ASSERT(replies("SET k w KEEPTTL", "+OK") && streams("SET k w PXAT 1010000"));
    CU_ASSERT(replies("SET k x GET", "$1\r\nw") && streams("SET k x"));
    CU_ASSERT(replies("SETEX k 2 v", "+OK") && streams("SET k v PXAT 1002000"));
    CU_ASSERT(replies("GETEX k PX 5", "$1") && streams("PEXPIREAT k 1000005"));
    CU_ASSERT(replies("GETEX k PERSIST", "$1") && streams("PERSIST k"));
    CU_ASSERT(replies("GETEX k PERSIST", "$1") && streams(""));
    CU_ASSERT(replies("EXPIRE k 7", ":1") && streams("PEXPIREAT k 1007000"));
    CU_ASSERT(replies("EXPIRE k 5 GT", ":0") && streams(""));
    CU_ASSERT(replies("EXPIRE k -1", ":1") && streams("DEL k"));
    CU_ASSERT(replies("SET f 1", "+OK") && replies("INCRBYFLOAT f 0.5", "$3\r\n1.5") &&
              streams("SET f 1;SET f 1.5 KEEPTTL"));
    CU_ASSERT(replies("GETDEL f", "$3") && streams("DEL f"));
    CU_ASSERT(replies("DEL nothing", ":0") && streams(""));
    CU_ASSERT(replies("PUBLISH a b", ":0") && streams("PUBLISH a b"));
    CU_ASSERT(replies("SELECT 3", "+OK") && replies("INCR n", ":1") && streams("SELECT 3;INCR n"));
    CU_ASSERT(replies("FLUSHALL", "+OK") && streams("FLUSHALL"));
    CU_ASSERT(replies("FLUSHALL", "+OK") && streams("FLUSHALL"));
    CU_ASSERT(replies("INCR n x", "-ERR wrong number") && replies("SET s x", "+OK") &&
              replies("INCR s", "-ERR value"));
    CU_ASSERT(streams("SET s x"));
    end();
}

static void test_transactions_in_the_stream(void)
{
    begin();
    replies("MULTI", "+OK");
    replies("GET a", "+QUEUED");
    CU_ASSERT(replies("EXEC", "*1") && streams(""));
    replies("MULTI", "+OK");
    replies("SET a 1", "+QUEUED");
    replies("GET a", "+QUEUED");
    replies("INCR a", "+QUEUED");
    CU_ASSERT(streams(""));
    CU_ASSERT(replies("EXEC", "*3\r\n+OK\r\n$1\r\n1\r\n:2") &&
              streams("SELECT 0;MULTI;SET a 1;INCR a;EXEC"));
    replies("MULTI", "+OK");
    replies("SET a 5", "+QUEUED");
    CU_ASSERT(replies("DISCARD", "+OK") && streams(""));
    CU_ASSERT(replies("GET a", "$1\r\n2"));
    CU_ASSERT(client.multi == -1 && !(client.flags & CLIENT_IN_MULTI));
    end();
}

static void test_a_spoilt_transaction(void)
{
    begin();
    replies("MULTI", "+OK");
    replies("NOSUCH", "-ERR unknown command");
    replies("SET a 1", "+QUEUED");
    CU_ASSERT(replies("EXEC", "-EXECABORT Transaction discarded because of previous errors."));
    CU_ASSERT(replies("GET a", "$-1"));
    replies("MULTI", "+OK");
    CU_ASSERT(replies("PSYNC a b", "-ERR Command not allowed inside a transaction"));
    CU_ASSERT(replies("EXEC", "-EXECABORT"));
    CU_ASSERT(replies("EXEC", "-ERR EXEC without MULTI"));
    end();
}

static void test_expiry_on_a_primary(void)
{
    begin();
    replies("SET k v PX 100", "+OK");
    later(100);
    CU_ASSERT(replies("GET k", "$1"));
    streams("SELECT 0;SET k v PXAT 1000100");
    later(1);
    CU_ASSERT(replies("GET k", "$-1") && streams("DEL k"));
    CU_ASSERT_EQUAL(store.stats.expired_keys, 1);
    replies("SET a v PX 5", "+OK");
    replies("SET b v PX 10", "+OK");
    replies("SET c v PX 100", "+OK");
    fed = store.repl.offset;
    later(20);
    CU_ASSERT_EQUAL(store_expire_due(&store, 1), 1);
    CU_ASSERT(streams("DEL a"));
    CU_ASSERT_EQUAL(store_expire_due(&store, 10), 1);
    CU_ASSERT(streams("DEL b"));
    /* An expired key within a write goes first. */
    later(200);
    CU_ASSERT(replies("INCR c", ":1") && streams("DEL c;INCR c"));
    end();
}

static void test_expiry_on_a_replica(void)
{
    struct client primary;

    begin();
    client_init(&primary, 2, NULL, 0);
    primary.flags |= CLIENT_IS_MASTER | CLIENT_AUTHENTICATED;
    session_open(&store, &primary);
    store.link = LINK_CONNECTED;
    run_as(&primary, "SET k v PXAT 1000100");
    later(500);
    CU_ASSERT(replies("GET k", "$-1"));
    CU_ASSERT_EQUAL(store_expire_due(&store, 10), 0);
    CU_ASSERT_EQUAL(keyspace_count(&store.data.dbs[0]), 1);
    CU_ASSERT(replies("SET a b", "-READONLY"));
    /* To the primary's stream the key is there until it says DEL. */
    run_as(&primary, "PERSIST k");
    CU_ASSERT(replies("GET k", "$1\r\nv"));
    run_as(&primary, "DEL k");
    CU_ASSERT_EQUAL(keyspace_count(&store.data.dbs[0]), 0);
    CU_ASSERT(streams(""));
    session_close(&store, &primary);
    client_done(&primary);
    end();
}

static void set_option(enum option_id id, const char *text)
{
    char error[OPTION_ERROR_TEXT_MAX];

    CU_ASSERT(options_set(&store.options, id, slice_str(text), error));
}

static void test_refusals(void)
{
    begin();
    store.phase = STORE_LOADING;
    CU_ASSERT(replies("GET k", "-LOADING") && replies("SELECT 1", "+OK"));
    store.phase = STORE_READY;
    store.save_failed = true;
    CU_ASSERT(replies("SET k v", "-MISCONF") && replies("PING", "-MISCONF") &&
              replies("GET k", "$-1"));
    set_option(OPT_STOP_WRITES, "no");
    CU_ASSERT(replies("SET k v", "+OK"));
    set_option(OPT_MIN_REPLICAS, "2");
    store.good_replicas = 1;
    CU_ASSERT(replies("SET k v", "-NOREPLICAS") && replies("GET k", "$1"));
    store.good_replicas = 2;
    CU_ASSERT(replies("SET k v", "+OK"));
    store.link = LINK_CONNECT;
    CU_ASSERT(replies("GET k", "$1") && replies("SET k v", "-READONLY"));
    set_option(OPT_SERVE_STALE, "no");
    CU_ASSERT(replies("GET k", "-MASTERDOWN") && replies("SELECT 1", "+OK"));
    store.link = LINK_CONNECTED;
    CU_ASSERT(replies("GET k", "$1"));
    store.link = LINK_NONE;
    CU_ASSERT(replies("DEBUG", "+PONG"));
    snprintf(client.addr, sizeof(client.addr), "10.0.0.1:1");
    CU_ASSERT(replies("DEBUG", "-ERR DEBUG command not allowed"));
    set_option(OPT_DEBUG_COMMAND, "yes");
    CU_ASSERT(replies("DEBUG", "+PONG"));
    end();
}

static void test_passwords(void)
{
    begin();
    CU_ASSERT(acl_require(store.gate.acl, slice_str("secret")));
    acl_gate_greet(&store.gate, &client);
    CU_ASSERT(replies("GET k", "-NOAUTH") && replies("NOSUCH", "-ERR unknown") &&
              replies("GET", "-ERR wrong number"));
    CU_ASSERT(replies("AUTH wrong", "-WRONGPASS") && replies("AUTH secre", "-WRONGPASS") &&
              replies("AUTH secrets", "-WRONGPASS"));
    CU_ASSERT(replies("AUTH nobody secret", "-WRONGPASS") && replies("GET k", "-NOAUTH"));
    CU_ASSERT(replies("AUTH default secret", "+OK") && replies("GET k", "$-1"));
    end();
}

static void test_pauses(void)
{
    begin();
    store.paused_until_ms = store.mono_ms + 100;
    CU_ASSERT_FALSE(run_as(&client, "SET k v"));
    CU_ASSERT_FALSE(run_as(&client, "PUBLISH a b"));
    CU_ASSERT_EQUAL(buf_used(&client.out), 0);
    CU_ASSERT(replies("GET k", "$-1"));
    replies("MULTI", "+OK");
    replies("GET k", "+QUEUED");
    CU_ASSERT(replies("EXEC", "*1"));
    store.paused_all = true;
    CU_ASSERT_FALSE(run_as(&client, "GET k"));
    later(101);
    CU_ASSERT(replies("SET k v", "+OK"));
    end();
}

static void test_rename_onto_an_expired_key(void)
{
    begin();
    replies("SET old v PX 5", "+OK");
    replies("SET k v", "+OK");
    fed = store.repl.offset;
    later(10);
    CU_ASSERT(replies("RENAME k old", "+OK") && streams("DEL old;RENAME k old"));
    CU_ASSERT(replies("GET old", "$1\r\nv") && replies("RENAME k old", "-ERR no such key"));
    end();
}

static void test_hashes(void)
{
    begin();
    CU_ASSERT(replies("HSET h a 1 b 2", ":2") && streams("SELECT 0;HSET h a 1 b 2"));
    CU_ASSERT(replies("HINCRBYFLOAT h a 0.5", "$3\r\n1.5") && streams("HSET h a 1.5"));
    CU_ASSERT(replies("HDEL h nothing", ":0") && streams(""));
    CU_ASSERT(replies("COPY h i", ":1") && streams("COPY h i"));
    CU_ASSERT(replies("COPY h i", ":0") && streams(""));
    CU_ASSERT(replies("HDEL h a b c", ":2") && streams("HDEL h a b c"));
    CU_ASSERT(replies("HGET h a", "$-1") && replies("HGET i a", "$3\r\n1.5"));
    CU_ASSERT(replies("GET i", "-WRONGTYPE") && replies("INCR i", "-WRONGTYPE") &&
              replies("SET i x GET", "-WRONGTYPE") && streams(""));
    CU_ASSERT(replies("HRANDFIELD i 5", "*2") && replies("HRANDFIELD i -5", "*5"));
    CU_ASSERT(replies("SET i x", "+OK") && replies("HGET i a", "-WRONGTYPE"));
    end();
}

/* A primary's large hash goes in portions, whether it is deleted, replaced or flushed. */
static void test_large_values_go_in_portions(void)
{
    static const char *const ends[] = { "DEL h", "SET h x", "RENAME small h",
                                        "COPY small h REPLACE", "FLUSHALL" };
    char line[64];

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        int turns = 0;

        begin();
        replies("SET small v", "+OK");
        for (int k = 0; k < 2000; k++) {
            snprintf(line, sizeof(line), "HSET h field%d v", k);
            run_as(&client, line);
        }
        run_as(&client, ends[i]);
        while (keyspace_sweep(&store.data, 100))
            turns++;
        CU_ASSERT(turns >= 19);
        end();
    }
}

/* What chance decided is fed as what it did. */
static void test_sets_in_the_stream(void)
{
    begin();
    CU_ASSERT(replies("SADD s 7", ":1") && streams("SELECT 0;SADD s 7"));
    CU_ASSERT(replies("SADD s 7", ":0") && streams(""));
    CU_ASSERT(replies("SPOP s", "$1\r\n7") && streams("SREM s 7"));
    CU_ASSERT(replies("SPOP s", "$-1") && replies("SPOP s 3", "*0") && streams(""));
    CU_ASSERT(replies("SADD s 7 8", ":2") && replies("SPOP s 0", "*0") && streams("SADD s 7 8"));
    CU_ASSERT(replies("SPOP s 2", "*2") && streams("DEL s"));
    CU_ASSERT(replies("SADD s a b", ":2") && replies("SPOP s 1", "*1\r\n$1\r\n"));
    CU_ASSERT(streams(strstr(buf_text(&client.out), "a") != NULL ? "SADD s a b;SREM s a"
                                                                 : "SADD s a b;SREM s b"));
    CU_ASSERT(replies("SUNIONSTORE t s", ":1") && streams("SUNIONSTORE t s"));
    CU_ASSERT(replies("SUNIONSTORE u nothing", ":0") && streams(""));
    CU_ASSERT(replies("SUNIONSTORE t nothing", ":0") && streams("SUNIONSTORE t nothing"));
    CU_ASSERT(replies("SMOVE s s c", ":0") && replies("SREM s c", ":0") && streams(""));
    end();
}

/* More than one command holds is a transaction of its own, or a part of the client's. */
static void test_a_large_pop_in_the_stream(void)
{
    char line[32];

    for (int multi = 0; multi < 2; multi++) {
        struct slice runs[2];
        struct buf text = { 0 };
        size_t n;

        begin();
        for (int i = 0; i < 3000; i++) {
            snprintf(line, sizeof(line), "SADD s m%d", i);
            replies(line, ":1");
        }
        fed = store.repl.offset;
        if (multi) {
            replies("MULTI", "+OK");
            replies("SPOP s 2500", "+QUEUED");
            CU_ASSERT(replies("EXEC", "*1\r\n*2500"));
        } else {
            CU_ASSERT(replies("SPOP s 2500", "*2500"));
        }
        n = backlog_read(&store.repl.backlog, fed + 1, runs);
        for (size_t i = 0; i < n; i++)
            buf_append(&text, runs[i].p, runs[i].n);
        CU_ASSERT(strncmp(buf_text(&text), "*1\r\n$5\r\nMULTI\r\n*1026\r\n$4\r\nSREM\r\n", 32) ==
                  0);
        CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&text), "\r\n*454\r\n$4\r\nSREM\r\n"));
        CU_ASSERT_PTR_NOT_NULL(strstr(buf_text(&text), "\r\n*1\r\n$4\r\nEXEC\r\n"));
        CU_ASSERT_PTR_NULL(strstr(buf_text(&text) + 10, "MULTI"));
        buf_done(&text);
        end();
    }
}

static const struct unit_case cases[] = {
    { "what replicas get", test_what_replicas_get },
    { "transactions in the stream", test_transactions_in_the_stream },
    { "a spoilt transaction", test_a_spoilt_transaction },
    { "expiry on a primary", test_expiry_on_a_primary },
    { "expiry on a replica", test_expiry_on_a_replica },
    { "refusals", test_refusals },
    { "passwords", test_passwords },
    { "pauses", test_pauses },
    { "rename onto an expired key", test_rename_onto_an_expired_key },
    { "hashes", test_hashes },
    { "large values go in portions", test_large_values_go_in_portions },
    { "sets in the stream", test_sets_in_the_stream },
    { "a large pop in the stream", test_a_large_pop_in_the_stream },
};

int main(void)
{
    return unit_main("store_exec", cases, sizeof(cases) / sizeof(cases[0]));
}
