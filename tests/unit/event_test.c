#include "notify/event.h"

#include <string.h>

#include "notify/channel.h"
#include "tests/unit/unit.h"
#include "wire/pubsub.h"

/* An event about an instance of the group "orders", whose primary is 10.0.0.1:6379. */
static struct event about(enum event_kind kind, enum instance_type type, const char *host)
{
    struct event event;
    memset(&event, 0, sizeof(event));
    event.kind = kind;
    event.type = type;
    strcpy(event.group, "orders");
    addr_set(&event.primary, "10.0.0.1", 6379);
    addr_set(&event.addr, host, 6379);
    memset(event.runid, 'a', PEER_RUNID_LEN);
    return event;
}

#define RUNID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void check(const struct event *event, const char *payload)
{
    char text[EVENT_PAYLOAD_MAX];
    CU_ASSERT_EQUAL(event_format(event, text), strlen(payload));
    CU_ASSERT_STRING_EQUAL(text, payload);
}

static void test_instances(void)
{
    struct event event = about(EVENT_SDOWN, INSTANCE_MASTER, "10.0.0.1");
    check(&event, "master orders 10.0.0.1 6379");
    event = about(EVENT_SDOWN, INSTANCE_SLAVE, "10.0.0.2");
    check(&event, "slave 10.0.0.2:6379 10.0.0.2 6379 @ orders 10.0.0.1 6379");
    event = about(EVENT_SDOWN, INSTANCE_SLAVE, "fe80::1");
    check(&event, "slave [fe80::1]:6379 fe80::1 6379 @ orders 10.0.0.1 6379");
    event = about(EVENT_SENTINEL, INSTANCE_SENTINEL, "10.0.0.9");
    check(&event, "sentinel " RUNID " 10.0.0.9 6379 @ orders 10.0.0.1 6379");
}

static void test_fields(void)
{
    struct event event = about(EVENT_ODOWN, INSTANCE_MASTER, "10.0.0.1");
    event.count = 3;
    event.quorum = 2;
    check(&event, "master orders 10.0.0.1 6379 #quorum 3/2");
    event = about(EVENT_MONITOR, INSTANCE_MASTER, "10.0.0.1");
    event.count = 2;
    check(&event, "master orders 10.0.0.1 6379 quorum 2");
    event = about(EVENT_NEW_EPOCH, INSTANCE_NONE, "x");
    event.epoch = UINT64_MAX;
    check(&event, "18446744073709551615");
    event = about(EVENT_VOTE_FOR_LEADER, INSTANCE_MASTER, "x");
    event.epoch = 7;
    check(&event, RUNID " 7");
    event = about(EVENT_SWITCH_MASTER, INSTANCE_MASTER, "10.0.0.2");
    check(&event, "orders 10.0.0.1 6379 10.0.0.2 6379");
    event = about(EVENT_ROLE_CHANGE_AGREES, INSTANCE_MASTER, "10.0.0.1");
    strcpy(event.detail, "master");
    check(&event, "master orders 10.0.0.1 6379 new reported role is master");
    event = about(EVENT_TILT, INSTANCE_NONE, "x");
    check(&event, "#tilt mode entered");
}

/* An event about nothing in particular leaves the instance out; a detail stays on its line. */
static void test_corners(void)
{
    struct event event = about(EVENT_LIMIT, INSTANCE_NONE, "x");
    strcpy(event.detail, "too\r\nmany\x7f");
    check(&event, "too??many?");
}

/* What does not fit is cut, and nothing is written behind it. */
static void test_limits(void)
{
    char text[EVENT_PAYLOAD_MAX + 1];
    struct event event = about(EVENT_ORDER_FAILED, INSTANCE_SLAVE, "x");
    memset(event.group, 'g', GROUP_NAME_MAX);
    memset(event.addr.host, 'h', HOST_LEN_MAX);
    memset(event.primary.host, 'p', HOST_LEN_MAX);
    memset(event.detail, 'd', EVENT_DETAIL_MAX);
    text[EVENT_PAYLOAD_MAX] = '!';
    size_t len = event_format(&event, text);
    CU_ASSERT_EQUAL(len, strlen(text));
    CU_ASSERT(len < EVENT_PAYLOAD_MAX);
    CU_ASSERT_EQUAL(text[EVENT_PAYLOAD_MAX], '!');
}

/* Every row of the table has a name, a level and a form that can be written. */
static void test_table(void)
{
    char text[EVENT_PAYLOAD_MAX];
    for (int i = 0; i < EVENT_COUNT; i++) {
        struct event event = about((enum event_kind)i, INSTANCE_MASTER, "10.0.0.1");
        const char *name = event_name(event.kind);
        CU_ASSERT(name[0] == '+' || name[0] == '-');
        CU_ASSERT(event_level(event.kind) <= EVENT_WARNING);
        event_format(&event, text);
        CU_ASSERT_PTR_NULL(strchr(text, '%'));
        CU_ASSERT_PTR_NULL(strchr(text, '@'));
        for (int k = 0; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(name, event_name((enum event_kind)k));
    }
    CU_ASSERT_EQUAL(event_level(EVENT_SWITCH_MASTER), EVENT_WARNING);
    CU_ASSERT_EQUAL(event_level(EVENT_SLAVE), EVENT_NOTICE);
}

static char heard[512];

static void hear(struct pubsub_member *member, const struct pubsub_message *message)
{
    (void)member;
    strncat(heard, message->channel.p, message->channel.n);
    strcat(heard, " ");
    strncat(heard, message->payload.p, message->payload.n);
    strcat(heard, ";");
}

static void test_channel(void)
{
    struct pubsub *pubsub = pubsub_new();
    struct pubsub_member member;
    struct event down = about(EVENT_SDOWN, INSTANCE_MASTER, "10.0.0.1");
    struct event up = about(EVENT_SUP, INSTANCE_MASTER, "10.0.0.1");

    heard[0] = '\0';
    pubsub_member_init(&member, hear, NULL);
    pubsub_subscribe(pubsub, &member, PUBSUB_CHANNEL, slice_str("+sdown"));
    CU_ASSERT_EQUAL(channel_publish(pubsub, &down), 1);
    CU_ASSERT_EQUAL(channel_publish(pubsub, &up), 0);
    pubsub_subscribe(pubsub, &member, PUBSUB_PATTERN, slice_str("*"));
    CU_ASSERT_EQUAL(channel_publish(pubsub, &up), 1);
    CU_ASSERT_STRING_EQUAL(
        heard, "+sdown master orders 10.0.0.1 6379;-sdown master orders 10.0.0.1 6379;");
    pubsub_leave(pubsub, &member);
    pubsub_free(pubsub);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "names instances as Sentinel does", test_instances },
        { "fills in fields", test_fields },
        { "leaves out what is not there", test_corners },
        { "cuts what is too long", test_limits },
        { "every row is whole", test_table },
        { "tells subscribers", test_channel },
    };
    return unit_main("event", cases, sizeof(cases) / sizeof(cases[0]));
}
