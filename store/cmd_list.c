/* Lists, from their ends. */
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
