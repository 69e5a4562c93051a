/*
 * The world's side of clients that wait for values (store/blocked.h): the timer of their time-outs,
 * and CLIENT UNBLOCK.
 */
#ifndef STORE_UNBLOCK_IO_H
#define STORE_UNBLOCK_IO_H

#include "wire/command.h"

struct shell;

void unblock_start(struct shell *sh);
void unblock_stop(struct shell *sh);

/* Sets the timer, should the earliest time-out be another one; before the loop waits. */
void unblock_arm(struct shell *sh);

command_fn cmd_client_unblock;

#endif
