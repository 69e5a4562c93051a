/* Sentinel's two scripts: a queue for them, and what an event asks for. */
#include <stdio.h>

#include "notify/event.h"
#include "notify/scripts.h"

#define PORT_TEXT_MAX 6

struct scripts *scripts_new(scripts_tell_fn *tell, void *arg)
{
    static const struct scripts_policy sentinel = { .times = { SCRIPTS_RUN_MAX_MS,
                                                               SCRIPTS_RETRY_MS },
                                                    .attempts_max = SCRIPTS_ATTEMPTS_MAX,
                                                    .running_max = SCRIPTS_RUNNING_MAX };

    return scripts_new_for(&sentinel, tell, NULL, arg);
}

static void add(struct scripts *scripts, msec now, size_t argc, const char *const *argv)
{
    scripts_add(scripts, now, &(struct scripts_call){ .group = "", .argc = argc, .argv = argv });
}

static void add_notification(struct scripts *scripts, msec now, const struct event *event,
                             const char *path)
{
    char payload[EVENT_PAYLOAD_MAX];

    event_format(event, payload);
    add(scripts, now, 3, (const char *const[]){ path, event_name(event->kind), payload });
}

static void add_client_reconfig(struct scripts *scripts, msec now, const struct event *event,
                                const char *path)
{
    const char *role = event->count == EVENT_SWITCH_LED ? "leader" : "observer";
    char from_port[PORT_TEXT_MAX], to_port[PORT_TEXT_MAX];

    snprintf(from_port, sizeof from_port, "%u", event->primary.port);
    snprintf(to_port, sizeof to_port, "%u", event->addr.port);
    add(scripts, now, 8,
        (const char *const[]){ path, event->group, role, "start", event->primary.host, from_port,
                               event->addr.host, to_port });
}

static bool is_set(const char *path)
{
    return path != NULL && path[0] != '\0';
}

/* What moves clients comes before what informs people. */
void scripts_event(struct scripts *scripts, msec now, const struct event *event,
                   const struct scripts_paths *paths)
{
    if (event->group[0] == '\0' || event_level(event->kind) != EVENT_WARNING)
        return;
    if (event->kind == EVENT_SWITCH_MASTER && is_set(paths->client_reconfig))
        add_client_reconfig(scripts, now, event, paths->client_reconfig);
    if (is_set(paths->notification))
        add_notification(scripts, now, event, paths->notification);
}
