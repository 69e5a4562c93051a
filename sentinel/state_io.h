/*
 * state_io: what survives a restart, in one SQLite file in state_dir: this supervisor's identity
 * and the rows of sentinel/row.h. Locked for the life of the process, so that two daemons never
 * act under one identity.
 *
 *     picket.db     the state (WAL, synchronous=FULL: a stored batch is on the disk)
 *     picket.lock   held by the running daemon; holds its pid
 *
 * A new identity is made only where there is no picket.db at all. One that cannot be read, is
 * damaged, or is not ours is an error that says what to do.
 *
 * All functions block on the disk. One at a time may be called, from any thread; state_store and
 * state_store_users at the same time, too.
 */
#ifndef SENTINEL_STATE_IO_H
#define SENTINEL_STATE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct buf;
struct row;
struct state;

#define STATE_FILE           "picket.db"
#define STATE_LOCK           "picket.lock"
#define STATE_ERROR_MAX      2048
#define STATE_USERS_BASE_MAX 65  /* bytes of a digest in hex, with its end */
#define STATE_WAIT_MS        500 /* for a lock that a reader with the sqlite3 shell holds */

/* Open the state in DIR, which is made if it is not there. 0, or -1 with one line of text. */
int state_open(struct state **ret_state, const char *dir, char ret_error[STATE_ERROR_MAX]);

/* What a state that does not exist yet begins with, instead of an identity that is drawn and no
 * rows. */
struct state_origin {
    const char *runid; /* 40 letters or digits; empty: drawn */
    /* Stores rows (state_store); 0, or -1 with a text: then no state has been made. */
    int (*fill)(void *arg, struct state *state, char ret_error[STATE_ERROR_MAX]);
    void *arg;
};

/* state_open(), but from ORIGIN where there is no state yet; then *ret_made is true. A crash in
 * between leaves all of it or nothing. */
int state_open_from(struct state **ret_state, const char *dir, const struct state_origin *origin,
                    bool *ret_made, char ret_error[STATE_ERROR_MAX]);

/* Closes the file and gives up the lock. NULL is fine. */
void state_close(struct state *state);

/* Our identity: 40 hex digits. */
const char *state_runid(const struct state *state);

/* Count this life of the process, durably: 1 at the first call, one more at each further one. 0, or
 * -1 with a text: then *ret_life is right, but may come again. */
int state_begin_life(struct state *state, uint64_t *ret_life, char ret_error[STATE_ERROR_MAX]);

/* The folder it is in, which others may keep files of their own in. */
const char *state_dir(const struct state *state);

/* Hand out all rows, groups first. 0, or -1 with a text: then some may have been handed out. */
int state_load(struct state *state, void (*fn)(void *arg, const struct row *row), void *arg,
               char ret_error[STATE_ERROR_MAX]);

/* Store the rows in their order as one transaction: all are on the disk, or none (-1). */
int state_store(struct state *state, const struct row *rows, size_t n,
                char ret_error[STATE_ERROR_MAX]);

/* The users, as lines "user NAME rules...", and the digest of the requirepass that the default user
 * got last (empty: none). All are stored, or nothing changes. */
int state_store_users(struct state *state, struct slice text, const char *base,
                      char ret_error[STATE_ERROR_MAX]);

/* Appends the same lines to TO; none, when none were ever stored. */
int state_load_users(struct state *state, struct buf *to, char ret_base[STATE_USERS_BASE_MAX],
                     char ret_error[STATE_ERROR_MAX]);

#endif
