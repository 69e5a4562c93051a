#include "store/cmd.h"

#include "store/expire_arg.h"
#include "store/store.h"

enum condition { WHEN_NX = 1, WHEN_XX = 2, WHEN_GT = 4, WHEN_LT = 8 };

/* Reads NX, XX, GT, LT; false after the error was written. */
static bool read_conditions(struct client *c, size_t argc, const struct slice *argv, unsigned *ret)
{
    static const char *const names[] = { "NX", "XX", "GT", "LT" };
    unsigned flags = 0;

    for (size_t i = 0; i < argc; i++) {
        size_t k = 0;

        while (k < 4 && !slice_is_nocase(argv[i], names[k]))
            k++;
        if (k == 4) {
            resp_errorf(&c->reply, "ERR Unsupported option %.*s",
                        (int)(argv[i].n < 128 ? argv[i].n : 128), argv[i].p);
            return false;
        }
        flags |= 1u << k;
    }
    if ((flags & WHEN_NX) && (flags & ~(unsigned)WHEN_NX)) {
        resp_error(&c->reply,
                   "ERR NX and XX, GT or LT options at the same time are not compatible");
        return false;
    }
    if ((flags & WHEN_GT) && (flags & WHEN_LT)) {
        resp_error(&c->reply, "ERR GT and LT options at the same time are not compatible");
        return false;
    }
    *ret = flags;
    return true;
}

/* No time at all counts as the latest there is. */
static bool allows(unsigned conditions, int64_t old_ms, int64_t new_ms)
{
    if ((conditions & WHEN_NX) && old_ms != -1)
        return false;
    if ((conditions & WHEN_XX) && old_ms == -1)
        return false;
    if ((conditions & WHEN_GT) && (old_ms == -1 || new_ms <= old_ms))
        return false;
    return !((conditions & WHEN_LT) && old_ms != -1 && new_ms >= old_ms);
}

/* Sets the time, or deletes the key when it is past; tells replicas which. */
static void expire_at(struct store *s, struct client *c, struct key_ref *ref, int64_t at_ms)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct slice feed[3] = { slice_str("PEXPIREAT"), ref->key, { text, 0 } };
    bool gone = expire_is_past(s, c, at_ms);

    if (gone) {
        keyspace_delete(ref);
        feed[0] = slice_str("DEL");
    } else {
        /* A replica keeps even a key whose time was before 1970 until its primary deletes it. */
        at_ms = at_ms < 0 ? 0 : at_ms;
        keyspace_set_expiry(ref, at_ms);
        feed[2].n = entry_int_text(at_ms, text);
    }
    store_changed(s, c, ref->key);
    store_propagate(s, c->db, gone ? 2 : 3, feed);
}

static void expire(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                   struct expire_unit unit, const char *name)
{
    struct key_ref ref;
    struct entry *e;
    unsigned conditions;
    int64_t at_ms;

    if (!read_conditions(c, argc - 3, argv + 3, &conditions) ||
        !expire_arg_any(s, c, argv[2], unit, name, &at_ms))
        return;
    e = store_write(s, c, argv[1], &ref);
    if (e == NULL || !allows(conditions, entry_expires_at(e), at_ms)) {
        resp_int(&c->reply, 0);
        return;
    }
    expire_at(s, c, &ref, at_ms);
    resp_int(&c->reply, 1);
}

void cmd_expire(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    expire(app, c, argc, argv, (struct expire_unit){ 1000, false }, "expire");
}

void cmd_pexpire(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    expire(app, c, argc, argv, (struct expire_unit){ 1, false }, "pexpire");
}

void cmd_expireat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    expire(app, c, argc, argv, (struct expire_unit){ 1000, true }, "expireat");
}

void cmd_pexpireat(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    expire(app, c, argc, argv, (struct expire_unit){ 1, true }, "pexpireat");
}

void cmd_persist(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct key_ref ref;
    struct entry *e = store_write(app, c, argv[1], &ref);

    (void)argc;
    if (e == NULL || !entry_is_volatile(e)) {
        resp_int(&c->reply, 0);
        return;
    }
    keyspace_set_expiry(&ref, -1);
    store_changed(app, c, argv[1]);
    resp_int(&c->reply, 1);
}

/* The time left, or the time itself, in a unit; -2: no such key, -1: it stays. */
static void reply_time(struct store *s, struct client *c, struct slice key, struct expire_unit unit)
{
    struct key_ref ref;
    struct entry *e = store_peek(s, c, key, &ref);
    int64_t v;

    if (e == NULL || !entry_is_volatile(e)) {
        resp_int(&c->reply, e == NULL ? -2 : -1);
        return;
    }
    v = entry_expires_at(e) - (unit.absolute ? 0 : s->now_ms);
    if (v < 0)
        v = 0;
    /* Unsigned: half a second more than the end of time still fits. */
    resp_int(&c->reply, unit.factor_ms == 1 ? v : (int64_t)(((uint64_t)v + 500) / 1000));
}

void cmd_ttl(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_time(app, c, argv[1], (struct expire_unit){ 1000, false });
}

void cmd_pttl(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_time(app, c, argv[1], (struct expire_unit){ 1, false });
}

void cmd_expiretime(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_time(app, c, argv[1], (struct expire_unit){ 1000, true });
}

void cmd_pexpiretime(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_time(app, c, argv[1], (struct expire_unit){ 1, true });
}
