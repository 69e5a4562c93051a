#include "sentinel/state_io.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sentinel/state_db_io.h"

sqlite3_stmt *state_sql(struct state *state, enum state_sql which)
{
    static const char *const texts[SQL_COUNT] = {
#define X(id, sql) sql,
        STATE_SQL(X)
#undef X
    };

    if (state->statements[which] == NULL)
        sqlite3_prepare_v3(state->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                           &state->statements[which], NULL);
    return state->statements[which];
}

bool state_run(sqlite3_stmt *statement)
{
    int rc = statement != NULL ? sqlite3_step(statement) : SQLITE_NOMEM;

    sqlite3_reset(statement);
    return rc == SQLITE_DONE || rc == SQLITE_ROW;
}

int state_transact(struct state *state, bool (*put)(struct state *state, const void *arg),
                   const void *arg, char ret_error[STATE_ERROR_MAX])
{
    int rc = 0;

    sqlite3_mutex_enter(sqlite3_db_mutex(state->db));
    if (!state_run(state_sql(state, SQL_BEGIN)) || !put(state, arg) ||
        !state_run(state_sql(state, SQL_COMMIT))) {
        snprintf(ret_error, STATE_ERROR_MAX, "%s: %s", state->path, sqlite3_errmsg(state->db));
        if (!sqlite3_get_autocommit(state->db))
            state_run(state_sql(state, SQL_ROLLBACK));
        rc = -1;
    }
    sqlite3_mutex_leave(sqlite3_db_mutex(state->db));
    return rc;
}

void state_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

void state_bind_int(sqlite3_stmt *statement, int at, int64_t value)
{
    sqlite3_bind_int64(statement, at, value);
}

void state_bind_epoch(sqlite3_stmt *statement, int at, uint64_t epoch)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, epoch);
    state_bind_text(statement, at, text);
}

int state_unreadable(const struct state *state, char ret_error[STATE_ERROR_MAX], const char *format,
                     ...)
{
    char what[STATE_ERROR_MAX / 8];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    snprintf(ret_error, STATE_ERROR_MAX,
             "%s: %s; put back a sound copy, or move the file away together with its -wal and "
             "-shm: then this supervisor begins anew, with another identity and without its votes",
             state->path, what);
    return -1;
}

