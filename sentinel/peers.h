/*
 * peers: the other supervisors and their membership in groups. A peer exists as
 * long as it is a member of some group; its one link serves all of them.
 */
#ifndef SENTINEL_PEERS_H
#define SENTINEL_PEERS_H

#include <stddef.h>

struct addr;
struct core;
struct group;
struct hello;
struct member;
struct observation;
struct peer;

/* The peer of that run id; NULL if there is none. */
struct peer *peer_find(const struct core *core, const char *runid);

/* GROUP's member of that run id or that is PEER; NULL if there is none. */
struct member *member_find(const struct group *group, const char *runid);
struct member *member_of(const struct group *group, const struct peer *peer);

/* Make the sender of a hello a member of GROUP: a new peer, a new address of a known one, or
 * in place of another that stood at the same address. NULL when PEERS_MAX is reached. */
struct member *member_admit(struct core *core, struct group *group, const struct hello *hello);

/* Give back a stored member, silently. */
void member_restore(struct core *core, struct group *group, const char *runid,
                    const struct addr *addr);

/* Take those out who may not vote (any more). */
void members_sift(struct core *core);

/* Make the links to all peers anew (credentials changed). */
void peers_reopen(struct core *core);

/* Take all members out of GROUP; with a row each if ROWS. */
void members_clear(struct core *core, struct group *group, int rows);

void peer_wake(struct core *core, struct peer *peer);

/* Take an observation of the peer's link and run all its groups. */
void peer_observe(struct core *core, struct peer *peer, const struct observation *seen);

#endif
