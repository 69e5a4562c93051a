/*
 * The storage engine as its commands see it: data, options, replication state, clients' registries,
 * and the two clocks as the shell last set them. Pure; what a command wants done in the world goes
 * through `ops`.
 *
 * Every handler has the type command_fn and gets the store as its `app`.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/aof.h"
#include "store/blocked.h"
#include "store/command_stats.h"
#include "store/error_stats.h"
#include "store/evict.h"
#include "store/guard.h"
#include "store/held.h"
#include "store/keyspace.h"
#include "store/latency.h"
#include "store/options.h"
#include "store/repl.h"
#include "store/slowlog.h"
#include "store/watch.h"
#include "wire/acl_gate.h"
#include "wire/acl_reply.h"
#include "wire/client.h"
#include "wire/command.h"
#include "wire/msec.h"
#include "wire/prng.h"
#include "wire/slice.h"

struct pubsub;
struct store;

#define STORE_REDIS_VERSION "7.0.15" /* the version whose behaviour clients may count on */

/* Flags of commands beyond those of wire/command.h. */
enum {
    COMMAND_PROTECTED = COMMAND_APP,     /* DEBUG: enable-debug-command decides */
    COMMAND_UNQUEUED = COMMAND_APP << 1, /* runs at once within MULTI */
    COMMAND_EXEC = COMMAND_APP << 2,     /* EXEC: counts as what it will run */
    COMMAND_PING = COMMAND_APP << 3      /* says that the last save failed */
};

/* What the data are at this moment. */
enum store_phase {
    STORE_LOADING, /* the data file is being read; nearly every command is refused */
    STORE_READY
};

/*
 * The link to our primary, as commands and INFO see it. NONE: we are a primary.
 *
 *     NONE ──REPLICAOF──▶ CONNECTING ──asks──▶ SYNC ──data are whole──▶ CONNECTED
 *                           ▲    │  └──────────continues──────────────────▲   │
 *       a second later, or  │    ▼                                            ▼
 *       another primary     └─ CONNECT ◀──────────lost─────────────────────────
 *
 * From everywhere back to NONE (promoted) and to CONNECTING (another primary).
 */
enum link_phase { LINK_NONE, LINK_CONNECT, LINK_CONNECTING, LINK_SYNC, LINK_CONNECTED };

/* FAILOVER, as store/failover_io.h draws it: writes of clients wait while it goes on. */
enum failover_phase { FAILOVER_NONE, FAILOVER_WAIT, FAILOVER_HANDOVER };

struct store_stats {
    uint64_t commands;
    uint64_t keyspace_hits;
    uint64_t keyspace_misses;
    uint64_t expired_keys;
    uint64_t evicted_keys;
    uint64_t sync_full;
    uint64_t sync_partial_ok;
    uint64_t sync_partial_err;
    uint64_t forks;
    uint64_t rdb_saves;
    uint64_t repl_bytes_in;
    uint64_t repl_bytes_out;
    int64_t fork_us;
};

/* The shell's side of commands that are otherwise pure. */
struct store_ops {
    /* An option has a new value; false, with a reason, when it cannot be put into force. */
    bool (*option_changed)(struct store *s, enum option_id id,
                           char ret_error[OPTION_ERROR_TEXT_MAX]);
    /* A primary's client has written; its reply begins at reply_at (client_reply_at). */
    void (*written)(struct store *s, struct client *c, uint64_t reply_at);
    /* Everything was deleted by FLUSHALL. */
    void (*flushed)(struct store *s);
    /* Users, or what they may do, have changed. ASKS: who changed them; its connection ends only
     * behind the reply. */
    void (*users_changed)(struct store *s, struct client *asks);
    /* Bytes that nobody can guess. */
    acl_random_fn *random;
    /* Monotonic nanoseconds; NULL: nothing is timed. */
    int64_t (*clock_ns)(void);
};

