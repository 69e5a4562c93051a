/*
 * The link to our primary: connects, synchronises, and runs its stream. Tries again at once when
 * told to follow, with every tick for two seconds or until it has got through, then every second. A
 * full synchronisation is read into a keyspace of its own; until it is whole, the old data are
 * served.
 */
#ifndef STORE_PRIMARY_IO_H
#define STORE_PRIMARY_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/command.h"

struct addr;
struct client;
struct primary;
struct shell;

#define PRIMARY_RETRY_MS   1000
#define PRIMARY_KEEP_MS    1000 /* after the link was lost: no data are thrown away for new ones */
#define PRIMARY_ACK_MS     1000
#define PRIMARY_EAGER_MS   2000 /* tries after an order, ACKs after a synchronisation */
#define PRIMARY_READ_BYTES ((size_t)64 * 1024)

struct primary *primary_new(struct shell *sh);

/* Closes the link for good and frees once the loop has closed its handles. */
void primary_free(struct primary *p);

/* Follows the address in the options, beginning now; a link to another one is dropped. */
void primary_follow(struct primary *p);

/* Leaves, and forgets whom we followed: as REPLICAOF NO ONE. */
void primary_lead(struct primary *p);

/* Follows a replica of ours, and asks it to take our place (store/failover_io.h). */
void primary_hand_over(struct primary *p, const struct addr *to);

/* Time-outs, ACKs, new tries. */
void primary_tick(struct primary *p);

/* The stream asked for our offset. */
void primary_ack_soon(struct primary *p);

/* Database that the stream has selected. */
int primary_stream_db(const struct primary *p);
void primary_set_stream_db(struct primary *p, int db);

/* For INFO. Seconds; -1 where there is nothing to tell. */
int64_t primary_silent_s(const struct primary *p);
int64_t primary_down_s(const struct primary *p);
bool primary_is_syncing(const struct primary *p);
uint64_t primary_sync_bytes(const struct primary *p);

/* The link as a client, for CLIENT LIST and CLIENT KILL; NULL while there is none. */
struct client *primary_client(struct primary *p);

/* Drops the link, which is made anew with the next tick. */
void primary_drop(struct primary *p, const char *why);

command_fn cmd_replicaof;

#endif
