/*
 * history_db_parts_io: what the files of history_db_io share; nobody else includes it.
 *
 *   history_db_io        the file: found or made, sound or put aside
 *   history_db_rows_io   its tables, and the attempts in them
 */
#ifndef NOTIFY_HISTORY_DB_PARTS_IO_H
#define NOTIFY_HISTORY_DB_PARTS_IO_H

#include <sqlite3.h>
#include <stdbool.h>

#include "notify/history_db_io.h"

#define HISTORY_DB_PATH_MAX 1100

enum history_sql {
    HISTORY_SQL_PUT,
    HISTORY_SQL_STEP_PUT,
    HISTORY_SQL_STEPS_DROP,
    HISTORY_SQL_FORGET,
    HISTORY_SQL_FORGET_STEPS,
    HISTORY_SQL_COUNT
};

struct history_db {
    char path[HISTORY_DB_PATH_MAX];
    sqlite3 *db;
    sqlite3_stmt *statements[HISTORY_SQL_COUNT]; /* NULL until prepared */
};

/* One or more statements without results. */
bool history_db_exec(struct history_db *db, const char *sql);

/* Make the tables that are not there, and the statements. False: sqlite3_errmsg() says why. */
bool history_db_prepare(struct history_db *db);

/* The last HISTORY_MAX attempts, oldest first, into HISTORY. False: the same. */
bool history_db_load(struct history_db *db, struct history *history);

#endif
