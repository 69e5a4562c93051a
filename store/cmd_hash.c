#include "store/cmd.h"

#include <math.h>

#include "store/fields.h"
#include "store/number.h"
#include "store/store.h"

/* A hash that is there for writing; *ret_ok false after the error, when it is something else. */
static struct entry *write_hash(struct store *s, struct client *c, struct slice key,
                                struct key_ref *ret_ref, bool *ret_ok)
{
    struct entry *e = store_write(s, c, key, ret_ref);

    *ret_ok = store_check_type(c, e, VALUE_HASH);
    return e;
}

/* The hash of a key, or NULL; *ret_ok as above. */
static struct entry *read_hash(struct store *s, struct client *c, struct slice key, bool *ret_ok)
{
    struct key_ref ref;
    struct entry *e = store_read(s, c, key, &ref);

    *ret_ok = store_check_type(c, e, VALUE_HASH);
    return e;
}

static struct entry *add_hash(struct key_ref *ref)
{
    struct entry *e = keyspace_add(ref);

    fields_start(e);
    return e;
}

/* HSET, HMSET: sets all pairs. False after the error, else *ret_added of them are new. */
static bool set_pairs(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                      const char *name, int64_t *ret_added)
{
    struct key_ref ref;
    struct entry *e;
    bool ok;

    if (argc % 2 != 0) {
        resp_errorf(&c->reply, "ERR wrong number of arguments for '%s' command", name);
        return false;
    }
    e = write_hash(s, c, argv[1], &ref, &ok);
    if (!ok)
        return false;
    if (e == NULL)
        e = add_hash(&ref);
    *ret_added = 0;
    for (size_t i = 2; i < argc; i += 2)
        *ret_added +=
            fields_set(e, argv[i], argv[i + 1], &s->options.limits, key_ref_hash_key(&ref));
    store_changed(s, c, argv[1]);
    return true;
}

void cmd_hset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t added;

    if (set_pairs(app, c, argc, argv, "hset", &added))
        resp_int(&c->reply, added);
}

void cmd_hmset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t added;

    if (set_pairs(app, c, argc, argv, "hmset", &added))
        resp_ok(&c->reply);
}

void cmd_hsetnx(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct pack_item item;
    struct key_ref ref;
    bool ok;
    struct entry *e = write_hash(s, c, argv[1], &ref, &ok);

    (void)argc;
    if (!ok)
        return;
    if (e != NULL && fields_get(e, argv[2], &item)) {
        resp_int(&c->reply, 0);
        return;
    }
    if (e == NULL)
        e = add_hash(&ref);
    fields_set(e, argv[2], argv[3], &s->options.limits, key_ref_hash_key(&ref));
    store_changed(s, c, argv[1]);
    resp_int(&c->reply, 1);
}

void cmd_hdel(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    int64_t deleted = 0;
    bool ok;
    struct entry *e = write_hash(s, c, argv[1], &ref, &ok);

    if (!ok)
        return;
    for (size_t i = 2; e != NULL && i < argc; i++) {
        deleted += fields_delete(e, argv[i]);
        if (fields_count(e) == 0) {
            keyspace_delete(&ref);
            e = NULL;
        }
    }
    if (deleted > 0)
        store_changed(s, c, argv[1]);
    resp_int(&c->reply, deleted);
}

static void reply_field(struct client *c, const struct entry *e, struct slice field)
{
    struct pack_item item;

    if (e != NULL && fields_get(e, field, &item))
        resp_bulk(&c->reply, item.bytes);
    else
        resp_null(&c->reply);
}

