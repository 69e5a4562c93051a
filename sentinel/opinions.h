/*
 * opinions: who says that the primary is down. Ours is pushed to every peer the
 * moment it changes; theirs are asked for when they push one, and once a second,
 * while we hold ours.
 * Every opinion is about one address under one config epoch and dies with them,
 * or after OPINION_VALID_MS. Also: questions and requests for votes from peers.
 */
#ifndef SENTINEL_OPINIONS_H
#define SENTINEL_OPINIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct member;
struct message;

#define OPINION_VALID_MS 5000
#define PUSH_PERIOD_MS   1000 /* of an unchanged opinion, while the primary is down */

/* Members that say, validly, that our primary is down. */
uint32_t opinions_down(const struct core *core, const struct group *group);

/* Our view of the primary has changed: what the peers think is of interest now. */
void opinions_renew(struct group *group);

/* Push our opinion if it changed, ask the peers for theirs, say hello to them. */
void opinions_run(struct core *core, struct group *group);
msec opinions_next(const struct core *core, const struct group *group);

/* Ask MEMBER for its opinion and, with EPOCH > 0, for its vote for us. */
void opinions_ask(struct core *core, struct group *group, struct member *member, uint64_t epoch);

/* ASK, ANSWER, OPINION and STOCK from a peer. */
void opinions_take(struct core *core, const struct message *message);

#endif
