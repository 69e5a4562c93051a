#include <stdio.h>
#include <string.h>

#include "notify/attempt.h"
#include "notify/history_own.h"

#define LINGER_MS 2000  /* what comes so soon after the end belongs to it */
#define VOTE_MS   60000 /* how long a vote may come before the switch that it led to */
#define HELD_AGAIN_MS                                                                              \
    30000 /* a reason that differs in its numbers alone is told again after that */

/* What an event is to an attempt. */
enum part {
    PART_NONE,
    PART_STEP,   /* a step of the attempt that is there */
    PART_DOWN,   /* the primary's: begins one */
    PART_UP,     /* the primary's: ends one in which nobody was promoted */
    PART_TRY,    /* begins one, too */
    PART_VOTE,   /* tells who leads */
    PART_WON,    /* it is led from here */
    PART_CHOSEN, /* a node was */
    PART_ABORT,  /* ends one that was asked for; another goes on while the primary is down */
    PART_SWITCH, /* ends it well */
    PART_GONE,   /* the group is watched no longer */
    PART_TAIL,   /* what the failover lost, seen when the old primary is back, however late */
    PART_LATE    /* and a step about that */
};

static const unsigned char parts[EVENT_COUNT] = {
    [EVENT_SDOWN] = PART_DOWN,
    [EVENT_SUP] = PART_UP,
    [EVENT_ODOWN] = PART_STEP,
    [EVENT_OUP] = PART_STEP,
    [EVENT_NEW_EPOCH] = PART_STEP,
    [EVENT_VOTE_FOR_LEADER] = PART_VOTE,
    [EVENT_TRY_FAILOVER] = PART_TRY,
    [EVENT_ELECTED_LEADER] = PART_WON,
    [EVENT_REFUSED_SLAVE] = PART_STEP,
    [EVENT_SELECTED_SLAVE] = PART_CHOSEN,
    [EVENT_STATE_SEND_SLAVEOF_NOONE] = PART_STEP,
    [EVENT_PROMOTED_SLAVE] = PART_STEP,
    [EVENT_SLAVE_RECONF_SENT] = PART_STEP,
    [EVENT_SLAVE_RECONF_DONE] = PART_STEP,
    [EVENT_SLAVE_RECONF_TIMEOUT] = PART_STEP,
    [EVENT_FAILOVER_END] = PART_STEP,
    [EVENT_FAILOVER_END_TIMEOUT] = PART_STEP,
    [EVENT_ABORT_NOT_ELECTED] = PART_ABORT,
    [EVENT_ABORT_NO_GOOD_SLAVE] = PART_ABORT,
    [EVENT_ABORT_SLAVE_TIMEOUT] = PART_ABORT,
    [EVENT_ABORT_PRIMARY_BACK] = PART_ABORT,
    [EVENT_ABORT_PAUSED] = PART_ABORT,
    [EVENT_ABORT_SUPERSEDED] = PART_ABORT,
    [EVENT_ABORT_VETOED] = PART_ABORT,
    [EVENT_QUESTION] = PART_STEP,
    [EVENT_UNANSWERED] = PART_STEP,
    [EVENT_ABORT_SWITCHOVER] = PART_ABORT,
    [EVENT_ABORT_NOT_FENCED] = PART_ABORT,
    [EVENT_PAUSED] = PART_STEP,
    [EVENT_UNPAUSED] = PART_STEP,
    [EVENT_MAINTENANCE] = PART_STEP,
    [EVENT_MAINTENANCE_OVER] = PART_STEP,
    [EVENT_SWITCHOVER_UNPAUSED] = PART_STEP,
    [EVENT_SWITCHOVER_PAUSED] = PART_STEP,
    [EVENT_SWITCHOVER_CAUGHT_UP] = PART_STEP,
    [EVENT_SWITCHOVER_DEMOTED] = PART_STEP,
    [EVENT_FENCE_ARMED] = PART_STEP,
    [EVENT_FENCE_WAITS] = PART_STEP,
    [EVENT_FENCED] = PART_STEP,
    [EVENT_WRITES_TAKEN] = PART_STEP,
    [EVENT_WRITES_GIVEN] = PART_STEP,
    [EVENT_CONFIG_UPDATE_FROM] = PART_STEP,
    [EVENT_UPDATE_REFUSED] = PART_STEP,
    [EVENT_REAFFIRMED] = PART_STEP,
    [EVENT_SWITCH_MASTER] = PART_SWITCH,
    [EVENT_REBOOT] = PART_STEP,
    [EVENT_AMNESIA] = PART_STEP,
    [EVENT_ORDER_FAILED] = PART_STEP,
    [EVENT_ORDER_PART_REFUSED] = PART_STEP,
    [EVENT_TAIL] = PART_TAIL,
    [EVENT_SALVAGED] = PART_LATE,
    [EVENT_SALVAGE_FAILED] = PART_LATE,
    [EVENT_FLAPPING] = PART_STEP,
    [EVENT_QUARANTINE] = PART_STEP,
    [EVENT_WRITE_FAULT] = PART_STEP,
    [EVENT_WRITE_OK] = PART_STEP,
    [EVENT_UNMONITOR] = PART_GONE,
    [EVENT_RESET_MASTER] = PART_GONE,
};

