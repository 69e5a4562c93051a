#include "probes/probe_own.h"

#include <assert.h>

#define MISSED_MAX_MS 1000 /* for the pub/sub link's answer, when the command link has got one */

/* For how long a PING may stay unanswered before its connection is suspected. */
static msec link_patience(const struct probe *probe, enum link_kind link)
{
    return link == LINK_CMD ? msec_max(1, probe->down_after_ms / 2) : MISSED_MAX_MS;
}

static msec open_timeout(const struct probe *probe)
{
    return msec_max(10, msec_min(OPEN_TIMEOUT_MAX_MS, probe->down_after_ms / 2));
}

void probe_link_init(struct link *link, msec now)
{
    *link = (struct link){ .state = LINK_DOWN,
                           .since = now,
                           .lost_at = now,
                           .retry_at = now,
                           .ping_at = MSEC_NEVER,
                           .missed_at = MSEC_NEVER,
                           .heard_at = now,
                           .denied_at = MSEC_NEVER };
    backoff_init(&link->backoff, RETRY_MIN_MS, RETRY_MAX_MS);
}

/* What was in flight on the command link is lost with it. */
static void forget_in_flight(struct probe *probe, enum link_kind kind, msec now)
{
    probe->links[kind].ping_at = probe->links[kind].missed_at = MSEC_NEVER;
    if (kind != LINK_CMD)
        return;
    if (probe->info_sent_at != MSEC_NEVER)
        probe->info_due_at = now;
    probe->info_sent_at = MSEC_NEVER;
    probe->hello_sent_at = MSEC_NEVER;
}

void probe_link_move(struct link *link, enum link_state to, msec now)
{
    if (link->state == LINK_UP && to != LINK_UP)
        link->lost_at = now;
    link->was_up = link->was_up || to == LINK_UP;
    link->state = to;
    link->since = now;
}

void probe_link_down(struct probe *probe, enum link_kind kind, msec now, struct prng *prng)
{
    struct link *link = &probe->links[kind];

    probe_link_move(link, LINK_DOWN, now);
    link->retry_at = now + backoff_next(&link->backoff, prng);
    forget_in_flight(probe, kind, now);
}

static unsigned link_open(struct link *link, enum link_kind kind, msec now)
{
    link->denied_at = MSEC_NEVER;
    probe_link_move(link, LINK_OPENING, now);
    return kind == LINK_CMD ? PROBE_OPEN_CMD : PROBE_OPEN_PUBSUB;
}

/* Drop a link of which we have doubts and make it anew at once. */
static unsigned link_remake(struct probe *probe, enum link_kind kind, msec now)
{
    forget_in_flight(probe, kind, now);
    return (kind == LINK_CMD ? PROBE_CLOSE_CMD : PROBE_CLOSE_PUBSUB) |
           link_open(&probe->links[kind], kind, now);
}

/* When an UP link is doubted: its PING has been unanswered for too long. A node that answers
 * nowhere keeps its pub/sub link: what is put into that one is read before anything that came
 * later, as long as its process has accepted it (ORDER_FENCE). */
static msec doubt_at(const struct probe *probe, enum link_kind kind)
{
    const struct link *link = &probe->links[kind];
    msec since = kind == LINK_CMD ? link->ping_at : link->missed_at;

    if (link->denied_at != MSEC_NEVER)
        return link->denied_at + DENIED_MAX_MS;
    if (since == MSEC_NEVER)
        return MSEC_NEVER;
    return msec_max(since, link->heard_at) + link_patience(probe, kind);
}

unsigned probe_link_wake(struct probe *probe, enum link_kind kind, msec now, struct prng *prng)
{
    struct link *link = &probe->links[kind];

    switch (link->state) {
    case LINK_DOWN:
        return link->retry_at <= now ? link_open(link, kind, now) : 0;
    case LINK_OPENING:
        if (now - link->since < open_timeout(probe))
            return 0;
        probe_link_down(probe, kind, now, prng);
        return kind == LINK_CMD ? PROBE_CLOSE_CMD : PROBE_CLOSE_PUBSUB;
    case LINK_UP:
        return doubt_at(probe, kind) <= now ? link_remake(probe, kind, now) : 0;
    }
    assert(0);
    return 0;
}

msec probe_link_next(const struct probe *probe, enum link_kind kind)
{
    const struct link *link = &probe->links[kind];

    switch (link->state) {
    case LINK_DOWN:
        return link->retry_at;
    case LINK_OPENING:
        return link->since + open_timeout(probe);
    case LINK_UP:
        return doubt_at(probe, kind);
    }
    assert(0);
    return MSEC_NEVER;
}
