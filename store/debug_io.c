#include "store/admin_io.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/dump.h"
#include "store/file_io.h"
#include "store/rdb_read.h"
#include "store/shell_io.h"
#include "store/value.h"
#include "wire/log_io.h"

#define SHOWN_BYTES_MAX     128
#define POPULATE_PREFIX_MAX 256
#define POPULATE_BYTES_MAX  ((int64_t)512 * 1024 * 1024)

/* Stops the whole process on purpose: plays a node that hangs. */
static void debug_sleep(struct shell *sh, struct client *c, size_t argc, const struct slice *argv)
{
    struct timespec t;
    double seconds = 0;

    (void)argc;
    if (slice_to_double(argv[2], &seconds) && seconds > 0 && seconds < 1e9) {
        t.tv_sec = (time_t)seconds;
        t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
        nanosleep(&t, NULL);
        shell_set_clock(sh);
    }
    resp_ok(&c->reply);
}

/* The data file as a keyspace; false with the reason. */
static bool read_file(struct shell *sh, struct keyspace *ret, char ret_error[RDB_ERROR_TEXT_MAX])
{
    const char *name = option_text(&sh->store.options, OPT_DBFILENAME);
    struct buf file = { 0 };
    struct rdb_reader r;
    size_t used;
    bool ok = false;

    rdb_reader_init(&r, ret, -1);
    r.limits = sh->store.options.limits;
    if (!file_read_all(name, SIZE_MAX, &file)) {
        snprintf(ret_error, RDB_ERROR_TEXT_MAX, "cannot read %s: %s", name, strerror(errno));
    } else {
        ok = rdb_read(&r, buf_data(&file), buf_used(&file), &used) == RDB_READ_DONE;
        if (r.status == RDB_READ_MORE)
            rdb_read_cut(&r);
        if (!ok)
            snprintf(ret_error, RDB_ERROR_TEXT_MAX, "%s", r.error);
    }
    rdb_reader_done(&r);
    buf_done(&file);
    return ok;
}

/* Saves, and takes what the file says into the place of the data. */
static void debug_reload(struct shell *sh, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = &sh->store;
    char error[SAVE_ERROR_TEXT_MAX], why[RDB_ERROR_TEXT_MAX];
    unsigned char seed[HASH_KEY_SIZE];
    struct keyspace fresh;

    (void)argc;
    (void)argv;
    save_stop(sh);
    if (!save_now(sh, error)) {
        resp_errorf(&c->reply, "ERR %s", error);
        return;
    }
    memcpy(seed, &s->data.hash_key, sizeof(seed));
    keyspace_init(&fresh, seed);
    fresh.access_clock = s->data.access_clock;
    if (read_file(sh, &fresh, why)) {
        store_replace_data(s, &fresh);
        log_notice("DEBUG RELOAD: %zu keys", keyspace_count_all(&s->data));
        resp_ok(&c->reply);
    } else {
        resp_errorf(&c->reply, "ERR Error trying to load the RDB dump: %s", why);
    }
    keyspace_bury(&s->data, &fresh);
    shell_wake_chores(sh);
}

/* A key that is not there yet; its value, when it has a size, is filled up with zero bytes. */
static void add_key(struct db *db, struct slice prefix, int64_t i, char *value, size_t size)
{
    char key[POPULATE_PREFIX_MAX + ENTRY_INT_TEXT_MAX + 2], text[ENTRY_INT_TEXT_MAX + 8];
    size_t key_len =
        (size_t)snprintf(key, sizeof(key), "%.*s:%" PRId64, (int)prefix.n, prefix.p, i);
    size_t text_len = (size_t)snprintf(text, sizeof(text), "value:%" PRId64, i);
    struct slice name = { key, key_len }, bytes = { text, text_len };
    struct key_ref ref;

    if (keyspace_find(db, name, &ref) != NULL)
        return;
    if (size > 0) {
        memcpy(value, text, text_len < size ? text_len : size);
        bytes = (struct slice){ value, size };
    }
    entry_set_string(keyspace_add(&ref), bytes);
}

/* Many keys at once. Nobody is told: replicas and the log do not get them. */
static void debug_populate(struct shell *sh, struct client *c, size_t argc,
                           const struct slice *argv)
{
    struct slice prefix = slice_str("key");
    int64_t count, size = 0;
    char *value;

    if (!slice_to_int64(argv[2], &count) || count < 0) {
        resp_error(&c->reply, "ERR value is out of range, must be positive");
        return;
    }
    if (argc > 3)
        prefix = argv[3];
    if (argc > 4 && (!slice_to_int64(argv[4], &size) || size < 0 || size > POPULATE_BYTES_MAX)) {
        resp_error(&c->reply, "ERR value is out of range, must be positive");
        return;
    }
    if (prefix.n > POPULATE_PREFIX_MAX) {
        resp_errorf(&c->reply, "ERR the prefix is longer than %d bytes", POPULATE_PREFIX_MAX);
        return;
    }
    value = calloc(1, (size_t)size + 1);
    assert(value != NULL);
    for (int64_t i = 0; i < count; i++)
        add_key(store_db(&sh->store, c), prefix, i, value, (size_t)size);
    free(value);
    resp_ok(&c->reply);
}

