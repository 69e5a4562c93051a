/*
 * history_db_io: the attempts of notify/history in one SQLite file in the state's folder,
 * history.db: a table "attempts" and, to each, its "steps". People may read it while the daemon
 * runs.
 *
 * Nothing but the history depends on it: it survives the end of the process, but, unlike the state,
 * a commit is not waited for until it is on the disk (WAL, synchronous=NORMAL): a loss of power may
 * take the last ones.
 *
 * All functions block. One at a time may be called, from any thread.
 */
#ifndef NOTIFY_HISTORY_DB_IO_H
#define NOTIFY_HISTORY_DB_IO_H

#include <stddef.h>
#include <stdint.h>

struct attempt;
struct history;
struct history_db;

#define HISTORY_DB_FILE      "history.db"
#define HISTORY_DB_ERROR_MAX 1400

/* Open the file in DIR, which is there; it is made if need be, and one that is damaged is put
 * aside as history.db.damaged. The attempts in it are given back to HISTORY. NULL with a text:
 * there will be no history on the disk. A text that is not empty beside a result is a warning. */
struct history_db *history_db_open(const char *dir, struct history *history,
                                   char ret_error[HISTORY_DB_ERROR_MAX]);
void history_db_close(struct history_db *db); /* NULL is fine */

/* Store N attempts in place of what there was under their ids, and forget those below FLOOR: all of
 * it (0) or nothing (-1 with a text). */
int history_db_store(struct history_db *db, struct attempt *const *attempts, size_t n,
                     uint64_t floor, char ret_error[HISTORY_DB_ERROR_MAX]);

#endif
