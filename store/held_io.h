/*
 * sync-replicas: the replies to writes leave when so many replicas have acknowledged them. The
 * queue is store/held.h's; here are the acknowledgements, and the time.
 */
#ifndef STORE_HELD_IO_H
#define STORE_HELD_IO_H

#include <stdint.h>

struct client;
struct shell;
struct store;

void held_start(struct shell *sh);
void held_stop(struct shell *sh);

/* A client's write is done, and was replied to from position reply_at on. */
void held_written(struct store *s, struct client *c, uint64_t reply_at);

/* A replica said what it has, or the option has changed. */
void held_check(struct shell *sh);

/* We are no primary any more: what is held cannot be kept. It becomes errors before the next reply
 * leaves, not now: a request may be half done. */
void held_lose(struct shell *sh);

/* To be called before replies leave. */
void held_settle(struct shell *sh);

#endif
