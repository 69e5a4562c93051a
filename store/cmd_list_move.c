/* Lists, from one to another, or from the first of several that has something; and those of these
 * commands that wait for it. */
#include "store/cmd_list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/cmd.h"
#include "store/store.h"

/* --- LMOVE and its kin ----------------------------------------------------------------------- */

struct move {
    struct slice from, to; /* keys */
    enum list_end from_end, to_end;
};

/* Takes the element at an end of a list and puts it at one of the same list. */
static void rotate(struct entry *e, const struct move *m, struct slice bytes,
                   const struct value_limits *limits)
{
    char *copy = malloc(bytes.n + 1);

    assert(copy != NULL);
    memcpy(copy, bytes.p, bytes.n);
    bytes.p = copy;
    list_drop(e, m->from_end, 1, limits);
    list_push(e, m->to_end, bytes, limits);
    free(copy);
}

/* Moves an element; false when there is none, and nothing was written. Else the reply was, or an
 * error. */
static bool move(struct store *s, struct client *c, const struct move *m)
{
    struct key_ref from, to;
    struct list_place at;
    struct pack_item item;
    struct entry *e, *target;
    bool ok;

    e = cmd_list_write(s, c, m->from, &from, &ok);
    if (e == NULL || !ok)
        return !ok;
    target = cmd_list_write(s, c, m->to, &to, &ok);
    if (!ok)
        return true;
    list_seek(e, m->from_end == LIST_HEAD ? 0 : list_count(e) - 1, &at);
    resp_bulk(&c->reply, list_get(&at, &item));
    if (target == e) {
        rotate(e, m, item.bytes, &s->options.limits);
        store_changed(s, c, m->from);
        return true;
    }
    if (target == NULL)
        list_start(target = keyspace_add(&to));
    list_push(target, m->to_end, item.bytes, &s->options.limits);
    store_touch(s, c->db, m->to);
    cmd_list_drop(s, c, m->from, m->from_end, 1);
    return true;
}

/* Feeds what a command that waited has done. */
static void propagate_move(struct store *s, const struct client *c, const struct move *m,
                           bool is_lmove)
{
    struct slice left = slice_str("LEFT"), right = slice_str("RIGHT");
    struct slice feed[5] = { slice_str(is_lmove ? "LMOVE" : "RPOPLPUSH"), m->from, m->to,
                             m->from_end == LIST_HEAD ? left : right,
                             m->to_end == LIST_HEAD ? left : right };

    store_propagate(s, c->db, is_lmove ? 5 : 3, feed);
}

static bool read_ends(struct client *c, const struct slice *argv, struct move *m)
{
    return cmd_list_arg_end(c, argv[3], &m->from_end) && cmd_list_arg_end(c, argv[4], &m->to_end);
}

static void move_now(struct store *s, struct client *c, const struct move *m)
{
    if (!move(s, c, m))
        resp_null(&c->reply);
}

/* Moves, or waits for something to move. */
static void move_or_wait(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                         const struct move *m)
{
    struct blocked_for what = { .type = VALUE_LIST, .keys = 1, .key = &argv[1] };
    uint64_t before = s->changes;

    if (!blocked_arg_timeout(s, c, argv[argc - 1], &what.until_ms))
        return;
    if (!move(s, c, m)) {
        if (!blocked_wait(s, c, &what, argc, argv))
            resp_null(&c->reply);
    } else if (s->changes != before) {
        propagate_move(s, c, m, argc > 4);
    }
}

void cmd_lmove(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct move m = { .from = argv[1], .to = argv[2] };

    (void)argc;
    if (read_ends(c, argv, &m))
        move_now(app, c, &m);
}

void cmd_rpoplpush(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct move m = { argv[1], argv[2], LIST_TAIL, LIST_HEAD };

    (void)argc;
    move_now(app, c, &m);
}

void cmd_blmove(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct move m = { .from = argv[1], .to = argv[2] };

    if (read_ends(c, argv, &m))
        move_or_wait(app, c, argc, argv, &m);
}

void cmd_brpoplpush(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct move m = { argv[1], argv[2], LIST_TAIL, LIST_HEAD };

    move_or_wait(app, c, argc, argv, &m);
}

