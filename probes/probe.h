/*
 * probe: one watched thing, a node or a peer: when to open its links, when to
 * PING, ask INFO and say hello, and what its silence means. Pure: it is told what
 * was seen and says what to do next.
 *
 * A link is DOWN, OPENING or UP:
 *
 *          wake: retry time        CONNECTED
 *   DOWN ──────────────▶ OPENING ────────────▶ UP
 *     ▲                     │ refused, ...,     │ reset, silence
 *     └─────────────────────┴───────────────────┘  back-off 10 ms .. 1 s
 *
 * Never more than one PING, one INFO and one hello is in flight on a link. Liveness
 * counts from the last valid reply: PINGs go every PERIOD_MS; one that is overdue
 * is followed by a PING on the other link, and at half of down_after the command link is made
 * anew, so that several PINGs on several connections go unanswered before a node is
 * called silent. The pub/sub link is made anew only when the command link is answered and it is
 * not.
 */
#ifndef PROBES_PROBE_H
#define PROBES_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/evidence.h"
#include "wire/backoff.h"
#include "wire/msec.h"

struct prng;

#define PING_PERIOD_MAX_MS  1000  /* of pace_default */
#define INFO_PERIOD_MS      10000 /* the same */
#define HELLO_PERIOD_MS     2000  /* the same */
#define INFO_BUSY_PERIOD_MS 1000  /* while the group is in trouble */
#define INFO_GAP_MIN_MS     10    /* between two INFOs, however urgent */
#define OPEN_TIMEOUT_MAX_MS                                                                        \
    1000 /* for a connection to come up; never more than half of down_after */
#define RETRY_MIN_MS   10
#define RETRY_MAX_MS   1000
#define DENIED_MAX_MS  1000 /* then the connection is made anew: rights are given to connections */
#define CRASH_REFUSALS 2    /* refused reconnects that, after a reset, mean a crash */
#define REMAKE_MAX_MS  500  /* for which a link that is being made anew does not count as lost */

/* How often things go; shared by all probes, may be changed at any time. */
struct pace {
    msec ping_ms; /* and never more than a quarter of down_after */
    msec info_ms;
    msec hello_ms;
};

extern const struct pace pace_default;

#define PROBE_LINKS LINK_WRITE /* those that are looked after here: the ones before it */

enum link_state { LINK_DOWN, LINK_OPENING, LINK_UP };

struct link {
    enum link_state state;
    msec since;       /* when it got into this state */
    bool was_up;      /* at any time */
    msec lost_at;     /* when it last ceased to be UP; at first the time of creation */
    msec retry_at;    /* DOWN: when to open again */
    msec ping_at;     /* when the PING in flight was sent; MSEC_NEVER = none */
    msec missed_at;   /* PUBSUB: when a PING on the other link was first answered before the one in
                       * flight; MSEC_NEVER = none was */
    msec ping_due_at; /* UP: no PING before */
    msec heard_at;    /* last reply of any kind on it */
    msec denied_at;   /* since when it is refused for lack of rights; MSEC_NEVER = it is not */
    struct backoff backoff;
};

/* What probe_wake() and probe_observe() want done, as bits. */
enum probe_action {
    PROBE_OPEN_CMD = 1 << 0,
    PROBE_OPEN_PUBSUB = 1 << 1,
    PROBE_CLOSE_CMD = 1 << 2, /* comes before an OPEN of the same step */
    PROBE_CLOSE_PUBSUB = 1 << 3,
    PROBE_PING_CMD = 1 << 4,
    PROBE_PING_PUBSUB = 1 << 5,
    PROBE_INFO = 1 << 6,
    PROBE_HELLO = 1 << 7
};

struct probe {
    const struct pace *pace; /* the owner's */
    struct link links[PROBE_LINKS];
    bool is_node; /* pub/sub link, INFO and hello; a peer has none of them */
    bool denied;  /* the last PING was refused for lack of rights */
    bool busy;    /* the last reply to PING was BUSY */
    msec down_after_ms;
    msec last_valid;       /* last valid reply, at first the time of creation */
    msec last_ok;          /* last PONG */
    msec last_reply;       /* last reply of any kind to PING */
    msec unanswered_since; /* oldest PING without a valid reply since; MSEC_NEVER = none */
    uint32_t unanswered;   /* PINGs since the last valid reply */
    msec reset_at; /* when an established command link was reset, MSEC_NEVER once it is up again */
    uint32_t refusals; /* refused connections since then */
    msec info_sent_at; /* MSEC_NEVER = none in flight */
    msec info_seen_at; /* last INFO reply; MSEC_NEVER = none yet */
    msec info_due_at;
    msec info_next_at;  /* not before: the gap since the last answer, good or bad */
    bool info_busy;     /* ask every INFO_BUSY_PERIOD_MS */
    msec hello_sent_at; /* MSEC_NEVER = none in flight */
    msec hello_due_at;
};

void probe_init(struct probe *probe, const struct pace *pace, bool is_node, msec down_after_ms,
                msec now);

/* Change the silence limit (SENTINEL SET). */
void probe_set_down_after(struct probe *probe, msec down_after_ms);

/* Do what is due at NOW; returns the actions and marks them as begun. */
unsigned probe_wake(struct probe *probe, msec now, struct prng *prng);

/* When probe_wake() has to be called next. */
msec probe_next(const struct probe *probe);

/* Take what a link showed. */
void probe_observe(struct probe *probe, enum link_kind link, enum evidence evidence, msec now,
                   struct prng *prng);

/* Ask INFO as soon as INFO_GAP_MIN_MS since the last one allows, not before AT. One
 * that is in flight and was sent at AT or later will do. */
void probe_want_info(struct probe *probe, msec at);

/* PING on the command link at AT, if none is in flight then. */
void probe_want_ping(struct probe *probe, msec at);

/* Say hello at NOW. */
void probe_want_hello(struct probe *probe, msec now);

/* Try to open links that are down at once: the address is known to be new or alive again. */
void probe_hasten(struct probe *probe, msec now);

/* Our own process stood still for STALL_MS: what overlaps it proves nothing. */
void probe_forgive(struct probe *probe, msec stall_ms);

/* No valid reply for down_after. */
bool probe_is_silent(const struct probe *probe, msec now);

/* When it will be silent if nothing is heard. */
msec probe_silent_at(const struct probe *probe);

/* The link was reset and CRASH_REFUSALS reconnects were refused since. */
bool probe_is_refused(const struct probe *probe);

bool probe_is_up(const struct probe *probe); /* command link */

/* The command link was never up, or is down for more than the moments in which one that a
 * promotion's CLIENT KILL cut is made anew: what clients are shown. */
bool probe_is_lost(const struct probe *probe, msec now);

#endif
