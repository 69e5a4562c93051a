#include <stdio.h>
#include <stdlib.h>

#include "sentinel/state_db_io.h"

#define LIFE "life" /* the key in meta */

static uint64_t read_life(struct state *state)
{
    sqlite3_stmt *get = state_sql(state, SQL_META_GET);
    uint64_t life = 0;

    state_bind_text(get, 1, LIFE);
    if (sqlite3_step(get) == SQLITE_ROW)
        life = strtoull((const char *)sqlite3_column_text(get, 0), NULL, 10);
    sqlite3_reset(get);
    return life;
}

int state_begin_life(struct state *state, uint64_t *ret_life, char ret_error[STATE_ERROR_MAX])
{
    sqlite3_stmt *put = state_sql(state, SQL_META_PUT);

    *ret_life = read_life(state) + 1;
    state_bind_text(put, 1, LIFE);
    state_bind_epoch(put, 2, *ret_life);
    if (state_run(put))
        return 0;
    snprintf(ret_error, STATE_ERROR_MAX, "%s: cannot be written (%s)", state->path,
             sqlite3_errmsg(state->db));
    return -1;
}
