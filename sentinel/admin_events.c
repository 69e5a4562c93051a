#include "notify/event.h"
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
