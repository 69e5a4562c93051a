#include "probes/probe.h"

#include <assert.h>

#include "wire/prng.h"

const struct pace pace_default = { PING_PERIOD_MAX_MS, INFO_PERIOD_MS, HELLO_PERIOD_MS };

#define QUIET_PUBSUB_MS 5000 /* a pub/sub link with no traffic is asked whether it lives */
#define MISSED_MAX_MS   1000 /* for its answer, when the command link has got one */

/* How often PINGs go: often enough that several fit into down_after. */
static msec ping_period(const struct probe *probe)
{
    return msec_max(1, msec_min(probe->pace->ping_ms, probe->down_after_ms / 4));
}

/* For how long a PING may stay unanswered before its connection is suspected. */
static msec link_patience(const struct probe *probe, enum link_kind link)
{
    return link == LINK_CMD ? msec_max(1, probe->down_after_ms / 2) : MISSED_MAX_MS;
}

static msec open_timeout(const struct probe *probe)
{
    return msec_max(10, msec_min(OPEN_TIMEOUT_MAX_MS, probe->down_after_ms / 2));
}

static int n_links(const struct probe *probe)
{
    return probe->is_node ? PROBE_LINKS : 1;
}

static void link_init(struct link *link, msec now)
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
    link_init(&probe->links[LINK_CMD], now);
    link_init(&probe->links[LINK_PUBSUB], now);
}

