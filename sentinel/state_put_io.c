/* Storing rows. */
#include <assert.h>
#include <stdio.h>

#include "sentinel/row.h"
#include "sentinel/state_db_io.h"

static bool put_epoch(struct state *state, const struct row *row)
{
    sqlite3_stmt *put = state_sql(state, SQL_META_PUT);

    state_bind_text(put, 1, "epoch");
    state_bind_epoch(put, 2, row->epoch);
    return state_run(put);
}

/* All settings of a group, or of the process with an empty name, in force
 * (BASE 0) or as the file had them (1). */
static bool put_options(struct state *state, const char *group, int base,
                        const struct conf_table *table, const void *conf)
{
    sqlite3_stmt *put = state_sql(state, SQL_OPTION_PUT);

    for (size_t i = 0; i < table->n; i++) {
        char value[CONF_TEXT_MAX + 1];

        option_get(conf, &table->options[i], value);
        state_bind_text(put, 1, group);
        state_bind_int(put, 2, base);
        state_bind_text(put, 3, table->options[i].file_name);
        state_bind_text(put, 4, value);
        if (!state_run(put))
            return false;
    }
    return true;
}

static bool put_group(struct state *state, const struct row *row)
{
    sqlite3_stmt *put = state_sql(state, SQL_GROUP_PUT);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->addr.host);
    state_bind_int(put, 3, row->addr.port);
    state_bind_epoch(put, 4, row->epoch);
    state_bind_text(put, 5, row->base_addr.host);
    state_bind_int(put, 6, row->base_addr.port);
    state_bind_int(put, 7, row->from_file);
    return state_run(put) && put_options(state, row->group, 0, &group_table, &row->conf) &&
           put_options(state, row->group, 1, &group_table, &row->base);
}

static bool put_global(struct state *state, const struct row *row)
{
    return put_options(state, "", 0, &global_table, &row->global) &&
           put_options(state, "", 1, &global_table, &row->global_base);
}

static bool drop_group(struct state *state, const struct row *row)
{
    for (int which = SQL_GROUP_DROP; which <= SQL_PEERS_DROP; which++) {
        sqlite3_stmt *drop = state_sql(state, (enum state_sql)which);

        state_bind_text(drop, 1, row->group);
        if (!state_run(drop))
            return false;
    }
    return true;
}

static bool put_removed(struct state *state, const struct row *row)
{
    sqlite3_stmt *put = state_sql(state, SQL_REMOVED_PUT);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->base_addr.host);
    state_bind_int(put, 3, row->base_addr.port);
    return state_run(put) && put_options(state, row->group, 1, &group_table, &row->base);
}

static bool drop_removed(struct state *state, const struct row *row)
{
    static const enum state_sql drops[] = { SQL_REMOVED_DROP, SQL_OPTIONS_DROP };

    for (size_t i = 0; i < sizeof drops / sizeof *drops; i++) {
        sqlite3_stmt *drop = state_sql(state, drops[i]);

        state_bind_text(drop, 1, row->group);
        if (!state_run(drop))
            return false;
    }
    return true;
}

static bool put_lineage(struct state *state, const struct row *row)
{
    sqlite3_stmt *put = state_sql(state, SQL_LINEAGE_PUT);
    char text[LINEAGE_TEXT_MAX];

    lineage_format(&row->lineage, text);
    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, text);
    return state_run(put);
}

static bool put_vote(struct state *state, const struct row *row)
{
    sqlite3_stmt *put = state_sql(state, SQL_VOTE_PUT);

    state_bind_text(put, 1, row->group);
    state_bind_epoch(put, 2, row->epoch);
    state_bind_text(put, 3, row->runid);
    return state_run(put);
}

/* What a node needs to accept writes; nothing, when that is not known. */
static bool put_guard(struct state *state, const struct row *row)
{
    bool known = row->kind == ROW_NODE && row->min_replicas >= 0;
    sqlite3_stmt *put = state_sql(state, known ? SQL_GUARD_PUT : SQL_GUARD_DROP);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->addr.host);
    state_bind_int(put, 3, row->addr.port);
    if (known) {
        state_bind_int(put, 4, row->min_replicas);
        state_bind_int(put, 5, row->max_lag_s);
    }
    return state_run(put);
}

