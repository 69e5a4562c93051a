#include "quorum/tally.h"

uint32_t tally_needed(uint32_t voters, uint32_t quorum)
{
    uint32_t majority = voters / 2 + 1;

    return majority > quorum ? majority : quorum;
}

enum verdict tally_verdict(const struct tally *tally)
{
    if (tally->granted >= tally->needed)
        return VERDICT_WON;
    return tally->granted + tally->open >= tally->needed ? VERDICT_PENDING : VERDICT_LOST;
}
