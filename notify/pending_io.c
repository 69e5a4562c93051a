#include "notify/pending_io.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/log_io.h"

#define PATH_BYTES_MAX 1200
#define WAIT_MS        500 /* for a lock that a reader with the sqlite3 shell holds */

static const char set_up[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                             "CREATE TABLE IF NOT EXISTS calls(tag INTEGER PRIMARY KEY,"
                             " hook INTEGER NOT NULL, group_name TEXT NOT NULL,"
                             " body TEXT NOT NULL);";

/* A change that is not in the file yet. */
struct change {
    struct change *next;
    uint64_t tag, key;
    bool drop;
    const char *group, *body; /* in TEXTS */
    char texts[];
};

struct pending {
    uv_loop_t *loop;
    uv_work_t work;
    sqlite3 *db;
    sqlite3_stmt *add, *drop;
    struct change *fresh, **fresh_end; /* not handed to the worker; at most a few for each job */
    struct change *handed;             /* the worker's */
    bool running, stopped;
    bool failed; /* told so */
    int rc;      /* of the worker */
};

static void kick(struct pending *pending);

/* --- the file --- */

static bool prepare(struct pending *pending)
{
    return sqlite3_exec(pending->db, set_up, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(pending->db, "INSERT OR REPLACE INTO calls VALUES(?1, ?2, ?3, ?4)",
                              -1, &pending->add, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(pending->db, "DELETE FROM calls WHERE tag = ?1", -1, &pending->drop,
                              NULL) == SQLITE_OK;
}

static void close_all(struct pending *pending)
{
    sqlite3_finalize(pending->add);
    sqlite3_finalize(pending->drop);
    sqlite3_close(pending->db);
    free(pending);
}

/* 0, or SQLite's error with a line of text; then nothing is open. */
static int try_open(struct pending *pending, const char *path, char ret_error[PENDING_ERROR_MAX])
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;

    if (sqlite3_open_v2(path, &pending->db, flags, NULL) == SQLITE_OK && chmod(path, 0600) == 0 &&
        sqlite3_busy_timeout(pending->db, WAIT_MS) == SQLITE_OK && prepare(pending))
        return SQLITE_OK;
    int rc = pending->db != NULL ? sqlite3_errcode(pending->db) : SQLITE_NOMEM;

    snprintf(ret_error, PENDING_ERROR_MAX, "%.1000s: %s", path,
             pending->db != NULL ? sqlite3_errmsg(pending->db) : "no memory");
    sqlite3_finalize(pending->add);
    sqlite3_finalize(pending->drop);
    sqlite3_close(pending->db);
    pending->add = pending->drop = NULL;
    pending->db = NULL;
    return rc != SQLITE_OK ? rc : SQLITE_ERROR;
}

/* A file that cannot be read is put aside, so that a new one can be made; false: it cannot be. */
static bool put_aside(const char *path, const char *error)
{
    char aside[PATH_BYTES_MAX + 16], log[PATH_BYTES_MAX + 8];

    snprintf(aside, sizeof aside, "%s.damaged", path);
    if (rename(path, aside) != 0)
        return false;
    snprintf(log, sizeof log, "%s-wal", path);
    unlink(log);
    snprintf(log, sizeof log, "%s-shm", path);
    unlink(log);
    log_warning("%s; it was put aside as %s, and a new one begins", error, aside);
    return true;
}

struct pending *pending_open(uv_loop_t *loop, const char *dir, char ret_error[PENDING_ERROR_MAX])
{
    struct pending *pending = calloc(1, sizeof *pending);
    char path[PATH_BYTES_MAX];

    snprintf(ret_error, PENDING_ERROR_MAX, "no memory");
    if (pending == NULL)
        return NULL;
    snprintf(path, sizeof path, "%s/" PENDING_FILE, dir);
    pending->loop = loop;
    pending->fresh_end = &pending->fresh;
    pending->work.data = pending;
    int rc = try_open(pending, path, ret_error);

    if ((rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT) && put_aside(path, ret_error))
        rc = try_open(pending, path, ret_error);
    if (rc == SQLITE_OK)
        return pending;
    free(pending);
    return NULL;
}

void pending_load(struct pending *pending, void (*fn)(void *arg, const struct pending_call *call),
                  void *arg)
{
    sqlite3_stmt *all = NULL;

    sqlite3_prepare_v2(pending->db, "SELECT tag, hook, group_name, body FROM calls ORDER BY tag",
                       -1, &all, NULL);
    while (all != NULL && sqlite3_step(all) == SQLITE_ROW) {
        struct pending_call call = { .tag = (uint64_t)sqlite3_column_int64(all, 0),
                                     .key = (uint64_t)sqlite3_column_int64(all, 1),
                                     .group = (const char *)sqlite3_column_text(all, 2),
                                     .body = (const char *)sqlite3_column_text(all, 3) };

        if (call.group != NULL && call.body != NULL)
            fn(arg, &call);
    }
    sqlite3_finalize(all);
}

static bool store(const struct pending *pending, const struct change *change)
{
    sqlite3_stmt *statement = change->drop ? pending->drop : pending->add;

    sqlite3_bind_int64(statement, 1, (int64_t)change->tag);
    if (!change->drop) {
        sqlite3_bind_int64(statement, 2, (int64_t)change->key);
        sqlite3_bind_text(statement, 3, change->group, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 4, change->body, -1, SQLITE_STATIC);
    }
    int rc = sqlite3_step(statement);

    sqlite3_reset(statement);
    return rc == SQLITE_DONE;
}

/* On a thread of the pool: all of it, or nothing. */
static void store_all(uv_work_t *work)
{
    struct pending *pending = work->data;
    bool ok = sqlite3_exec(pending->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;

    for (const struct change *change = pending->handed; ok && change; change = change->next)
        ok = store(pending, change);
    ok = ok && sqlite3_exec(pending->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    if (!ok && sqlite3_get_autocommit(pending->db) == 0)
        sqlite3_exec(pending->db, "ROLLBACK", NULL, NULL, NULL);
    pending->rc = ok ? 0 : -1;
}

/* --- what is to be written --- */

static void free_changes(struct change *change)
{
    while (change != NULL) {
        struct change *next = change->next;

        free(change);
        change = next;
    }
}

static void stored(uv_work_t *work, int status)
{
    struct pending *pending = work->data;
    bool failed = status != 0 || pending->rc != 0;

    if (failed && !pending->failed)
        log_warning("%s: %s; notifications that wait may be lost or come twice after a restart",
                    PENDING_FILE, sqlite3_errmsg(pending->db));
    pending->failed = failed;
    pending->running = false;
    free_changes(pending->handed);
    pending->handed = NULL;
    kick(pending);
}

static void kick(struct pending *pending)
{
    if (pending->running)
        return;
    if (pending->fresh == NULL) {
        if (pending->stopped)
            close_all(pending);
        return;
    }
    pending->handed = pending->fresh;
    pending->fresh = NULL;
    pending->fresh_end = &pending->fresh;
    pending->running = true;
    if (uv_queue_work(pending->loop, &pending->work, store_all, stored) != 0) {
        pending->rc = -1;
        stored(&pending->work, 0);
    }
}

/* NULL: memory. */
static struct change *append(struct pending *pending, uint64_t tag, size_t room)
{
    struct change *change = calloc(1, sizeof *change + room);

    if (change == NULL)
        return NULL;
    change->tag = tag;
    *pending->fresh_end = change;
    pending->fresh_end = &change->next;
    return change;
}

void pending_add(struct pending *pending, const struct pending_call *call)
{
    size_t group_size = strlen(call->group) + 1, body_size = strlen(call->body) + 1;
    struct change *change = append(pending, call->tag, group_size + body_size);

    if (change == NULL)
        return;
    change->key = call->key;
    change->group = memcpy(change->texts, call->group, group_size);
    change->body = memcpy(change->texts + group_size, call->body, body_size);
    kick(pending);
}

/* What is not in the file yet need not come there. */
static bool take_back(struct pending *pending, uint64_t tag)
{
    struct change **link = &pending->fresh;

    while (*link != NULL && (*link)->tag != tag)
        link = &(*link)->next;
    struct change *change = *link;

    if (change == NULL)
        return false;
    *link = change->next;
    if (change->next == NULL)
        pending->fresh_end = link;
    free(change);
    return true;
}

void pending_drop(struct pending *pending, uint64_t tag)
{
    struct change *change;

    if (take_back(pending, tag))
        return;
    change = append(pending, tag, 0);
    if (change != NULL)
        change->drop = true;
    kick(pending);
}

void pending_stop(struct pending *pending)
{
    if (pending == NULL)
        return;
    pending->stopped = true;
    kick(pending);
}
