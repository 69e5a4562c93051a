/*
 * pending_io: the calls of hooks that are not delivered, in a file of their own, so that a restart
 * does not lose them and the votes never wait for them. Written off the loop's thread, what comes
 * meanwhile in one go. A call that was just being made when the process ended is made again.
 *
 * What was written survives the end of the process at any moment; the last moments before a power
 * cut may be lost. When the file cannot be written that is logged, and the calls are made all the
 * same.
 */
#ifndef NOTIFY_PENDING_IO_H
#define NOTIFY_PENDING_IO_H

#include <stdint.h>
#include <uv.h>

struct pending;

#define PENDING_FILE      "hooks.db"
#define PENDING_ERROR_MAX 1200

/* One call. */
struct pending_call {
    uint64_t tag; /* never the same twice in this file */
    uint64_t key; /* of the hook (hook_key()) */
    const char *group;
    const char *body;
};

/* Open or make the file in DIR; one that is damaged is put aside. NULL with a line of text. Blocks
 * on the disk, as pending_load. */
struct pending *pending_open(uv_loop_t *loop, const char *dir, char ret_error[PENDING_ERROR_MAX]);

/* Hand out all, oldest first; texts are valid during the call. FN may not add. */
void pending_load(struct pending *pending, void (*fn)(void *arg, const struct pending_call *call),
                  void *arg);

/* Copied. */
void pending_add(struct pending *pending, const struct pending_call *call);

/* It was delivered, or given up. */
void pending_drop(struct pending *pending, uint64_t tag);

/* Write what is to be written, then free. NULL is fine. */
void pending_stop(struct pending *pending);

#endif
