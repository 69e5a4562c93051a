#include "probes/probe_own.h"

/* What lets one link in lets in the other. */
static void observe_up(struct probe *probe, enum link_kind kind, msec now)
{
    struct link *link = &probe->links[kind];

    probe_link_move(link, LINK_UP, now);
    link->heard_at = link->ping_due_at = now;
    for (int other = 0; other < probe_n_links(probe); other++)
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
    probe_link_down(probe, kind, now, prng);
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