struct store {
    struct keyspace data;
    struct options options;
    struct repl repl;
    struct guard guard;
    struct aof aof;
    struct held held;
    struct watches watches;
    struct blocked blocked;
    struct store_stats stats;
    struct command_stats command_stats;
    struct error_stats error_stats;
    struct slowlog slowlog;
    struct latency latency;
    struct evict_pool evict;
    struct prng prng;
    struct pubsub *pubsub;
    struct command_table *commands;
    struct acl_gate gate; /* the users */
    const struct store_ops *ops;
    void *shell;

    int64_t now_us; /* Unix time */
    int64_t now_ms;
    msec mono_ms;     /* monotonic */
    int64_t clock_ns; /* monotonic: when the command at hand began, or the last one ended */
    int64_t lease_ms; /* the guard's clock; kept up while write-lease-ms is set */
    enum store_phase phase;
    enum link_phase link;   /* LINK_NONE: we are a primary */
    size_t good_replicas;   /* those that min-replicas-to-write counts */
    size_t online_replicas; /* those that sync-replicas counts */
    bool save_failed;       /* the last background save did */
    bool no_active_expiry;  /* DEBUG: expired keys stay until they are asked for */
    bool forked; /* a child shares our memory: accesses are not noted, to keep it shared */

    uint64_t changes; /* of keys, ever */
    uint64_t saved;   /* those of them that the data file has */
    bool in_exec;     /* the commands of a transaction are running */
    bool multi_fed;   /* ... and its MULTI is in the stream already */
    bool propagated;  /* the command at hand fed the stream itself */

    enum failover_phase failover;
    msec paused_until_ms; /* CLIENT PAUSE; 0: not paused */
    bool paused_all;      /* not only writes */
};

/* pubsub and commands are made here; ops and shell are set by the owner. */
void store_init(struct store *s, const struct command *rows, uint64_t seed,
                const unsigned char hash_seed[HASH_KEY_SIZE]);
void store_done(struct store *s);

/* The one way to change `link`; asserts that the move is allowed. */
void store_move_link(struct store *s, enum link_phase to);

/* Sets the clocks: Unix time in microseconds, monotonic milliseconds. */
static inline void store_set_clock(struct store *s, int64_t now_us, msec mono_ms)
{
    s->now_us = now_us;
    s->now_ms = now_us / 1000;
    s->mono_ms = mono_ms;
    s->data.access_clock = (uint32_t)(s->now_ms / 1000) & ENTRY_ACCESS_MASK;
}

/* Changes since the last save. */
static inline uint64_t store_unsaved(const struct store *s)
{
    return s->changes - s->saved;
}

static inline bool store_is_replica(const struct store *s)
{
    return s->link != LINK_NONE;
}

/* True while clients' commands of this sort (all, or those that may write) wait. */
static inline bool store_is_paused(const struct store *s, bool writes)
{
    return (s->paused_until_ms > s->mono_ms && (s->paused_all || writes)) ||
           (writes && s->failover != FAILOVER_NONE);
}

/* True when write-lease-ms is set and nobody has renewed the lease in time. */
static inline bool store_lease_lapsed(const struct store *s)
{
    return option_number(&s->options, OPT_WRITE_LEASE) > 0 &&
           guard_left_ms(&s->guard, s->lease_ms) == 0;
}

/* True while a primary changes nothing by itself: expired keys stay, and the offset stands still.
 */
static inline bool store_is_held(const struct store *s)
{
    return store_is_paused(s, true) || s->guard.gate == GUARD_CLOSED || store_lease_lapsed(s) ||
           s->aof.error[0] != '\0';
}

/* The same for a node of either role. */
static inline bool store_is_frozen(const struct store *s)
{
    return store_is_replica(s) || store_is_held(s);
}

/* Why the client's user must not run this, or NULL. Our primary's stream may do everything. */
static inline const char *store_acl_refusal(struct store *s, struct client *c,
                                            const struct command_match *m, size_t argc,
                                            const struct slice *argv)
{
    return c->flags & CLIENT_IS_MASTER ? NULL : acl_gate_refusal(&s->gate, c, m, argc, argv);
}

static inline struct db *store_db(struct store *s, const struct client *c)
{
    return &s->data.dbs[c->db];
}

