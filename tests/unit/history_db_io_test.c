#include "notify/history_db_io.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notify/attempt.h"
#include "notify/history.h"
#include "tests/unit/unit.h"

static char dir[64];
static char error[HISTORY_DB_ERROR_MAX];

static void set_up(void)
{
    snprintf(dir, sizeof dir, "/tmp/picket-history-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
}

static void in_dir(const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", dir, name);
}

static void tear_down(void)
{
    static const char *const names[] = { "history.db", "history.db-wal", "history.db-shm",
                                         "history.db.damaged" };
    char path[128];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        in_dir(names[i], path);
        unlink(path);
    }
    CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static struct attempt *example(uint64_t id)
{
    struct attempt *attempt = attempt_new(id, "orders");

    attempt->kind = ATTEMPT_SWITCHOVER;
    attempt->outcome = ATTEMPT_FAILED;
    attempt->begun_ms = 1700000000123;
    attempt->ended_ms = 1700000000456;
    attempt->epoch = UINT64_MAX;
    attempt->led = true;
    attempt->at_risk = 77;
    attempt->n_lost = 3;
    memset(attempt->leader, 'a', PEER_RUNID_LEN);
    snprintf(attempt->asked_by, sizeof attempt->asked_by, "default at [::1]:5");
    snprintf(attempt->reason, sizeof attempt->reason, "it's \"slow\"");
    addr_set(&attempt->from, "10.0.0.1", 6379);
    addr_set(&attempt->to, "::1", 65535);
    attempt_add(attempt, 0, "+sdown", "10.0.0.1:6379");
    attempt_add(attempt, 12, "held", "nobody; else");
    return attempt;
}

static void store(struct history_db *db, uint64_t id, uint64_t floor)
{
    struct attempt *attempt = example(id);

    CU_ASSERT_EQUAL(history_db_store(db, &attempt, 1, floor, error), 0);
    attempt_free(attempt);
}

static void check_same(const struct attempt *a, const struct attempt *b)
{
    CU_ASSERT_EQUAL(a->id, b->id);
    CU_ASSERT_STRING_EQUAL(a->group, b->group);
    CU_ASSERT_EQUAL(a->kind, b->kind);
    CU_ASSERT_EQUAL(a->outcome, b->outcome);
    CU_ASSERT_EQUAL(a->begun_ms, b->begun_ms);
    CU_ASSERT_EQUAL(a->ended_ms, b->ended_ms);
    CU_ASSERT_EQUAL(a->epoch, b->epoch);
    CU_ASSERT_EQUAL(a->led, b->led);
    CU_ASSERT_EQUAL(a->at_risk, b->at_risk);
    CU_ASSERT_EQUAL(a->n_lost, b->n_lost);
    CU_ASSERT_STRING_EQUAL(a->leader, b->leader);
    CU_ASSERT_STRING_EQUAL(a->asked_by, b->asked_by);
    CU_ASSERT_STRING_EQUAL(a->reason, b->reason);
    CU_ASSERT_TRUE(addr_equal(&a->from, &b->from));
    CU_ASSERT_TRUE(addr_equal(&a->to, &b->to));
    CU_ASSERT_EQUAL_FATAL(a->n_steps, b->n_steps);
    for (size_t i = 0; i < a->n_steps; i++) {
        CU_ASSERT_EQUAL(a->steps[i].at_ms, b->steps[i].at_ms);
        CU_ASSERT_STRING_EQUAL(a->steps[i].event, b->steps[i].event);
        CU_ASSERT_STRING_EQUAL(a->steps[i].text, b->steps[i].text);
    }
}

static struct history_db *open_with(struct history **ret_history)
{
    *ret_history = history_new("");
    return history_db_open(dir, *ret_history, error);
}

static void test_round_trip(void)
{
    struct history *history;

    set_up();
    struct history_db *db = open_with(&history);

    CU_ASSERT_PTR_NOT_NULL_FATAL(db);
    CU_ASSERT_STRING_EQUAL(error, "");
    store(db, 1, 0);
    store(db, 2, 0);
    store(db, 2, 0); /* in place of itself */
    store(db, 5, 2); /* and 1 is forgotten */
    history_db_close(db);
    history_free(history);

    db = open_with(&history);
    CU_ASSERT_EQUAL_FATAL(history_count(history), 2);
    struct attempt *wanted = example(5);

    check_same(history_at(history, 0), wanted);
    CU_ASSERT_FALSE(history_at(history, 0)->dirty);
    CU_ASSERT_EQUAL(history_at(history, 1)->id, 2);
    attempt_free(wanted);
    history_db_close(db);
    history_free(history);
    tear_down();
}

/* Not a database, or somebody else's: it is put aside, and the history begins anew. */
static void test_damaged(void)
{
    static const char *const sql[] = { NULL, "CREATE TABLE t(a)",
                                       "PRAGMA user_version = 9; "
                                       "PRAGMA application_id = "
                                       "1349077097" };
    struct history *history;
    char path[128];

    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
        set_up();
        in_dir("history.db", path);
        if (sql[i] != NULL) {
            sqlite3 *other = NULL;

            CU_ASSERT_EQUAL(sqlite3_open(path, &other), SQLITE_OK);
            CU_ASSERT_EQUAL(sqlite3_exec(other, sql[i], NULL, NULL, NULL), SQLITE_OK);
            sqlite3_close(other);
        } else {
            FILE *file = fopen(path, "w");

            for (int k = 0; k < 1000; k++)
                fputs("no database ", file);
            fclose(file);
        }
        struct history_db *db = open_with(&history);

        CU_ASSERT_PTR_NOT_NULL_FATAL(db);
        CU_ASSERT_PTR_NOT_NULL(strstr(error, "put aside"));
        in_dir("history.db.damaged", path);
        CU_ASSERT_EQUAL(access(path, F_OK), 0);
        store(db, 1, 0);
        history_db_close(db);
        history_free(history);
        tear_down();
    }
}

static void test_impossible(void)
{
    struct history *history;

    snprintf(dir, sizeof dir, "/nowhere/at/all");
    CU_ASSERT_PTR_NULL(open_with(&history));
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "/nowhere/at/all/history.db: cannot be made"));
    history_free(history);
}

/* Somebody else has the file for longer than is waited: an error, and nothing of it is stored. */
static void test_locked(void)
{
    struct history *history;
    struct attempt *attempt = example(1);
    sqlite3 *other = NULL;
    char path[128];

    set_up();
    struct history_db *db = open_with(&history);

    in_dir("history.db", path);
    CU_ASSERT_EQUAL(sqlite3_open(path, &other), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(history_db_store(db, &attempt, 1, 0, error), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "locked"));
    sqlite3_close(other);
    CU_ASSERT_EQUAL(history_db_store(db, &attempt, 1, 0, error), 0);
    attempt_free(attempt);
    history_db_close(db);
    history_free(history);
    tear_down();
}

static const struct unit_case cases[] = {
    { "what was stored is read", test_round_trip },
    { "damaged files are put aside", test_damaged },
    { "no folder", test_impossible },
    { "locked by somebody else", test_locked },
};

int main(void)
{
    return unit_main("history_db_io", cases, sizeof cases / sizeof *cases);
}
