#include "store/cmd.h"

#include <math.h>

#include "store/number.h"
#include "store/store.h"

/* Adds to an integer; what INCR, DECR and their kin have in common. */
static void add(struct store *s, struct client *c, struct slice key, int64_t by)
{
    struct key_ref ref;
    struct entry *e = store_write(s, c, key, &ref);
    int64_t value = 0;

    if (!store_check_type(c, e, VALUE_STRING))
        return;
    if (e != NULL && !entry_string_int(e, &value)) {
        resp_error(&c->reply, store_error_not_int);
        return;
    }
    if (__builtin_add_overflow(value, by, &value)) {
        resp_error(&c->reply, "ERR increment or decrement would overflow");
        return;
    }
    entry_set_int(e != NULL ? e : keyspace_add(&ref), value);
    store_changed(s, c, key);
    resp_int(&c->reply, value);
}

void cmd_incr(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    add(app, c, argv[1], 1);
}

void cmd_decr(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    add(app, c, argv[1], -1);
}

void cmd_incrby(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t by;

    (void)argc;
    if (store_arg_int(c, argv[2], &by))
        add(app, c, argv[1], by);
}

void cmd_decrby(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    int64_t by;

    (void)argc;
    if (!store_arg_int(c, argv[2], &by))
        return;
    if (by == INT64_MIN)
        resp_error(&c->reply, "ERR decrement would overflow");
    else
        add(app, c, argv[1], -by);
}

void cmd_incrbyfloat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e = store_write(s, c, argv[1], &ref);
    char digits[ENTRY_INT_TEXT_MAX], text[NUMBER_TEXT_MAX];
    struct slice feed[4] = { slice_str("SET"), argv[1], { NULL, 0 }, slice_str("KEEPTTL") };
    long double value = 0, by;

    (void)argc;
    if (!store_check_type(c, e, VALUE_STRING))
        return;
    if ((e != NULL && !number_read(entry_string(e, digits), &value)) ||
        !number_read(argv[2], &by)) {
        resp_error(&c->reply, store_error_not_float);
        return;
    }
    value += by;
    if (isnan(value) || isinf(value)) {
        resp_error(&c->reply, "ERR increment would produce NaN or Infinity");
        return;
    }
    feed[2] = number_show(value, text);
    entry_set_string(e != NULL ? e : keyspace_add(&ref), feed[2]);
    store_changed(s, c, argv[1]);
    /* The sum, not the summand: replicas may count with another width. */
    store_propagate(s, c->db, 4, feed);
    resp_bulk(&c->reply, feed[2]);
}
