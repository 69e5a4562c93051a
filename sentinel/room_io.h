/*
 * room_io: how much room is left where the state is. Measured in the background when it is asked
 * for: a file system that hangs must not hold up whoever asks, who gets what was measured last.
 */
#ifndef SENTINEL_ROOM_IO_H
#define SENTINEL_ROOM_IO_H

#include <stdint.h>
#include <uv.h>

struct room;

/* Measures PATH, which is copied, for the first time. NULL: memory. */
struct room *room_new(uv_loop_t *loop, const char *path);

/* Frees once nothing is being measured. NULL is fine. */
void room_free(struct room *room);

/* Bytes that are left for us; -1: not known yet. Measures anew. */
int64_t room_left_bytes(struct room *room);

#endif
