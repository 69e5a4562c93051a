#include "store/cmd.h"

#include "store/store.h"

static const char same_objects[] = "ERR source and destination objects are the same";

static bool check_db(struct client *c, int64_t db)
{
    if (db >= 0 && db < DATABASES_MAX)
        return true;
    resp_error(&c->reply, "ERR DB index is out of range");
    return false;
}

/* The options of COPY. */
struct copy_options {
    int64_t db;
    bool replace;
};

/* False after the error was written. */
static bool read_copy(struct client *c, size_t argc, const struct slice *argv,
                      struct copy_options *ret)
{
    for (size_t i = 0; i < argc; i++) {
        if (slice_is_nocase(argv[i], "REPLACE")) {
            ret->replace = true;
        } else if (slice_is_nocase(argv[i], "DB") && i + 1 < argc) {
            if (!store_arg_int(c, argv[++i], &ret->db))
                return false;
            if (!check_db(c, ret->db))
                return false;
        } else {
            resp_error(&c->reply, store_error_syntax);
            return false;
        }
    }
    return true;
}

/* Looks the target up as a client of its database would, which deletes it if it is expired. */
static bool target_exists(struct store *s, struct client *c, int db, struct slice key)
{
    struct key_ref ref;
    int own = c->db;
    bool found;

    c->db = db;
    found = store_write(s, c, key, &ref) != NULL;
    c->db = own;
    return found;
}

void cmd_copy(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct copy_options o = { .db = c->db };
    struct store *s = app;
    struct key_ref from;

    if (!read_copy(c, argc - 3, argv + 3, &o))
        return;
    if (o.db == c->db && slice_equal(argv[1], argv[2])) {
        resp_error(&c->reply, same_objects);
        return;
    }
    if (store_read(s, c, argv[1], &from) == NULL ||
        (target_exists(s, c, (int)o.db, argv[2]) && !o.replace)) {
        resp_int(&c->reply, 0);
        return;
    }
    keyspace_find(store_db(s, c), argv[1], &from);
    keyspace_copy(&from, &s->data.dbs[o.db], argv[2]);
    s->changes++;
    store_touch(s, (int)o.db, argv[2]);
    resp_int(&c->reply, 1);
}

void cmd_move(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref from;
    int64_t db;

    (void)argc;
    if (!store_arg_int(c, argv[2], &db) || !check_db(c, db))
        return;
    if (db == c->db) {
        resp_error(&c->reply, same_objects);
        return;
    }
    if (store_write(s, c, argv[1], &from) == NULL || target_exists(s, c, (int)db, argv[1])) {
        resp_int(&c->reply, 0);
        return;
    }
    keyspace_move(&from, &s->data.dbs[db]);
    store_changed(s, c, argv[1]);
    store_touch(s, (int)db, argv[1]);
    resp_int(&c->reply, 1);
}

/* Two databases that change places. */
struct swap {
    struct keyspace *ks;
    int db[2];
};

static bool exists_in_either(void *arg, int db, struct slice key)
{
    const struct swap *w = arg;
    struct key_ref ref;

    (void)db;
    return keyspace_find(&w->ks->dbs[w->db[0]], key, &ref) != NULL ||
           keyspace_find(&w->ks->dbs[w->db[1]], key, &ref) != NULL;
}

static bool read_swap(struct client *c, const struct slice *argv, struct swap *ret)
{
    static const char *const errors[2] = { "ERR invalid first DB index",
                                           "ERR invalid second DB index" };
    int64_t db[2];

    for (int i = 0; i < 2; i++) {
        if (!slice_to_int64(argv[1 + i], &db[i]) || db[i] < INT32_MIN || db[i] > INT32_MAX) {
            resp_error(&c->reply, errors[i]);
            return false;
        }
    }
    for (int i = 0; i < 2; i++) {
        if (!check_db(c, db[i]))
            return false;
        ret->db[i] = (int)db[i];
    }
    return true;
}

void cmd_swapdb(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct swap w = { .ks = &s->data };

    (void)argc;
    if (!read_swap(c, argv, &w))
        return;
    if (w.db[0] != w.db[1]) {
        for (int i = 0; i < 2; i++)
            watch_touch_db(&s->watches, w.db[i], exists_in_either, &w);
        keyspace_swap_dbs(&s->data, (unsigned)w.db[0], (unsigned)w.db[1]);
        for (int i = 0; i < 2; i++)
            blocked_signal_db(&s->blocked, w.db[i]);
    }
    s->changes++;
    resp_ok(&c->reply);
}
