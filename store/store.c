#include "store/store.h"

#include <assert.h>
#include <string.h>

#include "store/value.h"
#include "wire/pubsub.h"
#include "wire/sha256.h"

const char store_error_syntax[] = "ERR syntax error";
const char store_error_not_int[] = "ERR value is not an integer or out of range";
const char store_error_not_float[] = "ERR value is not a valid float";
const char store_error_no_key[] = "ERR no such key";
const char store_error_wrong_type[] =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
const char store_error_too_long[] = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

static struct acl_when when(void *arg)
{
    const struct store *s = arg;

    return (struct acl_when){ s->mono_ms, s->now_ms };
}

void store_init(struct store *s, const struct command *rows, uint64_t seed,
                const unsigned char hash_seed[HASH_KEY_SIZE])
{
    memset(s, 0, sizeof(*s));
    prng_seed(&s->prng, seed);
    keyspace_init(&s->data, hash_seed);
    blocked_init(&s->blocked, &s->data.hash_key);
    options_init(&s->options);
    repl_init(&s->repl, &s->prng, (size_t)option_number(&s->options, OPT_BACKLOG_SIZE));
    s->pubsub = pubsub_new();
    s->commands = command_table_new(rows);
    command_stats_init(&s->command_stats, rows);
    assert(s->pubsub != NULL && s->commands != NULL);
    if (!acl_gate_init(&s->gate, s->commands, sha256_hex, when, s))
        assert(!"memory");
}

void store_done(struct store *s)
{
    slowlog_trim(&s->slowlog, 0);
    command_stats_done(&s->command_stats);
    acl_gate_done(&s->gate);
    command_table_free(s->commands);
    pubsub_free(s->pubsub);
    blocked_done(&s->blocked);
    repl_done(&s->repl);
    aof_done(&s->aof);
    options_done(&s->options);
    keyspace_done(&s->data);
}

void store_move_link(struct store *s, enum link_phase to)
{
#define A(phase) (1u << LINK_##phase)
    static const unsigned allowed[] = {
        [LINK_NONE] = A(CONNECTING),
        [LINK_CONNECT] = A(CONNECTING) | A(NONE),
        [LINK_CONNECTING] = A(CONNECT) | A(CONNECTING) | A(SYNC) | A(CONNECTED) | A(NONE),
        [LINK_SYNC] = A(CONNECT) | A(CONNECTING) | A(CONNECTED) | A(NONE),
        [LINK_CONNECTED] = A(CONNECT) | A(CONNECTING) | A(NONE),
    };
#undef A

    assert(allowed[s->link] & (1u << to));
    s->link = to;
}

bool store_entry_expired(const struct store *s, const struct entry *e)
{
    return entry_is_volatile(e) && entry_expiry(e)->at_ms < s->now_ms;
}

/* Deletes a key that no command asked to delete. */
static void drop(struct store *s, struct key_ref *ref, bool by_expiry)
{
    struct slice del[2] = { slice_str("DEL"), entry_key(key_ref_entry(ref)) };
    bool propagated = s->propagated;

    /* The DEL goes out before the command that came upon the key, which is still fed by its own
     * rule. */
    store_propagate(s, (int)ref->db->id, 2, del);
    s->propagated = propagated;
    watch_touch(&s->watches, (int)ref->db->id, del[1], by_expiry);
    keyspace_delete(ref);
}

void store_expire(struct store *s, struct key_ref *ref)
{
    drop(s, ref, true);
    s->stats.expired_keys++;
}

void store_evict(struct store *s, struct key_ref *ref)
{
    drop(s, ref, false);
    s->stats.evicted_keys++;
}

/* The entry, if it is there for this client. */
static inline struct entry *look_up(struct store *s, struct client *c, struct slice key,
                                    struct key_ref *ret_ref)
{
    struct entry *e = keyspace_find(store_db(s, c), key, ret_ref);

    if (e == NULL || !store_entry_expired(s, e))
        return e;
    if (c->flags & CLIENT_IS_MASTER)
        return e;
    if (!store_is_frozen(s))
        store_expire(s, ret_ref);
    return NULL;
}

struct entry *store_peek(struct store *s, struct client *c, struct slice key,
                         struct key_ref *ret_ref)
{
    struct entry *e = look_up(s, c, key, ret_ref);

    if (e != NULL)
        s->stats.keyspace_hits++;
    else
        s->stats.keyspace_misses++;
    return e;
}

static inline void touch(const struct store *s, struct entry *e)
{
    if (e != NULL && !s->forked)
        entry_touch(e, s->data.access_clock);
}

