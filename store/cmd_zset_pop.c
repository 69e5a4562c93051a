/* Members taken from the ends of sorted sets, at once or when there are some. */
#include "store/cmd.h"

#include "store/cmd_zset.h"
#include "store/store.h"
#include "store/zset.h"

/* What a command that pops asks for. */
struct pop {
    bool max;
    bool one;                /* no count: the reply has one member, not a list of some */
    bool named;              /* the reply begins with the key, its members are pairs */
    int64_t count;           /* at least 1 */
    size_t keys;             /* to be looked at in turn */
    const struct slice *key; /* these */
};

/* Feeds what was done to the replicas: the pop of some members of one key. */
static void propagate(struct store *s, struct client *c, const struct pop *p, struct slice key,
                      size_t n)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct slice feed[3] = { slice_str(p->max ? "ZPOPMAX" : "ZPOPMIN"), key, { text, 0 } };

    feed[2].n = entry_int_text((int64_t)n, text);
    store_propagate(s, c->db, p->one ? 2 : 3, feed);
}

static void reply_one(struct client *c, const struct pop *p, struct slice key,
                      struct zset_walk *walk)
{
    zset_walk_next(walk);
    resp_array(&c->reply, p->named ? 3 : 2);
    if (p->named)
        resp_bulk(&c->reply, key);
    resp_bulk(&c->reply, walk->name.bytes);
    resp_double(&c->reply, walk->score);
}

static void reply_some(struct client *c, const struct pop *p, struct slice key,
                       struct zset_walk *walk, size_t n)
{
    if (p->named) {
        resp_array(&c->reply, 2);
        resp_bulk(&c->reply, key);
    }
    cmd_zset_reply(c, walk, n, p->named ? ZSET_PAIRS : ZSET_SCORES);
}

/* Replies with members from the end of a sorted set, and deletes them. */
static void pop_from(struct store *s, struct client *c, struct key_ref *ref, const struct pop *p)
{
    const struct entry *e = key_ref_entry(ref);
    size_t count = zset_count(e), n = (uint64_t)p->count < count ? (size_t)p->count : count;
    struct zset_walk walk;

    zset_walk_start(&walk, e, p->max ? count - 1 : 0, p->max);
    if (p->one)
        reply_one(c, p, ref->key, &walk);
    else
        reply_some(c, p, ref->key, &walk, n);
    cmd_zset_cut(s, c, ref, p->max ? count - n : 0, n);
    propagate(s, c, p, ref->key, n);
}

/* Pops from the first of the keys that has something; true when it is answered, by that or by an
 * error. */
static bool pop_first(struct store *s, struct client *c, const struct pop *p)
{
    for (size_t i = 0; i < p->keys; i++) {
        struct key_ref ref;
        struct entry *e;
        bool ok;

        if (!blocked_sees(&s->blocked, p->key[i]))
            continue;
        e = cmd_zset_write(s, c, p->key[i], &ref, &ok);
        if (ok && e != NULL)
            pop_from(s, c, &ref, p);
        if (!ok || e != NULL)
            return true;
    }
    return false;
}

/* The same, but waits when there is nothing. */
static void pop_or_wait(struct store *s, struct client *c, const struct pop *p, msec until_ms,
                        size_t argc, const struct slice *argv)
{
    struct blocked_for what = {
        .type = VALUE_ZSET, .keys = p->keys, .key = p->key, .until_ms = until_ms
    };

    if (!pop_first(s, c, p) && !blocked_wait(s, c, &what, argc, argv))
        resp_null_array(&c->reply);
}

/* ZPOPMIN, ZPOPMAX. */
static void pop_ends(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                     bool max)
{
    struct pop p = { .max = max, .one = argc == 2, .count = 1, .keys = 1, .key = argv + 1 };
    struct key_ref ref;
    bool ok;

    if (argc > 3) {
        resp_error(&c->reply, store_error_syntax);
        return;
    }
    if (argc == 3 &&
        !store_arg_count(c, argv[2], 0, "ERR value is out of range, must be positive", &p.count))
        return;
    if (cmd_zset_write(s, c, argv[1], &ref, &ok) != NULL && ok && p.count > 0)
        pop_from(s, c, &ref, &p);
    else if (ok)
        resp_array(&c->reply, 0);
}

void cmd_zpopmin(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    pop_ends(app, c, argc, argv, false);
}

void cmd_zpopmax(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    pop_ends(app, c, argc, argv, true);
}

/* Reads what ZMPOP and BZMPOP have in common, from the number of keys on; false after the error. */
static bool read_keys(struct client *c, size_t argc, const struct slice *argv, struct pop *ret)
{
    bool counted = false;
    int64_t keys;
    size_t at;

    if (!store_arg_count(c, argv[0], 1, "ERR numkeys should be greater than 0", &keys))
        return false;
    if ((uint64_t)keys >= argc - 1)
        goto syntax;
    at = (size_t)keys + 1;
    ret->max = slice_is_nocase(argv[at], "MAX");
    if (!ret->max && !slice_is_nocase(argv[at], "MIN"))
        goto syntax;
    for (at++; at < argc; at += 2) {
        if (counted || !slice_is_nocase(argv[at], "COUNT") || at + 1 == argc)
            goto syntax;
        if (!store_arg_count(c, argv[at + 1], 1, "ERR count should be greater than 0", &ret->count))
            return false;
        counted = true;
    }
    ret->keys = (size_t)keys;
    ret->key = argv + 1;
    return true;

syntax:
    resp_error(&c->reply, store_error_syntax);
    return false;
}

void cmd_zmpop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct pop p = { .named = true, .count = 1 };

    if (read_keys(c, argc - 1, argv + 1, &p) && !pop_first(app, c, &p))
        resp_null_array(&c->reply);
}

void cmd_bzmpop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct pop p = { .named = true, .count = 1 };
    msec until_ms;

    if (read_keys(c, argc - 2, argv + 2, &p) && blocked_arg_timeout(app, c, argv[1], &until_ms))
        pop_or_wait(app, c, &p, until_ms, argc, argv);
}

/* BZPOPMIN, BZPOPMAX. */
static void pop_blocking(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                         bool max)
{
    struct pop p = {
        .max = max, .one = true, .named = true, .count = 1, .keys = argc - 2, .key = argv + 1
    };
    msec until_ms;

    if (blocked_arg_timeout(s, c, argv[argc - 1], &until_ms))
        pop_or_wait(s, c, &p, until_ms, argc, argv);
}

void cmd_bzpopmin(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    pop_blocking(app, c, argc, argv, false);
}

void cmd_bzpopmax(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    pop_blocking(app, c, argc, argv, true);
}
