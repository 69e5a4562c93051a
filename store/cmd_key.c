#include "store/cmd.h"

#include "store/store.h"

#define RANDOM_TRIES_MAX 100 /* a replica may hold nothing but expired keys */

void cmd_del(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    int64_t deleted = 0;

    for (size_t i = 1; i < argc; i++) {
        if (store_write(app, c, argv[i], &ref) == NULL)
            continue;
        keyspace_delete(&ref);
        store_changed(app, c, argv[i]);
        deleted++;
    }
    resp_int(&c->reply, deleted);
}

/* EXISTS and TOUCH: how many of the keys are there; one that is named twice counts twice. */
void cmd_exists(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    int64_t found = 0;

    for (size_t i = 1; i < argc; i++)
        found += store_peek(app, c, argv[i], &ref) != NULL;
    resp_int(&c->reply, found);
}

void cmd_touch(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    int64_t found = 0;

    for (size_t i = 1; i < argc; i++)
        found += store_read(app, c, argv[i], &ref) != NULL;
    resp_int(&c->reply, found);
}

void cmd_type(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    struct entry *e = store_peek(app, c, argv[1], &ref);

    (void)argc;
    resp_simple(&c->reply, e != NULL ? value_type_name(e->type) : "none");
}

/* Renames; a target that is there is replaced, unless it must not be. */
static void rename_key(struct store *s, struct client *c, const struct slice *argv, bool only_new)
{
    bool same = slice_equal(argv[1], argv[2]);
    struct key_ref from, to;

    if (store_write(s, c, argv[1], &from) == NULL) {
        resp_error(&c->reply, store_error_no_key);
        return;
    }
    if (!same) {
        /* Looking the target up may delete it, so the source is looked up again. */
        if (store_write(s, c, argv[2], &to) != NULL && only_new) {
            resp_int(&c->reply, 0);
            return;
        }
        keyspace_find(store_db(s, c), argv[1], &from);
        keyspace_rename(&from, argv[2]);
        store_changed(s, c, argv[1]);
        store_touch(s, c->db, argv[2]);
    }
    if (only_new)
        resp_int(&c->reply, !same);
    else
        resp_ok(&c->reply);
}

void cmd_rename(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    rename_key(app, c, argv, false);
}

void cmd_renamenx(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    rename_key(app, c, argv, true);
}

void cmd_randomkey(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct db *db = store_db(s, c);

    (void)argc;
    (void)argv;
    for (int i = 0; i < RANDOM_TRIES_MAX || !store_is_replica(s); i++) {
        struct entry *e = (struct entry *)dict_random(&db->dict, prng_next(&s->prng));
        struct key_ref ref;

        if (e == NULL)
            break;
        if (!store_entry_expired(s, e) || store_is_held(s)) {
            resp_bulk(&c->reply, entry_key(e));
            return;
        }
        if (store_is_replica(s))
            continue;
        keyspace_find(db, entry_key(e), &ref);
        store_expire(s, &ref);
    }
    resp_null(&c->reply);
}

void cmd_dbsize(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    (void)argv;
    resp_int(&c->reply, (int64_t)keyspace_count(store_db(app, c)));
}

/* ASYNC and SYNC make no difference: memory is always freed later, in portions. */
static bool check_flush(struct client *c, size_t argc, const struct slice *argv)
{
    if (argc == 1 ||
        (argc == 2 && (slice_is_nocase(argv[1], "ASYNC") || slice_is_nocase(argv[1], "SYNC"))))
        return true;
    resp_error(&c->reply, store_error_syntax);
    return false;
}

void cmd_flushdb(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    if (!check_flush(c, argc, argv))
        return;
    s->changes += store_flush(s, c->db);
    store_propagate(s, c->db, argc, argv);
    resp_ok(&c->reply);
}

void cmd_flushall(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    if (!check_flush(c, argc, argv))
        return;
    s->changes += store_flush(s, -1);
    store_propagate(s, c->db, argc, argv);
    if (s->ops->flushed != NULL)
        s->ops->flushed(s);
    s->changes++;
    resp_ok(&c->reply);
}

void cmd_select(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t db;

    (void)app;
    (void)argc;
    if (!store_arg_int(c, argv[1], &db))
        return;
    if (db < 0 || db >= DATABASES_MAX) {
        resp_error(&c->reply, "ERR DB index is out of range");
        return;
    }
    c->db = (int)db;
    resp_ok(&c->reply);
}
