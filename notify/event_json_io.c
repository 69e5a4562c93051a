#include "notify/event_json_io.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "notify/event.h"
#include "notify/json_put_io.h"

void event_json_time(int64_t wall_ms, char ret_text[EVENT_TIME_MAX])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc;

    gmtime_r(&seconds, &utc);
    size_t n = strftime(ret_text, EVENT_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(ret_text + n, EVENT_TIME_MAX - n, ".%03dZ", (int)(wall_ms % 1000));
}

/* Text, unless it is empty. False: memory. */
static bool put_text(json_t *object, const char *name, const char *text)
{
    return text[0] == '\0' || json_object_set_new(object, name, json_text(text)) == 0;
}

static bool put_addr(json_t *object, const char *name, const struct addr *addr)
{
    char text[ADDR_TEXT_MAX];

    return !addr_is_set(addr) || put_text(object, name, addr_format(addr, text));
}

static bool put_number(json_t *object, const char *name, uint64_t number)
{
    return number == 0 || json_object_set_new(object, name, json_integer((json_int_t)number)) == 0;
}

static bool put_head(json_t *object, const struct event *event, const char *supervisor)
{
    char time[EVENT_TIME_MAX];

    event_json_time(event->wall_ms, time);
    return json_object_set_new(object, "seq", json_integer((json_int_t)event->seq)) == 0 &&
           put_text(object, "time", time) && put_text(object, "event", event_name(event->kind)) &&
           put_text(object, "level", event_level_name(event_level(event->kind))) &&
           put_text(object, "supervisor", supervisor != NULL ? supervisor : "") &&
           put_text(object, "group", event->group);
}

static bool put_switch(json_t *object, const struct event *event)
{
    return put_addr(object, "from", &event->primary) && put_addr(object, "to", &event->addr) &&
           json_object_set_new(object, "led", json_boolean(event->count == EVENT_SWITCH_LED)) == 0;
}

static bool put_instance(json_t *object, const struct event *event)
{
    if (event->kind == EVENT_SWITCH_MASTER)
        return put_switch(object, event);
    if (event->type == INSTANCE_NONE)
        return true;
    return put_text(object, "type", event_type_name(event->type)) &&
           put_addr(object, "node", &event->addr) && put_addr(object, "primary", &event->primary);
}

static bool put_rest(json_t *object, const struct event *event)
{
    char payload[EVENT_PAYLOAD_MAX];

    event_format(event, payload);
    return put_text(object, "peer", event->runid) && put_number(object, "epoch", event->epoch) &&
           (event->kind == EVENT_SWITCH_MASTER || put_number(object, "count", event->count)) &&
           put_number(object, "quorum", event->quorum) &&
           (event->kind == EVENT_UNMONITOR || put_text(object, "detail", event->detail)) &&
           json_object_set_new(object, "payload", json_text(payload)) == 0;
}

static json_t *event_json(const struct event *event, const char *supervisor)
{
    json_t *object = json_object();

    if (object != NULL && put_head(object, event, supervisor) && put_instance(object, event) &&
        put_rest(object, event))
        return object;
    json_decref(object);
    return NULL;
}

char *event_json_text(const struct event *event, const char *supervisor)
{
    json_t *object = event_json(event, supervisor);
    char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;

    json_decref(object);
    return text;
}
