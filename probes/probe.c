#include "probes/probe.h"

#include <assert.h>

#include "probes/probe_own.h"
#include "wire/prng.h"

const struct pace pace_default = { PING_PERIOD_MAX_MS, INFO_PERIOD_MS, HELLO_PERIOD_MS };

#define QUIET_PUBSUB_MS 5000 /* a pub/sub link with no traffic is asked whether it lives */

/* How often PINGs go: often enough that several fit into down_after. */
static msec ping_period(const struct probe *probe)
{
    return msec_max(1, msec_min(probe->pace->ping_ms, probe->down_after_ms / 4));
}

void probe_init(struct probe *probe, const struct pace *pace, bool is_node, msec down_after_ms,
                msec now)
{
    *probe = (struct probe){
        .pace = pace,
        .is_node = is_node,
        .down_after_ms = down_after_ms,
        .last_valid = now,
        .last_ok = now,
        .last_reply = now,
        .unanswered_since = MSEC_NEVER,
        .reset_at = MSEC_NEVER,
        .info_sent_at = MSEC_NEVER,
        .info_seen_at = MSEC_NEVER,
        .info_due_at = now,
        .info_next_at = now,
        .hello_sent_at = MSEC_NEVER,
        .hello_due_at = now,
    };
    probe_link_init(&probe->links[LINK_CMD], now);
    probe_link_init(&probe->links[LINK_PUBSUB], now);
}

void probe_set_down_after(struct probe *probe, msec down_after_ms)
{
    assert(down_after_ms > 0);
    probe->down_after_ms = down_after_ms;
}

static void ping_sent(struct probe *probe, enum link_kind kind, msec now)
{
    struct link *link = &probe->links[kind];

    link->ping_at = now;
    link->ping_due_at = now + ping_period(probe);
    probe->unanswered++;
    if (probe->unanswered_since == MSEC_NEVER)
        probe->unanswered_since = now;
}

/* When the next PING goes out on the command link. */
static msec cmd_ping_at(const struct probe *probe)
{
    const struct link *link = &probe->links[LINK_CMD];

    return link->state == LINK_UP && link->ping_at == MSEC_NEVER ? link->ping_due_at : MSEC_NEVER;
}

/* When the next PING goes out on the pub/sub link: as soon as the command
 * link's is overdue or cannot be sent, else only to see that the link lives. */
static msec pubsub_ping_at(const struct probe *probe)
{
    const struct link *cmd = &probe->links[LINK_CMD], *pubsub = &probe->links[LINK_PUBSUB];
    msec overdue = MSEC_NEVER;

    if (!probe->is_node || pubsub->state != LINK_UP || pubsub->ping_at != MSEC_NEVER)
        return MSEC_NEVER;
    if (cmd->state != LINK_UP)
        overdue = probe->last_valid + ping_period(probe);
    else if (cmd->ping_at != MSEC_NEVER)
        overdue = cmd->ping_at + ping_period(probe);
    return msec_max(pubsub->ping_due_at, msec_min(overdue, pubsub->heard_at + QUIET_PUBSUB_MS));
}

static unsigned wake_pings(struct probe *probe, msec now)
{
    unsigned actions = 0;

    if (cmd_ping_at(probe) <= now) {
        ping_sent(probe, LINK_CMD, now);
        actions |= PROBE_PING_CMD;
    }
    if (pubsub_ping_at(probe) <= now) {
        ping_sent(probe, LINK_PUBSUB, now);
        actions |= PROBE_PING_PUBSUB;
    }
    return actions;
}

static msec info_at(const struct probe *probe)
{
    if (!probe->is_node || !probe_is_up(probe) || probe->info_sent_at != MSEC_NEVER)
        return MSEC_NEVER;
    return msec_max(probe->info_due_at, probe->info_next_at);
}

static msec hello_at(const struct probe *probe)
{
    if (!probe->is_node || !probe_is_up(probe) || probe->hello_sent_at != MSEC_NEVER)
        return MSEC_NEVER;
    return probe->hello_due_at;
}

static unsigned wake_talk(struct probe *probe, msec now)
{
    unsigned actions = 0;

    if (info_at(probe) <= now) {
        probe->info_sent_at = now;
        probe->info_due_at =
            now + (probe->info_busy ? msec_min(INFO_BUSY_PERIOD_MS, probe->pace->info_ms)
                                    : probe->pace->info_ms);
        actions |= PROBE_INFO;
    }
    if (hello_at(probe) <= now) {
        probe->hello_sent_at = now;
        probe->hello_due_at = now + probe->pace->hello_ms;
        actions |= PROBE_HELLO;
    }
    return actions;
}

unsigned probe_wake(struct probe *probe, msec now, struct prng *prng)
{
    unsigned actions = 0;

    for (int kind = 0; kind < probe_n_links(probe); kind++)
        actions |= probe_link_wake(probe, (enum link_kind)kind, now, prng);
    return actions | wake_pings(probe, now) | wake_talk(probe, now);
}

msec probe_next(const struct probe *probe)
{
    msec next = msec_min(cmd_ping_at(probe), pubsub_ping_at(probe));

    for (int kind = 0; kind < probe_n_links(probe); kind++)
        next = msec_min(next, probe_link_next(probe, (enum link_kind)kind));
    return msec_min(next, msec_min(info_at(probe), hello_at(probe)));
}

void probe_want_info(struct probe *probe, msec at)
{
    if (probe->info_sent_at != MSEC_NEVER && probe->info_sent_at >= at)
        return; /* the one in flight will do */
    probe->info_due_at = msec_min(probe->info_due_at, at);
}

void probe_want_ping(struct probe *probe, msec at)
{
    struct link *link = &probe->links[LINK_CMD];

    link->ping_due_at = msec_min(link->ping_due_at, at);
}

void probe_want_hello(struct probe *probe, msec now)
{
    probe->hello_due_at = msec_min(probe->hello_due_at, now);
}

void probe_hasten(struct probe *probe, msec now)
{
    for (int kind = 0; kind < probe_n_links(probe); kind++) {
        backoff_reset(&probe->links[kind].backoff);
        probe->links[kind].retry_at = msec_min(probe->links[kind].retry_at, now);
    }
}

void probe_forgive(struct probe *probe, msec stall_ms)
{
    probe->last_valid += stall_ms;
    for (int kind = 0; kind < probe_n_links(probe); kind++) {
        struct link *link = &probe->links[kind];

        link->since += stall_ms;
        link->lost_at += stall_ms;
        link->heard_at += stall_ms;
        if (link->missed_at != MSEC_NEVER)
            link->missed_at += stall_ms;
    }
}

msec probe_silent_at(const struct probe *probe)
{
    return probe->last_valid + probe->down_after_ms;
}

bool probe_is_silent(const struct probe *probe, msec now)
{
    return now >= probe_silent_at(probe);
}

bool probe_is_refused(const struct probe *probe)
{
    return probe->reset_at != MSEC_NEVER && probe->refusals >= CRASH_REFUSALS;
}

bool probe_is_up(const struct probe *probe)
{
    return probe->links[LINK_CMD].state == LINK_UP;
}

bool probe_is_lost(const struct probe *probe, msec now)
{
    const struct link *link = &probe->links[LINK_CMD];

    if (link->state == LINK_UP)
        return false;
    return !link->was_up || probe->refusals > 0 || now - link->lost_at >= REMAKE_MAX_MS;
}