/* What an operator holds back: a group (no address) or a node. */
static bool put_hold(struct state *state, const struct row *row)
{
    bool gone = row->kind != ROW_HOLD;
    sqlite3_stmt *put = state_sql(state, gone ? SQL_HOLD_DROP : SQL_HOLD_PUT);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->addr.host);
    state_bind_int(put, 3, row->addr.port);
    if (!gone)
        state_bind_int(put, 4, row->until_wall_ms);
    return state_run(put);
}

/* What is counted of a node or a group; nothing, when it goes or there is nothing to count. */
static bool put_flap(struct state *state, const struct row *row)
{
    bool none = row->kind != ROW_FLAP || row->count == 0;
    sqlite3_stmt *put = state_sql(state, none ? SQL_FLAP_DROP : SQL_FLAP_PUT);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->addr.host);
    state_bind_int(put, 3, row->addr.port);
    if (!none)
        state_bind_int(put, 4, row->count);
    return state_run(put);
}

/* What sync-replicas we gave a node; nothing, when it has its own. */
static bool put_sync(struct state *state, const struct row *row)
{
    bool ours = row->kind == ROW_NODE && row->sync_set > 0;
    sqlite3_stmt *put = state_sql(state, ours ? SQL_SYNC_PUT : SQL_SYNC_DROP);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->addr.host);
    state_bind_int(put, 3, row->addr.port);
    if (ours)
        state_bind_int(put, 4, row->sync_set);
    return state_run(put);
}

/* That a node takes writes only with a lease; nothing, when it does not. */
static bool put_lease(struct state *state, const struct row *row)
{
    bool leased = row->kind == ROW_NODE && row->leased;
    sqlite3_stmt *put = state_sql(state, leased ? SQL_LEASE_PUT : SQL_LEASE_DROP);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->addr.host);
    state_bind_int(put, 3, row->addr.port);
    return state_run(put);
}

static bool put_node(struct state *state, const struct row *row)
{
    bool gone = row->kind == ROW_NODE_GONE;
    sqlite3_stmt *put = state_sql(state, gone ? SQL_NODE_DROP : SQL_NODE_PUT);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->addr.host);
    state_bind_int(put, 3, row->addr.port);
    if (!gone) {
        state_bind_text(put, 4, row->runid);
        state_bind_int(put, 5, row->owed);
        state_bind_text(put, 6, row->ip);
    }
    return state_run(put) && put_guard(state, row) && put_sync(state, row) &&
           put_lease(state, row) && (!gone || (put_hold(state, row) && put_flap(state, row)));
}

static bool put_peer(struct state *state, const struct row *row)
{
    bool gone = row->kind == ROW_PEER_GONE;
    sqlite3_stmt *put = state_sql(state, gone ? SQL_PEER_DROP : SQL_PEER_PUT);

    state_bind_text(put, 1, row->group);
    state_bind_text(put, 2, row->runid);
    if (!gone) {
        state_bind_text(put, 3, row->addr.host);
        state_bind_int(put, 4, row->addr.port);
    }
    return state_run(put);
}

static bool put_row(struct state *state, const struct row *row)
{
    switch (row->kind) {
    case ROW_GLOBAL:
        return put_global(state, row);
    case ROW_EPOCH:
        return put_epoch(state, row);
    case ROW_GROUP:
        return put_group(state, row);
    case ROW_GROUP_GONE:
        return drop_group(state, row);
    case ROW_REMOVED:
        return put_removed(state, row);
    case ROW_REMOVED_GONE:
        return drop_removed(state, row);
    case ROW_LINEAGE:
        return put_lineage(state, row);
    case ROW_VOTE:
        return put_vote(state, row);
    case ROW_NODE:
    case ROW_NODE_GONE:
        return put_node(state, row);
    case ROW_FLAP:
        return put_flap(state, row);
    case ROW_PEER:
    case ROW_PEER_GONE:
        return put_peer(state, row);
    case ROW_HOLD:
    case ROW_HOLD_GONE:
        return put_hold(state, row);
    }
    assert(!"row of no kind");
    return false;
}

struct rows {
    const struct row *first;
    size_t n;
};

static bool put_rows(struct state *state, const void *arg)
{
    const struct rows *rows = arg;

    for (size_t i = 0; i < rows->n; i++) {
        if (!put_row(state, &rows->first[i]))
            return false;
    }
    return true;
}

int state_store(struct state *state, const struct row *rows, size_t n,
                char ret_error[STATE_ERROR_MAX])
{
    return state_transact(state, put_rows, &(const struct rows){ rows, n }, ret_error);
}
