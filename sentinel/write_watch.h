/*
 * write_watch: whether the primary takes writes, and not only answers PING. Every write_probe_ms it
 * is sent SETRANGE of nothing (""), at the key WRITE_PROBE_KEY that nobody has: a write to every
 * rule about writes, but no key comes of it and the replication offset stays as it is. It goes over
 * a connection of its own (LINK_WRITE), since a node may hold it back for long.
 *
 *   reply            it cannot write      worth a failover
 *   a number         no
 *   OOM              memory is full       to a replica that says it has room
 *   MISCONF          it cannot save       to a replica that says it can
 *   (none)           held back            to any replica: what holds back is the primary's own
 *   NOREPLICAS       too few replicas     never: another one would have fewer still
 *   any other        not known            never
 *
 * When each answer for write_down_after_ms was such a one, the primary counts as down, if a replica
 * can be promoted that does better; the quorum is asked as always. As it still answers, its last
 * writes are waited for as in a switchover (sentinel/drain). A replica that cannot be seen for a
 * moment, since it was just told something, still counts. What is held back counts only when it
 * lasts longer than any pause of our own (switchover_timeout_ms), and on two connections.
 */
#ifndef SENTINEL_WRITE_WATCH_H
#define SENTINEL_WRITE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct observation;
struct settled;

#define WRITE_PROBE_KEY "__picket__:write-probe"

/*   X(id, the reply's first word, what it means) */
#define WRITE_FAULTS(X)                                                                            \
    X(NONE, "", "")                                                                                \
    X(OOM, "OOM", "its memory is full")                                                            \
    X(MISCONF, "MISCONF", "it cannot save")                                                        \
    X(NOREPLICAS, "NOREPLICAS", "it has too few replicas")                                         \
    X(HELD, "", "writes are held back")

enum write_fault {
#define X(id, word, text) WRITE_FAULT_##id,
    WRITE_FAULTS(X)
#undef X
        WRITE_FAULT_COUNT
};

enum write_link { WRITE_CLOSED, WRITE_OPENING, WRITE_UP };

struct write_watch {
    enum write_link link;
    msec link_at;         /* since when */
    uint64_t ticket;      /* question in flight; 0 = none */
    msec asked_at;        /* when */
    uint64_t held_ticket; /* the last one that was held back */
    msec ask_at;          /* UP: the next one; CLOSED: when to open */
    enum write_fault fault;
    msec bad_at;          /* since when no write is possible; MSEC_NEVER = one was, or unknown */
    msec seen_at;         /* when that was seen last */
    unsigned connections; /* on which a question was held back since */
    msec successor_at;    /* DOWN for it: when there last was a replica that does better */
    bool told;            /* that it cannot write, */
    bool denied;          /* and that it does not let us ask */
};

void write_watch_init(struct write_watch *watch);

/* Do what is due. */
void write_watch_run(struct core *core, struct group *group);
msec write_watch_next(const struct core *core, const struct group *group);

/* What NODE's LINK_WRITE showed; how a question ended; the login has changed. */
void write_watch_observe(struct core *core, struct node *node, const struct observation *seen);
void write_watch_settled(struct core *core, struct node *node, const struct settled *settled);
void write_watch_close(struct core *core, struct node *node);

/* NODE is another process by now: what was held back is gone. */
void write_watch_restart(struct core *core, struct node *node);

/* Whether the primary counts as down because it cannot write. */
bool write_watch_is_down(struct core *core, struct group *group);

/* Whether NODE holds writes back, and with them everything else on the connection. */
bool write_watch_is_held(const struct node *node);

/* Whether NODE could not write either: it is no help against what ails the primary. */
bool write_watch_excludes(const struct node *node);

/* What ails the primary for long enough to be told; "" = nothing. */
const char *write_watch_fault(const struct group *group);

#endif
