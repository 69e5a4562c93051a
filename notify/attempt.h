/*
 * attempt: the record of one time that a group's primary was in doubt or was to be replaced: what
 * happened, when, and how it ended. A failover and a switchover are attempts, and so is an outage
 * in which nobody was promoted.
 *
 * An attempt owns its texts. Times: begun_ms and ended_ms since 1970, those of steps from begun_ms
 * on, by a clock that does not jump.
 */
#ifndef NOTIFY_ATTEMPT_H
#define NOTIFY_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notify/event.h"
#include "wire/addr.h"
#include "wire/msec.h"
#include "wire/table.h"

#define ATTEMPT_STEPS_MAX  200 /* of more, those in the middle go: see there */
#define ATTEMPT_TEXT_MAX   400 /* bytes of a step's text */
#define ATTEMPT_REASON_MAX EVENT_DETAIL_MAX

#define ATTEMPT_AT_RISK_UNKNOWN (-1)

/*   X(id, name) */
#define ATTEMPT_KINDS(X)                                                                           \
    X(FAILOVER, "failover")     /* the primary was held for down */                                \
    X(SWITCHOVER, "switchover") /* somebody asked for it */                                        \
    X(ELSEWHERE, "elsewhere")   /* other supervisors told of it when it was done */

/*   X(id, name, meaning) */
#define ATTEMPT_OUTCOMES(X)                                                                        \
    X(OPEN, "open", "it is still under way")                                                       \
    X(SWITCHED, "switched", "there is another primary")                                            \
    X(RECOVERED, "recovered", "the primary is back, nobody was promoted")                          \
    X(FAILED, "failed", "it was given up, see the reason")                                         \
    X(FORGOTTEN, "forgotten", "the group was removed or reset meanwhile")                          \
    X(INTERRUPTED, "interrupted", "this supervisor ended meanwhile")

enum attempt_kind {
#define X(id, name) ATTEMPT_##id,
    ATTEMPT_KINDS(X)
#undef X
        ATTEMPT_KIND_COUNT
};

enum attempt_outcome {
#define X(id, name, meaning) ATTEMPT_##id,
    ATTEMPT_OUTCOMES(X)
#undef X
        ATTEMPT_OUTCOME_COUNT
};

struct attempt_step {
    msec at_ms;
    char *event; /* an event's name, or "held": why nothing begins */
    char *text;  /* which node, and what about it */
};

struct attempt {
    uint64_t id; /* 1 and more, each new one higher */
    char group[GROUP_NAME_MAX + 1];
    enum attempt_kind kind;
    enum attempt_outcome outcome;
    msec begun_ms;
    msec ended_ms;                   /* of the switch, or of whatever ended it; 0: not yet */
    msec started;                    /* monotonic, at begun_ms; MSEC_NEVER: in an earlier life */
    msec last_ms;                    /* monotonic, when it was told of last */
    uint64_t epoch;                  /* of the election; 0: there was none */
    bool led;                        /* from here */
    char leader[PEER_RUNID_LEN + 1]; /* whom we voted for, or we ourselves; may be empty */
    char asked_by[ATTEMPT_REASON_MAX + 1]; /* empty: nobody, the primary was down */
    struct addr from;                      /* the primary at the beginning, */
    struct addr to;                        /* and the chosen one; not set: none was */
    int64_t at_risk; /* bytes that another node had and the chosen one did not */
    char reason[ATTEMPT_REASON_MAX + 1]; /* why it failed, or what held it up last */
    struct attempt_step *steps;
    size_t n_steps;
    uint64_t n_lost; /* steps that had no room: those behind the first half of what is there */
    bool dirty;      /* changed since it was stored */
    /* The newest one of its group is found by these (notify/history.c). */
    bool in_table;
    struct table_node node;
};

const char *attempt_kind_name(enum attempt_kind kind);
const char *attempt_outcome_name(enum attempt_outcome outcome);

/* The value of that name, or -1. */
int attempt_kind_of(const char *name);
int attempt_outcome_of(const char *name);

/* An empty one, open. Memory that runs out ends the process. */
struct attempt *attempt_new(uint64_t id, const char *group);
void attempt_free(struct attempt *attempt); /* NULL is fine */
struct attempt *attempt_copy(const struct attempt *attempt);

/* Both texts are copied, what is too long is cut. The beginning and the end of a long story stay.
 */
void attempt_add(struct attempt *attempt, msec at_ms, const char *event, const char *text);

/* When the event of that name happened last; MSEC_NEVER: it did not. */
msec attempt_when(const struct attempt *attempt, const char *event);

/*   X(id, name, from one of, to one of, meaning): how long the parts of an attempt took. */
#define ATTEMPT_PHASES(X)                                                                          \
    X(AGREEMENT, "agreement", "+sdown", "+odown", "the others held it for down as well")           \
    X(ELECTION, "election", "+try-failover", "+elected-leader", "the votes")                       \
    X(SELECTION, "selection", "+elected-leader", "+selected-slave", "choosing the replica")        \
    X(PROMOTION, "promotion", "+selected-slave", "+promoted-slave",                                \
      "fencing or draining the old primary, and the order")                                        \
    X(REPOINTING, "repointing", "+switch-master", "+failover-end", "all others follow it")

enum attempt_phase {
#define X(id, name, from, to, meaning) PHASE_##id,
    ATTEMPT_PHASES(X)
#undef X
        PHASE_COUNT
};

const char *attempt_phase_name(enum attempt_phase phase);

/* MSEC_NEVER: one of its ends is missing. */
msec attempt_phase_ms(const struct attempt *attempt, enum attempt_phase phase);

#endif
