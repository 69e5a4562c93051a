#include "notify/log_io.h"

#include "notify/event.h"
#include "wire/log_io.h"

static const enum log_level levels[] = {
    [EVENT_DEBUG] = LOG_LEVEL_DEBUG,
    [EVENT_VERBOSE] = LOG_LEVEL_INFO,
    [EVENT_NOTICE] = LOG_LEVEL_NOTICE,
    [EVENT_WARNING] = LOG_LEVEL_WARNING,
};

void log_event(const struct event *event)
{
    char text[EVENT_PAYLOAD_MAX];
    event_format(event, text);
    log_write(levels[event_level(event->kind)], "%s %s", event_name(event->kind), text);
}

enum log_level log_level_of(int64_t word)
{
    static const enum log_level of[] = { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_NOTICE,
                                         LOG_LEVEL_WARNING, LOG_LEVEL_COUNT };

    return of[word];
}
