#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sentinel/state_db_io.h"

/* Everything is keyed as in sentinel/row.h. Options stand by name, so that a new one does not break
 * old files. */
static const char schema[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE groups(name TEXT PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL,"
    " epoch TEXT NOT NULL, base_host TEXT NOT NULL, base_port INTEGER NOT NULL,"
    " from_file INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE group_options(group_name TEXT NOT NULL, base INTEGER NOT NULL,"
    " name TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY(group_name, base, name)) WITHOUT ROWID;"
    "CREATE TABLE votes(group_name TEXT PRIMARY KEY, epoch TEXT NOT NULL, run_id TEXT NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE nodes(group_name TEXT NOT NULL, host TEXT NOT NULL COLLATE NOCASE,"
    " port INTEGER NOT NULL, run_id TEXT NOT NULL, ip TEXT NOT NULL, owed INTEGER NOT NULL,"
    " PRIMARY KEY(group_name, host, port)) WITHOUT ROWID;"
    "CREATE TABLE peers(group_name TEXT NOT NULL, run_id TEXT NOT NULL, host TEXT NOT NULL,"
    " port INTEGER NOT NULL, PRIMARY KEY(group_name, run_id)) WITHOUT ROWID;" STATE_LATER_TABLES;

static int fail(const char *path, char ret_error[STATE_ERROR_MAX], const char *what)
{
    snprintf(ret_error, STATE_ERROR_MAX, "%s: %s: %s", path, what, strerror(errno));
    return -1;
}

/* Draw an identity. */
static bool draw_runid(char ret_runid[PEER_RUNID_LEN + 1])
{
    unsigned char bytes[PEER_RUNID_LEN / 2];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(ret_runid + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

/* Fill an empty database: schema, marks, identity. */
static bool fill(struct state *state, const char *given_runid)
{
    char marks[120];
    char runid[PEER_RUNID_LEN + 1];

    if (given_runid[0] != '\0')
        snprintf(runid, sizeof runid, "%s", given_runid);
    else if (!draw_runid(runid))
        return false;
    snprintf(marks, sizeof marks, "PRAGMA application_id=%d; PRAGMA user_version=%d;", STATE_APP_ID,
             STATE_VERSION);
    if (sqlite3_exec(state->db, "PRAGMA synchronous=FULL; BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(state->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(state->db, marks, NULL, NULL, NULL) != SQLITE_OK)
        return false;
    sqlite3_stmt *statement = state_sql(state, SQL_META_PUT);

    state_bind_text(statement, 1, "run_id");
    state_bind_text(statement, 2, runid);
    return state_run(statement) && sqlite3_exec(state->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

/* Make the database under PATH, which no one looks at yet. */
static int fill_file(struct state *state, const char *path, const struct state_origin *origin,
                     char ret_error[STATE_ERROR_MAX])
{
    const char *runid = origin != NULL ? origin->runid : "";
    int rc = 0;
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail(path, ret_error, "cannot be made");
    close(fd);
    if (sqlite3_open_v2(path, &state->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        !fill(state, runid)) {
        snprintf(ret_error, STATE_ERROR_MAX, "%s: cannot be written: %s", path,
                 state->db ? sqlite3_errmsg(state->db) : "no memory");
        rc = -1;
    }
    if (rc == 0 && origin != NULL)
        rc = origin->fill(origin->arg, state, ret_error);
    state_finalize(state);
    sqlite3_close(state->db);
    state->db = NULL;
    return rc;
}

/* The name of a file is durable once its directory is. */
static int sync_dir(const char *path)
{
    char dir[STATE_PATH_MAX];

    snprintf(dir, sizeof dir, "%s", path);
    *strrchr(dir, '/') = '\0';
    int fd = open(dir[0] != '\0' ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    int rc = fsync(fd);

    close(fd);
    return rc;
}

int state_create(struct state *state, const struct state_origin *origin,
                 char ret_error[STATE_ERROR_MAX])
{
    char path[STATE_PATH_MAX + 8];

    snprintf(path, sizeof path, "%s.new", state->path);
    if (fill_file(state, path, origin, ret_error) != 0)
        return -1;
    if (rename(path, state->path) != 0 || sync_dir(state->path) != 0)
        return fail(state->path, ret_error, "cannot be put in place");
    return 0;
}

/* Who holds the lock, as it says itself; 0 when it does not say. */
static long lock_holder(int fd)
{
    char text[24] = "";

    return pread(fd, text, sizeof text - 1, 0) > 0 ? strtol(text, NULL, 10) : 0;
}

int state_lock(struct state *state, const char *dir, char ret_error[STATE_ERROR_MAX])
{
    char path[STATE_PATH_MAX + 8];
    char text[24];

    snprintf(path, sizeof path, "%s/" STATE_LOCK, dir);
    state->lock_fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (state->lock_fd < 0)
        return fail(path, ret_error, "cannot be opened");
    if (flock(state->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fail(path, ret_error, "cannot be locked");
        snprintf(ret_error, STATE_ERROR_MAX,
                 "%s: in use by the picketd with pid %ld; stop that one, or give this one a "
                 "state_dir of its own",
                 dir, lock_holder(state->lock_fd));
        return -1;
    }
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(state->lock_fd, 0) != 0 || pwrite(state->lock_fd, text, (size_t)len, 0) != len)
        return fail(path, ret_error, "cannot be written");
    return 0;
}
