/*
 * history_own: what the files of history share, and nobody else includes.
 */
#ifndef NOTIFY_HISTORY_OWN_H
#define NOTIFY_HISTORY_OWN_H

#include <stddef.h>
#include <stdint.h>

#include "notify/history.h"
#include "quorum/hello.h"
#include "wire/table.h"

/* Our vote for somebody, which says who leads when the switch is told. */
struct vote_seen {
    char group[GROUP_NAME_MAX + 1];
    char leader[PEER_RUNID_LEN + 1];
    uint64_t epoch;
    msec at;
};

struct history {
    char runid[PEER_RUNID_LEN + 1];
    struct attempt *ring[HISTORY_MAX];
    size_t head, n; /* ring[head] is the oldest */
    uint64_t last_id;
    size_t n_open;
    struct table newest; /* the last attempt of each group that has any */
    struct vote_seen votes[HISTORY_VOTES_MAX];
    size_t next_vote;
};

/* The newest attempt of that group; NULL: none. */
struct attempt *history_newest(const struct history *history, const char *group);

/* Take in a new one; it is the history's. */
void history_push(struct history *history, struct attempt *attempt);

#endif
