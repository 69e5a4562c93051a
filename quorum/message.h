/*
 * message: what supervisors say to one another, already parsed.
 *
 *   HELLO    see quorum/hello.h; also how a switch is announced
 *   ASK      SENTINEL IS-MASTER-DOWN-BY-ADDR ip port epoch runid|*  (a runid asks for a vote)
 *   ANSWER   the reply to an ASK: down?, leader voted for, epoch of that vote
 *   OPINION  PICKET OPINION runid group ip port config_epoch down leading_epoch
 *            pushed the moment it changes; peers that are no picketd answer with
 *            an error, which comes in as STOCK: no more are sent to them
 *   WHERE    SENTINEL MYID, GET-MASTER-ADDR-BY-NAME and MASTER: who are you, what do you hold
 *            for the group's primary, and under which config epoch?
 *   THERE    the reply to a WHERE (run id empty: it cannot say, as before Redis 6.2; address
 *            empty: it knows no such group)
 *   STOCK    in only: the peer does not know OPINION
 *   CLAIM    PICKET CLAIM runid group ip port epoch ms over: will you keep to that node for so
 *            long (quorum/lock.h)?
 *   PLEDGE   the reply to a CLAIM: given?, milliseconds, serial, ip and port; peers that do not
 * know CLAIM give nothing
 */
#ifndef QUORUM_MESSAGE_H
#define QUORUM_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "quorum/lock.h"
#include "wire/addr.h"

enum message_kind {
    MESSAGE_HELLO,
    MESSAGE_ASK,
    MESSAGE_ANSWER,
    MESSAGE_OPINION,
    MESSAGE_STOCK,
    MESSAGE_WHERE,
    MESSAGE_THERE,
    MESSAGE_CLAIM,
    MESSAGE_PLEDGE,
    MESSAGE_COUNT
};

struct ask {
    struct addr primary;
    uint64_t epoch;
    char candidate[PEER_RUNID_LEN + 1]; /* who wants the vote; empty = "*", an opinion only */
};

struct answer {
    bool down;
    char leader[PEER_RUNID_LEN + 1]; /* whom the sender voted for; empty = "*" */
    uint64_t leader_epoch;
};

struct opinion {
    char runid[PEER_RUNID_LEN + 1]; /* whose opinion it is */
    char group[GROUP_NAME_MAX + 1];
    struct addr primary;
    uint64_t config_epoch;  /* the opinion dies with this epoch and address */
    bool down;              /* subjectively down, as the sender sees it */
    uint64_t leading_epoch; /* the failover that the sender leads now; 0 = none */
};

struct claim {
    char runid[PEER_RUNID_LEN + 1]; /* who claims */
    char group[GROUP_NAME_MAX + 1];
    struct stake stake;
};

struct message {
    enum message_kind kind;
    uint32_t peer; /* id of the peer it goes to, or over whose link it came (ANSWER, STOCK,
                      PLEDGE); 0 otherwise */
    uint32_t node; /* in, HELLO: id of the node whose channel carried it; 0 = sent to us directly */
    uint64_t ticket; /* ASK in: the asker's, given back in ANSWER; ASK out: ours, given back in
                        ANSWER; the same of CLAIM and PLEDGE */
    union {
        struct hello hello;
        struct ask ask;
        struct answer answer;
        struct opinion opinion;
        char group[GROUP_NAME_MAX + 1]; /* WHERE */
        struct there {
            char runid[PEER_RUNID_LEN + 1];
            bool denied; /* it refuses what we log in with */
            struct addr addr;
            uint64_t config_epoch;
        } there; /* THERE */
        struct claim claim;
        struct pledge pledge;
    } u;
};

/* Whether it must not leave before the rows of its step, and what came before them, are durable. A
 * lease is a matter of clocks, not of disks: one that is full must not end it. */
bool message_waits(enum message_kind kind);

const char *message_kind_name(enum message_kind kind);

#endif
