/*
 * campaign: the election of the one who leads a group's failover: who may ask
 * for votes and when, what our own vote binds us to, and how the votes stand. The
 * states themselves are sentinel/failover's.
 */
#ifndef SENTINEL_CAMPAIGN_H
#define SENTINEL_CAMPAIGN_H

#include <stdint.h>

#include "quorum/tally.h"
#include "wire/msec.h"

struct core;
struct group;

/* Our place among the supervisors that can be reached, drawn per group: who is
 * first acts first, so that they do not all do the same at the same time. */
uint32_t campaign_rank(const struct core *core, const struct group *group);

/* Supervisors of the group that can be reached, this one included. */
uint32_t campaign_reachable(const struct group *group);

/* Until when our last vote binds us: the one who has it may be at work. */
msec campaign_hold_until(const struct group *group);

/* CANDIDATE asked for our vote while another's binds us. One that does not tell when it gives up
 * binds others for as long as it binds us: to campaign before that is over would only begin the
 * next such time. */
void campaign_contested(struct core *core, struct group *group, const char *candidate);

/* When a campaign may begin; MSEC_NEVER while only another input can allow it. */
msec campaign_at(const struct core *core, const struct group *group);

/* Take a new epoch and vote for ourselves in it; returns the epoch. */
uint64_t campaign_start(struct core *core, struct group *group);

/* Ask for the votes that were not asked for yet, and count. */
enum verdict campaign_verdict(struct core *core, struct group *group);

/* When a campaign that began with the present state is lost for want of answers. */
msec campaign_deadline(const struct group *group);

#endif
