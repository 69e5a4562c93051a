/*
 * attempt_io: what PICKET HISTORY, WHY and SIMULATE say of a failover, a switchover or an outage,
 * in lines for people.
 */
#ifndef SENTINEL_CTL_ATTEMPT_IO_H
#define SENTINEL_CTL_ATTEMPT_IO_H

#include <hiredis/hiredis.h>
#include <stdbool.h>

/* One line. */
void attempt_print_row(const redisReply *map);

/* All of it, with its steps. */
void attempt_print(const redisReply *map);

/* The steps alone. BRIEF: elections that go as the one before went are only counted. */
void attempt_print_steps(const redisReply *map, bool brief);

#endif
