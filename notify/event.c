#include "notify/event.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct row {
    const char *name;
    enum event_level level;
    const char *form;
};

static const struct row table[EVENT_COUNT] = {
#define X(id, name, level, form) [EVENT_##id] = { name, EVENT_##level, form },
    EVENT_TABLE(X)
#undef X
};

static const char *const type_names[] = { "", "master", "slave", "sentinel" };

/* Where a payload is being written: what does not fit is cut off. */
struct text {
    char *bytes;
    size_t len;
};

const char *event_name(enum event_kind kind)
{
    assert(kind < EVENT_COUNT);
    return table[kind].name;
}

enum event_level event_level(enum event_kind kind)
{
    assert(kind < EVENT_COUNT);
    return table[kind].level;
}

const char *event_level_name(enum event_level level)
{
    static const char *const names[] = { "debug", "verbose", "notice", "warning" };

    assert(level <= EVENT_WARNING);
    return names[level];
}

const char *event_type_name(enum instance_type type)
{
    assert(type <= INSTANCE_SENTINEL);
    return type_names[type];
}

static void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *text, const char *format, ...)
{
    size_t room = EVENT_PAYLOAD_MAX - text->len;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text->bytes + text->len, room, format, args);
    va_end(args);
    assert(n >= 0);
    text->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* "<host> <port>", as clients split it. */
static void put_addr(struct text *text, const struct addr *addr)
{
    put(text, "%s %u", addr->host, addr->port);
}

/* The instance: its type, what Sentinel calls it, its address, and which group it belongs to. */
static void put_instance(struct text *text, const struct event *event)
{
    char name[ADDR_TEXT_MAX];

    put(text, "%s ", type_names[event->type]);
    if (event->type == INSTANCE_MASTER)
        put(text, "%s ", event->group);
    else if (event->type == INSTANCE_SENTINEL)
        put(text, "%s ", event->runid);
    else
        put(text, "%s ", addr_format(&event->addr, name));
    put_addr(text, &event->addr);
    if (event->type == INSTANCE_MASTER)
        return;
    put(text, " @ %s ", event->group);
    put_addr(text, &event->primary);
}

/* Details quote what nodes and operators sent: a line stays one line. */
static void put_detail(struct text *text, const char *detail)
{
    for (const char *p = detail; *p; p++)
        put(text, "%c", (unsigned char)*p < 0x20 || *p == 0x7f ? '?' : *p);
}

static void put_switch(struct text *text, const struct event *event)
{
    put(text, "%s ", event->group);
    put_addr(text, &event->primary);
    put(text, " ");
    put_addr(text, &event->addr);
}

/* What stands behind a '%' in a form. */
static void put_field(struct text *text, const struct event *event, char letter)
{
    switch (letter) {
    case 'q':
        put(text, "%u/%u", event->count, event->quorum);
        break;
    case 'c':
        put(text, "%u", event->count);
        break;
    case 'e':
        put(text, "%llu", (unsigned long long)event->epoch);
        break;
    case 'r':
        put(text, "%s", event->runid);
        break;
    case 'd':
        put_detail(text, event->detail);
        break;
    case 's':
        put_switch(text, event);
        break;
    default:
        assert(!"a form with an unknown field");
    }
}

size_t event_format(const struct event *event, char ret_text[EVENT_PAYLOAD_MAX])
{
    assert(event->kind < EVENT_COUNT && event->type <= INSTANCE_SENTINEL);
    struct text text = { ret_text, 0 };
    const char *p = table[event->kind].form;

    ret_text[0] = '\0';
    /* An event about no instance in particular is told without one. */
    if (p[0] == '@' && event->type == INSTANCE_NONE)
        p += p[1] == ' ' ? 2 : 1;
    for (; *p; p++) {
        if (*p == '@')
            put_instance(&text, event);
        else if (*p == '%')
            put_field(&text, event, *++p);
        else
            put(&text, "%c", *p);
    }
    return text.len;
}
