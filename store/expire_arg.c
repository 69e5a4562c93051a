#include "store/expire_arg.h"

#include "store/store.h"

static bool invalid(struct client *c, const char *command)
{
    resp_errorf(&c->reply, "ERR invalid expire time in '%s' command", command);
    return false;
}

/* Milliseconds of Unix time; false when they cannot be counted. */
static bool convert(const struct store *s, struct expire_unit unit, int64_t v, int64_t *ret)
{
    if (__builtin_mul_overflow(v, unit.factor_ms, &v))
        return false;
    return !__builtin_add_overflow(v, unit.absolute ? 0 : s->now_ms, ret);
}

bool expire_arg_positive(struct store *s, struct client *c, struct slice arg,
                         struct expire_unit unit, const char *command, int64_t *ret_at_ms)
{
    int64_t v;

    if (!store_arg_int(c, arg, &v))
        return false;
    if (v <= 0 || !convert(s, unit, v, ret_at_ms))
        return invalid(c, command);
    return true;
}

bool expire_arg_any(struct store *s, struct client *c, struct slice arg, struct expire_unit unit,
                    const char *command, int64_t *ret_at_ms)
{
    int64_t v;

    if (!store_arg_int(c, arg, &v))
        return false;
    if (!convert(s, unit, v, ret_at_ms))
        return invalid(c, command);
    return true;
}

bool expire_option(struct slice word, struct expire_unit *ret_unit)
{
    static const struct {
        const char *name;
        struct expire_unit unit;
    } options[] = { { "EX", { 1000, false } },
                    { "PX", { 1, false } },
                    { "EXAT", { 1000, true } },
                    { "PXAT", { 1, true } } };

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (slice_is_nocase(word, options[i].name)) {
            *ret_unit = options[i].unit;
            return true;
        }
    }
    return false;
}

bool expire_is_past(const struct store *s, const struct client *c, int64_t at_ms)
{
    return at_ms <= s->now_ms && !store_is_replica(s) && !(c->flags & CLIENT_IS_MASTER);
}
