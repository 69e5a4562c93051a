/*
 * state_db_io: the parts of state_io that share the database: only state_*_io.c include this.
 */
#ifndef SENTINEL_STATE_DB_IO_H
#define SENTINEL_STATE_DB_IO_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "quorum/hello.h"
#include "sentinel/state_io.h"

#define STATE_PATH_MAX 1100
#define STATE_VERSION  1          /* of the schema, in user_version */
#define STATE_APP_ID   0x50694b74 /* "PiKt", in application_id */

/*   X(id, SQL): what is prepared once and used again. GROUP_DROP to PEERS_DROP, at the end, are
 * what the end of a group takes. */
#define STATE_SQL(X)                                                                               \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                    \
    X(COMMIT, "COMMIT")                                                                            \
    X(ROLLBACK, "ROLLBACK")                                                                        \
    X(META_PUT, "INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)")                          \
    X(META_GET, "SELECT value FROM meta WHERE key = ?1")                                           \
    X(GROUP_PUT, "INSERT OR REPLACE INTO groups"                                                   \
                 "(name, host, port, epoch, base_host, base_port, from_file)"                      \
                 " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                            \
    X(GROUP_ALL, "SELECT name, host, port, epoch, base_host, base_port, from_file FROM groups")    \
    X(OPTION_PUT, "INSERT OR REPLACE INTO group_options(group_name, base, name, value)"            \
                  " VALUES(?1, ?2, ?3, ?4)")                                                       \
    X(OPTION_ALL, "SELECT base, name, value FROM group_options WHERE group_name = ?1")             \
    X(REMOVED_PUT, "INSERT OR REPLACE INTO removed(group_name, host, port) VALUES(?1, ?2, ?3)")    \
    X(REMOVED_ALL, "SELECT group_name, host, port FROM removed")                                   \
    X(REMOVED_DROP, "DELETE FROM removed WHERE group_name = ?1")                                   \
    X(LINEAGE_PUT, "INSERT OR REPLACE INTO lineages(group_name, replids) VALUES(?1, ?2)")          \
    X(LINEAGE_ALL, "SELECT group_name, replids FROM lineages")                                     \
    X(VOTE_PUT, "INSERT OR REPLACE INTO votes(group_name, epoch, run_id) VALUES(?1, ?2, ?3)")      \
    X(VOTE_ALL, "SELECT group_name, epoch, run_id FROM votes")                                     \
    X(NODE_PUT, "INSERT OR REPLACE INTO nodes(group_name, host, port, run_id, owed, ip)"           \
                " VALUES(?1, ?2, ?3, ?4, ?5, ?6)")                                                 \
    X(NODE_ALL, "SELECT group_name, host, port, run_id, owed, ip, min_replicas, max_lag_s,"        \
                " replicas, needed FROM nodes LEFT JOIN guards USING (group_name, host, port)"     \
                " LEFT JOIN syncs USING (group_name, host, port)"                                  \
                " LEFT JOIN leases USING (group_name, host, port)")                                \
    X(SYNC_PUT, "INSERT OR REPLACE INTO syncs(group_name, host, port, replicas)"                   \
                " VALUES(?1, ?2, ?3, ?4)")                                                         \
    X(SYNC_DROP, "DELETE FROM syncs WHERE group_name = ?1 AND host = ?2 AND port = ?3")            \
    X(LEASE_PUT, "INSERT OR REPLACE INTO leases(group_name, host, port, needed)"                   \
                 " VALUES(?1, ?2, ?3, 1)")                                                         \
    X(LEASE_DROP, "DELETE FROM leases WHERE group_name = ?1 AND host = ?2 AND port = ?3")          \
    X(GUARD_PUT, "INSERT OR REPLACE INTO guards(group_name, host, port, min_replicas, max_lag_s)"  \
                 " VALUES(?1, ?2, ?3, ?4, ?5)")                                                    \
    X(GUARD_DROP, "DELETE FROM guards WHERE group_name = ?1 AND host = ?2 AND port = ?3")          \
    X(NODE_DROP, "DELETE FROM nodes WHERE group_name = ?1 AND host = ?2 AND port = ?3")            \
    X(PEER_PUT, "INSERT OR REPLACE INTO peers(group_name, run_id, host, port)"                     \
                " VALUES(?1, ?2, ?3, ?4)")                                                         \
    X(PEER_ALL, "SELECT group_name, run_id, host, port FROM peers")                                \
    X(HOLD_PUT, "INSERT OR REPLACE INTO holds(group_name, host, port, until_ms)"                   \
                " VALUES(?1, ?2, ?3, ?4)")                                                         \
    X(HOLD_ALL, "SELECT group_name, host, port, until_ms FROM holds")                              \
    X(HOLD_DROP, "DELETE FROM holds WHERE group_name = ?1 AND host = ?2 AND port = ?3")            \
    X(PEER_DROP, "DELETE FROM peers WHERE group_name = ?1 AND run_id = ?2")                        \
    X(FLAP_PUT, "INSERT OR REPLACE INTO flaps(group_name, host, port, count)"                      \
                " VALUES(?1, ?2, ?3, ?4)")                                                         \
    X(FLAP_ALL, "SELECT group_name, host, port, count FROM flaps")                                 \
    X(FLAP_DROP, "DELETE FROM flaps WHERE group_name = ?1 AND host = ?2 AND port = ?3")            \
    X(USER_PUT, "INSERT INTO users(name, rules) VALUES(?1, ?2)")                                   \
    X(USER_ALL, "SELECT name, rules FROM users ORDER BY name")                                     \
    X(USERS_DROP, "DELETE FROM users")                                                             \
    X(GROUP_DROP, "DELETE FROM groups WHERE name = ?1")                                            \
    X(OPTIONS_DROP, "DELETE FROM group_options WHERE group_name = ?1")                             \
    X(LINEAGES_DROP, "DELETE FROM lineages WHERE group_name = ?1")                                 \
    X(VOTES_DROP, "DELETE FROM votes WHERE group_name = ?1")                                       \
    X(HOLDS_DROP, "DELETE FROM holds WHERE group_name = ?1")                                       \
    X(GUARDS_DROP, "DELETE FROM guards WHERE group_name = ?1")                                     \
    X(SYNCS_DROP, "DELETE FROM syncs WHERE group_name = ?1")                                       \
    X(LEASES_DROP, "DELETE FROM leases WHERE group_name = ?1")                                     \
    X(FLAPS_DROP, "DELETE FROM flaps WHERE group_name = ?1")                                       \
    X(NODES_DROP, "DELETE FROM nodes WHERE group_name = ?1")                                       \
    X(PEERS_DROP, "DELETE FROM peers WHERE group_name = ?1")

enum state_sql {
#define X(id, sql) SQL_##id,
    STATE_SQL(X)
#undef X
        SQL_COUNT
};

struct state {
    char path[STATE_PATH_MAX]; /* of the database */
    char dir[STATE_PATH_MAX];  /* in which it is */
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT]; /* NULL until first used */
    int lock_fd;
    char runid[PEER_RUNID_LEN + 1];
};

