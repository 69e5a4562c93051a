#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "wire/client.h"
#include "wire/client_filter.h"
#include "wire/client_pubsub.h"
#include "wire/command.h"

#define WORDS_MAX 16

static int touched, resumed;

static void on_touch(struct client *c)
{
    (void)c;
    touched++;
}

static void on_resume(struct client *c)
{
    (void)c;
    resumed++;
}

static const struct client_ops ops = { on_touch, on_resume };
static struct pubsub *ps;
static struct client me;

static void begin(void)
{
    ps = pubsub_new();
    client_init(&me, 7, &ops, 5000);
    touched = resumed = 0;
}

static void end(void)
{
    pubsub_leave(ps, &me.subs);
    client_done(&me);
    pubsub_free(ps);
}

/* What the client was told since the last look. */
static void told(const char *expected)
{
    bool same = slice_is(buf_slice(&me.out), expected);
    if (!same)
        printf("told %.*s\nnot  %s\n", (int)buf_used(&me.out), buf_data(&me.out), expected);
    CU_ASSERT(same);
    buf_reset(&me.out);
}

/* Splits a text at its spaces. */
static size_t split(char *text, struct slice *words)
{
    size_t n = 0;
    for (char *word = strtok(text, " "); word && n < WORDS_MAX; word = strtok(NULL, " "))
        words[n++] = slice_str(word);
    return n;
}

static void test_names(void)
{
    begin();
    CU_ASSERT(client_set_field(&me.name, slice_str("worker-1")));
    CU_ASSERT_STRING_EQUAL(me.name, "worker-1");
    CU_ASSERT_FALSE(client_set_field(&me.name, slice_str("two words")));
    CU_ASSERT_FALSE(client_set_field(&me.name, slice_str("line\n")));
    CU_ASSERT_FALSE(client_set_field(&me.name, slice_str("\xc3\xa4")));
    CU_ASSERT_STRING_EQUAL(me.name, "worker-1");
    CU_ASSERT(client_set_field(&me.name, slice_str("")));
    CU_ASSERT_PTR_NULL(me.name);
    end();
}

static void test_describe(void)
{
    struct buf line = { 0 };
    begin();
    snprintf(me.addr, sizeof(me.addr), "127.0.0.1:50000");
    client_set_field(&me.name, slice_str("n"));
    me.command = "client|list";
    me.flags |= CLIENT_BLOCKED | CLIENT_IN_MULTI;
    pubsub_subscribe(ps, &me.subs, PUBSUB_PATTERN, slice_str("*"));
    client_describe(&me, 8500, &line);
    const char *text = buf_text(&line);
    CU_ASSERT(strncmp(text, "id=7 addr=127.0.0.1:50000 laddr=", 32) == 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " name=n age=3 idle=3 flags=Pxb db=0 sub=0 psub=1 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " multi=-1 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " cmd=client|list user=default redir=-1 resp=2 "));
    CU_ASSERT_PTR_NULL(strchr(text, '\n'));
    buf_done(&line);
    end();
}

static void test_block(void)
{
    begin();
    client_resume(&me);
    CU_ASSERT_EQUAL(resumed, 0);
    client_block(&me);
    CU_ASSERT(me.flags & CLIENT_BLOCKED);
    client_resume(&me);
    client_resume(&me);
    CU_ASSERT_EQUAL(resumed, 1);
    CU_ASSERT_FALSE(me.flags & CLIENT_BLOCKED);
    CU_ASSERT_EQUAL(touched, 1);
    end();
}

static void test_reply_modes(void)
{
    begin();
    client_reply_mode(&me, CLIENT_REPLY_MODE_SKIP);
    client_request_end(&me); /* of CLIENT REPLY SKIP itself */
    resp_ok(&me.reply);
    client_request_end(&me);
    told("");
    resp_ok(&me.reply);
    client_request_end(&me);
    told("+OK\r\n");
    client_reply_mode(&me, CLIENT_REPLY_MODE_OFF);
    client_reply_mode(&me, CLIENT_REPLY_MODE_SKIP);
    client_request_end(&me);
    client_request_end(&me);
    resp_ok(&me.reply);
    told("");
    /* Messages are no replies. */
    pubsub_subscribe(ps, &me.subs, PUBSUB_CHANNEL, slice_str("c"));
    pubsub_publish(ps, slice_str("c"), slice_str("m"));
    told("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n");
    CU_ASSERT_EQUAL(touched, 1);
    client_reply_mode(&me, CLIENT_REPLY_MODE_ON);
    resp_ok(&me.reply);
    told("+OK\r\n");
    end();
}

