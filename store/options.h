/*
 * The options, named as in redis.conf. One table gives names, defaults, ranges and meaning; the
 * configuration file, the command line, CONFIG GET / SET and --help all read it.
 *
 * Values come as text and are kept as a number or a text. Options that were changed while the
 * process runs are marked, and are what CONFIG REWRITE writes.
 */
#ifndef STORE_OPTIONS_H
#define STORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/limits.h"
#include "wire/addr.h"
#include "wire/buf.h"
#include "wire/client.h"
#include "wire/slice.h"

#define OPTION_TEXT_MAX       512 /* bytes of a text value */
#define OPTION_NAME_MAX       40
#define OPTION_ERROR_TEXT_MAX 256
#define SAVE_POINTS_MAX       16
#define USER_TEXT_MAX         65536 /* bytes of one user's rules */

#define OPTION_SYNC_REPLICAS_MAX 16

#define OPTION_KB 1024LL
#define OPTION_MB (1024 * OPTION_KB)
#define OPTION_GB (1024 * OPTION_MB)

/* How a value is written. */
enum option_kind {
    OPTION_NUMBER, /* an integer in a range */
    OPTION_BYTES,  /* the same with a unit: kb, mb, gb (1024), k, m, g (1000) */
    OPTION_YES_NO,
    OPTION_CHOICE, /* one of some words */
    OPTION_TEXT,
    OPTION_SAVE,    /* pairs of seconds and changes */
    OPTION_PRIMARY, /* "host port", "host:port", "no one" or nothing */
    OPTION_OUTPUT,  /* output buffer limits by class */
    OPTION_USERS    /* a user's name and rules; each time one more */
};

enum option_flag {
    OPTION_FIXED = 1,     /* only at start */
    OPTION_PROTECTED = 2, /* the same; Redis has another word for it */
    OPTION_SECRET = 4     /* not shown in logs */
};

