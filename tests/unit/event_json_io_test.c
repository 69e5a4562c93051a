#include "notify/event_json_io.h"

#include <stdlib.h>
#include <string.h>

#include "notify/event.h"
#include "tests/unit/unit.h"

static struct event about(enum event_kind kind, enum instance_type type)
{
    struct event event = { .seq = 1000000001, .wall_ms = 1714521600123, .kind = kind };

    event.type = type;
    strcpy(event.group, "orders");
    addr_set(&event.addr, "10.0.0.2", 6379);
    addr_set(&event.primary, "10.0.0.1", 6379);
    return event;
}

static void check(const struct event *event, const char *supervisor, const char *wanted)
{
    char *text = event_json_text(event, supervisor);

    CU_ASSERT_STRING_EQUAL(text, wanted);
    free(text);
}

#define HEAD "{\"seq\":1000000001,\"time\":\"2024-05-01T00:00:00.123Z\",\"event\":"

static void test_forms(void)
{
    struct event event = about(EVENT_SDOWN, INSTANCE_SLAVE);

    check(&event, "me",
          HEAD "\"+sdown\",\"level\":\"warning\",\"supervisor\":\"me\",\"group\":\"orders\","
               "\"type\":\"slave\",\"node\":\"10.0.0.2:6379\",\"primary\":\"10.0.0.1:6379\","
               "\"payload\":\"slave 10.0.0.2:6379 10.0.0.2 6379 @ orders 10.0.0.1 6379\"}");
    event = about(EVENT_SWITCH_MASTER, INSTANCE_MASTER);
    event.count = EVENT_SWITCH_LED;
    event.epoch = 7;
    check(&event, NULL,
          HEAD "\"+switch-master\",\"level\":\"warning\",\"group\":\"orders\","
               "\"from\":\"10.0.0.1:6379\",\"to\":\"10.0.0.2:6379\",\"led\":true,\"epoch\":7,"
               "\"payload\":\"orders 10.0.0.1 6379 10.0.0.2 6379\"}");
    event = (struct event){ .seq = 1000000001, .wall_ms = 1714521600123, .kind = EVENT_TILT };
    check(&event, NULL, HEAD "\"+tilt\",\"level\":\"warning\",\"payload\":\"#tilt mode entered\"}");
}

/* Quotes, control characters and bytes that are no UTF-8 still make JSON; a name in UTF-8 stays. */
static void test_any_bytes(void)
{
    struct event event = { .seq = 1000000001, .wall_ms = 1714521600123, .kind = EVENT_LIMIT };

    strcpy(event.detail, "a\"\\\n\xff");
    check(&event, NULL,
          HEAD "\"-limit-reached\",\"level\":\"warning\",\"detail\":\"a\\\"\\\\\\n?\","
               "\"payload\":\"a\\\"\\\\??\"}");
    strcpy(event.detail, "\xc3\xa4");
    check(&event, NULL,
          HEAD "\"-limit-reached\",\"level\":\"warning\",\"detail\":\"\xc3\xa4\","
               "\"payload\":\"\xc3\xa4\"}");
}

/* The script that a removed group had is for the hooks alone. */
static void test_hidden(void)
{
    struct event event = about(EVENT_UNMONITOR, INSTANCE_MASTER);

    strcpy(event.detail, "/secret/path");
    char *text = event_json_text(&event, NULL);

    CU_ASSERT_PTR_NULL(strstr(text, "secret"));
    free(text);
}

int main(void)
{
    static const struct unit_case cases[] = {
        { "forms", test_forms },
        { "any bytes", test_any_bytes },
        { "what is not shown", test_hidden },
    };

    return unit_main("event_json_io", cases, sizeof cases / sizeof *cases);
}
