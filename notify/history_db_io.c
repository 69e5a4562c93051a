#include "notify/history_db_parts_io.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS 500        /* for a lock that a reader holds */
#define VERSION 1          /* of the schema, in user_version */
#define APP_ID  0x50694869 /* "PiHi", in application_id */

static bool is_sound(struct history_db *db)
{
    sqlite3_stmt *row = NULL;
    bool sound = false;

    if (sqlite3_prepare_v2(db->db, "PRAGMA quick_check(1)", -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW && sqlite3_column_text(row, 0) != NULL)
        sound = strcmp((const char *)sqlite3_column_text(row, 0), "ok") == 0;
    sqlite3_finalize(row);
    return sound;
}

static int64_t pragma(struct history_db *db, const char *sql)
{
    sqlite3_stmt *row = NULL;
    int64_t value = -1;

    if (sqlite3_prepare_v2(db->db, sql, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW)
        value = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return value;
}

/* A file of ours, or one that is empty yet. */
static bool is_ours(struct history_db *db)
{
    int64_t app = pragma(db, "PRAGMA application_id");

    return app == APP_ID ? pragma(db, "PRAGMA user_version") == VERSION
                         : app == 0 && pragma(db, "SELECT count(*) FROM sqlite_master") == 0;
}

static bool prepare(struct history_db *db)
{
    char marks[80];

    snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d", APP_ID,
             VERSION);
    return history_db_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL") &&
           history_db_prepare(db) && history_db_exec(db, marks);
}

static void shut(struct history_db *db)
{
    for (int which = 0; which < HISTORY_SQL_COUNT; which++)
        sqlite3_finalize(db->statements[which]);
    memset(db->statements, 0, sizeof db->statements);
    sqlite3_close(db->db);
    db->db = NULL;
}

/* Whether the file is there and can be used; else everything is shut again. */
static bool try_open(struct history_db *db, bool *ret_damaged, char ret_error[HISTORY_DB_ERROR_MAX])
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX;

    *ret_damaged = false;
    if (sqlite3_open_v2(db->path, &db->db, flags, NULL) == SQLITE_OK) {
        sqlite3_busy_timeout(db->db, WAIT_MS);
        *ret_damaged = !is_sound(db) || !is_ours(db);
        if (!*ret_damaged && prepare(db))
            return true;
    }
    snprintf(ret_error, HISTORY_DB_ERROR_MAX, "%s: %s", db->path,
             db->db == NULL ? "no memory"
             : *ret_damaged ? "damaged, or no history of picketd"
                            : sqlite3_errmsg(db->db));
    shut(db);
    return false;
}

/* Put the file aside, so that a new one can be made. */
static bool put_aside(const char *path, char ret_error[HISTORY_DB_ERROR_MAX])
{
    static const char *const logs[] = { "-wal", "-shm" };
    char name[HISTORY_DB_PATH_MAX + 16];

    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        snprintf(name, sizeof name, "%s%s", path, logs[i]);
        unlink(name);
    }
    snprintf(name, sizeof name, "%s.damaged", path);
    if (rename(path, name) == 0) {
        snprintf(ret_error + strlen(ret_error), HISTORY_DB_ERROR_MAX - strlen(ret_error),
                 "; it was put aside as %s, and a new one begins", name);
        return true;
    }
    snprintf(ret_error, HISTORY_DB_ERROR_MAX, "%s: cannot be put aside: %s", path, strerror(errno));
    return false;
}

/* So that nobody but the owner reads it. */
static bool make_file(const char *path, char ret_error[HISTORY_DB_ERROR_MAX])
{
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    else
        snprintf(ret_error, HISTORY_DB_ERROR_MAX, "%s: cannot be made: %s", path, strerror(errno));
    return fd >= 0;
}

struct history_db *history_db_open(const char *dir, struct history *history,
                                   char ret_error[HISTORY_DB_ERROR_MAX])
{
    struct history_db *db = calloc(1, sizeof *db);
    char ignored[HISTORY_DB_ERROR_MAX];
    bool damaged;

    assert(db != NULL);
    ret_error[0] = '\0';
    if (snprintf(db->path, sizeof db->path, "%s/" HISTORY_DB_FILE, dir) >= (int)sizeof db->path) {
        snprintf(ret_error, HISTORY_DB_ERROR_MAX, "the path of the state's folder is too long");
        goto err;
    }
    if (!make_file(db->path, ret_error))
        goto err;
    if (!try_open(db, &damaged, ret_error) &&
        !(damaged && put_aside(db->path, ret_error) && make_file(db->path, ret_error) &&
          try_open(db, &damaged, ignored)))
        goto err;
    if (history_db_load(db, history))
        return db;
    snprintf(ret_error, HISTORY_DB_ERROR_MAX, "%s: cannot be read: %s", db->path,
             sqlite3_errmsg(db->db));

err:
    history_db_close(db);
    return NULL;
}

void history_db_close(struct history_db *db)
{
    if (db == NULL)
        return;
    shut(db);
    free(db);
}
