#include "notify/history_db_io.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify/attempt.h"
#include "notify/history.h"

#define PATH_MAX_BYTES 1100
#define WAIT_MS        500        /* for a lock that a reader holds */
#define VERSION        1          /* of the schema, in user_version */
#define APP_ID         0x50694869 /* "PiHi", in application_id */

/* A column of the table of attempts, and the field that it holds. Numbers that have no sign are
 * kept as text: SQLite's integers are signed. */
enum column_type { COLUMN_NUMBER, COLUMN_TEXT, COLUMN_UNSIGNED, COLUMN_PORT, COLUMN_BOOL };

#define COLUMNS(X)                                                                                 \
    X(group_name, TEXT, group)                                                                     \
    X(begun_ms, NUMBER, begun_ms)                                                                  \
    X(ended_ms, NUMBER, ended_ms)                                                                  \
    X(epoch, UNSIGNED, epoch)                                                                      \
    X(led, BOOL, led)                                                                              \
    X(leader, TEXT, leader)                                                                        \
    X(asked_by, TEXT, asked_by)                                                                    \
    X(from_host, TEXT, from.host)                                                                  \
    X(from_port, PORT, from.port)                                                                  \
    X(to_host, TEXT, to.host)                                                                      \
    X(to_port, PORT, to.port)                                                                      \
    X(at_risk, NUMBER, at_risk)                                                                    \
    X(reason, TEXT, reason)                                                                        \
    X(lost_steps, UNSIGNED, n_lost)