void cmd_hget(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = read_hash(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        reply_field(c, e, argv[2]);
}

void cmd_hmget(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = read_hash(app, c, argv[1], &ok);

    if (!ok)
        return;
    resp_array(&c->reply, argc - 2);
    for (size_t i = 2; i < argc; i++)
        reply_field(c, e, argv[i]);
}

void cmd_hlen(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = read_hash(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        resp_int(&c->reply, e != NULL ? (int64_t)fields_count(e) : 0);
}

void cmd_hexists(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct pack_item item;
    bool ok;
    struct entry *e = read_hash(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        resp_int(&c->reply, e != NULL && fields_get(e, argv[2], &item));
}

void cmd_hstrlen(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct pack_item item;
    bool ok;
    struct entry *e = read_hash(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        resp_int(&c->reply, e != NULL && fields_get(e, argv[2], &item) ? (int64_t)item.bytes.n : 0);
}

enum { SHOW_FIELDS = 1, SHOW_VALUES = 2 };

/* HGETALL, HKEYS, HVALS. */
static void reply_all(struct store *s, struct client *c, struct slice key, unsigned show)
{
    struct fields_walk walk;
    bool ok;
    struct entry *e = read_hash(s, c, key, &ok);
    size_t count;

    if (!ok)
        return;
    count = e != NULL ? fields_count(e) : 0;
    if (show == (SHOW_FIELDS | SHOW_VALUES))
        resp_map(&c->reply, count);
    else
        resp_array(&c->reply, count);
    if (e == NULL)
        return;
    fields_walk_start(&walk, e);
    while (fields_walk_next(&walk)) {
        if (show & SHOW_FIELDS)
            resp_bulk(&c->reply, walk.field.bytes);
        if (show & SHOW_VALUES)
            resp_bulk(&c->reply, walk.value.bytes);
    }
}

void cmd_hgetall(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_all(app, c, argv[1], SHOW_FIELDS | SHOW_VALUES);
}

void cmd_hkeys(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_all(app, c, argv[1], SHOW_FIELDS);
}

void cmd_hvals(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_all(app, c, argv[1], SHOW_VALUES);
}

/* Stores what was counted. */
static void put_sum(struct store *s, struct client *c, struct key_ref *ref, struct slice field,
                    struct slice sum)
{
    struct entry *e = key_ref_entry(ref);

    if (e == NULL)
        e = add_hash(ref);
    fields_set(e, field, sum, &s->options.limits, key_ref_hash_key(ref));
    store_changed(s, c, ref->key);
}

void cmd_hincrby(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct slice sum = { text, 0 };
    struct pack_item item;
    struct key_ref ref;
    struct entry *e;
    int64_t by, value = 0;
    bool ok;

    (void)argc;
    if (!store_arg_int(c, argv[3], &by))
        return;
    e = write_hash(app, c, argv[1], &ref, &ok);
    if (!ok)
        return;
    if (e != NULL && fields_get(e, argv[2], &item) && !slice_to_int64(item.bytes, &value)) {
        resp_error(&c->reply, "ERR hash value is not an integer");
        return;
    }
    if (__builtin_add_overflow(value, by, &value)) {
        resp_error(&c->reply, "ERR increment or decrement would overflow");
        return;
    }
    sum.n = entry_int_text(value, text);
    put_sum(app, c, &ref, argv[2], sum);
    resp_int(&c->reply, value);
}

void cmd_hincrbyfloat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    char text[NUMBER_TEXT_MAX];
    struct slice feed[4] = { slice_str("HSET"), argv[1], argv[2], { NULL, 0 } };
    struct pack_item item;
    struct key_ref ref;
    struct entry *e;
    long double by, value = 0;
    bool ok;

    (void)argc;
    if (!number_read(argv[3], &by)) {
        resp_error(&c->reply, store_error_not_float);
        return;
    }
    if (isnan(by) || isinf(by)) {
        resp_error(&c->reply, "ERR value is NaN or Infinity");
        return;
    }
    e = write_hash(s, c, argv[1], &ref, &ok);
    if (!ok)
        return;
    if (e != NULL && fields_get(e, argv[2], &item) && !number_read(item.bytes, &value)) {
        resp_error(&c->reply, "ERR hash value is not a float");
        return;
    }
    value += by;
    if (isnan(value) || isinf(value)) {
        resp_error(&c->reply, "ERR increment would produce NaN or Infinity");
        return;
    }
    feed[3] = number_show(value, text);
    put_sum(s, c, &ref, argv[2], feed[3]);
    /* The sum, not the summand: replicas may count with another width. */
    store_propagate(s, c->db, 4, feed);
    resp_bulk(&c->reply, feed[3]);
}
