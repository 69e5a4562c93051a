/*
 * peers: the other supervisors and their membership in groups. A peer is known as
 * long as it is a member of some group; its one link serves all of them. Who becomes one is
 * found out in sentinel/candidates.h.
 */
#ifndef SENTINEL_PEERS_H
#define SENTINEL_PEERS_H

#include <stdbool.h>
#include <stddef.h>

struct addr;
struct core;
struct group;
struct member;
struct observation;
struct peer;

/* The peer of that run id; NULL if there is none. */
struct peer *peer_find(const struct core *core, const char *runid);

/* GROUP's member of that run id or that is PEER; NULL if there is none. */
struct member *member_find(const struct group *group, const char *runid);
struct member *member_of(const struct group *group, const struct peer *peer);

/* A peer that is not known yet, with its link; and the end of one that is not (any more). */
struct peer *peer_new(struct core *core, const char *runid, const struct addr *addr);
void peer_free(struct core *core, struct peer *peer);

/* Make PEER, which has said who it is, a member of GROUP: as a new peer, as a known one in one more
 * group or at a new address (then PEER itself stays unknown), or in place of another that stood at
 * its address. False when PEERS_MAX is reached. */
bool member_admit(struct core *core, struct group *group, struct peer *peer);

/* Give back a stored member, silently. It counts from the start, though nobody has asked it this
 * time: were it to count only once it is reached, a majority of the few that are reached first
 * could elect beside the others. */
void member_restore(struct core *core, struct group *group, const char *runid,
                    const struct addr *addr);

/* Take those out who may not vote (any more). */
void members_sift(struct core *core);

/* Make the links to all peers anew (credentials changed). */
void peers_reopen(struct core *core);

/* Take MEMBER out of GROUP, durably. */
void member_forget(struct core *core, struct group *group, struct member *member);

/* Take all members out of GROUP; with a row each if ROWS. */
void members_clear(struct core *core, struct group *group, int rows);

/* Its deadline: PEER may be gone after that. */
void peer_wake(struct core *core, struct peer *peer);

/* Take an observation of the peer's link and run all its groups. */
void peer_observe(struct core *core, struct peer *peer, const struct observation *seen);

#endif
