#include "store/cmd.h"

#include "store/expire_arg.h"
#include "store/store.h"

enum set_flag {
    SET_NX = 1,
    SET_XX = 2,
    SET_GET = 4,
    SET_KEEPTTL = 8,
    SET_EXPIRES = 16,
    SET_PERSIST = 32
};

/* The options of SET and GETEX. */
struct set_options {
    unsigned flags;
    struct expire_unit unit;
    struct slice time; /* with SET_EXPIRES */
};

/* False after the error, when the value is no string. */
static bool reply_value(struct client *c, const struct entry *e)
{
    char text[ENTRY_INT_TEXT_MAX];

    if (e == NULL)
        resp_null(&c->reply);
    else if (!store_check_type(c, e, VALUE_STRING))
        return false;
    else
        resp_bulk(&c->reply, entry_string(e, text));
    return true;
}

/* Adds one option word; false when it does not go with those before it. */
static bool add_flag(struct set_options *o, struct slice word, unsigned allowed)
{
    static const struct {
        const char *name;
        unsigned flag, excludes;
    } words[] = {
        { "NX", SET_NX, SET_XX },
        { "XX", SET_XX, SET_NX },
        { "GET", SET_GET, 0 },
        { "KEEPTTL", SET_KEEPTTL, SET_EXPIRES | SET_PERSIST },
        { "PERSIST", SET_PERSIST, SET_EXPIRES | SET_KEEPTTL },
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!slice_is_nocase(word, words[i].name))
            continue;
        if (!(allowed & words[i].flag) || (o->flags & words[i].excludes))
            return false;
        o->flags |= words[i].flag;
        return true;
    }
    return false;
}

/* Notes EX, PX, EXAT or PXAT; one of them may stand there twice, but not two. */
static bool add_time(struct set_options *o, struct expire_unit unit, struct slice time)
{
    bool same = unit.factor_ms == o->unit.factor_ms && unit.absolute == o->unit.absolute;

    if ((o->flags & (SET_KEEPTTL | SET_PERSIST)) || ((o->flags & SET_EXPIRES) && !same))
        return false;
    o->flags |= SET_EXPIRES;
    o->unit = unit;
    o->time = time;
    return true;
}

/* Reads the words behind key (and value); false after the error was written. */
static bool read_options(struct client *c, size_t argc, const struct slice *argv, unsigned allowed,
                         struct set_options *ret)
{
    struct expire_unit unit;

    memset(ret, 0, sizeof(*ret));
    for (size_t i = 0; i < argc; i++) {
        bool ok;

        if (i + 1 < argc && expire_option(argv[i], &unit)) {
            ok = add_time(ret, unit, argv[i + 1]);
            i++;
        } else {
            ok = add_flag(ret, argv[i], allowed);
        }
        if (!ok) {
            resp_error(&c->reply, store_error_syntax);
            return false;
        }
    }
    return true;
}

/* Stores a value at a ref, and its expiry time (-1: none). */
static void put(struct store *s, struct client *c, struct key_ref *ref, struct slice value,
                int64_t at_ms)
{
    struct entry *e = key_ref_entry(ref);

    if (e == NULL)
        e = keyspace_add(ref);
    else if (e->type != VALUE_STRING || entry_is_large(e))
        keyspace_clear(ref);
    entry_set_string(e, value);
    keyspace_set_expiry(ref, at_ms);
    store_changed(s, c, ref->key);
}

/* What replicas get for a value with an expiry time: the time itself, which does not depend on when
 * they read it. */
static void propagate_set(struct store *s, struct client *c, struct slice key, struct slice value,
                          int64_t at_ms)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct slice argv[5] = { slice_str("SET"), key, value, slice_str("PXAT"), { text, 0 } };

    argv[4].n = entry_int_text(at_ms, text);
    store_propagate(s, c->db, at_ms >= 0 ? 5 : 3, argv);
}

void cmd_set(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct set_options o;
    struct key_ref ref;
    struct entry *e;
    int64_t at_ms = -1;

    if (!read_options(c, argc - 3, argv + 3, SET_NX | SET_XX | SET_GET | SET_KEEPTTL, &o))
        return;
    if ((o.flags & SET_EXPIRES) && !expire_arg_positive(s, c, o.time, o.unit, "set", &at_ms))
        return;
    e = o.flags & SET_GET ? store_read(s, c, argv[1], &ref) : store_write(s, c, argv[1], &ref);
    if ((o.flags & SET_GET) && !reply_value(c, e))
        return;
    if (((o.flags & SET_NX) && e != NULL) || ((o.flags & SET_XX) && e == NULL)) {
        if (!(o.flags & SET_GET))
            resp_null(&c->reply);
        return;
    }
    if (e != NULL && (o.flags & SET_KEEPTTL))
        at_ms = entry_expires_at(e);
    put(s, c, &ref, argv[2], at_ms);
    if (o.flags & (SET_EXPIRES | SET_KEEPTTL | SET_GET))
        propagate_set(s, c, argv[1], argv[2], at_ms);
    if (!(o.flags & SET_GET))
        resp_ok(&c->reply);
}