/* The statement, ready to be bound; NULL when it cannot be prepared. */
sqlite3_stmt *state_sql(struct state *state, enum state_sql which);

/* Run it to its end (no rows wanted) and reset it. */
bool state_run(sqlite3_stmt *statement);

/* All that PUT does in one transaction, or nothing of it. 0, or -1 with a text. */
int state_transact(struct state *state, bool (*put)(struct state *state, const void *arg),
                   const void *arg, char ret_error[STATE_ERROR_MAX]);

/* The tables that came after version 1 of the schema was in use, and change nothing else. */
#define STATE_LATER_TABLES                                                                         \
    "CREATE TABLE IF NOT EXISTS users(name TEXT PRIMARY KEY, rules TEXT NOT NULL) WITHOUT ROWID;"  \
    "CREATE TABLE IF NOT EXISTS guards(group_name TEXT NOT NULL, host TEXT NOT NULL COLLATE "      \
    "NOCASE,"                                                                                      \
    " port INTEGER NOT NULL, min_replicas INTEGER NOT NULL, max_lag_s INTEGER NOT NULL,"           \
    " PRIMARY KEY(group_name, host, port)) WITHOUT ROWID;"                                         \
    "CREATE TABLE IF NOT EXISTS syncs(group_name TEXT NOT NULL, host TEXT NOT NULL COLLATE "       \
    "NOCASE,"                                                                                      \
    " port INTEGER NOT NULL, replicas INTEGER NOT NULL, PRIMARY KEY(group_name, host, port))"      \
    " WITHOUT ROWID;"                                                                              \
    "CREATE TABLE IF NOT EXISTS leases(group_name TEXT NOT NULL, host TEXT NOT NULL COLLATE "      \
    "NOCASE,"                                                                                      \
    " port INTEGER NOT NULL, needed INTEGER NOT NULL, PRIMARY KEY(group_name, host, port))"        \
    " WITHOUT ROWID;"                                                                              \
    "CREATE TABLE IF NOT EXISTS flaps(group_name TEXT NOT NULL, host TEXT NOT NULL COLLATE "       \
    "NOCASE,"                                                                                      \
    " port INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(group_name, host, port))"         \
    " WITHOUT ROWID;"                                                                              \
    "CREATE TABLE IF NOT EXISTS lineages(group_name TEXT PRIMARY KEY, replids TEXT NOT NULL)"      \
    " WITHOUT ROWID;"                                                                              \
    "CREATE TABLE IF NOT EXISTS removed(group_name TEXT PRIMARY KEY, host TEXT NOT NULL,"          \
    " port INTEGER NOT NULL) WITHOUT ROWID;"                                                       \
    "CREATE TABLE IF NOT EXISTS holds(group_name TEXT NOT NULL, host TEXT NOT NULL COLLATE "       \
    "NOCASE,"                                                                                      \
    " port INTEGER NOT NULL, until_ms INTEGER NOT NULL,"                                           \
    " PRIMARY KEY(group_name, host, port)) WITHOUT ROWID;"

void state_bind_text(sqlite3_stmt *statement, int at, const char *text);
void state_bind_int(sqlite3_stmt *statement, int at, int64_t value);

/* Unsigned numbers are kept as text: SQLite's integers are signed. */
void state_bind_epoch(sqlite3_stmt *statement, int at, uint64_t epoch);

/* Write "PATH: what" and what to do about it; always -1. */
int state_unreadable(const struct state *state, char ret_error[STATE_ERROR_MAX], const char *format,
                     ...) __attribute__((format(printf, 3, 4)));

/* Make a database at state->path, complete or not at all. ORIGIN NULL: with a new identity. */
int state_create(struct state *state, const struct state_origin *origin,
                 char ret_error[STATE_ERROR_MAX]);

/* Give back what was prepared, so that the database can be closed. */
void state_finalize(struct state *state);

/* Take the lock of DIR into state->lock_fd. */
int state_lock(struct state *state, const char *dir, char ret_error[STATE_ERROR_MAX]);

#endif
