/*
 * adopt: hellos, and what follows from them: peers found, epochs raised, and a
 * switch that somebody else led taken over.
 *
 * A hello carries no proof of who sent it, so a switch that it tells of is only a
 * rumour. All members are asked, over the links that we made to them, what they
 * hold, and the claimed primary is asked for its INFO. The rumour is adopted at once when
 *
 *   - a member confirms it, and the claimed primary reports that it is one, with a
 *     replication history that other nodes of the group share; or
 *   - a member confirms it, and a replica of ours follows the claimed primary with a history that
 *     came out of our primary's; or
 *   - the claimed primary reports that it is one, and the confirmations make a
 *     majority together with ours (switches were missed in between), or a member
 *     confirms it and we voted in that election; or
 *   - a majority of all voters confirms it (we cannot reach that primary); or
 *   - the member that we elected in that very epoch confirms it, while the primary that we know is
 *     down, and the node, which we know, has gone already (nobody will ever see it in that role);
 * or
 *   - no member can be reached, the claimed primary is a node that we know, and it has
 *     become a primary out of the history of ours: no hello can bring that about; or
 *   - a member confirms it, the claimed primary is a node that we know but was made a
 *     replica again before we heard of its promotion, and ours does not work.
 *
 * What a member holds counts more than what a hello says: when nobody confirms the rumour, it
 * gives way to what a member that is asked holds; and one that is confirmed gives way to nothing
 * but the hello of a member that confirmed it. So forged hellos, however many, do not drown a true
 * one.
 *
 * What a member holds and nobody can verify, while our own primary works, is settled
 * by an election (failover_reaffirm), without a client noticing: unless a voter sees the newer
 * primary work, who gives no vote then. If that goes on, and those who hold the newer configuration
 * would be a majority with us, it is adopted.
 */
#ifndef SENTINEL_ADOPT_H
#define SENTINEL_ADOPT_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct ask;
struct core;
struct group;
struct hello;
struct message;

void adopt_hello(struct core *core, const struct hello *hello);

/* A peer's answer to what it holds for the primary. */
void adopt_there(struct core *core, const struct message *message);

/* Members that, asked, hold what the present rumour says; 0 while there is none.
 * A rumour that nobody confirms keeps nobody from anything. */
uint32_t adopt_confirmations(const struct group *group);

/* Whether one who asks for our vote holds an older configuration than ours, whose primary works:
 * then it is told ours instead. Also as long as it is not known what it holds, and it can be asked.
 */
bool adopt_overrules(struct core *core, struct group *group, const struct ask *ask);

/* Ask all members what they hold (member.held_*), unless that was done just now. */
void adopt_ask(struct core *core, struct group *group);

/* Check the rumour, if there is one. */
void adopt_run(struct core *core, struct group *group);
msec adopt_next(const struct core *core, const struct group *group);

#endif