static const struct column {
    enum column_type type;
    size_t offset, size;
} columns[] = {
#define X(name, type, field)                                                                       \
    { COLUMN_##type, offsetof(struct attempt, field), sizeof((struct attempt *)0)->field },
    COLUMNS(X)
#undef X
};

#define COLUMN_COUNT (sizeof columns / sizeof *columns)

/* Behind the id: kind and outcome, then the columns. */
#define X(name, type, field) ", " #name
#define COLUMN_NAMES         "id, kind, outcome" COLUMNS(X)
static const char all_columns[] = COLUMN_NAMES;
#undef X

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS attempts(id INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
    " outcome TEXT NOT NULL"
#define X(name, type, field) ", " #name
    COLUMNS(X)
#undef X
        ");"
        "CREATE TABLE IF NOT EXISTS steps(attempt INTEGER NOT NULL, n INTEGER NOT NULL,"
        " at_ms INTEGER NOT NULL, event TEXT NOT NULL, text TEXT NOT NULL,"
        " PRIMARY KEY(attempt, n)) WITHOUT ROWID";

enum sql { SQL_PUT, SQL_STEP_PUT, SQL_STEPS_DROP, SQL_FORGET, SQL_FORGET_STEPS, SQL_COUNT };

struct history_db {
    char path[PATH_MAX_BYTES];
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT];
};

static const char *const texts[SQL_COUNT] = {
    [SQL_PUT] = NULL, /* made of the columns */
    [SQL_STEP_PUT] = "INSERT INTO steps(attempt, n, at_ms, event, text) VALUES(?1, ?2, ?3, ?4, ?5)",
    [SQL_STEPS_DROP] = "DELETE FROM steps WHERE attempt = ?1",
    [SQL_FORGET] = "DELETE FROM attempts WHERE id < ?1",
    [SQL_FORGET_STEPS] = "DELETE FROM steps WHERE attempt < ?1",
};

/* --- storing --- */

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

static bool run(sqlite3_stmt *statement)
{
    int rc = sqlite3_step(statement);

    sqlite3_reset(statement);
    return rc == SQLITE_DONE;
}

static void bind_column(sqlite3_stmt *statement, int at, const struct column *column,
                        const struct attempt *attempt)
{
    const void *field = (const char *)attempt + column->offset;
    char digits[24];

    switch (column->type) {
    case COLUMN_TEXT:
        bind_text(statement, at, field);
        break;
    case COLUMN_UNSIGNED:
        snprintf(digits, sizeof digits, "%" PRIu64, *(const uint64_t *)field);
        bind_text(statement, at, digits);
        break;
    case COLUMN_NUMBER:
        sqlite3_bind_int64(statement, at, *(const int64_t *)field);
        break;
    case COLUMN_PORT:
        sqlite3_bind_int(statement, at, *(const uint16_t *)field);
        break;
    case COLUMN_BOOL:
        sqlite3_bind_int(statement, at, *(const bool *)field);
        break;
    }
}

static bool put_step(struct history_db *db, uint64_t id, size_t n, const struct attempt_step *step)
{
    sqlite3_stmt *put = db->statements[SQL_STEP_PUT];

    sqlite3_bind_int64(put, 1, (sqlite3_int64)id);
    sqlite3_bind_int64(put, 2, (sqlite3_int64)n);
    sqlite3_bind_int64(put, 3, step->at_ms);
    bind_text(put, 4, step->event);
    bind_text(put, 5, step->text);
    return run(put);
}

static bool put(struct history_db *db, const struct attempt *attempt)
{
    sqlite3_stmt *into = db->statements[SQL_PUT], *drop = db->statements[SQL_STEPS_DROP];

    sqlite3_bind_int64(into, 1, (sqlite3_int64)attempt->id);
    bind_text(into, 2, attempt_kind_name(attempt->kind));
    bind_text(into, 3, attempt_outcome_name(attempt->outcome));
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        bind_column(into, (int)i + 4, &columns[i], attempt);
    sqlite3_bind_int64(drop, 1, (sqlite3_int64)attempt->id);
    if (!run(into) || !run(drop))
        return false;
    for (size_t i = 0; i < attempt->n_steps; i++) {
        if (!put_step(db, attempt->id, i, &attempt->steps[i]))
            return false;
    }
    return true;
}

static bool forget(struct history_db *db, enum sql which, uint64_t floor)
{
    sqlite3_bind_int64(db->statements[which], 1, (sqlite3_int64)floor);
    return run(db->statements[which]);
}

static bool exec(struct history_db *db, const char *sql)
{
    return sqlite3_exec(db->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

int history_db_store(struct history_db *db, struct attempt *const *attempts, size_t n,
                     uint64_t floor, char ret_error[HISTORY_DB_ERROR_MAX])
{
    bool ok = exec(db, "BEGIN IMMEDIATE");

    for (size_t i = 0; ok && i < n; i++)
        ok = put(db, attempts[i]);
    if (ok && forget(db, SQL_FORGET, floor) && forget(db, SQL_FORGET_STEPS, floor) &&
        exec(db, "COMMIT"))
        return 0;
    snprintf(ret_error, HISTORY_DB_ERROR_MAX, "%s: cannot be written: %s", db->path,
             sqlite3_errmsg(db->db));
    exec(db, "ROLLBACK");
    return -1;
}

/* --- reading --- */

/* The text of a column, never NULL. */
static const char *column_text(sqlite3_stmt *row, int at)
{
    const unsigned char *text = sqlite3_column_text(row, at);

    return text != NULL ? (const char *)text : "";
}

static void read_column(sqlite3_stmt *row, int at, const struct column *column,
                        struct attempt *attempt)
{
    void *field = (char *)attempt + column->offset;

    switch (column->type) {
    case COLUMN_TEXT:
        snprintf(field, column->size, "%s", column_text(row, at));
        break;
    case COLUMN_UNSIGNED:
        *(uint64_t *)field = strtoull(column_text(row, at), NULL, 10);
        break;
    case COLUMN_NUMBER:
        *(int64_t *)field = sqlite3_column_int64(row, at);
        break;
    case COLUMN_PORT:
        *(uint16_t *)field = (uint16_t)sqlite3_column_int(row, at);
        break;
    case COLUMN_BOOL:
        *(bool *)field = sqlite3_column_int(row, at) != 0;
        break;
    }
}

/* NULL: no attempt of ours. */
static struct attempt *read_attempt(sqlite3_stmt *row)
{
    int kind = attempt_kind_of(column_text(row, 1));
    int outcome = attempt_outcome_of(column_text(row, 2));
    int64_t id = sqlite3_column_int64(row, 0);

    if (id <= 0 || kind < 0 || outcome < 0)
        return NULL;
    struct attempt *attempt = attempt_new((uint64_t)id, "");

    attempt->kind = (enum attempt_kind)kind;
    attempt->outcome = (enum attempt_outcome)outcome;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        read_column(row, (int)i + 3, &columns[i], attempt);
    return attempt;
}

static void read_steps(struct history_db *db, struct attempt *attempt)
{
    sqlite3_stmt *rows = NULL;
    uint64_t n_lost = attempt->n_lost;

    if (sqlite3_prepare_v2(db->db,
                           "SELECT at_ms, event, text FROM steps WHERE attempt = ?1 ORDER BY n", -1,
                           &rows, NULL) == SQLITE_OK) {
        sqlite3_bind_int64(rows, 1, (sqlite3_int64)attempt->id);
        while (sqlite3_step(rows) == SQLITE_ROW)
            attempt_add(attempt, sqlite3_column_int64(rows, 0), column_text(rows, 1),
                        column_text(rows, 2));
    }
    sqlite3_finalize(rows);
    attempt->n_lost = n_lost;
    attempt->dirty = false;
}

/* The last HISTORY_MAX attempts, oldest first. */
static bool load(struct history_db *db, struct history *history)
{
    char sql[512];
    sqlite3_stmt *rows = NULL;
    int rc = SQLITE_ERROR;

    snprintf(sql, sizeof sql,
             "SELECT * FROM (SELECT %s FROM attempts ORDER BY id DESC LIMIT %d) ORDER BY id",
             all_columns, HISTORY_MAX);
    if (sqlite3_prepare_v2(db->db, sql, -1, &rows, NULL) == SQLITE_OK) {
        while ((rc = sqlite3_step(rows)) == SQLITE_ROW) {
            struct attempt *attempt = read_attempt(rows);

            if (attempt == NULL)
                continue;
            read_steps(db, attempt);
            history_restore(history, attempt);
        }
    }
    sqlite3_finalize(rows);
    return rc == SQLITE_DONE;
}

/* --- opening --- */

static bool is_sound(struct history_db *db)
{
    sqlite3_stmt *row = NULL;
    bool sound = false;

    if (sqlite3_prepare_v2(db->db, "PRAGMA quick_check(1)", -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW)
        sound = strcmp(column_text(row, 0), "ok") == 0;
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
    char text[512];
    size_t n;

    snprintf(text, sizeof text, "PRAGMA application_id = %d; PRAGMA user_version = %d", APP_ID,
             VERSION);
    if (!exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL") || !exec(db, schema) ||
        !exec(db, text))
        return false;
    n = (size_t)snprintf(text, sizeof text, "INSERT OR REPLACE INTO attempts(%s) VALUES(?1",
                         all_columns);
    for (size_t i = 0; i < COLUMN_COUNT + 2; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, ", ?%zu", i + 2);
    snprintf(text + n, sizeof text - n, ")");
    for (int which = 0; which < SQL_COUNT; which++) {
        if (sqlite3_prepare_v3(db->db, which == SQL_PUT ? text : texts[which], -1,
                               SQLITE_PREPARE_PERSISTENT, &db->statements[which],
                               NULL) != SQLITE_OK)
            return false;
    }
    return true;
}

static void shut(struct history_db *db)
{
    for (int which = 0; which < SQL_COUNT; which++)
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
    char name[PATH_MAX_BYTES + 16];

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
    if (load(db, history))
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
