/*
 * candidates: supervisors that hellos tell of and that are not members yet. Anybody can publish a
 * hello in anybody's name, so a new run id, a new address of a known one and a known one in a new
 * group are claims: whoever stands at the claimed address is asked, over a link of our own, for
 * its run id and for the group. Only when it says the same does it become a member, move, or take
 * the place of another at that address; until then it counts for nothing.
 *
 * One that does not say its run id (Sentinels before Redis 6.2, or a right that we lack) is taken
 * at a hello's word only if it stands in `voters` and at an address where nobody else does.
 *
 * What strangers can make us hold is bounded: CANDIDATES_MAX unknown supervisors, CLAIMS_MAX groups
 * of known ones, each for CANDIDATE_MS. However many there are, no member goes for them.
 */
#ifndef SENTINEL_CANDIDATES_H
#define SENTINEL_CANDIDATES_H

#include <stdbool.h>

#include "wire/msec.h"

struct core;
struct group;
struct hello;
struct message;
struct peer;

#define CANDIDATE_MS      5000 /* then a claim is forgotten; whoever means it says it again */
#define CANDIDATE_TURN_MS 500  /* each has as long before another pushes it out of a full table */

/* HELLO claims what is not known: have it looked into, unless that is under way. */
void candidate_hear(struct core *core, struct group *group, const struct hello *hello);

/* An answer. True if it was a candidate's that has thereby become a member, with what it holds as
 * a hello of its own. */
bool candidate_confirmed(struct core *core, const struct message *message, struct hello *ret_hello);

/* The link to PEER came up or went. */
void candidates_link_changed(struct core *core, const struct peer *peer);

/* Forget the claims of PEER that have had their time, and PEER if it was there for nothing else:
 * then false. */
bool candidates_expire(struct core *core, struct peer *peer);

/* When that is next; MSEC_NEVER if there are none. */
msec candidates_next(const struct core *core, const struct peer *peer);

/* Forget all claims. */
void candidates_clear(struct core *core);

#endif
