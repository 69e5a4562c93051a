/*
 * question: what is put to the hooks before a primary is replaced: may it be? (pre_switchover,
 * pre_failover; notify/hook.h). The leader of a failover asks, once, when it knows a replica to
 * promote; then it chooses anew.
 *
 *                 switchover that an operator asked for    failover of a dead primary
 *   yes           goes on                                  goes on
 *   no            ends, told as -failover-abort-vetoed     the same; tried again after a while
 *   no answer     the same: nothing is lost by it          goes on, told as -question-unanswered
 *
 * A question waits for the disk, as all of a failover does, and the time of the answer goes on
 * meanwhile: one that could not be put in time has no answer.
 *
 * FORCE asks nobody. Nobody waits longer than the votes of the leader hold.
 */
#ifndef SENTINEL_QUESTION_H
#define SENTINEL_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/msec.h"

struct core;
struct group;
struct node;
struct settled;

#define QUESTION_MAX_MS 5000

/* How long is waited for answers; 0: nobody is to be asked. */
struct question_times {
    msec switchover_ms;
    msec failover_ms;
};

/* As a part of a failover. */
struct question_state {
    uint64_t ticket; /* 0: there is none any more */
    msec asked_at;
    bool answered; /* in this attempt, and it may go on */
};

/* Ask whether CHOSEN may be promoted, and move to QUESTION; false: there is nothing to ask. */
bool question_begin(struct core *core, struct group *group, const struct node *chosen);

void question_step(struct core *core, struct group *group);
msec question_next(const struct core *core, const struct group *group);

/* OK: yes. LOST: no answer, its error says why. Neither: no, and why. */
void question_settled(struct core *core, struct group *group, const struct settled *settled);

#endif
