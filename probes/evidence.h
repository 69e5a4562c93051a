/*
 * evidence: the kinds of thing that a link can tell about what it leads to. One
 * table gives the enum, the names (traces, logs) and the class:
 *
 *   UP     the link came up (connected; authenticated and named; for the
 *          pub/sub link also subscribed)
 *   DOWN   the link is gone, or could not be made; the next OPEN begins anew
 *   VALID  a reply that proves the other end is alive and itself
 *   REPLY  a reply all the same, but not one that counts as availability
 *
 * LOADING and MASTERDOWN count as valid as they do for Redis Sentinel; DENIED
 * (WRONGPASS, NOAUTH, NOPERM) is a fault of configuration, never of the node.
 */
#ifndef PROBES_EVIDENCE_H
#define PROBES_EVIDENCE_H

#define EVIDENCE_ERROR_MAX 160 /* bytes kept of an error reply */

#define EVIDENCE_TABLE(X)                                                                          \
    X(CONNECTED, "connected", UP)                                                                  \
    X(REFUSED, "refused", DOWN)         /* nobody listens there (RST to the SYN) */                \
    X(RESET, "reset", DOWN)             /* an established link was reset or ended (EOF) */         \
    X(UNREACHABLE, "unreachable", DOWN) /* no route, no such name, no descriptor */                \
    X(TIMEOUT, "timeout", DOWN)         /* the kernel gave up (TCP_USER_TIMEOUT) */                \
    X(PONG, "pong", VALID)                                                                         \
    X(LOADING, "loading", VALID)                                                                   \
    X(MASTERDOWN, "masterdown", VALID)                                                             \
    X(DENIED, "denied", VALID)                                                                     \
    X(BUSY, "busy", REPLY)                                                                         \
    X(MISCONF, "misconf", REPLY)                                                                   \
    X(ERROR, "error", REPLY)             /* any other error reply to PING */                       \
    X(INFO, "info", REPLY)               /* an INFO reply; its fields come with it */              \
    X(INFO_FAILED, "info-failed", REPLY) /* an error reply to INFO */                              \
    X(HELLO_SENT, "hello-sent", REPLY)   /* the reply to our PUBLISH, whatever it says */

enum evidence {
#define X(id, name, class) EVIDENCE_##id,
    EVIDENCE_TABLE(X)
#undef X
        EVIDENCE_COUNT
};

enum evidence_class {
    EVIDENCE_CLASS_UP,
    EVIDENCE_CLASS_DOWN,
    EVIDENCE_CLASS_VALID,
    EVIDENCE_CLASS_REPLY
};

/* Sort of link. A node has the first two, a peer the command link only; a primary may have a third,
 * which says nothing of whether it is alive (sentinel/write_watch.h). */
enum link_kind { LINK_CMD, LINK_PUBSUB, LINK_WRITE, LINK_COUNT };

const char *evidence_name(enum evidence evidence);
enum evidence_class evidence_class(enum evidence evidence);

/* The kind of an error reply to PING, by its first word ("LOADING ..."). */
enum evidence evidence_of_error(const char *text);

const char *link_kind_name(enum link_kind link);

#endif