/* --- from the first of several keys ---------------------------------------------------------- */

/* What LMPOP and the popping commands that wait do. */
struct take {
    enum list_end end;
    int64_t count; /* 0: one, and the reply is a pair of key and element */
    size_t keys;
    const struct slice *key;
};

static void take_from(struct store *s, struct client *c, const struct take *t, struct slice key,
                      const struct entry *e)
{
    size_t n = t->count == 0 ? 1 : (size_t)t->count, count = list_count(e);
    char text[ENTRY_INT_TEXT_MAX];
    struct slice feed[3] = { slice_str(t->end == LIST_HEAD ? "LPOP" : "RPOP"), key, { text, 0 } };
    struct list_place at;
    struct pack_item item;

    if (n > count)
        n = count;
    resp_array(&c->reply, 2);
    resp_bulk(&c->reply, key);
    if (t->count == 0) {
        list_seek(e, t->end == LIST_HEAD ? 0 : count - 1, &at);
        resp_bulk(&c->reply, list_get(&at, &item));
    } else {
        cmd_list_reply(c, e, t->end, n);
    }
    cmd_list_drop(s, c, key, t->end, n);
    feed[2].n = entry_int_text((int64_t)n, text);
    store_propagate(s, c->db, t->count == 0 ? 2 : 3, feed);
}

/* Takes from the first key that has a list; false when none has, and nothing was written. */
static bool take(struct store *s, struct client *c, const struct take *t)
{
    for (size_t i = 0; i < t->keys; i++) {
        struct key_ref ref;
        struct entry *e;
        bool ok;

        if (!blocked_sees(&s->blocked, t->key[i]))
            continue;
        e = cmd_list_write(s, c, t->key[i], &ref, &ok);
        if (!ok)
            return true;
        if (e != NULL) {
            take_from(s, c, t, t->key[i], e);
            return true;
        }
    }
    return false;
}

static void take_or_wait(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                         const struct take *t, struct slice timeout)
{
    struct blocked_for what = { .type = VALUE_LIST, .keys = t->keys, .key = t->key };

    if (blocked_arg_timeout(s, c, timeout, &what.until_ms) && !take(s, c, t) &&
        !blocked_wait(s, c, &what, argc, argv))
        resp_null_array(&c->reply);
}

/* numkeys key [key ...] LEFT|RIGHT [COUNT n]; false after the error was written. */
static bool read_take(struct client *c, size_t argc, const struct slice *argv, struct take *ret)
{
    int64_t keys;
    size_t i;

    if (!store_arg_count(c, argv[0], 1, "ERR numkeys should be greater than 0", &keys))
        return false;
    if ((uint64_t)keys >= argc - 1)
        goto wrong;
    i = 1 + (size_t)keys;
    *ret = (struct take){ .keys = (size_t)keys, .key = argv + 1 };
    if (!cmd_list_arg_end(c, argv[i++], &ret->end))
        return false;
    for (; i < argc; i += 2) {
        if (!slice_is_nocase(argv[i], "COUNT") || i + 1 == argc || ret->count > 0)
            goto wrong;
        if (!store_arg_count(c, argv[i + 1], 1, "ERR count should be greater than 0", &ret->count))
            return false;
    }
    if (ret->count == 0)
        ret->count = 1;
    return true;
wrong:
    resp_error(&c->reply, store_error_syntax);
    return false;
}

void cmd_lmpop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct take t;

    if (read_take(c, argc - 1, argv + 1, &t) && !take(app, c, &t))
        resp_null_array(&c->reply);
}

void cmd_blmpop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct take t;

    if (read_take(c, argc - 2, argv + 2, &t))
        take_or_wait(app, c, argc, argv, &t, argv[1]);
}

void cmd_blpop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct take t = { LIST_HEAD, 0, argc - 2, argv + 1 };

    take_or_wait(app, c, argc, argv, &t, argv[argc - 1]);
}

void cmd_brpop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct take t = { LIST_TAIL, 0, argc - 2, argv + 1 };

    take_or_wait(app, c, argc, argv, &t, argv[argc - 1]);
}
