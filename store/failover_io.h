/*
 * FAILOVER: a primary changes places with one of its replicas, and no write is lost. Writes of
 * clients wait until a replica has all that we have; then we follow it, and tell it with our PSYNC
 * to be the primary. Facts as in Redis 7.0: what it answers, INFO's words, PSYNC's third argument.
 *
 *     NONE ──FAILOVER──▶ WAIT ──a replica has all, or FORCE and time-out──▶ HANDOVER ──it agrees──▶
 * NONE ▲                 └─ time-out, ABORT: still the primary                  │  (we follow it)
 *       └───── it refuses, ABORT: a primary again, of a new history ◀────────────┘
 */
#ifndef STORE_FAILOVER_IO_H
#define STORE_FAILOVER_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/addr.h"
#include "wire/command.h"
#include "wire/msec.h"

struct shell;

struct failover {
    struct addr target; /* not set: whoever is first */
    int64_t offset;     /* that the replica must have */
    int64_t asked;      /* our offset behind the GETACK that asked for it */
    msec until_ms;      /* MSEC_NEVER: as long as it takes */
    bool force;         /* when the time is over, go on all the same */
};

/* A replica said what it has, or time has passed. */
void failover_check(struct shell *sh);

/* The new primary agreed, or is one already: we are its replica. */
void failover_done(struct shell *sh);

/* It refused. */
void failover_refused(struct shell *sh, const char *why);

/* The word that INFO has for it. */
const char *failover_state_name(const struct shell *sh);

/* PSYNC id offset FAILOVER: our primary wants us to take its place. False after the error was
 * written. */
bool failover_take_over(struct shell *sh, struct client *c, struct slice id);

command_fn cmd_failover;

#endif
