/*
 * vote: one vote per group and epoch. The voter looks at this group's last vote
 * only, not at a global epoch, so that groups which fail together do not outdate
 * each other's requests.
 */
#ifndef QUORUM_VOTE_H
#define QUORUM_VOTE_H

#include <stdbool.h>
#include <stdint.h>

#define VOTE_RUNID_LEN 40

struct vote {
    uint64_t epoch; /* 0 = never voted */
    char leader[VOTE_RUNID_LEN + 1];
};

/* Vote for CANDIDATE in EPOCH if no vote was given in it or a later one. True if
 * VOTE changed: then it must be durable before anybody hears of it. */
bool vote_grant(struct vote *vote, uint64_t epoch, const char *candidate);

/* Whether VOTE is for CANDIDATE in exactly EPOCH. */
bool vote_is_for(const struct vote *vote, uint64_t epoch, const char *candidate);

#endif