/* id, name, other name, kind, flags, default, least, most, meaning */
#define OPTIONS(X)                                                                                 \
    X(BIND, "bind", "host", TEXT, OPTION_FIXED, "127.0.0.1", 0, 0,                                 \
      "address to listen on; several, with spaces; * is all")                                      \
    X(PORT, "port", NULL, NUMBER, OPTION_FIXED, "6379", 0, 65535, "TCP port; 0: any free one")     \
    X(MAXCLIENTS, "maxclients", NULL, NUMBER, 0, "10000", 1, UINT32_MAX, "connections at a time")  \
    X(TIMEOUT, "timeout", NULL, NUMBER, 0, "0", 0, INT32_MAX,                                      \
      "seconds after which a silent client is closed; 0: never")                                   \
    X(TCP_KEEPALIVE, "tcp-keepalive", NULL, NUMBER, 0, "300", 0, INT32_MAX,                        \
      "seconds between TCP keep-alives; 0: off")                                                   \
    X(QUERY_LIMIT, "client-query-buffer-limit", NULL, BYTES, 0, "1gb", OPTION_MB, INT64_MAX,       \
      "unread bytes of one client")                                                                \
    X(BULK_MAX, "proto-max-bulk-len", NULL, BYTES, 0, "512mb", OPTION_MB, 512 * OPTION_MB,         \
      "bytes of one argument or string")                                                           \
    X(OUTPUT_LIMIT, "client-output-buffer-limit", NULL, OUTPUT, 0,                                 \
      "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60", 0, 0,                 \
      "class, hard bytes, soft bytes, soft seconds; for normal, replica, pubsub")                  \
    X(LOGLEVEL, "loglevel", NULL, CHOICE, 0, "notice", 0, 0,                                       \
      "least important message that is logged")                                                    \
    X(DIR, "dir", NULL, TEXT, OPTION_PROTECTED, ".", 0, 0, "folder of the data and state files")   \
    X(DBFILENAME, "dbfilename", NULL, TEXT, OPTION_PROTECTED, "dump.rdb", 0, 0,                    \
      "name of the data file in dir")                                                              \
    X(DATABASES, "databases", NULL, NUMBER, OPTION_FIXED, "16", 16, 16, "number of databases")     \
    X(SAVE, "save", NULL, SAVE, 0, "3600 1 300 100 60 10000", 0, 0,                                \
      "save in the background when so many seconds and changes have passed; empty: never")         \
    X(RDBCOMPRESSION, "rdbcompression", NULL, YES_NO, 0, "yes", 0, 1,                              \
      "compress long strings in the data file")                                                    \
    X(RDBCHECKSUM, "rdbchecksum", NULL, YES_NO, 0, "yes", 0, 1,                                    \
      "checksum at the end of the data file")                                                      \
    X(STOP_WRITES, "stop-writes-on-bgsave-error", NULL, YES_NO, 0, "yes", 0, 1,                    \
      "refuse writes while the last background save failed")                                       \
    X(APPENDONLY, "appendonly", NULL, YES_NO, 0, "no", 0, 1,                                       \
      "log every write, so that a crash loses none")                                               \
    X(APPENDFSYNC, "appendfsync", NULL, CHOICE, 0, "everysec", 0, 0,                               \
      "when the log is on disk: always before a reply, every second, or as the system likes")      \
    X(APPENDDIRNAME, "appenddirname", NULL, TEXT, OPTION_FIXED, "appendonlydir", 0, 0,             \
      "folder of the log's files in dir")                                                          \
    X(APPENDFILENAME, "appendfilename", NULL, TEXT, OPTION_FIXED, "appendonly.aof", 0, 0,          \
      "what the names of the log's files begin with")                                              \
    X(AOF_NO_FSYNC, "no-appendfsync-on-rewrite", NULL, YES_NO, 0, "no", 0, 1,                      \
      "do not sync the log while a child writes a file")                                           \
    X(AOF_REWRITE_PERCENT, "auto-aof-rewrite-percentage", NULL, NUMBER, 0, "100", 0, INT32_MAX,    \
      "rewrite the log when it has grown by so much; 0: never")                                    \
    X(AOF_REWRITE_MIN, "auto-aof-rewrite-min-size", NULL, BYTES, 0, "64mb", 0, INT64_MAX,          \
      "... and is at least so large")                                                              \
    X(AOF_LOAD_TRUNCATED, "aof-load-truncated", NULL, YES_NO, 0, "yes", 0, 1,                      \
      "start although the log's last command is cut short")                                        \
    X(AOF_PREAMBLE, "aof-use-rdb-preamble", NULL, YES_NO, 0, "yes", 1, 1,                          \
      "the log's base is a data file")                                                             \
    X(AOF_TIMESTAMP, "aof-timestamp-enabled", NULL, YES_NO, 0, "no", 0, 0,                         \
      "the log has no times of day")                                                               \
    X(REQUIREPASS, "requirepass", NULL, TEXT, OPTION_SECRET, "", 0, 0, "password of the clients")  \
    X(USER, "user", NULL, USERS, OPTION_FIXED, "", 0, 0,                                           \
      "a user: name and rules as of ACL SETUSER; may be given several times")                      \
    X(ACLFILE, "aclfile", NULL, TEXT, OPTION_FIXED, "", 0, 0,                                      \
      "file of the users, in place of user and requirepass; in dir if it is no full path")         \
    X(MASTERAUTH, "masterauth", NULL, TEXT, OPTION_SECRET, "", 0, 0, "password for the primary")   \
    X(MASTERUSER, "masteruser", NULL, TEXT, 0, "", 0, 0, "user name for the primary")              \
    X(REPLICAOF, "replicaof", "slaveof", PRIMARY, OPTION_FIXED, "", 0, 0,                          \
      "primary to follow; empty: be a primary")                                                    \
    X(REPLICA_READ_ONLY, "replica-read-only", "slave-read-only", YES_NO, 0, "yes", 0, 1,           \
      "a replica refuses writes of clients")                                                       \
    X(SERVE_STALE, "replica-serve-stale-data", "slave-serve-stale-data", YES_NO, 0, "yes", 0, 1,   \
      "a replica without its primary answers with the data it has")                                \
    X(REPLICA_PRIORITY, "replica-priority", "slave-priority", NUMBER, 0, "100", 0, INT32_MAX,      \
      "rank in a failover, the lowest first; 0: never a primary")                                  \
    X(ZONE, "availability-zone", NULL, TEXT, 0, "", 0, 0, "where it is, told in INFO")             \
    X(REPLICA_ANNOUNCED, "replica-announced", NULL, YES_NO, 0, "yes", 0, 1,                        \
      "supervisors name this replica to clients")                                                  \
    X(ANNOUNCE_IP, "replica-announce-ip", "slave-announce-ip", TEXT, 0, "", 0, 0,                  \
      "address told to the primary")                                                               \
    X(ANNOUNCE_PORT, "replica-announce-port", "slave-announce-port", NUMBER, 0, "0", 0, 65535,     \
      "port told to the primary; 0: port")                                                         \
    X(DISKLESS, "repl-diskless-sync", NULL, YES_NO, 0, "yes", 0, 1,                                \
      "a full synchronisation goes straight to the replicas, not by the data file")                \
    X(DISKLESS_DELAY, "repl-diskless-sync-delay", NULL, NUMBER, 0, "0", 0, INT32_MAX,              \
      "seconds to wait for more replicas before one (Redis: 5)")                                   \
    X(DISKLESS_REPLICAS, "repl-diskless-sync-max-replicas", NULL, NUMBER, 0, "0", 0, INT32_MAX,    \
      "do not wait any longer when so many replicas wait; 0: always wait")                         \
    X(DISKLESS_LOAD, "repl-diskless-load", NULL, CHOICE, 0, "swapdb", 0, 0,                        \
      "data of a primary are read beside the old ones, which are served until they are whole")     \
    X(LAZY_FLUSH, "replica-lazy-flush", "slave-lazy-flush", YES_NO, 0, "yes", 1, 1,                \
      "old data are freed little by little")                                                       \
    X(BACKLOG_SIZE, "repl-backlog-size", NULL, BYTES, 0, "1mb", 16 * OPTION_KB, 64 * OPTION_GB,    \
      "bytes of the stream kept for replicas that come back")                                      \
    X(BACKLOG_TTL, "repl-backlog-ttl", NULL, NUMBER, 0, "3600", 0, INT32_MAX,                      \
      "seconds without a replica after which they are dropped; 0: never")                          \
    X(REPL_TIMEOUT, "repl-timeout", NULL, NUMBER, 0, "60", 1, INT32_MAX,                           \
      "seconds of silence that end a replication link")                                            \
    X(PING_PERIOD, "repl-ping-replica-period", "repl-ping-slave-period", NUMBER, 0, "10", 1,       \
      INT32_MAX, "seconds between the PINGs in the stream")                                        \
    X(REPL_NODELAY_OFF, "repl-disable-tcp-nodelay", NULL, YES_NO, 0, "no", 0, 1,                   \
      "fewer, larger packets to replicas")                                                         \
    X(MIN_REPLICAS, "min-replicas-to-write", "min-slaves-to-write", NUMBER, 0, "0", 0, INT32_MAX,  \
      "refuse writes with fewer good replicas than this")                                          \
    X(MIN_REPLICAS_LAG, "min-replicas-max-lag", "min-slaves-max-lag", NUMBER, 0, "10", 0,          \
      INT32_MAX, "seconds since its last word up to which a replica is good; 0: the rule is off")  \
    X(HASH_ENTRIES, "hash-max-listpack-entries", "hash-max-ziplist-entries", NUMBER, 0, "512", 0,  \
      INT64_MAX, "fields up to which a hash is compact")                                           \
    X(HASH_VALUE, "hash-max-listpack-value", "hash-max-ziplist-value", BYTES, 0, "64", 0,          \
      INT64_MAX, "bytes of a field or value up to which it is")                                    \
    X(SET_INTS, "set-max-intset-entries", NULL, NUMBER, 0, "512", 0, INT64_MAX,                    \
      "members up to which a set of integers is compact")                                          \
    X(SET_ENTRIES, "set-max-listpack-entries", NULL, NUMBER, 0, "128", 0, INT64_MAX,               \
      "members up to which another set is")                                                        \
    X(SET_VALUE, "set-max-listpack-value", NULL, BYTES, 0, "64", 0, INT64_MAX,                     \
      "bytes of a member up to which it is")                                                       \
    X(LIST_SIZE, "list-max-listpack-size", "list-max-ziplist-size", NUMBER, 0, "-2", INT32_MIN,    \
      INT32_MAX, "size of the nodes of a list: elements, or -1 to -5: 4kb to 64kb")                \
    X(ZSET_ENTRIES, "zset-max-listpack-entries", "zset-max-ziplist-entries", NUMBER, 0, "128", 0,  \
      INT64_MAX, "members up to which a sorted set is compact")                                    \
    X(ZSET_VALUE, "zset-max-listpack-value", "zset-max-ziplist-value", BYTES, 0, "64", 0,          \
      INT64_MAX, "bytes of a member up to which it is")                                            \
    X(SYNC_REPLICAS, "sync-replicas", NULL, NUMBER, 0, "0", 0, OPTION_SYNC_REPLICAS_MAX,           \
      "reply to a write when so many replicas have acknowledged it; 0: at once")                   \
    X(SYNC_TIMEOUT, "sync-replicas-timeout", NULL, NUMBER, 0, "5000", 0, INT32_MAX,                \
      "milliseconds after which the reply is an error instead; 0: never")                          \
    X(START_GATE, "start-gate", NULL, CHOICE, 0, "no", 0, 0,                                       \
      "a primary that was at work before its start takes writes only after a supervisor's word; "  \
      "strict: a new one too")                                                                     \
    X(WRITE_LEASE, "write-lease-ms", NULL, NUMBER, 0, "0", 0, 3600000,                             \
      "refuse writes unless a supervisor renewed the lease within so many milliseconds; 0: off")   \
    X(DEBUG_COMMAND, "enable-debug-command", NULL, CHOICE, OPTION_FIXED, "local", 0, 0,            \
      "who may use DEBUG: no, yes, or clients on this host")                                       \
    X(MAXMEMORY, "maxmemory", NULL, BYTES, 0, "0", 0, INT64_MAX,                                   \
      "bytes that the data may take; 0: no limit")                                                 \
    X(MAXMEMORY_POLICY, "maxmemory-policy", NULL, CHOICE, 0, "noeviction", 0, 0,                   \
      "which keys are deleted to stay below maxmemory")                                            \
    X(MAXMEMORY_SAMPLES, "maxmemory-samples", NULL, NUMBER, 0, "5", 1, 64,                         \
      "keys that are looked at for one to delete")                                                 \
    X(REPLICA_IGNORE_MAXMEMORY, "replica-ignore-maxmemory", "slave-ignore-maxmemory", YES_NO, 0,   \
      "yes", 0, 1, "a replica deletes only what its primary deletes")                              \
    X(SLOWLOG_US, "slowlog-log-slower-than", NULL, NUMBER, 0, "10000", -1, INT64_MAX,              \
      "microseconds from which on a command is slow; -1: none is")                                 \
    X(SLOWLOG_LEN, "slowlog-max-len", NULL, NUMBER, 0, "128", 0, 100000,                           \
      "slow commands that are kept")                                                               \
    X(LATENCY_MS, "latency-monitor-threshold", NULL, NUMBER, 0, "0", 0, INT64_MAX,                 \
      "milliseconds from which on an event is noted; 0: none is")                                  \
    X(LATENCY_TRACKING, "latency-tracking", NULL, YES_NO, 0, "yes", 0, 1,                          \
      "count how long each command takes")

