/* Lists, from their ends and by index. */
#include "store/cmd_list.h"

#include "store/cmd.h"
#include "store/store.h"

static const char count_negative[] = "ERR value is out of range, must be positive";

struct entry *cmd_list_read(struct store *s, struct client *c, struct slice key, bool *ret_ok)
{
    struct key_ref ref;
    struct entry *e = store_read(s, c, key, &ref);

    *ret_ok = store_check_type(c, e, VALUE_LIST);
    return e;
}

struct entry *cmd_list_write(struct store *s, struct client *c, struct slice key,
                             struct key_ref *ret_ref, bool *ret_ok)
{
    struct entry *e = store_write(s, c, key, ret_ref);

    *ret_ok = store_check_type(c, e, VALUE_LIST);
    return e;
}

bool cmd_list_arg_end(struct client *c, struct slice arg, enum list_end *ret)
{
    bool left = slice_is_nocase(arg, "LEFT");

    if (!left && !slice_is_nocase(arg, "RIGHT")) {
        resp_error(&c->reply, store_error_syntax);
        return false;
    }
    *ret = left ? LIST_HEAD : LIST_TAIL;
    return true;
}

/* --- the ends -------------------------------------------------------------------------------- */

static void push(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                 enum list_end end, bool only_present)
{
    struct key_ref ref;
    bool ok;
    struct entry *e = cmd_list_write(s, c, argv[1], &ref, &ok);

    if (!ok)
        return;
    if (e == NULL && only_present) {
        resp_int(&c->reply, 0);
        return;
    }
    if (e == NULL)
        list_start(e = keyspace_add(&ref));
    for (size_t i = 2; i < argc; i++)
        list_push(e, end, argv[i], &s->options.limits);
    store_changed(s, c, argv[1]);
    resp_int(&c->reply, (int64_t)list_count(e));
}

void cmd_lpush(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    push(app, c, argc, argv, LIST_HEAD, false);
}

void cmd_rpush(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    push(app, c, argc, argv, LIST_TAIL, false);
}

void cmd_lpushx(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    push(app, c, argc, argv, LIST_HEAD, true);
}

void cmd_rpushx(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    push(app, c, argc, argv, LIST_TAIL, true);
}

void cmd_list_reply(struct client *c, const struct entry *e, enum list_end end, size_t n)
{
    enum list_end towards = end == LIST_HEAD ? LIST_TAIL : LIST_HEAD;
    struct list_place at;
    struct pack_item item;

    resp_array(&c->reply, n);
    if (n > 0)
        list_seek(e, end == LIST_HEAD ? 0 : list_count(e) - 1, &at);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            list_step(&at, towards);
        resp_bulk(&c->reply, list_get(&at, &item));
    }
}

void cmd_list_drop(struct store *s, struct client *c, struct slice key, enum list_end end, size_t n)
{
    struct key_ref ref;
    struct entry *e = keyspace_find(store_db(s, c), key, &ref);

    if (n < list_count(e))
        list_drop(e, end, n, &s->options.limits);
    else
        keyspace_delete(&ref);
    store_changed(s, c, key);
}

/* One element, without a count. */
static void pop_one(struct store *s, struct client *c, const struct entry *e, struct slice key,
                    enum list_end end)
{
    struct list_place at;
    struct pack_item item;

    list_seek(e, end == LIST_HEAD ? 0 : list_count(e) - 1, &at);
    resp_bulk(&c->reply, list_get(&at, &item));
    cmd_list_drop(s, c, key, end, 1);
}

static void pop(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                enum list_end end)
{
    struct key_ref ref;
    struct entry *e;
    int64_t n = 0;
    bool ok;

    if (argc > 3) {
        resp_errorf(&c->reply, "ERR wrong number of arguments for '%s' command",
                    end == LIST_HEAD ? "lpop" : "rpop");
        return;
    }
    if (argc == 3 && !store_arg_count(c, argv[2], 0, count_negative, &n))
        return;
    e = cmd_list_write(s, c, argv[1], &ref, &ok);
    if (!ok)
        return;
    if (e == NULL && argc == 3) {
        resp_null_array(&c->reply);
    } else if (e == NULL) {
        resp_null(&c->reply);
    } else if (argc == 2) {
        pop_one(s, c, e, argv[1], end);
    } else {
        size_t count = list_count(e), taken = (uint64_t)n < count ? (size_t)n : count;

        cmd_list_reply(c, e, end, taken);
        if (taken > 0)
            cmd_list_drop(s, c, argv[1], end, taken);
    }
}

void cmd_lpop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    pop(app, c, argc, argv, LIST_HEAD);
}

void cmd_rpop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    pop(app, c, argc, argv, LIST_TAIL);
}

/* --- by index -------------------------------------------------------------------------------- */

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