static void test_subscribe(void)
{
    struct slice two[] = { slice_str("subscribe"), slice_str("a"), slice_str("b") };
    begin();
    client_subscribe(ps, &me, PUBSUB_CHANNEL, 3, two);
    told("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n");
    client_subscribe(ps, &me, PUBSUB_PATTERN, 2, two);
    told("*3\r\n$10\r\npsubscribe\r\n$1\r\na\r\n:3\r\n");
    CU_ASSERT_EQUAL(client_class(&me), CLIENT_PUBSUB);
    client_pubsub_numsub(ps, &me, 3, two);
    told("*2\r\n$1\r\nb\r\n:1\r\n");
    client_unsubscribe(ps, &me, PUBSUB_CHANNEL, 2, two);
    told("*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:2\r\n");
    client_unsubscribe(ps, &me, PUBSUB_CHANNEL, 1, two);
    told("*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:1\r\n");
    client_unsubscribe(ps, &me, PUBSUB_CHANNEL, 1, two);
    told("*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:1\r\n");
    me.reply.proto = 3;
    client_unsubscribe(ps, &me, PUBSUB_PATTERN, 1, two);
    told(">3\r\n$12\r\npunsubscribe\r\n$1\r\na\r\n:0\r\n");
    CU_ASSERT_EQUAL(client_class(&me), CLIENT_NORMAL);
    end();
}

static void test_subscriber_rule(void)
{
    const struct command masters = { .name = "masters", .arity = 2 };
    const struct command sentinel = { .name = "sentinel", .arity = -2 };
    const struct command ping = { .name = "ping", .arity = -1 };
    const struct command_match m = { &masters, &sentinel }, p = { &ping, NULL };
    struct slice words[] = { slice_str("ping"), slice_str("x") };
    begin();
    CU_ASSERT(client_pubsub_allows(&me, &m));
    client_ping(&me, 1, words), told("+PONG\r\n");
    client_ping(&me, 2, words), told("$1\r\nx\r\n");
    pubsub_subscribe(ps, &me.subs, PUBSUB_CHANNEL, slice_str("c"));
    CU_ASSERT(client_pubsub_allows(&me, &p));
    CU_ASSERT_FALSE(client_pubsub_allows(&me, &m));
    told("-ERR Can't execute 'sentinel|masters': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / "
         "QUIT / RESET are allowed in this context\r\n");
    client_ping(&me, 1, words), told("*2\r\n$4\r\npong\r\n$0\r\n\r\n");
    client_ping(&me, 2, words), told("*2\r\n$4\r\npong\r\n$1\r\nx\r\n");
    me.reply.proto = 3;
    CU_ASSERT(client_pubsub_allows(&me, &m));
    client_ping(&me, 1, words), told("+PONG\r\n");
    end();
}

/* The words of CLIENT KILL give this error, or a filter that matches the client or does not. */
static void check_kill(const char *request, const char *error, bool matches)
{
    char text[200];
    struct slice words[WORDS_MAX];
    struct client_filter f;
    snprintf(text, sizeof(text), "%s", request);
    size_t n = split(text, words);
    bool ok = client_filter_parse(&f, &me.reply, me.id, NULL, n, words);
    CU_ASSERT_EQUAL(ok, error == NULL);
    if (error)
        told(error);
    if (ok)
        CU_ASSERT_EQUAL(client_filter_matches(&f, &me), matches);
}

static void test_kill_filter(void)
{
    begin();
    snprintf(me.addr, sizeof(me.addr), "1.2.3.4:5");
    check_kill("client kill 1.2.3.4:5", NULL, true);
    check_kill("client kill 1.2.3.4:55", NULL, false);
    check_kill("client kill addr 1.2.3.4:5", NULL, false); /* SKIPME is the default */
    check_kill("client kill addr 1.2.3.4:5 skipme no", NULL, true);
    check_kill("client kill id 7 skipme no", NULL, true);
    check_kill("client kill id 8 skipme no", NULL, false);
    check_kill("client kill type normal skipme no", NULL, true);
    check_kill("client kill TYPE PUBSUB skipme no", NULL, false);
    check_kill("client kill user default skipme NO", NULL, true);
    check_kill("client kill id 0", "-ERR client-id should be greater than 0\r\n", false);
    check_kill("client kill id x", "-ERR client-id should be greater than 0\r\n", false);
    check_kill("client kill type bogus", "-ERR Unknown client type 'bogus'\r\n", false);
    check_kill("client kill user bob", "-ERR No such user 'bob'\r\n", false);
    check_kill("client kill skipme maybe", "-ERR syntax error\r\n", false);
    check_kill("client kill foo bar", "-ERR syntax error\r\n", false);
    check_kill("client kill id 7 skipme", "-ERR syntax error\r\n", false);
    end();
}

static const struct unit_case cases[] = {
    { "names and other fields", test_names },
    { "a line of CLIENT LIST", test_describe },
    { "blocking", test_block },
    { "CLIENT REPLY", test_reply_modes },
    { "subscribing", test_subscribe },
    { "what a subscriber may say", test_subscriber_rule },
    { "whom CLIENT KILL means", test_kill_filter },
};

int main(void)
{
    return unit_main("client", cases, sizeof(cases) / sizeof(cases[0]));
}
