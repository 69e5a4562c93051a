#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/buf.h"
#include "wire/pubsub.h"
#include "wire/resp_write.h"

/* What was delivered: "member channel payload pattern;" one after the other. */
static struct buf heard;

static void hear(struct pubsub_member *m, const struct pubsub_message *message)
{
    buf_printf(&heard, "%s %.*s %.*s %.*s;", (const char *)m->owner, (int)message->channel.n,
               message->channel.p, (int)message->payload.n, message->payload.p,
               message->pattern.p ? (int)message->pattern.n : 1,
               message->pattern.p ? message->pattern.p : "-");
}

static void check_heard(const char *expected)
{
    CU_ASSERT_STRING_EQUAL(buf_text(&heard), expected);
    buf_done(&heard);
}

static struct pubsub *ps;
static struct pubsub_member ann, bob;

static void begin(void)
{
    ps = pubsub_new();
    pubsub_member_init(&ann, hear, (void *)"ann");
    pubsub_member_init(&bob, hear, (void *)"bob");
}

/* A registry that everybody left is empty, or pubsub_free would not take it. */
static void end(void)
{
    pubsub_leave(ps, &ann);
    pubsub_leave(ps, &bob);
    pubsub_free(ps);
}

static enum pubsub_result subscribe(struct pubsub_member *m, enum pubsub_kind kind,
                                    const char *topic)
{
    return pubsub_subscribe(ps, m, kind, slice_str(topic));
}

static size_t publish(const char *channel, const char *payload)
{
    return pubsub_publish(ps, slice_str(channel), slice_str(payload));
}

static void test_channels(void)
{
    begin();
    CU_ASSERT_EQUAL(publish("news", "x"), 0);
    CU_ASSERT_EQUAL(subscribe(&bob, PUBSUB_CHANNEL, "news"), PUBSUB_ADDED);
    CU_ASSERT_EQUAL(subscribe(&ann, PUBSUB_CHANNEL, "news"), PUBSUB_ADDED);
    CU_ASSERT_EQUAL(subscribe(&ann, PUBSUB_CHANNEL, "news"), PUBSUB_ALREADY);
    CU_ASSERT_EQUAL(subscribe(&ann, PUBSUB_CHANNEL, "sport"), PUBSUB_ADDED);
    CU_ASSERT_EQUAL(pubsub_member_count(&ann), 2);
    CU_ASSERT_EQUAL(publish("news", "x"), 2);
    CU_ASSERT_EQUAL(publish("new", "x"), 0);
    check_heard("bob news x -;ann news x -;");
    CU_ASSERT(pubsub_unsubscribe(ps, &bob, PUBSUB_CHANNEL, slice_str("news")));
    CU_ASSERT_FALSE(pubsub_unsubscribe(ps, &bob, PUBSUB_CHANNEL, slice_str("news")));
    CU_ASSERT_FALSE(pubsub_unsubscribe(ps, &ann, PUBSUB_PATTERN, slice_str("news")));
    CU_ASSERT_EQUAL(publish("news", "y"), 1);
    check_heard("ann news y -;");
    CU_ASSERT_EQUAL(pubsub_subscribers(ps, slice_str("news")), 1);
    CU_ASSERT_EQUAL(pubsub_subscribers(ps, slice_str("none")), 0);
    end();
}

static void test_patterns(void)
{
    begin();
    subscribe(&ann, PUBSUB_PATTERN, "*");
    subscribe(&ann, PUBSUB_PATTERN, "+switch-*");
    subscribe(&ann, PUBSUB_CHANNEL, "+switch-master");
    subscribe(&bob, PUBSUB_PATTERN, "-*");
    CU_ASSERT_EQUAL(pubsub_patterns(ps), 3);
    CU_ASSERT_EQUAL(publish("+switch-master", "m"), 3);
    check_heard("ann +switch-master m -;ann +switch-master m *;ann +switch-master m +switch-*;");
    end();
}

static void test_newest_and_leave(void)
{
    struct slice topic;
    begin();
    CU_ASSERT_FALSE(pubsub_newest(&ann, PUBSUB_CHANNEL, &topic));
    subscribe(&ann, PUBSUB_CHANNEL, "a");
    subscribe(&ann, PUBSUB_CHANNEL, "b");
    subscribe(&bob, PUBSUB_CHANNEL, "a");
    CU_ASSERT(pubsub_newest(&ann, PUBSUB_CHANNEL, &topic));
    CU_ASSERT(slice_is(topic, "b"));
    pubsub_leave(ps, &ann);
    CU_ASSERT_EQUAL(pubsub_member_count(&ann), 0);
    CU_ASSERT_EQUAL(publish("a", "x"), 1);
    check_heard("bob a x -;");
    end();
}

