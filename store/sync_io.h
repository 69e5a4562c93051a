/*
 * Full synchronisation: a child writes the data to the sockets of the replicas that wait.
 */
#ifndef STORE_SYNC_IO_H
#define STORE_SYNC_IO_H

struct shell;

#define SYNC_REPLICAS_MAX 32   /* served by one child */
#define SYNC_RETRY_MS     1000 /* after a fork that failed */

/* Begins one for all replicas that wait, if there are some, the child's place is free, and the
 * delay is over. */
void sync_try(struct shell *sh);

/* Ends one under way, with its replicas' links. */
void sync_stop(struct shell *sh);

#endif