static void debug_object(struct shell *sh, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = &sh->store;
    struct buf payload = { 0 };
    const struct entry *e;
    struct key_ref ref;

    (void)argc;
    e = keyspace_find(store_db(s, c), argv[2], &ref);
    if (e == NULL) {
        resp_error(&c->reply, store_error_no_key);
    } else if (!dump_write(e, false, &payload)) {
        resp_error(&c->reply, "ERR no memory for the value's length");
    } else {
        char text[256];

        snprintf(text, sizeof(text),
                 "Value at:%p refcount:1 encoding:%s serializedlength:%zu lru:%u "
                 "lru_seconds_idle:%u",
                 (const void *)e, value_ops_of(e)->encoding_name(e),
                 buf_used(&payload) - DUMP_EXTRA_BYTES, e->access,
                 entry_idle_s(e, s->data.access_clock));
        resp_simple(&c->reply, text);
    }
    buf_done(&payload);
}

static void debug_set_active_expire(struct shell *sh, struct client *c, size_t argc,
                                    const struct slice *argv)
{
    (void)argc;
    sh->store.no_active_expiry = slice_is(argv[2], "0");
    resp_ok(&c->reply);
}

/* Nothing depends on it here. */
static void debug_packed_threshold(struct shell *sh, struct client *c, size_t argc,
                                   const struct slice *argv)
{
    (void)sh;
    (void)argc;
    (void)argv;
    resp_ok(&c->reply);
}

static void debug_error(struct shell *sh, struct client *c, size_t argc, const struct slice *argv)
{
    (void)sh;
    (void)argc;
    resp_errorf(&c->reply, "%.*s", (int)(argv[2].n < SHOWN_BYTES_MAX ? argv[2].n : SHOWN_BYTES_MAX),
                argv[2].p);
}

static void debug_log(struct shell *sh, struct client *c, size_t argc, const struct slice *argv)
{
    (void)sh;
    (void)argc;
    log_warning("DEBUG LOG: %.*s", (int)(argv[2].n < SHOWN_BYTES_MAX ? argv[2].n : SHOWN_BYTES_MAX),
                argv[2].p);
    resp_ok(&c->reply);
}

/* Words with the command's own and the subcommand's. */
static const struct debug_row {
    const char *name;
    size_t words_min, words_max;
    void (*run)(struct shell *sh, struct client *c, size_t argc, const struct slice *argv);
    const char *usage, *summary;
} rows[] = {
    { "error", 3, 3, debug_error, "ERROR <text>", "Replies with this error" },
    { "log", 3, 3, debug_log, "LOG <text>", "Writes a line to the log" },
    { "object", 3, 3, debug_object, "OBJECT <key>", "Shows how a value is kept" },
    { "populate", 3, 5, debug_populate, "POPULATE <count> [<prefix> [<size>]]",
      "Makes keys; replicas and the append-only log do not get them" },
    { "quicklist-packed-threshold", 3, 3, debug_packed_threshold,
      "QUICKLIST-PACKED-THRESHOLD <size>", "Does nothing; for tests that were made for Redis" },
    { "reload", 2, 2, debug_reload, "RELOAD", "Saves the data and reads them back" },
    { "set-active-expire", 3, 3, debug_set_active_expire, "SET-ACTIVE-EXPIRE <0|1>",
      "Stops deleting expired keys before they are asked for, or goes on" },
    { "sleep", 3, 3, debug_sleep, "SLEEP <seconds>",
      "Stops the process for a while. Decimals are allowed" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void help(struct client *c)
{
    char line[256];

    resp_array(&c->reply, 1 + 2 * ROWS);
    resp_simple(&c->reply, "DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
    for (size_t i = 0; i < ROWS; i++) {
        resp_simple(&c->reply, rows[i].usage);
        snprintf(line, sizeof(line), "    %s.", rows[i].summary);
        resp_simple(&c->reply, line);
    }
}

void cmd_debug(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);

    if (argc == 2 && slice_is_nocase(argv[1], "HELP")) {
        help(c);
        return;
    }
    for (size_t i = 0; i < ROWS; i++) {
        if (slice_is_nocase(argv[1], rows[i].name) && argc >= rows[i].words_min &&
            argc <= rows[i].words_max) {
            rows[i].run(sh, c, argc, argv);
            return;
        }
    }
    resp_errorf(&c->reply,
                "ERR unknown subcommand or wrong number of arguments for '%.*s'. Try DEBUG HELP.",
                (int)(argv[1].n < SHOWN_BYTES_MAX ? argv[1].n : SHOWN_BYTES_MAX), argv[1].p);
}
