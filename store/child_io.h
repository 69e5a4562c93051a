/*
 * A forked child that works on a frozen copy of the data: saves it to a file, or sends it to
 * replicas. One at a time. The child has no loop, no clients and no signals of the parent's; it
 * dies with the parent.
 */
#ifndef STORE_CHILD_IO_H
#define STORE_CHILD_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#define CHILD_FDS_MAX    64  /* descriptors that a child may keep */
#define CHILD_REPORT_MAX 256 /* bytes it may say at its end */

struct child;

/* Runs in the child; report (CHILD_REPORT_MAX bytes, zeroed) goes to the parent. True: success. */
typedef bool child_work_fn(void *arg, const int *fds, size_t fds_count, char *report);

/* Runs in the parent when the child has ended. */
typedef void child_done_fn(void *arg, bool ok, const char *report);

/*
 * Forks. The child keeps only the descriptors given (and standard error); arg is used by both
 * sides. NULL when fork failed (errno). *ret_fork_us: how long the fork took.
 */
struct child *child_start(uv_loop_t *loop, child_work_fn *work, child_done_fn *done, void *arg,
                          const int *fds, size_t fds_count, int64_t *ret_fork_us);

/* Kills it, waits for its end, and frees at the next turn of the loop without a call of done. */
void child_abandon(struct child *child);

pid_t child_pid(const struct child *child);

/* When it is done: memory that it had for itself, since one of the two wrote to it. */
int64_t child_cow_bytes(const struct child *child);

#endif
