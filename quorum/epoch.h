/*
 * epoch: the logical clock of elections. Unsigned, only ever rises, and never by
 * more than EPOCH_JUMP_MAX at once on somebody else's word: one forged message
 * must not be able to use up the numbers (redis-sentinel can be disabled for good
 * by one "-1").
 */
#ifndef QUORUM_EPOCH_H
#define QUORUM_EPOCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EPOCH_JUMP_MAX UINT64_C(1000000)

/* Whether an epoch heard from outside may be adopted over CURRENT. */
static inline bool epoch_plausible(uint64_t current, uint64_t heard)
{
    return heard <= current || heard - current <= EPOCH_JUMP_MAX;
}

/* Parse an unsigned decimal of LEN bytes; no sign, no space, no overflow. */
bool epoch_parse(uint64_t *ret_epoch, const char *text, size_t len);

#endif
