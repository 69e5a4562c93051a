/*
 * salvage_io: fetches what a former primary alone has, into a file of its own in the folder
 * `salvage` of state_dir, on a thread of libuv's pool: one at a time, so that commits find a
 * thread; what comes meanwhile waits in a row.
 *
 * The file: one line that begins with '#' and says what it is (sentinel/salvage_file.h), then the
 * commands as the node would have sent them to a replica. It is there as a whole or not at all.
 */
#ifndef SENTINEL_SALVAGE_IO_H
#define SENTINEL_SALVAGE_IO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "probes/order_io.h"
#include "sentinel/salvage_file.h"

struct salvage_io;

#define SALVAGE_JOBS_MAX 64 /* that wait; one more is told that it is lost */
#define SALVAGE_FILES_MAX                                                                          \
    100 /* in the folder; then nothing is fetched until some were taken away */

/* One thing to fetch. */
struct salvage_job {
    uint32_t id;
    uint64_t ticket;
    struct salvage_head head;
    char user[CONF_TEXT_MAX + 1], pass[CONF_TEXT_MAX + 1], renames[CONF_TEXT_MAX + 1];
};

/* SETTLED hears how each job ended, in turns of the loop: ok and, as its error, how many bytes are
 * in which file; or why not. FOLDER is state_dir. NULL: memory. */
struct salvage_io *salvage_io_new(uv_loop_t *loop, const char *folder, order_settled_fn *settled,
                                  void *arg);

/* Nobody is told any more. Frees when what runs has ended, which is soon. NULL is fine. */
void salvage_io_stop(struct salvage_io *io);

void salvage_io_fetch(struct salvage_io *io, const struct salvage_job *job);

/* The work of one job (sentinel/salvage_fetch_io.c): false when nothing was fetched; RET_TEXT says
 * what was, or why not. Ends early when *STOP. */
bool salvage_fetch(const struct salvage_job *job, const char *folder, const atomic_bool *stop,
                   char ret_text[EVIDENCE_ERROR_MAX + 1]);

#endif
