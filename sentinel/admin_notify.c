#include "notify/event.h"
#include "notify/hook.h"
#include "notify/ring.h"
#include "sentinel/admin_own.h"
#include "wire/client.h"

#define COUNT_DEFAULT 100

/* What is asked for. */
struct range {
    bool since_given;
    int64_t since, count;
};

static bool is_wrong(struct client *c, const char *what)
{
    resp_errorf(&c->reply, "ERR %s for PICKET EVENTS [SINCE <number>] [COUNT <count>]", what);
    return true;
}

/* [SINCE n] [COUNT n]; false, with the error written. */
static bool read_range(struct client *c, size_t argc, const struct slice *argv, struct range *ret)
{
    *ret = (struct range){ false, 0, COUNT_DEFAULT };
    for (size_t i = 2; i < argc; i += 2) {
        bool since = slice_is_nocase(argv[i], "SINCE");
        int64_t *number = since ? &ret->since : &ret->count;

        if (!since && !slice_is_nocase(argv[i], "COUNT"))
            return !is_wrong(c, "Unknown word");
        if (i + 1 == argc || !slice_to_int64(argv[i + 1], number) || *number < !since)
            return !is_wrong(c, "Invalid number");
        ret->since_given |= since;
    }
    return true;
}

static void write_event(struct client *c, const struct event *event)
{
    char payload[EVENT_PAYLOAD_MAX];
    size_t len = event_format(event, payload);

    resp_array(&c->reply, 6);
    resp_int(&c->reply, (int64_t)event->seq);
    resp_int(&c->reply, event->wall_ms);
    resp_bulk_str(&c->reply, event_name(event->kind));
    resp_bulk_str(&c->reply, event_level_name(event_level(event->kind)));
    resp_bulk_str(&c->reply, event->group);
    resp_bulk(&c->reply, (struct slice){ payload, len });
}

/* PICKET EVENTS [SINCE n] [COUNT c]: those behind the number N, oldest first; without it the last
 * ones. */
void admin_picket_events(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct admin *admin = app;
    const struct ring *ring = admin->ops.events(admin->arg);
    uint64_t first = ring_first(ring), last = ring_last(ring);
    struct range range;
    struct event event;

    if (!read_range(c, argc, argv, &range))
        return;
    uint64_t count = (uint64_t)range.count, from = (uint64_t)range.since + 1;

    if (!range.since_given && last - first + 1 > count)
        from = last - count + 1;
    if (from < first)
        from = first;
    resp_array(&c->reply, 3);
    resp_int(&c->reply, (int64_t)first);
    resp_int(&c->reply, (int64_t)last);
    size_t mark = resp_hold(&c->reply), n = 0;

    for (uint64_t seq = from; seq <= last && n < count; seq++) {
        if (!ring_get(ring, seq, &event))
            continue;
        write_event(c, &event);
        n++;
    }
    resp_array_at(&c->reply, mark, n);
}

/* --- PICKET HOOKS --------------------------------------------------------------------------- */

static void put_text(struct client *c, const char *name, const char *text)
{
    resp_bulk_str(&c->reply, name);
    resp_bulk_str(&c->reply, text);
}

static void put_number(struct client *c, const char *name, uint64_t number)
{
    resp_bulk_str(&c->reply, name);
    resp_int(&c->reply, (int64_t)number);
}

static void write_hook(struct client *c, const struct hook_view *view)
{
    const struct scripts_counts *counts = scripts_counts(view->scripts);
    size_t running = scripts_running(view->scripts);
    char shown[HOOK_TARGET_MAX + 1];
    const struct hook *hook = view->hook;

    resp_map(&c->reply, 8);
    put_text(c, hook->kind == HOOK_RUN ? "run" : "url", hook_shown(hook, shown));
    put_text(c, "events", hook->events);
    put_text(c, "groups", hook->group[0] != '\0' ? hook->group : hook->groups);
    put_number(c, "running", running);
    put_number(c, "waiting", scripts_count(view->scripts) - running);
    put_number(c, "done", counts->done);
    put_number(c, "failed", counts->failed);
    put_number(c, "dropped", counts->dropped);
}

void admin_picket_hooks(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    const struct admin *admin = app;
    size_t mark = resp_hold(&c->reply), n = 0;
    struct hook_view view;

    (void)argc;
    (void)argv;
    while (admin->ops.hook(admin->arg, n, &view)) {
        write_hook(c, &view);
        n++;
    }
    resp_array_at(&c->reply, mark, n);
}
