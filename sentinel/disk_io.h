/*
 * disk_io: brings the outbox's rows to the disk, off the loop's thread, one commit at a time; what
 * comes meanwhile makes up the next one. A commit that fails is tried again with the same rows
 * after a while, for ever; nothing that waits for it leaves before.
 */
#ifndef SENTINEL_DISK_IO_H
#define SENTINEL_DISK_IO_H

#include <stdbool.h>
#include <uv.h>

#include "wire/msec.h"

struct disk;
struct outbox;
struct state;

#define DISK_LATE_MS      1000 /* a commit that takes longer counts as a stalled disk */
#define DISK_RETRY_MIN_MS 50
#define DISK_RETRY_MAX_MS 2000

struct disk_ops {
    /* A commit is durable: more may leave the outbox. */
    void (*durable)(void *arg);
    /* OK false: a commit failed or is late, REASON says which; true: all is durable again. */
    void (*settled)(void *arg, bool ok, const char *reason);
};

/* Borrows all of them. NULL: memory. */
struct disk *disk_new(uv_loop_t *loop, struct state *state, struct outbox *outbox,
                      const struct disk_ops *ops, void *arg);

/* Nothing may be running (disk_idle()). The memory goes once the loop has closed the timers. */
void disk_free(struct disk *disk);

/* Begin to commit what waits in the outbox, if nothing is running. */
void disk_kick(struct disk *disk);

/* How long the slowest commit took until now, its retries included; the one that runs counts. */
msec disk_worst_ms(const struct disk *disk);

/* Nothing runs and nothing waits. */
bool disk_idle(const struct disk *disk);

#endif
