/* Reading all rows back. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "quorum/epoch.h"
#include "sentinel/hold.h"
#include "sentinel/row.h"
#include "sentinel/state_db_io.h"

/* Column AT as a text; never NULL. */
static const char *text_at(sqlite3_stmt *all, int at)
{
    const char *text = (const char *)sqlite3_column_text(all, at);

    return text != NULL ? text : "";
}

static bool read_epoch(sqlite3_stmt *all, int at, uint64_t *ret_epoch)
{
    const char *text = text_at(all, at);

    return epoch_parse(ret_epoch, text, strlen(text));
}

static bool read_addr(sqlite3_stmt *all, int at, struct addr *ret_addr)
{
    return addr_set(ret_addr, text_at(all, at), sqlite3_column_int64(all, at + 1));
}

static bool read_name(sqlite3_stmt *all, int at, char ret_name[GROUP_NAME_MAX + 1])
{
    const char *text = text_at(all, at);

    if (!group_name_valid(text, strlen(text)))
        return false;
    memcpy(ret_name, text, strlen(text) + 1);
    return true;
}

/* A run id, or none where that is allowed. */
static bool read_runid(sqlite3_stmt *all, int at, bool optional, char ret_id[PEER_RUNID_LEN + 1])
{
    const char *text = text_at(all, at);
    bool none = text[0] == '\0' && optional;

    if (!none && !peer_runid_valid(text, strlen(text)))
        return false;
    memcpy(ret_id, text, strlen(text) + 1);
    return true;
}

/* The settings of ROW's group. Options that this version does not know are left alone. */
static bool read_options(struct state *state, const char *group, const struct conf_table *table,
                         void *conf, void *base, size_t *ret_n)
{
    sqlite3_stmt *all = state_sql(state, SQL_OPTION_ALL);
    bool ok = true;
    int rc;

    state_bind_text(all, 1, group);
    while ((rc = sqlite3_step(all)) == SQLITE_ROW && ok) {
        void *to = sqlite3_column_int(all, 0) != 0 ? base : conf;
        const struct conf_option *option = option_by_file_name(table, text_at(all, 1));

        ok = option == NULL || option_set(to, option, text_at(all, 2));
        (*ret_n)++;
    }
    sqlite3_reset(all);
    return ok && rc == SQLITE_DONE;
}

static bool read_group_options(struct state *state, struct row *row)
{
    size_t n = 0;

    group_conf_init(&row->conf);
    group_conf_init(&row->base);
    return read_options(state, row->group, &group_table, &row->conf, &row->base, &n);
}

static bool read_group(struct state *state, sqlite3_stmt *all, struct row *row)
{
    bool has_base = text_at(all, 4)[0] != '\0';

    row->from_file = sqlite3_column_int(all, 6) != 0;
    return read_name(all, 0, row->group) && read_addr(all, 1, &row->addr) &&
           read_epoch(all, 3, &row->epoch) && (!has_base || read_addr(all, 4, &row->base_addr)) &&
           read_group_options(state, row);
}

static bool read_removed(struct state *state, sqlite3_stmt *all, struct row *row)
{
    return read_name(all, 0, row->group) && read_addr(all, 1, &row->base_addr) &&
           read_group_options(state, row);
}

static bool read_lineage(struct state *state, sqlite3_stmt *all, struct row *row)
{
    (void)state;
    return read_name(all, 0, row->group) && lineage_parse(&row->lineage, text_at(all, 1));
}

static bool read_vote(struct state *state, sqlite3_stmt *all, struct row *row)
{
    (void)state;
    return read_name(all, 0, row->group) && read_epoch(all, 1, &row->epoch) &&
           read_runid(all, 2, true, row->runid);
}

static bool read_node(struct state *state, sqlite3_stmt *all, struct row *row)
{
    (void)state;
    row->owed = sqlite3_column_int(all, 4) != 0;
    snprintf(row->ip, sizeof row->ip, "%s", text_at(all, 5));
    row->min_replicas =
        sqlite3_column_type(all, 6) == SQLITE_NULL ? -1 : sqlite3_column_int64(all, 6);
    row->max_lag_s = sqlite3_column_int64(all, 7);
    row->sync_set = sqlite3_column_int64(all, 8); /* 0 for none */
    row->leased = sqlite3_column_int(all, 9) != 0;
    return read_name(all, 0, row->group) && read_addr(all, 1, &row->addr) &&
           read_runid(all, 3, true, row->runid);
}