void probe_set_down_after(struct probe *probe, msec down_after_ms)
{
    assert(down_after_ms > 0);
    probe->down_after_ms = down_after_ms;
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

/* The one place where a link changes its state. */
static void link_move(struct link *link, enum link_state to, msec now)
{
    if (link->state == LINK_UP && to != LINK_UP)
        link->lost_at = now;
    link->was_up = link->was_up || to == LINK_UP;
    link->state = to;
    link->since = now;
}

/* The link is gone: try again after the back-off. */
static void link_down(struct probe *probe, enum link_kind kind, msec now, struct prng *prng)
{
    struct link *link = &probe->links[kind];

    link_move(link, LINK_DOWN, now);
    link->retry_at = now + backoff_next(&link->backoff, prng);
    forget_in_flight(probe, kind, now);
}

static unsigned link_open(struct link *link, enum link_kind kind, msec now)
{
    link->denied_at = MSEC_NEVER;
    link_move(link, LINK_OPENING, now);
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

/* Opening, giving up and reopening of one link. */
static unsigned wake_link(struct probe *probe, enum link_kind kind, msec now, struct prng *prng)
{
    struct link *link = &probe->links[kind];

    switch (link->state) {
    case LINK_DOWN:
        return link->retry_at <= now ? link_open(link, kind, now) : 0;
    case LINK_OPENING:
        if (now - link->since < open_timeout(probe))
            return 0;
        link_down(probe, kind, now, prng);
        return kind == LINK_CMD ? PROBE_CLOSE_CMD : PROBE_CLOSE_PUBSUB;
    case LINK_UP:
        return doubt_at(probe, kind) <= now ? link_remake(probe, kind, now) : 0;
    }
    assert(0);
    return 0;
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

    for (int kind = 0; kind < n_links(probe); kind++)
        actions |= wake_link(probe, (enum link_kind)kind, now, prng);
    return actions | wake_pings(probe, now) | wake_talk(probe, now);
}

/* When wake_link() has something to do. */
static msec link_next(const struct probe *probe, enum link_kind kind)
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

msec probe_next(const struct probe *probe)
{
    msec next = msec_min(cmd_ping_at(probe), pubsub_ping_at(probe));

    for (int kind = 0; kind < n_links(probe); kind++)
        next = msec_min(next, link_next(probe, (enum link_kind)kind));
    return msec_min(next, msec_min(info_at(probe), hello_at(probe)));
}

static void observe_up(struct probe *probe, enum link_kind kind, msec now)
{
    struct link *link = &probe->links[kind];

    link_move(link, LINK_UP, now);
    link->heard_at = link->ping_due_at = now;
    for (int other = 0; other < n_links(probe); other++) /* what lets one in lets in the other */
        probe->links[other].retry_at = msec_min(probe->links[other].retry_at, now);
    if (kind != LINK_CMD)
        return;
    probe->reset_at = MSEC_NEVER;
    probe->refusals = 0;
    probe->info_due_at = probe->hello_due_at = now;
}

/* A link ended. Only an established command link that is reset counts towards
 * a crash, and only refusals after that. */
static void observe_down(struct probe *probe, enum link_kind kind, enum evidence evidence, msec now,
                         struct prng *prng)
{
    bool was_up = probe->links[kind].state == LINK_UP;

    if (kind == LINK_CMD && was_up && evidence == EVIDENCE_RESET) {
        probe->reset_at = now;
        probe->refusals = 0;
    } else if (kind == LINK_CMD && evidence == EVIDENCE_REFUSED && probe->reset_at != MSEC_NEVER) {
        probe->refusals++;
    }
    link_down(probe, kind, now, prng);
}

/* A reply to PING on LINK, valid or not: the next one may go. */
static void ping_answered(struct probe *probe, enum link_kind kind, msec now)
{
    struct link *pubsub = &probe->links[LINK_PUBSUB];

    probe->links[kind].ping_at = probe->links[kind].missed_at = MSEC_NEVER;
    if (pubsub->ping_at != MSEC_NEVER && pubsub->missed_at == MSEC_NEVER)
        pubsub->missed_at = now;
    probe->last_reply = now;
}

static void observe_valid(struct probe *probe, enum link_kind kind, enum evidence evidence,
                          msec now)
{
    ping_answered(probe, kind, now);
    backoff_reset(&probe->links[kind].backoff);
    probe->last_valid = now;
    if (evidence == EVIDENCE_PONG)
        probe->last_ok = now;
    probe->unanswered = 0;
    probe->unanswered_since = MSEC_NEVER;
    probe->denied = evidence == EVIDENCE_DENIED;
    if (!probe->denied)
        probe->links[kind].denied_at = MSEC_NEVER;
    else if (probe->links[kind].denied_at == MSEC_NEVER)
        probe->links[kind].denied_at = now;
    probe->busy = false;
}

/* INFO was answered: the next may go, but not at once. Whoever waits for a good
 * answer asks again after each bad one. */
static void info_answered(struct probe *probe, msec now)
{
    probe->info_sent_at = MSEC_NEVER;
    probe->info_next_at = now + INFO_GAP_MIN_MS;
}

static void observe_reply(struct probe *probe, enum link_kind kind, enum evidence evidence,
                          msec now)
{
    switch (evidence) {
    case EVIDENCE_INFO:
        probe->info_seen_at = now;
        info_answered(probe, now);
        break;
    case EVIDENCE_INFO_FAILED:
        info_answered(probe, now);
        break;
    case EVIDENCE_HELLO_SENT:
        probe->hello_sent_at = MSEC_NEVER;
        break;
    default:
        ping_answered(probe, kind, now);
        probe->busy = evidence == EVIDENCE_BUSY;
        break;
    }
}

void probe_observe(struct probe *probe, enum link_kind kind, enum evidence evidence, msec now,
                   struct prng *prng)
{
    enum evidence_class class = evidence_class(evidence);
    enum link_state state = probe->links[kind].state;

    if (state == LINK_DOWN || (state == LINK_OPENING && class >= EVIDENCE_CLASS_VALID))
        return; /* of a connection that was given up meanwhile */
    if (class >= EVIDENCE_CLASS_VALID)
        probe->links[kind].heard_at = now;
    switch (class) {
    case EVIDENCE_CLASS_UP:
        observe_up(probe, kind, now);
        break;
    case EVIDENCE_CLASS_DOWN:
        observe_down(probe, kind, evidence, now, prng);
        break;
    case EVIDENCE_CLASS_VALID:
        observe_valid(probe, kind, evidence, now);
        break;
    case EVIDENCE_CLASS_REPLY:
        observe_reply(probe, kind, evidence, now);
        break;
    }
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
    for (int kind = 0; kind < n_links(probe); kind++) {
        backoff_reset(&probe->links[kind].backoff);
        probe->links[kind].retry_at = msec_min(probe->links[kind].retry_at, now);
    }
}

void probe_forgive(struct probe *probe, msec stall_ms)
{
    probe->last_valid += stall_ms;
    for (int kind = 0; kind < n_links(probe); kind++) {
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