/* One number that a PRAGMA gives; -1 when it gives none. */
static int64_t pragma_number(struct state *state, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int64_t value = -1;

    if (sqlite3_prepare_v2(state->db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* Whether the whole file is sound; its first fault goes to RET_FAULT. */
static bool quick_check(struct state *state, char *ret_fault, size_t size)
{
    sqlite3_stmt *statement = NULL;
    const char *text = NULL;

    if (sqlite3_prepare_v2(state->db, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        text = (const char *)sqlite3_column_text(statement, 0);
    bool sound = text != NULL && strcmp(text, "ok") == 0;

    if (!sound)
        snprintf(ret_fault, size, "%s", text != NULL ? text : sqlite3_errmsg(state->db));
    sqlite3_finalize(statement);
    return sound;
}

/* Each table and column that we use, by preparing all statements. */
static bool schema_fits(struct state *state)
{
    for (int which = 0; which < SQL_COUNT; which++) {
        if (state_sql(state, (enum state_sql)which) == NULL)
            return false;
    }
    return true;
}

static int check(struct state *state, char ret_error[STATE_ERROR_MAX])
{
    char fault[200];

    bool sound = quick_check(state, fault, sizeof fault);

    if (!sound && sqlite3_errcode(state->db) == SQLITE_BUSY) {
        snprintf(ret_error, STATE_ERROR_MAX, "%s: another program has it locked; end that first",
                 state->path);
        return -1;
    }
    if (!sound)
        return state_unreadable(state, ret_error, "damaged or no SQLite file (%s)", fault);
    if (pragma_number(state, "PRAGMA application_id") != STATE_APP_ID)
        return state_unreadable(state, ret_error, "not a state file of picketd");
    int64_t version = pragma_number(state, "PRAGMA user_version");

    if (version != STATE_VERSION)
        return state_unreadable(state, ret_error,
                                "schema version %" PRId64 ", this picketd knows version %d only",
                                version, STATE_VERSION);
    sqlite3_exec(state->db, STATE_LATER_TABLES, NULL, NULL, NULL);
    if (!schema_fits(state))
        return state_unreadable(state, ret_error, "tables missing or changed (%s)",
                                sqlite3_errmsg(state->db));
    return 0;
}

static int read_runid(struct state *state, char ret_error[STATE_ERROR_MAX])
{
    sqlite3_stmt *statement = state_sql(state, SQL_META_GET);
    const char *text = NULL;

    state_bind_text(statement, 1, "run_id");
    if (sqlite3_step(statement) == SQLITE_ROW)
        text = (const char *)sqlite3_column_text(statement, 0);
    if (text != NULL && peer_runid_valid(text, strlen(text)))
        memcpy(state->runid, text, PEER_RUNID_LEN);
    sqlite3_reset(statement);
    return state->runid[0] != '\0' ? 0
                                   : state_unreadable(state, ret_error,
                                                      "no run id of 40 letters "
                                                      "and digits in it");
}

/* Open the file that is there, check it, and set it up for durable commits. */
static int open_database(struct state *state, char ret_error[STATE_ERROR_MAX])
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX;

    if (sqlite3_open_v2(state->path, &state->db, flags, NULL) != SQLITE_OK)
        return state_unreadable(state, ret_error, "cannot be opened (%s)",
                                state->db ? sqlite3_errmsg(state->db) : "no memory");
    sqlite3_busy_timeout(state->db, STATE_WAIT_MS);
    if (check(state, ret_error) != 0)
        return -1;
    if (sqlite3_exec(state->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL,
                     NULL) != SQLITE_OK) {
        snprintf(ret_error, STATE_ERROR_MAX, "%s: cannot be written (%s)", state->path,
                 sqlite3_errmsg(state->db));
        return -1;
    }
    return read_runid(state, ret_error);
}

static int make_dir(const char *dir, char ret_error[STATE_ERROR_MAX])
{
    if (mkdir(dir, 0700) == 0 || errno == EEXIST)
        return 0;
    snprintf(ret_error, STATE_ERROR_MAX, "%s: state_dir cannot be made: %s", dir, strerror(errno));
    return -1;
}

/* A database that is not there is made, but only in a place where none ever was. */
static int find_database(struct state *state, const struct state_origin *origin, bool *ret_made,
                         char ret_error[STATE_ERROR_MAX])
{
    char wal[STATE_PATH_MAX + 8];

    if (access(state->path, F_OK) == 0)
        return 0;
    if (errno != ENOENT) {
        snprintf(ret_error, STATE_ERROR_MAX, "%s: %s", state->path, strerror(errno));
        return -1;
    }
    snprintf(wal, sizeof wal, "%s-wal", state->path);
    if (access(wal, F_OK) == 0)
        return state_unreadable(state, ret_error, "missing, though its log is there");
    *ret_made = true;
    return state_create(state, origin, ret_error);
}

int state_open_from(struct state **ret_state, const char *dir, const struct state_origin *origin,
                    bool *ret_made, char ret_error[STATE_ERROR_MAX])
{
    struct state *state = calloc(1, sizeof *state);
    bool made = false;

    if (state == NULL) {
        snprintf(ret_error, STATE_ERROR_MAX, "%s: no memory", dir);
        return -1;
    }
    state->lock_fd = -1;
    snprintf(state->dir, sizeof state->dir, "%s", dir);
    if (snprintf(state->path, sizeof state->path, "%s/" STATE_FILE, dir) >=
        (int)sizeof state->path) {
        snprintf(ret_error, STATE_ERROR_MAX, "state_dir: path too long");
        goto err;
    }
    if (make_dir(dir, ret_error) != 0 || state_lock(state, dir, ret_error) != 0 ||
        find_database(state, origin, &made, ret_error) != 0 || open_database(state, ret_error) != 0)
        goto err;
    *ret_state = state;
    *ret_made = made;
    return 0;

err:
    state_close(state);
    return -1;
}

int state_open(struct state **ret_state, const char *dir, char ret_error[STATE_ERROR_MAX])
{
    bool made;

    return state_open_from(ret_state, dir, NULL, &made, ret_error);
}

void state_finalize(struct state *state)
{
    for (int which = 0; which < SQL_COUNT; which++) {
        sqlite3_finalize(state->statements[which]);
        state->statements[which] = NULL;
    }
}

void state_close(struct state *state)
{
    if (state == NULL)
        return;
    state_finalize(state);
    sqlite3_close(state->db);
    if (state->lock_fd >= 0)
        close(state->lock_fd);
    free(state);
}

const char *state_runid(const struct state *state)
{
    return state->runid;
}

const char *state_dir(const struct state *state)
{
    return state->dir;
}
