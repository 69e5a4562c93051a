/*
 * WAIT: clients that wait until enough replicas have their last write.
 */
#ifndef STORE_WAIT_IO_H
#define STORE_WAIT_IO_H

#include <stdbool.h>
#include <stdint.h>

struct shell;

void wait_start(struct shell *sh);
void wait_stop(struct shell *sh);

/* A replica said what it has: answers those who waited for that. */
void wait_check(struct shell *sh);

/* Answers a client that waits, as at its time-out or with an error; false when it does not wait. */
bool wait_unblock(struct shell *sh, uint64_t client_id, bool with_error);

/* All get an answer now: we are no primary any more. */
void wait_end_all(struct shell *sh);

/* The client has gone. */
void wait_forget(struct shell *sh, uint64_t client_id);

#endif
