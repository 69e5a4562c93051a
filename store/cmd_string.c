#include "store/cmd.h"

#include <string.h>

#include "store/store.h"

/* False after the error, when a string would become too long. */
static bool check_length(struct store *s, struct client *c, uint64_t len)
{
    if (len <= (uint64_t)option_number(&s->options, OPT_BULK_MAX))
        return true;
    resp_error(&c->reply, store_error_too_long);
    return false;
}

void cmd_append(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e = store_write(s, c, argv[1], &ref);
    size_t old;

    (void)argc;
    if (!store_check_type(c, e, VALUE_STRING))
        return;
    old = e != NULL ? entry_string_len(e) : 0;
    if (e == NULL) {
        entry_set_string(keyspace_add(&ref), argv[2]);
    } else {
        if (!check_length(s, c, (uint64_t)old + argv[2].n))
            return;
        memcpy(entry_string_extend(e, old + argv[2].n) + old, argv[2].p, argv[2].n);
    }
    store_changed(s, c, argv[1]);
    resp_int(&c->reply, (int64_t)(old + argv[2].n));
}

void cmd_strlen(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    struct entry *e = store_read(app, c, argv[1], &ref);

    (void)argc;
    if (!store_check_type(c, e, VALUE_STRING))
        return;
    resp_int(&c->reply, e != NULL ? (int64_t)entry_string_len(e) : 0);
}

void cmd_getrange(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct key_ref ref;
    struct entry *e;
    struct slice value = { "", 0 };
    int64_t start, end, len;

    (void)argc;
    if (!store_arg_int(c, argv[2], &start) || !store_arg_int(c, argv[3], &end))
        return;
    e = store_read(app, c, argv[1], &ref);
    if (!store_check_type(c, e, VALUE_STRING))
        return;
    if (e != NULL)
        value = entry_string(e, text);
    len = (int64_t)value.n;
    if (start < 0 && end < 0 && start > end)
        len = 0;
    if (start < 0)
        start = start + len < 0 ? 0 : start + len;
    if (end < 0)
        end = end + len < 0 ? 0 : end + len;
    if (end >= len)
        end = len - 1;
    if (len == 0 || start > end)
        resp_bulk_bytes(&c->reply, "", 0);
    else
        resp_bulk_bytes(&c->reply, value.p + start, (size_t)(end - start + 1));
}

void cmd_setrange(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e;
    int64_t offset;

    (void)argc;
    if (!store_arg_int(c, argv[2], &offset))
        return;
    if (offset < 0) {
        resp_error(&c->reply, "ERR offset is out of range");
        return;
    }
    e = store_write(s, c, argv[1], &ref);
    if (!store_check_type(c, e, VALUE_STRING))
        return;
    if (argv[3].n == 0) {
        resp_int(&c->reply, e != NULL ? (int64_t)entry_string_len(e) : 0);
        return;
    }
    if (!check_length(s, c, (uint64_t)offset + argv[3].n))
        return;
    if (e == NULL)
        e = keyspace_add(&ref);
    memcpy(entry_string_extend(e, (size_t)offset + argv[3].n) + offset, argv[3].p, argv[3].n);
    store_changed(s, c, argv[1]);
    resp_int(&c->reply, (int64_t)entry_string_len(e));
}
