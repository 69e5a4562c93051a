/*
 * said_io: the sentence by which the service manager knows what the node is now (`systemctl
 * status`): told again whenever it changes, looked at with each tick.
 */
#ifndef STORE_SAID_IO_H
#define STORE_SAID_IO_H

#define SAID_MAX 384 /* bytes of it, with its end */

struct shell;

void said_tick(struct shell *sh);

#endif
