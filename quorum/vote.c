#include "quorum/vote.h"

#include <assert.h>
#include <string.h>

bool vote_grant(struct vote *vote, uint64_t epoch, const char *candidate)
{
    assert(strlen(candidate) == VOTE_RUNID_LEN);
    if (epoch <= vote->epoch)
        return false;
    vote->epoch = epoch;
    memcpy(vote->leader, candidate, VOTE_RUNID_LEN + 1);
    return true;
}

bool vote_is_for(const struct vote *vote, uint64_t epoch, const char *candidate)
{
    return vote->epoch == epoch && strcmp(vote->leader, candidate) == 0;
}