enum option_id {
#define X(id, name, alias, kind, flags, standard, least, most, meaning) OPT_##id,
    OPTIONS(X)
#undef X
        OPTION_COUNT
};

struct option_row {
    const char *name;
    const char *alias; /* NULL: none */
    enum option_kind kind;
    unsigned flags;
    const char *standard;
    int64_t least, most;
    const char *meaning;
};

struct save_point {
    int64_t seconds;
    int64_t changes;
};

struct output_limit {
    int64_t hard_bytes, soft_bytes, soft_s;
};

struct option_value {
    int64_t number; /* NUMBER, BYTES, YES_NO; the index of a CHOICE */
    char *text;     /* as CONFIG GET shows it; owned */
    bool changed;   /* while the process runs */
};

struct options {
    struct option_value values[OPTION_COUNT];
    struct save_point save[SAVE_POINTS_MAX];
    size_t save_count;
    struct addr primary; /* not set: none */
    struct output_limit output[CLIENT_CLASSES];
    struct value_limits limits; /* those of compact forms, together */
    struct buf users;           /* lines as acl_read takes them */
    bool users_default;         /* one of them is about the default user */
};

const struct option_row *option_row(enum option_id id);

/* The option of a name or other name, case and (as in the file) '_' for '-' not mattering; -1:
 * none. */
int option_find(struct slice name);

/* All at their defaults. */
void options_init(struct options *o);
void options_done(struct options *o);

/* Sets one from text. False, with the reason and what is allowed in ret_error, and nothing changed.
 */
bool options_set(struct options *o, enum option_id id, struct slice text,
                 char ret_error[OPTION_ERROR_TEXT_MAX]);

/* Forgets the users that were set. */
void options_drop_users(struct options *o);

static inline int64_t option_number(const struct options *o, enum option_id id)
{
    return o->values[id].number;
}

static inline const char *option_text(const struct options *o, enum option_id id)
{
    return o->values[id].text;
}

/* What stands in --help and in error messages: "1 to 65535", "yes or no", ... */
void option_allowed(enum option_id id, char *text, size_t size);

#endif
