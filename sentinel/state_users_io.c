#include <stdio.h>
#include <string.h>

#include "sentinel/state_db_io.h"
#include "wire/buf.h"

#define BASE_KEY "requirepass" /* its digest, as it was taken last */

/* Put one line of users in; "user NAME rules...". */
static bool put_line(struct state *state, struct slice line)
{
    sqlite3_stmt *put = state_sql(state, SQL_USER_PUT);
    const char *name = line.p + strlen("user ");
    const char *end = memchr(name, ' ', line.n - strlen("user "));

    if (!put || !end)
        return false;
    sqlite3_bind_text(put, 1, name, (int)(end - name), SQLITE_TRANSIENT);
    sqlite3_bind_text(put, 2, end + 1, (int)(line.p + line.n - end - 1), SQLITE_TRANSIENT);
    return state_run(put);
}

struct users_text {
    struct slice text;
    const char *base;
};

static bool put_all(struct state *state, const void *arg)
{
    const struct users_text *users = arg;
    struct slice text = users->text;
    sqlite3_stmt *put = state_sql(state, SQL_META_PUT);

    state_bind_text(put, 1, BASE_KEY);
    state_bind_text(put, 2, users->base);
    if (!state_run(put) || !state_run(state_sql(state, SQL_USERS_DROP)))
        return false;
    for (size_t at = 0; at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        struct slice line = { text.p + at, end ? (size_t)(end - text.p) - at : text.n - at };
        if (!put_line(state, line))
            return false;
        at += line.n + 1;
    }
    return true;
}

int state_store_users(struct state *state, struct slice text, const char *base,
                      char ret_error[STATE_ERROR_MAX])
{
    return state_transact(state, put_all, &(const struct users_text){ text, base }, ret_error);
}

/* The digest that was stored, if one was. */
static bool load_base(struct state *state, char ret_base[STATE_USERS_BASE_MAX])
{
    sqlite3_stmt *get = state_sql(state, SQL_META_GET);
    const char *text = NULL;

    state_bind_text(get, 1, BASE_KEY);
    int rc = sqlite3_step(get);
    if (rc == SQLITE_ROW)
        text = (const char *)sqlite3_column_text(get, 0);
    bool fits = !text || strlen(text) < STATE_USERS_BASE_MAX;
    if (fits)
        snprintf(ret_base, STATE_USERS_BASE_MAX, "%s", text ? text : "");
    sqlite3_reset(get);
    return fits && (rc == SQLITE_ROW || rc == SQLITE_DONE);
}

int state_load_users(struct state *state, struct buf *to, char ret_base[STATE_USERS_BASE_MAX],
                     char ret_error[STATE_ERROR_MAX])
{
    sqlite3_stmt *all = state_sql(state, SQL_USER_ALL);
    int rc;

    if (!load_base(state, ret_base))
        return state_unreadable(state, ret_error, "what it holds of requirepass cannot be read");
    while ((rc = sqlite3_step(all)) == SQLITE_ROW)
        buf_printf(to, "user %s %s\n", (const char *)sqlite3_column_text(all, 0),
                   (const char *)sqlite3_column_text(all, 1));
    sqlite3_reset(all);
    if (rc != SQLITE_DONE || to->overflow)
        return state_unreadable(state, ret_error, "the users in it cannot be read");
    return 0;
}