/* A moment, by both clocks. */
struct moment {
    msec wall_ms, now;
};

/* TEXT, cut to what the field takes. */
static void set_text(char *field, size_t size, const char *text)
{
    size_t n = strnlen(text, size - 1);

    memcpy(field, text, n);
    field[n] = '\0';
}

static void end(struct history *history, struct attempt *attempt, enum attempt_outcome outcome,
                const struct moment *moment)
{
    history->n_open -= attempt->outcome == ATTEMPT_OPEN;
    attempt->outcome = outcome;
    attempt->ended_ms = attempt->begun_ms + (moment->now - attempt->started);
    attempt->dirty = true;
}

/* We brought about the switch, and are not done with the replicas. */
static bool is_repointing(const struct attempt *attempt)
{
    return attempt->outcome == ATTEMPT_SWITCHED && attempt->led &&
           attempt_when(attempt, event_name(EVENT_FAILOVER_END)) == MSEC_NEVER;
}

/* The attempt that EVENT belongs to, if there is one. */
static struct attempt *current(struct history *history, const struct event *event, enum part part,
                               msec now)
{
    struct attempt *attempt =
        event->group[0] != '\0' ? history_newest(history, event->group) : NULL;

    if (attempt != NULL && (part == PART_TAIL || part == PART_LATE))
        return addr_equal(&attempt->from, &event->addr) ? attempt : NULL;
    if (attempt == NULL || attempt->started == MSEC_NEVER)
        return NULL; /* of an earlier life */
    return attempt->outcome == ATTEMPT_OPEN || is_repointing(attempt) ||
                   now - attempt->last_ms < LINGER_MS
               ? attempt
               : NULL;
}

static struct attempt *begin(struct history *history, const struct event *event,
                             enum attempt_kind kind, const struct moment *moment)
{
    struct attempt *attempt = attempt_new(history->last_id + 1, event->group);

    attempt->kind = kind;
    attempt->begun_ms = moment->wall_ms;
    attempt->started = attempt->last_ms = moment->now;
    attempt->from = event->primary;
    history->n_open++;
    history_push(history, attempt);
    return attempt;
}

/* One of an earlier life has its beginning by the wall's clock alone. */
static msec since_begun(const struct attempt *attempt, const struct moment *moment)
{
    if (attempt->started == MSEC_NEVER)
        return msec_max(0, moment->wall_ms - attempt->begun_ms);
    return moment->now - attempt->started;
}

/* The text of a step: the node that it is about, unless that is the primary, and what is known. */
static void tell(struct attempt *attempt, const struct event *event, const struct moment *moment)
{
    char text[ATTEMPT_TEXT_MAX], name[ADDR_TEXT_MAX] = "";
    const char *detail = event->detail;

    if (event->type != INSTANCE_NONE)
        addr_format(&event->addr, name);
    if (event->kind == EVENT_VOTE_FOR_LEADER)
        snprintf(text, sizeof text, "%s in epoch %llu", event->runid,
                 (unsigned long long)event->epoch);
    else if (event->kind == EVENT_NEW_EPOCH)
        snprintf(text, sizeof text, "%llu", (unsigned long long)event->epoch);
    else if (event->kind == EVENT_ODOWN)
        snprintf(text, sizeof text, "%s: %u supervisors say so, %u are needed", name, event->count,
                 event->quorum);
    else
        snprintf(text, sizeof text, "%s%s%s", name, detail[0] != '\0' ? ": " : "", detail);
    attempt_add(attempt, since_begun(attempt, moment), event_name(event->kind), text);
    attempt->last_ms = moment->now;
}

static void note_vote(struct history *history, const struct event *event, msec now)
{
    struct vote_seen *vote = &history->votes[history->next_vote++ % HISTORY_VOTES_MAX];

    *vote = (struct vote_seen){ .epoch = event->epoch, .at = now };
    set_text(vote->group, sizeof vote->group, event->group);
    set_text(vote->leader, sizeof vote->leader, event->runid);
}

static void lead_by(struct attempt *attempt, const char *runid, uint64_t epoch)
{
    set_text(attempt->leader, sizeof attempt->leader, runid);
    attempt->epoch = epoch;
}

/* The switch came before anything else: our last vote tells who led it. */
static void recall_vote(const struct history *history, struct attempt *attempt, msec now)
{
    const struct vote_seen *last = NULL;

    for (size_t i = 0; i < HISTORY_VOTES_MAX; i++) {
        const struct vote_seen *vote = &history->votes[i];

        if (strcmp(vote->group, attempt->group) == 0 && vote->epoch > 0 &&
            now - vote->at < VOTE_MS && (last == NULL || vote->epoch > last->epoch))
            last = vote;
    }
    if (last != NULL)
        lead_by(attempt, last->leader, last->epoch);
}