struct entry *store_read(struct store *s, struct client *c, struct slice key,
                         struct key_ref *ret_ref)
{
    struct entry *e = store_peek(s, c, key, ret_ref);

    touch(s, e);
    return e;
}

struct entry *store_write(struct store *s, struct client *c, struct slice key,
                          struct key_ref *ret_ref)
{
    struct entry *e = look_up(s, c, key, ret_ref);

    touch(s, e);
    /* A replica that takes writes of its own makes room for them. */
    if (e == NULL && ret_ref->link != NULL)
        keyspace_delete(ret_ref);
    return e;
}

size_t store_expire_due(struct store *s, size_t keys_max)
{
    size_t done = 0;

    if (s->no_active_expiry)
        return 0;
    if (store_is_frozen(s) || s->phase != STORE_READY)
        return 0;
    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        struct db *db = &s->data.dbs[i];
        struct entry *e;

        while (done < keys_max && (e = expiry_first(&db->expiry)) != NULL &&
               store_entry_expired(s, e)) {
            struct key_ref ref;

            keyspace_find(db, entry_key(e), &ref);
            store_expire(s, &ref);
            done++;
        }
    }
    return done;
}

/* The stream of a replica is that of its primary, byte for byte; its log is its own. */
static bool feeds_stream(const struct store *s)
{
    return repl_is_fed(&s->repl) && !store_is_replica(s);
}

/* Puts a command into the stream and the log as it is. */
static void feed(struct store *s, int db, size_t argc, const struct slice *argv)
{
    if (feeds_stream(s))
        repl_feed_command(&s->repl, db, argc, argv);
    if (s->aof.on)
        aof_put_command(&s->aof, db, argc, argv);
}

void store_propagate(struct store *s, int db, size_t argc, const struct slice *argv)
{
    struct slice multi = slice_str("MULTI");

    s->propagated = true;
    if (!feeds_stream(s) && !s->aof.on)
        return;
    if (s->in_exec && !s->multi_fed) {
        s->multi_fed = true;
        feed(s, db, 1, &multi);
    }
    feed(s, db, argc, argv);
}

void store_put(struct store *s, struct client *c, struct slice key, struct entry *built)
{
    struct key_ref ref;
    struct entry *e = store_write(s, c, key, &ref);

    if (value_ops_of(built)->count(built) > 0) {
        if (e == NULL)
            e = keyspace_add(&ref);
        else
            keyspace_clear(&ref);
        entry_move_value(e, built);
        keyspace_set_expiry(&ref, -1);
        store_changed(s, c, key);
    } else if (e != NULL) {
        keyspace_delete(&ref);
        store_changed(s, c, key);
    }
    entry_free(built);
}

/* Within a transaction of a client's there is nothing to do. */
bool store_effects_begin(struct store *s)
{
    if (s->in_exec)
        return false;
    s->in_exec = true;
    s->multi_fed = false;
    return true;
}

void store_effects_end(struct store *s, bool begun)
{
    struct slice exec = slice_str("EXEC");

    if (!begun)
        return;
    s->in_exec = false;
    if (s->multi_fed)
        feed(s, -1, 1, &exec);
}

static bool key_exists(void *arg, int db, struct slice key)
{
    struct keyspace *ks = arg;
    struct key_ref ref;

    return keyspace_find(&ks->dbs[db], key, &ref) != NULL;
}

size_t store_flush(struct store *s, int db)
{
    size_t keys = 0;

    watch_touch_db(&s->watches, db, key_exists, &s->data);
    for (int i = 0; i < DATABASES_MAX; i++) {
        if (db >= 0 && i != db)
            continue;
        keys += keyspace_count(&s->data.dbs[i]);
        keyspace_flush(&s->data, &s->data.dbs[i]);
    }
    return keys;
}

void store_replace_data(struct store *s, struct keyspace *fresh)
{
    watch_touch_db(&s->watches, -1, key_exists, &s->data);
    watch_touch_db(&s->watches, -1, key_exists, fresh);
    keyspace_swap(&s->data, fresh);
}

bool store_refuse_type(struct client *c)
{
    resp_error(&c->reply, store_error_wrong_type);
    return false;
}

bool store_arg_int(struct client *c, struct slice arg, int64_t *ret)
{
    if (slice_to_int64(arg, ret))
        return true;
    resp_error(&c->reply, store_error_not_int);
    return false;
}

bool store_arg_count(struct client *c, struct slice arg, int64_t least, const char *error,
                     int64_t *ret)
{
    int64_t v;

    if (slice_to_int64(arg, &v) && v >= least) {
        *ret = v;
        return true;
    }
    resp_error(&c->reply, error);
    return false;
}
