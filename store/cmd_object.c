#include "store/cmd.h"

#include "store/store.h"
#include "store/value.h"

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
            if (ret->db < 0 || ret->db >= DATABASES_MAX) {
                resp_error(&c->reply, "ERR DB index is out of range");
                return false;
            }
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
        resp_error(&c->reply, "ERR source and destination objects are the same");
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

void cmd_object_encoding(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    const struct entry *e = store_peek(app, c, argv[2], &ref);

    (void)argc;
    resp_bulk_str(&c->reply, e != NULL ? value_ops_of(e)->encoding_name(e) : NULL);
}

void cmd_object_idletime(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    const struct entry *e = store_peek(s, c, argv[2], &ref);

    (void)argc;
    if (e != NULL)
        resp_int(&c->reply, entry_idle_s(e, s->data.access_clock));
    else
        resp_null(&c->reply);
}

/* There is no policy that counts accesses. */
void cmd_object_freq(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;

    (void)argc;
    if (store_peek(app, c, argv[2], &ref) != NULL)
        resp_error(&c->reply,
                   "ERR An LFU maxmemory policy is not selected, access frequency not tracked. "
                   "Please note that when switching between policies at runtime LRU and LFU data "
                   "will take some time to adjust.");
    else
        resp_null(&c->reply);
}

/* Values are never shared. */
void cmd_object_refcount(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;

    (void)argc;
    if (store_peek(app, c, argv[2], &ref) != NULL)
        resp_int(&c->reply, 1);
    else
        resp_null(&c->reply);
}