/*
 * Looks a key up for a command. An expired key counts as missing: a primary deletes it now, and
 * tells its replicas; a replica waits for its primary to say so, and shows it to nobody but the
 * primary's own stream. _read and _peek count hits and misses; _peek does not count as an access.
 */
struct entry *store_read(struct store *s, struct client *c, struct slice key,
                         struct key_ref *ret_ref);
struct entry *store_peek(struct store *s, struct client *c, struct slice key,
                         struct key_ref *ret_ref);
struct entry *store_write(struct store *s, struct client *c, struct slice key,
                          struct key_ref *ret_ref);

/* Notes what held us up, if it was long enough for latency-monitor-threshold. */
static inline void store_note_latency(struct store *s, enum latency_event event, int64_t ms)
{
    int64_t least_ms = option_number(&s->options, OPT_LATENCY_MS);

    if (least_ms > 0 && ms >= least_ms)
        latency_add(&s->latency, event, s->now_ms / 1000, ms);
}

/* A child was forked; stats.fork_us says how long that took. */
static inline void store_count_fork(struct store *s)
{
    s->stats.forks++;
    store_note_latency(s, LATENCY_FORK, s->stats.fork_us / 1000);
}

/* True when the entry's time has come. */
bool store_entry_expired(const struct store *s, const struct entry *e);

/* Deletes an expired entry as a primary does. */
void store_expire(struct store *s, struct key_ref *ref);

/* Deletes an entry to make room. */
void store_evict(struct store *s, struct key_ref *ref);

/* Deletes up to keys_max keys whose time has come, the earliest first; returns how many. Nothing on
 * a replica. */
size_t store_expire_due(struct store *s, size_t keys_max);

/* A key was added, changed or deleted: tells those who watch it, and those who wait for a value
 * there. For keys beyond the one that is counted. */
static inline void store_touch(struct store *s, int db, struct slice key)
{
    watch_touch(&s->watches, db, key, false);
    blocked_signal(&s->blocked, db, key);
}

/* To be called after each change of a key: counts it and tells whom it concerns. */
static inline void store_changed(struct store *s, const struct client *c, struct slice key)
{
    s->changes++;
    store_touch(s, c->db, key);
}

/*
 * Feeds a command to the replicas and the log in place of the one being run. Without a call, a
 * command that changed something is fed as it came.
 */
void store_propagate(struct store *s, int db, size_t argc, const struct slice *argv);

/* The command being run is not to be fed. */
static inline void store_no_propagate(struct store *s)
{
    s->propagated = true;
}

/* The value of an entry that was built apart becomes that of a key, without a time of expiry; an
 * empty one deletes the key. Counts as a change. The entry is freed. */
void store_put(struct store *s, struct client *c, struct slice key, struct entry *built);

/* Between begin and end, what is fed to the replicas is one transaction. For commands that feed
 * several ones in their place. */
bool store_effects_begin(struct store *s);
void store_effects_end(struct store *s, bool begun);

/* Empties one database (-1: all) and tells watchers; returns the number of keys it had. */
size_t store_flush(struct store *s, int db);

/* Puts other data into the place of ours, and tells watchers. The old data are then in `fresh`, to
 * be freed. */
void store_replace_data(struct store *s, struct keyspace *fresh);

/* True when the value is of this type (or there is none); else false after the error was written.
 */
bool store_refuse_type(struct client *c);
static inline bool store_check_type(struct client *c, const struct entry *e, enum value_type type)
{
    return e == NULL || e->type == type || store_refuse_type(c);
}

/* What several commands say. */
extern const char store_error_syntax[];
extern const char store_error_not_int[];
extern const char store_error_not_float[];
extern const char store_error_no_key[];
extern const char store_error_too_long[];
extern const char store_error_wrong_type[];

/* Reads an integer argument; false after the error was written. */
bool store_arg_int(struct client *c, struct slice arg, int64_t *ret);

/* The same for one that must not be below `least`, with an error of its own for all that is wrong.
 */
bool store_arg_count(struct client *c, struct slice arg, int64_t least, const char *error,
                     int64_t *ret);

#endif
