/*
 * tally: how an election stands. A result is WON or LOST as soon as the answers
 * allow no other, so that nobody waits for a time-out that can change nothing.
 */
#ifndef QUORUM_TALLY_H
#define QUORUM_TALLY_H

#include <stdint.h>

enum verdict { VERDICT_PENDING, VERDICT_WON, VERDICT_LOST };

struct tally {
    uint32_t needed;  /* votes that decide it */
    uint32_t granted; /* for us, our own included */
    uint32_t open;    /* voters that may still answer */
};

/* More than half of VOTERS, and at least QUORUM. */
uint32_t tally_needed(uint32_t voters, uint32_t quorum);

enum verdict tally_verdict(const struct tally *tally);

#endif