static void test_limits(void)
{
    static char name[PUBSUB_TOPIC_BYTES_MAX + 1];
    struct slice longest = { name, PUBSUB_TOPIC_BYTES_MAX }, too_long = { name, sizeof(name) };
    begin();
    CU_ASSERT_EQUAL(pubsub_subscribe(ps, &ann, PUBSUB_CHANNEL, longest), PUBSUB_ADDED);
    CU_ASSERT_EQUAL(pubsub_subscribe(ps, &ann, PUBSUB_CHANNEL, too_long), PUBSUB_REFUSED);
    for (size_t i = 1; i < PUBSUB_MEMBER_LINKS_MAX; i++) {
        char text[20];
        snprintf(text, sizeof(text), "c%zu", i);
        CU_ASSERT_EQUAL_FATAL(subscribe(&ann, PUBSUB_CHANNEL, text), PUBSUB_ADDED);
    }
    CU_ASSERT_EQUAL(subscribe(&ann, PUBSUB_CHANNEL, "one more"), PUBSUB_REFUSED);
    CU_ASSERT_EQUAL(subscribe(&bob, PUBSUB_CHANNEL, "one more"), PUBSUB_ADDED);
    end();
}

/* Thousands of random steps against a plain table of who listens to what. */
static void test_at_random(void)
{
    enum { MEMBERS = 8, TOPICS = 12 };
    struct pubsub_member members[MEMBERS];
    bool listens[MEMBERS][TOPICS] = { { false } };
    srand(3);
    begin();
    for (int i = 0; i < MEMBERS; i++)
        pubsub_member_init(&members[i], hear, (void *)"x");
    for (int step = 0; step < 20000; step++) {
        int m = rand() % MEMBERS, t = rand() % TOPICS, what = rand() % 20;
        char name[10];
        snprintf(name, sizeof(name), "t%d", t);
        if (what < 9) {
            bool added = subscribe(&members[m], PUBSUB_CHANNEL, name) == PUBSUB_ADDED;
            CU_ASSERT_EQUAL(added, !listens[m][t]);
            listens[m][t] = true;
        } else if (what < 18) {
            bool was = pubsub_unsubscribe(ps, &members[m], PUBSUB_CHANNEL, slice_str(name));
            CU_ASSERT_EQUAL(was, listens[m][t]);
            listens[m][t] = false;
        } else if (what == 18) {
            pubsub_leave(ps, &members[m]);
            memset(listens[m], 0, sizeof(listens[m]));
        }
        size_t expected = 0, mine = 0;
        for (int i = 0; i < MEMBERS; i++)
            expected += listens[i][t];
        for (int i = 0; i < TOPICS; i++)
            mine += listens[m][i];
        CU_ASSERT_EQUAL_FATAL(publish(name, ""), expected);
        CU_ASSERT_EQUAL_FATAL(pubsub_member_count(&members[m]), mine);
        buf_reset(&heard);
    }
    for (int i = 0; i < MEMBERS; i++)
        pubsub_leave(ps, &members[i]);
    end();
    buf_done(&heard);
}

static void test_shapes(void)
{
    struct buf out = { 0 };
    struct resp_writer w = { .out = &out, .proto = 2 };
    struct slice none = { NULL, 0 };
    struct pubsub_message message = { slice_str("c"), slice_str("hi"), none };
    pubsub_write_message(&w, &message);
    CU_ASSERT_STRING_EQUAL(buf_text(&out), "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n");
    buf_reset(&out);
    w.proto = 3;
    message.pattern = slice_str("*");
    pubsub_write_message(&w, &message);
    CU_ASSERT_STRING_EQUAL(buf_text(&out),
                           ">4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$2\r\nhi\r\n");
    buf_reset(&out);
    pubsub_write_subscribed(&w, PUBSUB_PATTERN, slice_str("*"), 3);
    CU_ASSERT_STRING_EQUAL(buf_text(&out), ">3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:3\r\n");
    buf_reset(&out);
    w.proto = 2;
    pubsub_write_unsubscribed(&w, PUBSUB_CHANNEL, none, 0);
    CU_ASSERT_STRING_EQUAL(buf_text(&out), "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n");
    buf_done(&out);
}

static const struct unit_case cases[] = {
    { "channels", test_channels },
    { "patterns", test_patterns },
    { "the newest subscription, and leaving", test_newest_and_leave },
    { "limits", test_limits },
    { "random steps against a plain table", test_at_random },
    { "shapes on the wire", test_shapes },
};

int main(void)
{
    return unit_main("pubsub", cases, sizeof(cases) / sizeof(cases[0]));
}
