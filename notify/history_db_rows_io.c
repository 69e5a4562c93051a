/* history_db_io: its tables, and the attempts in them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "notify/attempt.h"
#include "notify/history.h"
#include "notify/history_db_parts_io.h"

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

static const char *const texts[HISTORY_SQL_COUNT] = {
    [HISTORY_SQL_PUT] = NULL, /* made of the columns */
    [HISTORY_SQL_STEP_PUT] =
        "INSERT INTO steps(attempt, n, at_ms, event, text) VALUES(?1, ?2, ?3, ?4, ?5)",
    [HISTORY_SQL_STEPS_DROP] = "DELETE FROM steps WHERE attempt = ?1",
    [HISTORY_SQL_FORGET] = "DELETE FROM attempts WHERE id < ?1",
    [HISTORY_SQL_FORGET_STEPS] = "DELETE FROM steps WHERE attempt < ?1",
};

bool history_db_exec(struct history_db *db, const char *sql)
{
    return sqlite3_exec(db->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool history_db_prepare(struct history_db *db)
{
    char text[512];
    size_t n;

    if (!history_db_exec(db, schema))
        return false;
    n = (size_t)snprintf(text, sizeof text, "INSERT OR REPLACE INTO attempts(%s) VALUES(?1",
                         all_columns);
    for (size_t i = 0; i < COLUMN_COUNT + 2; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, ", ?%zu", i + 2);
    snprintf(text + n, sizeof text - n, ")");
    for (int which = 0; which < HISTORY_SQL_COUNT; which++) {
        if (sqlite3_prepare_v3(db->db, which == HISTORY_SQL_PUT ? text : texts[which], -1,
                               SQLITE_PREPARE_PERSISTENT, &db->statements[which],
                               NULL) != SQLITE_OK)
            return false;
    }
    return true;
}

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
    sqlite3_stmt *put = db->statements[HISTORY_SQL_STEP_PUT];

    sqlite3_bind_int64(put, 1, (sqlite3_int64)id);
    sqlite3_bind_int64(put, 2, (sqlite3_int64)n);
    sqlite3_bind_int64(put, 3, step->at_ms);
    bind_text(put, 4, step->event);
    bind_text(put, 5, step->text);
    return run(put);
}

static bool put(struct history_db *db, const struct attempt *attempt)
{
    sqlite3_stmt *into = db->statements[HISTORY_SQL_PUT],
                 *drop = db->statements[HISTORY_SQL_STEPS_DROP];

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

static bool forget(struct history_db *db, enum history_sql which, uint64_t floor)
{
    sqlite3_bind_int64(db->statements[which], 1, (sqlite3_int64)floor);
    return run(db->statements[which]);
}

int history_db_store(struct history_db *db, struct attempt *const *attempts, size_t n,
                     uint64_t floor, char ret_error[HISTORY_DB_ERROR_MAX])
{
    bool ok = history_db_exec(db, "BEGIN IMMEDIATE");

    for (size_t i = 0; ok && i < n; i++)
        ok = put(db, attempts[i]);
    if (ok && forget(db, HISTORY_SQL_FORGET, floor) &&
        forget(db, HISTORY_SQL_FORGET_STEPS, floor) && history_db_exec(db, "COMMIT"))
        return 0;
    snprintf(ret_error, HISTORY_DB_ERROR_MAX, "%s: cannot be written: %s", db->path,
             sqlite3_errmsg(db->db));
    history_db_exec(db, "ROLLBACK");
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

bool history_db_load(struct history_db *db, struct history *history)
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