static bool read_flap(struct state *state, sqlite3_stmt *all, struct row *row)
{
    bool has_addr = text_at(all, 1)[0] != '\0';
    int64_t count = sqlite3_column_int64(all, 3);

    (void)state;
    row->count = (uint32_t)count;
    return read_name(all, 0, row->group) && (!has_addr || read_addr(all, 1, &row->addr)) &&
           count >= 0 && count <= UINT32_MAX;
}

static bool read_peer(struct state *state, sqlite3_stmt *all, struct row *row)
{
    (void)state;
    return read_name(all, 0, row->group) && read_runid(all, 1, false, row->runid) &&
           read_addr(all, 2, &row->addr);
}

/* How much of it is left: by the wall clock, which may have been set meanwhile. */
static msec left_of(int64_t until_wall_ms)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    int64_t left = until_wall_ms - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);

    return left < 0 ? 0 : left < HOLD_FOR_MAX_MS ? left : HOLD_FOR_MAX_MS;
}

static bool read_hold(struct state *state, sqlite3_stmt *all, struct row *row)
{
    bool of_node = text_at(all, 1)[0] != '\0';

    (void)state;
    row->until_wall_ms = sqlite3_column_int64(all, 3);
    row->left_ms = left_of(row->until_wall_ms);
    return read_name(all, 0, row->group) && (!of_node || read_addr(all, 1, &row->addr));
}

/* The tables in the order in which they are handed out. */
static const struct {
    enum row_kind kind;
    enum state_sql all;
    bool (*read)(struct state *state, sqlite3_stmt *all, struct row *row);
} tables[] = {
    { ROW_GROUP, SQL_GROUP_ALL, read_group },       { ROW_REMOVED, SQL_REMOVED_ALL, read_removed },
    { ROW_LINEAGE, SQL_LINEAGE_ALL, read_lineage }, { ROW_VOTE, SQL_VOTE_ALL, read_vote },
    { ROW_NODE, SQL_NODE_ALL, read_node },          { ROW_PEER, SQL_PEER_ALL, read_peer },
    { ROW_HOLD, SQL_HOLD_ALL, read_hold },          { ROW_FLAP, SQL_FLAP_ALL, read_flap },
};

/* The highest epoch seen, if one was stored. */
static int load_epoch(struct state *state, void (*fn)(void *arg, const struct row *row), void *arg,
                      char ret_error[STATE_ERROR_MAX])
{
    sqlite3_stmt *get = state_sql(state, SQL_META_GET);
    struct row row = { .kind = ROW_EPOCH };

    state_bind_text(get, 1, "epoch");
    int rc = sqlite3_step(get);
    bool ok = rc == SQLITE_DONE || (rc == SQLITE_ROW && read_epoch(get, 0, &row.epoch));

    sqlite3_reset(get);
    if (!ok)
        return state_unreadable(state, ret_error, "the epoch in it cannot be read");
    if (rc == SQLITE_ROW)
        fn(arg, &row);
    return 0;
}

/* The settings of the process, if any were stored. */
static int load_global(struct state *state, void (*fn)(void *arg, const struct row *row), void *arg,
                       char ret_error[STATE_ERROR_MAX])
{
    struct row row = { .kind = ROW_GLOBAL };
    size_t n = 0;

    global_conf_init(&row.global);
    global_conf_init(&row.global_base);
    if (!read_options(state, "", &global_table, &row.global, &row.global_base, &n))
        return state_unreadable(state, ret_error, "the settings in it cannot be read");
    if (n > 0)
        fn(arg, &row);
    return 0;
}

int state_load(struct state *state, void (*fn)(void *arg, const struct row *row), void *arg,
               char ret_error[STATE_ERROR_MAX])
{
    if (load_epoch(state, fn, arg, ret_error) != 0 || load_global(state, fn, arg, ret_error) != 0)
        return -1;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        sqlite3_stmt *all = state_sql(state, tables[i].all);
        bool ok = true;
        int rc;

        while ((rc = sqlite3_step(all)) == SQLITE_ROW) {
            struct row row = { .kind = tables[i].kind };

            ok = tables[i].read(state, all, &row);
            if (!ok)
                break;
            fn(arg, &row);
        }
        sqlite3_reset(all);
        if (!ok || rc != SQLITE_DONE)
            return state_unreadable(state, ret_error, "a %s in it cannot be read",
                                    row_kind_name(tables[i].kind));
    }
    return 0;
}
