/*
 * apart_io: runs a function in a copy of this process (fork), where it may do to the core whatever
 * it likes: nothing of it comes back but the bytes that it wrote. The copy has no sockets, no files
 * and little time; one at a time.
 */
#ifndef SENTINEL_APART_IO_H
#define SENTINEL_APART_IO_H

#include <stdbool.h>
#include <uv.h>

#include "wire/slice.h"

struct apart;
struct buf;

#define APART_TIME_MAX_MS 10000             /* then the copy is killed */
#define APART_CPU_MAX_S   5                 /* the kernel kills it then */
#define APART_BYTES_MAX   ((size_t)1 << 20) /* that it may write */

/* Runs in the copy: appends what is to come back. */
typedef void apart_work_fn(void *work_arg, struct buf *to);

/* Runs here. OK false: the copy came to grief. */
typedef void apart_done_fn(void *arg, bool ok, struct slice bytes);

/* NULL: memory. */
struct apart *apart_new(uv_loop_t *loop);

/* A copy that runs is killed, and its DONE never called. Frees when the loop has closed. NULL is
 * fine. */
void apart_stop(struct apart *apart);

/* False: one is running, or there can be none (errno). */
bool apart_run(struct apart *apart, apart_work_fn *work, void *work_arg, apart_done_fn *done,
               void *arg);

#endif
