/*
 * lease_own: what the files of the write lease share; nobody else includes it.
 *
 *   lease        the claimant: rounds of claims, and what a majority's pledges are used for
 *   lease_vote   the voter: what is pledged, and to whom
 *   lease_epoch  a primary that knows a newer epoch than our configuration has
 *   lease_node   what a node says of its lease
 */
#ifndef SENTINEL_LEASE_OWN_H
#define SENTINEL_LEASE_OWN_H

#include "sentinel/lease.h"

#define LEASE_RETRY_MS    50   /* between two claims that are refused, and two looks for evidence */
#define LEASE_OUTDATED_MS 3000 /* for those who know the newer configuration to tell us of it */

/* Pledge ourselves to STAKE, or say why not. */
void lease_consider(struct core *core, struct group *group, const struct stake *stake,
                    struct pledge *ret_pledge);

/* CLAIM of a peer: it is answered. */
void lease_take_claim(struct core *core, const struct message *message);

/* Raise the epoch over the one that the primary knows, when nobody has told us of it. A majority
 * must have the configuration that we have. */
void lease_outbid_epoch(struct core *core, struct group *group);

#endif
