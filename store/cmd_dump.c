#include "store/cmd.h"

#include "store/dump.h"
#include "store/store.h"

void cmd_dump(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    const struct entry *e = store_read(s, c, argv[1], &ref);
    struct buf payload = { 0 };

    (void)argc;
    if (e == NULL)
        resp_null(&c->reply);
    else if (dump_write(e, option_number(&s->options, OPT_RDBCOMPRESSION) != 0, &payload))
        resp_bulk(&c->reply, buf_slice(&payload));
    else
        resp_error(&c->reply, "ERR no memory for the payload");
    buf_done(&payload);
}

struct restore_options {
    int64_t ttl_ms; /* 0: none */
    int64_t idle_s; /* -1: not given */
    int64_t freq;   /* -1: not given; of no use here */
    bool replace;
    bool absolute;
};

/* A number that must not be below zero (or above most); false after the error was written. */
static bool read_number(struct client *c, struct slice arg, int64_t most, const char *error,
                        int64_t *ret)
{
    if (!store_arg_int(c, arg, ret))
        return false;
    if (*ret >= 0 && *ret <= most)
        return true;
    resp_error(&c->reply, error);
    return false;
}

static bool read_words(struct client *c, size_t argc, const struct slice *argv,
                       struct restore_options *ret)
{
    for (size_t i = 0; i < argc; i++) {
        bool more = i + 1 < argc;

        if (slice_is_nocase(argv[i], "REPLACE")) {
            ret->replace = true;
        } else if (slice_is_nocase(argv[i], "ABSTTL")) {
            ret->absolute = true;
        } else if (slice_is_nocase(argv[i], "IDLETIME") && more && ret->freq < 0) {
            if (!read_number(c, argv[++i], INT64_MAX, "ERR Invalid IDLETIME value, must be >= 0",
                             &ret->idle_s))
                return false;
        } else if (slice_is_nocase(argv[i], "FREQ") && more && ret->idle_s < 0) {
            if (!read_number(c, argv[++i], UINT8_MAX,
                             "ERR Invalid FREQ value, must be >= 0 and <= 255", &ret->freq))
                return false;
        } else {
            resp_error(&c->reply, store_error_syntax);
            return false;
        }
    }
    return true;
}

/* The value that is to be restored; NULL after the error was written. */
static struct entry *read_payload(struct store *s, struct client *c, const struct slice *argv)
{
    struct entry *e;

    if (!dump_check(argv[3])) {
        resp_error(&c->reply, "ERR DUMP payload version or checksum are wrong");
        return NULL;
    }
    e = dump_read(argv[3], argv[1], &s->options.limits, &s->data);
    if (e == NULL)
        resp_error(&c->reply, "ERR Bad data format");
    return e;
}

static bool delete_key(struct store *s, struct client *c, struct slice key)
{
    struct key_ref ref;

    if (store_write(s, c, key, &ref) == NULL)
        return false;
    keyspace_delete(&ref);
    return true;
}

/* Puts a value, which is consumed, at a key that is free. */
static void put(struct store *s, struct client *c, struct entry *value, int64_t at_ms,
                int64_t idle_s)
{
    struct entry *e;
    struct key_ref ref;

    keyspace_find(store_db(s, c), entry_key(value), &ref);
    e = keyspace_add(&ref);
    entry_move_value(e, value);
    if (idle_s >= 0)
        entry_set_idle(e, s->data.access_clock, (uint64_t)idle_s);
    if (at_ms > 0)
        keyspace_set_expiry(&ref, at_ms);
}

/* The replicas get the time of expiry, not the time to live; and a payload that they can read. */
static void feed(struct store *s, struct client *c, const struct slice *argv,
                 const struct restore_options *o, int64_t at_ms)
{
    char at[ENTRY_INT_TEXT_MAX], idle[ENTRY_INT_TEXT_MAX];
    struct slice words[8] = { argv[0], argv[1], { at, entry_int_text(at_ms, at) }, argv[3] };
    struct buf payload = { 0 };
    struct key_ref ref;
    size_t n = 4;

    if (dump_is_newer(argv[3]) &&
        dump_write(keyspace_find(store_db(s, c), argv[1], &ref), true, &payload))
        words[3] = buf_slice(&payload);
    if (o->replace)
        words[n++] = slice_str("REPLACE");
    words[n++] = slice_str("ABSTTL");
    if (o->idle_s >= 0) {
        words[n++] = slice_str("IDLETIME");
        words[n++] = (struct slice){ idle, entry_int_text(o->idle_s, idle) };
    }
    store_propagate(s, c->db, n, words);
    buf_done(&payload);
}

/* A value whose time has come already only takes the place of another. */
static void put_nothing(struct store *s, struct client *c, struct slice key, bool deleted)
{
    struct slice del[2] = { slice_str("DEL"), key };

    if (!deleted)
        return;
    store_changed(s, c, key);
    store_propagate(s, c->db, 2, del);
}

void cmd_restore(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct restore_options o = { .idle_s = -1, .freq = -1 };
    struct store *s = app;
    struct entry *value;
    struct key_ref ref;
    int64_t at_ms;
    bool deleted;

    if (!read_words(c, argc - 4, argv + 4, &o))
        return;
    if (!o.replace && store_write(s, c, argv[1], &ref) != NULL) {
        resp_error(&c->reply, "BUSYKEY Target key name already exists.");
        return;
    }
    if (!read_number(c, argv[2], INT64_MAX, "ERR Invalid TTL value, must be >= 0", &o.ttl_ms))
        return;
    value = read_payload(s, c, argv);
    if (value == NULL)
        return;
    deleted = o.replace && delete_key(s, c, argv[1]);
    at_ms = o.ttl_ms;
    if (at_ms > 0 && !o.absolute && __builtin_add_overflow(at_ms, s->now_ms, &at_ms))
        at_ms = INT64_MAX;
    if (at_ms > 0 && at_ms <= s->now_ms && !store_is_replica(s)) {
        put_nothing(s, c, argv[1], deleted);
    } else {
        put(s, c, value, at_ms, o.idle_s);
        store_changed(s, c, argv[1]);
        feed(s, c, argv, &o, at_ms);
    }
    entry_free(value);
    resp_ok(&c->reply);
}
