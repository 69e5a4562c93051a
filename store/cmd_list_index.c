/* Lists, by index. */
#include "store/cmd_list.h"

#include "store/cmd.h"
#include "store/store.h"

void cmd_llen(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = cmd_list_read(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        resp_int(&c->reply, e != NULL ? (int64_t)list_count(e) : 0);
}

/* The element of an index that may count from the end. */
static bool seek(const struct entry *e, int64_t index, struct list_place *ret)
{
    if (index < 0)
        index += (int64_t)list_count(e);
    return index >= 0 && list_seek(e, (size_t)index, ret);
}

void cmd_lindex(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct list_place at;
    struct pack_item item;
    int64_t index;
    bool ok;
    struct entry *e = cmd_list_read(app, c, argv[1], &ok);

    (void)argc;
    if (!ok || (e != NULL && !store_arg_int(c, argv[2], &index)))
        return;
    if (e != NULL && seek(e, index, &at))
        resp_bulk(&c->reply, list_get(&at, &item));
    else
        resp_null(&c->reply);
}

void cmd_lset(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct list_place at;
    struct key_ref ref;
    int64_t index;
    bool ok;
    struct entry *e = cmd_list_write(s, c, argv[1], &ref, &ok);

    (void)argc;
    if (!ok)
        return;
    if (e == NULL) {
        resp_error(&c->reply, store_error_no_key);
        return;
    }
    if (!store_arg_int(c, argv[2], &index))
        return;
    if (!seek(e, index, &at)) {
        resp_error(&c->reply, "ERR index out of range");
        return;
    }
    list_set(&at, argv[3], &s->options.limits);
    store_changed(s, c, argv[1]);
    resp_ok(&c->reply);
}

/* A range of indices as arguments; false after the error was written. */
static bool read_range(struct client *c, const struct slice *argv, int64_t *ret_first,
                       int64_t *ret_last)
{
    return store_arg_int(c, argv[0], ret_first) && store_arg_int(c, argv[1], ret_last);
}

/* What of a range is in the list: *first, and how many from there on. */
static size_t clip(const struct entry *e, int64_t *first, int64_t last)
{
    int64_t count = (int64_t)list_count(e);

    if (*first < 0)
        *first += count;
    if (*first < 0)
        *first = 0;
    if (last < 0)
        last += count;
    if (last >= count)
        last = count - 1;
    return *first <= last ? (size_t)(last - *first + 1) : 0;
}

void cmd_lrange(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct list_place at;
    struct pack_item item;
    struct entry *e;
    int64_t first, last;
    size_t n;
    bool ok;

    (void)argc;
    if (!read_range(c, argv + 2, &first, &last))
        return;
    e = cmd_list_read(app, c, argv[1], &ok);
    if (!ok)
        return;
    n = e != NULL ? clip(e, &first, last) : 0;
    resp_array(&c->reply, n);
    if (n > 0)
        list_seek(e, (size_t)first, &at);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            list_step(&at, LIST_TAIL);
        resp_bulk(&c->reply, list_get(&at, &item));
    }
}

void cmd_ltrim(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e;
    int64_t first, last;
    bool ok;

    (void)argc;
    if (!read_range(c, argv + 2, &first, &last))
        return;
    e = cmd_list_write(s, c, argv[1], &ref, &ok);
    if (!ok)
        return;
    if (e != NULL) {
        size_t n = clip(e, &first, last), behind;

        if (n == 0) {
            keyspace_delete(&ref);
        } else {
            behind = list_count(e) - (size_t)first - n;
            list_drop(e, LIST_HEAD, (size_t)first, &s->options.limits);
            list_drop(e, LIST_TAIL, behind, &s->options.limits);
        }
        store_changed(s, c, argv[1]);
    }
    resp_ok(&c->reply);
}