void cmd_setnx(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;

    (void)argc;
    if (store_write(s, c, argv[1], &ref) != NULL) {
        resp_int(&c->reply, 0);
        return;
    }
    put(s, c, &ref, argv[2], -1);
    resp_int(&c->reply, 1);
}

/* SETEX, PSETEX: key, time, value. */
static void set_expiring(struct store *s, struct client *c, const struct slice *argv,
                         int64_t factor_ms, const char *name)
{
    struct expire_unit unit = { factor_ms, false };
    struct key_ref ref;
    int64_t at_ms;

    if (!expire_arg_positive(s, c, argv[2], unit, name, &at_ms))
        return;
    store_write(s, c, argv[1], &ref);
    put(s, c, &ref, argv[3], at_ms);
    propagate_set(s, c, argv[1], argv[3], at_ms);
    resp_ok(&c->reply);
}

void cmd_setex(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    set_expiring(app, c, argv, 1000, "setex");
}

void cmd_psetex(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    set_expiring(app, c, argv, 1, "psetex");
}

void cmd_get(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;

    (void)argc;
    reply_value(c, store_read(app, c, argv[1], &ref));
}

void cmd_getset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;

    (void)argc;
    if (!reply_value(c, store_read(s, c, argv[1], &ref)))
        return;
    put(s, c, &ref, argv[2], -1);
    propagate_set(s, c, argv[1], argv[2], -1);
}

/* Deletes a key that was found, and tells replicas no more than that. */
static void delete (struct store *s, struct client *c, struct key_ref *ref)
{
    struct slice del[2] = { slice_str("DEL"), ref->key };

    keyspace_delete(ref);
    store_changed(s, c, ref->key);
    store_propagate(s, c->db, 2, del);
}

void cmd_getdel(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    struct entry *e = store_read(app, c, argv[1], &ref);

    (void)argc;
    if (reply_value(c, e) && e != NULL)
        delete (app, c, &ref);
}

/* Gives the key its new time, or takes it away. */
static void getex_change(struct store *s, struct client *c, struct key_ref *ref, unsigned flags,
                         int64_t at_ms)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct slice argv[3] = { slice_str("PEXPIREAT"), ref->key, { text, 0 } };

    if (flags & SET_PERSIST) {
        if (entry_expires_at(key_ref_entry(ref)) < 0)
            return;
        argv[0] = slice_str("PERSIST");
        at_ms = -1;
    } else {
        argv[2].n = entry_int_text(at_ms, text);
    }
    keyspace_set_expiry(ref, at_ms);
    store_changed(s, c, ref->key);
    store_propagate(s, c->db, flags & SET_PERSIST ? 2 : 3, argv);
}

void cmd_getex(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct set_options o;
    struct key_ref ref;
    struct entry *e;
    int64_t at_ms = -1;

    if (!read_options(c, argc - 2, argv + 2, SET_PERSIST, &o))
        return;
    e = store_read(s, c, argv[1], &ref);
    if (!store_check_type(c, e, VALUE_STRING))
        return;
    if (e != NULL && (o.flags & SET_EXPIRES) &&
        !expire_arg_positive(s, c, o.time, o.unit, "getex", &at_ms))
        return;
    reply_value(c, e);
    if (e == NULL)
        return;
    if ((o.flags & SET_EXPIRES) && o.unit.absolute && expire_is_past(s, c, at_ms))
        delete (s, c, &ref);
    else if (o.flags & (SET_EXPIRES | SET_PERSIST))
        getex_change(s, c, &ref, o.flags, at_ms);
}

void cmd_mget(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;

    resp_array(&c->reply, argc - 1);
    for (size_t i = 1; i < argc; i++) {
        struct entry *e = store_read(app, c, argv[i], &ref);

        reply_value(c, e != NULL && e->type == VALUE_STRING ? e : NULL);
    }
}

/* Stores all pairs; the words are complete. */
static void put_all(struct store *s, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;

    for (size_t i = 1; i + 1 < argc; i += 2) {
        store_write(s, c, argv[i], &ref);
        put(s, c, &ref, argv[i + 1], -1);
    }
}

static bool check_pairs(struct client *c, size_t argc, const char *name)
{
    if (argc % 2 == 1)
        return true;
    resp_errorf(&c->reply, "ERR wrong number of arguments for '%s' command", name);
    return false;
}

void cmd_mset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    if (!check_pairs(c, argc, "mset"))
        return;
    put_all(app, c, argc, argv);
    resp_ok(&c->reply);
}

void cmd_msetnx(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;

    if (!check_pairs(c, argc, "msetnx"))
        return;
    for (size_t i = 1; i < argc; i += 2) {
        if (store_write(app, c, argv[i], &ref) != NULL) {
            resp_int(&c->reply, 0);
            return;
        }
    }
    put_all(app, c, argc, argv);
    resp_int(&c->reply, 1);
}
