#include "store/cmd.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

#define FLOAT_TEXT_MAX  5200 /* the largest long double has 4933 digits before the point */
#define FLOAT_INPUT_MAX 5120

/* Adds to an integer; what INCR, DECR and their kin have in common. */
static void add(struct store *s, struct client *c, struct slice key, int64_t by)
{
    struct key_ref ref;
    struct entry *e = store_write(s, c, key, &ref);
    int64_t value = 0;

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

/* Overflow looks like infinity, and underflow like zero: the text tells them apart. */
static bool says_infinity(const char *text)
{
    return strpbrk(text, "iI") != NULL;
}

static bool says_zero(const char *text)
{
    size_t mantissa = strcspn(text, strpbrk(text, "xX") != NULL ? "pP" : "eE");
    size_t digit = strcspn(text, "123456789abcdfABCDF");

    return digit >= mantissa;
}

/* A number in the widest type there is, as Redis counts. */
static bool read_float(struct slice text, long double *ret)
{
    char copy[FLOAT_INPUT_MAX];
    char *end;
    long double v;

    if (text.n == 0 || !slice_copy(text, copy, sizeof(copy)) || copy[0] == ' ' ||
        (copy[0] >= '\t' && copy[0] <= '\r'))
        return false;
    v = strtold(copy, &end);
    if (*end != '\0' || isnan(v) || (isinf(v) && !says_infinity(copy)) ||
        (v == 0 && !says_zero(copy)))
        return false;
    *ret = v;
    return true;
}

/* Plain digits with no more behind the point than needed. */
static struct slice show_float(long double v, char *text)
{
    int len = snprintf(text, FLOAT_TEXT_MAX, "%.17Lf", v);
    struct slice s = { text, (size_t)len };

    while (s.n > 0 && text[s.n - 1] == '0')
        s.n--;
    if (s.n > 0 && text[s.n - 1] == '.')
        s.n--;
    if (slice_is(s, "-0")) {
        s.p++;
        s.n--;
    }
    return s;
}

void cmd_incrbyfloat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e = store_write(s, c, argv[1], &ref);
    char digits[ENTRY_INT_TEXT_MAX], text[FLOAT_TEXT_MAX];
    struct slice feed[4] = { slice_str("SET"), argv[1], { NULL, 0 }, slice_str("KEEPTTL") };
    long double value = 0, by;

    (void)argc;
    if ((e != NULL && !read_float(entry_string(e, digits), &value)) || !read_float(argv[2], &by)) {
        resp_error(&c->reply, store_error_not_float);
        return;
    }
    value += by;
    if (isnan(value) || isinf(value)) {
        resp_error(&c->reply, "ERR increment would produce NaN or Infinity");
        return;
    }
    feed[2] = show_float(value, text);
    entry_set_string(e != NULL ? e : keyspace_add(&ref), feed[2]);
    store_changed(s, c, argv[1]);
    /* The sum, not the summand: replicas may count with another width. */
    store_propagate(s, c->db, 4, feed);
    resp_bulk(&c->reply, feed[2]);
}