/* One that was asked for says who did so. */
static void note_try(struct attempt *attempt, const struct event *event)
{
    attempt->led = true;
    if (event->detail[0] == '\0')
        return;
    if (attempt->n_steps == 1)
        attempt->kind = ATTEMPT_SWITCHOVER;
    set_text(attempt->asked_by, sizeof attempt->asked_by, event->detail);
}

static void note_abort(struct history *history, struct attempt *attempt, const struct event *event,
                       const struct moment *moment)
{
    set_text(attempt->reason, sizeof attempt->reason,
             event->detail[0] != '\0' ? event->detail : event_name(event->kind));
    if (attempt->outcome == ATTEMPT_OPEN && attempt->kind != ATTEMPT_FAILOVER)
        end(history, attempt, ATTEMPT_FAILED, moment);
}

static void note_switch(struct history *history, struct attempt *attempt, const struct event *event,
                        const struct moment *moment)
{
    attempt->to = event->addr;
    attempt->led = event->count == EVENT_SWITCH_LED;
    if (attempt->led)
        set_text(attempt->leader, sizeof attempt->leader, history->runid);
    else if (attempt->leader[0] == '\0')
        recall_vote(history, attempt, moment->now);
    attempt->reason[0] = '\0';
    end(history, attempt, ATTEMPT_SWITCHED, moment);
}

/* What PART means for ATTEMPT, of which EVENT is a step already. */
static void note(struct history *history, struct attempt *attempt, enum part part,
                 const struct event *event, const struct moment *moment)
{
    switch (part) {
    case PART_TRY:
        note_try(attempt, event);
        break;
    case PART_VOTE:
        if (attempt->outcome == ATTEMPT_OPEN) /* afterwards they are of another election */
            lead_by(attempt, event->runid, event->epoch);
        break;
    case PART_WON:
        lead_by(attempt, history->runid, event->epoch);
        break;
    case PART_CHOSEN:
        attempt->to = event->addr;
        attempt->at_risk = event->bytes_known ? (int64_t)event->bytes : ATTEMPT_AT_RISK_UNKNOWN;
        break;
    case PART_TAIL:
        if (event->bytes_known)
            attempt->at_risk = (int64_t)event->bytes;
        break;
    case PART_ABORT:
        note_abort(history, attempt, event, moment);
        break;
    case PART_SWITCH:
        note_switch(history, attempt, event, moment);
        break;
    case PART_UP:
        if (attempt->outcome == ATTEMPT_OPEN && attempt->kind == ATTEMPT_FAILOVER)
            end(history, attempt, ATTEMPT_RECOVERED, moment);
        break;
    case PART_GONE:
        if (attempt->outcome == ATTEMPT_OPEN)
            end(history, attempt, ATTEMPT_FORGOTTEN, moment);
        break;
    default:
        break;
    }
}

/* A new attempt, if that is how one begins. */
static struct attempt *first(struct history *history, enum part part, const struct event *event,
                             const struct moment *moment)
{
    switch (part) {
    case PART_DOWN:
    case PART_TRY:
        return begin(history, event, ATTEMPT_FAILOVER, moment);
    case PART_ABORT:
        return begin(history, event, ATTEMPT_SWITCHOVER, moment);
    case PART_SWITCH:
        return begin(history, event, ATTEMPT_ELSEWHERE, moment);
    default:
        return NULL;
    }
}

/* Whether EVENT cannot belong to ATTEMPT, which has ended: it begins another one. */
static bool is_another(const struct attempt *attempt, enum part part)
{
    return attempt->outcome != ATTEMPT_OPEN &&
           (part == PART_DOWN || part == PART_TRY || part == PART_SWITCH);
}

void history_take(struct history *history, const struct event *event, msec wall_ms, msec now)
{
    struct moment moment = { wall_ms, now };
    enum part part = parts[event->kind];
    bool primary = event->type == INSTANCE_MASTER;
    struct attempt *attempt;

    if ((part == PART_DOWN || part == PART_UP) && !primary)
        part = event->type == INSTANCE_SLAVE ? PART_STEP : PART_NONE;
    if (part == PART_NONE)
        return;
    if (part == PART_VOTE)
        note_vote(history, event, now);
    attempt = current(history, event, part, now);
    if (attempt == NULL || is_another(attempt, part))
        attempt = first(history, part, event, &moment);
    if (attempt == NULL)
        return;
    tell(attempt, event, &moment);
    note(history, attempt, part, event, &moment);
}

/* Whether both say the same but for the numbers in them, which may be a time that runs. */
static bool is_alike(const char *a, const char *b)
{
    static const char digits[] = "0123456789";

    for (;;) {
        a += strspn(a, digits);
        b += strspn(b, digits);
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

void history_held(struct history *history, const char *group, const char *why, msec now)
{
    struct attempt *attempt = history_newest(history, group);

    if (attempt == NULL || attempt->outcome != ATTEMPT_OPEN || strcmp(attempt->reason, why) == 0 ||
        (is_alike(attempt->reason, why) && now - attempt->last_ms < HELD_AGAIN_MS))
        return;
    set_text(attempt->reason, sizeof attempt->reason, why);
    attempt_add(attempt, now - attempt->started, "held", attempt->reason);
    attempt->last_ms = now;
}
