/* Sets, member by member. */
#include "store/cmd.h"

#include "store/set.h"
#include "store/store.h"

/* The set of a key, or NULL; *ret_ok false after the error, when it is something else. */
static struct entry *read_set(struct store *s, struct client *c, struct slice key, bool *ret_ok)
{
    struct key_ref ref;
    struct entry *e = store_read(s, c, key, &ref);

    *ret_ok = store_check_type(c, e, VALUE_SET);
    return e;
}

void cmd_sadd(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e = store_write(s, c, argv[1], &ref);
    int64_t added = 0;

    if (!store_check_type(c, e, VALUE_SET))
        return;
    if (e == NULL)
        set_start(e = keyspace_add(&ref));
    for (size_t i = 2; i < argc; i++)
        added += set_add(e, argv[i], &s->options.limits, key_ref_hash_key(&ref));
    if (added > 0)
        store_changed(s, c, argv[1]);
    resp_int(&c->reply, added);
}

void cmd_srem(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e = store_write(s, c, argv[1], &ref);
    int64_t removed = 0;

    if (!store_check_type(c, e, VALUE_SET))
        return;
    for (size_t i = 2; e != NULL && i < argc; i++) {
        removed += set_remove(e, argv[i]);
        if (set_count(e) == 0) {
            keyspace_delete(&ref);
            e = NULL;
        }
    }
    if (removed > 0)
        store_changed(s, c, argv[1]);
    resp_int(&c->reply, removed);
}

void cmd_sismember(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = read_set(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        resp_int(&c->reply, e != NULL && set_has(e, argv[2]));
}

void cmd_smismember(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = read_set(app, c, argv[1], &ok);

    if (!ok)
        return;
    resp_array(&c->reply, argc - 2);
    for (size_t i = 2; i < argc; i++)
        resp_int(&c->reply, e != NULL && set_has(e, argv[i]));
}

void cmd_scard(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = read_set(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        resp_int(&c->reply, e != NULL ? (int64_t)set_count(e) : 0);
}

void cmd_smembers(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct set_walk walk;
    bool ok;
    struct entry *e = read_set(app, c, argv[1], &ok);

    (void)argc;
    if (!ok)
        return;
    resp_set(&c->reply, e != NULL ? set_count(e) : 0);
    if (e == NULL)
        return;
    set_walk_start(&walk, e);
    while (set_walk_next(&walk))
        resp_bulk(&c->reply, walk.item.bytes);
}

/* Takes the member out of the one set, and its key if nothing is left, and puts it into the other.
 * The second ref is looked up again: deleting the first key may have moved it. */
static void move_member(struct store *s, struct client *c, struct key_ref *from, struct slice to,
                        struct slice member)
{
    struct key_ref ref;
    struct entry *e;

    if (set_count(key_ref_entry(from)) == 0)
        keyspace_delete(from);
    store_changed(s, c, from->key);
    e = keyspace_find(store_db(s, c), to, &ref);
    if (e == NULL)
        set_start(e = keyspace_add(&ref));
    if (set_add(e, member, &s->options.limits, key_ref_hash_key(&ref)))
        store_changed(s, c, to);
}

void cmd_smove(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref from, to;
    struct entry *source, *target;

    (void)argc;
    target = store_write(s, c, argv[2], &to);
    source = store_write(s, c, argv[1], &from);
    if (source == NULL) {
        resp_int(&c->reply, 0);
        return;
    }
    if (!store_check_type(c, source, VALUE_SET) || !store_check_type(c, target, VALUE_SET))
        return;
    if (source == target) {
        resp_int(&c->reply, set_has(source, argv[3]));
    } else if (set_remove(source, argv[3])) {
        move_member(s, c, &from, argv[2], argv[3]);
        resp_int(&c->reply, 1);
    } else {
        resp_int(&c->reply, 0);
    }
}
