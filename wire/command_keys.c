#include "wire/command_keys.h"

#include "wire/command.h"
#include "wire/resp_write.h"

static const char *const flag_names[] = {
#define X(id, text) text,
    COMMAND_KEY_FLAGS(X)
#undef X
};

/* --- the keys of a request -----------------------------------------------------------------------
 */

/* The words from first to last that a rule names. False: they cannot be told. */
static bool find_range(const struct command_keys *rule, size_t argc, const struct slice *argv,
                       size_t *ret_first, size_t *ret_last)
{
    size_t begin = (size_t)rule->begin;
    int64_t count;

    if (rule->counted) {
        if (begin >= argc || !slice_to_int64(argv[begin], &count) || count < 1 ||
            (uint64_t)count > argc - begin - 1)
            return false;
        *ret_first = begin + 1;
        *ret_last = begin + (size_t)count;
        return true;
    }
    *ret_first = begin;
    if (rule->last >= 0)
        *ret_last = begin + (size_t)rule->last;
    else
        *ret_last = (size_t)-rule->last < argc ? argc - (size_t)-rule->last : 0;
    return *ret_last < argc;
}

static void tell_found(const struct command_keys *rule, size_t argc, const struct slice *argv,
                       command_key_seen_fn *seen, void *ctx)
{
    struct command_key found[COMMAND_KEYS_FOUND_MAX];
    size_t n = rule->find(argc, argv, found);

    for (size_t i = 0; i < n && seen(ctx, &found[i]); i++)
        ;
}

bool command_keys_each(const struct command *row, size_t argc, const struct slice *argv,
                       command_key_seen_fn *seen, void *ctx)
{
    const struct command_keys *rule = row->keys;
    size_t first, last;

    if (rule != NULL && rule->find != NULL) {
        tell_found(rule, argc, argv, seen, ctx);
        return true;
    }
    for (; rule != NULL && rule->flags != 0; rule++) {
        if (rule->begin == 0)
            continue;
        if (!find_range(rule, argc, argv, &first, &last))
            return false;
        for (size_t i = first; i <= last; i += (size_t)rule->step) {
            struct command_key key = { i, rule->flags };
            if (!seen(ctx, &key))
                return true;
        }
    }
    return true;
}

/* --- descriptions --------------------------------------------------------------------------------
 */

bool command_keys_move(const struct command *row)
{
    for (const struct command_keys *rule = row->keys; rule != NULL && rule->flags != 0; rule++)
        if (rule->begin == 0 || rule->counted)
            return true;
    return false;
}

/* Position of a rule's last key; negative as it stands. */
static int last_of(const struct command_keys *rule)
{
    return rule->last < 0 ? rule->last : rule->begin + rule->last;
}

/* Rules that follow one another are one range; a last key from the end is further than any other.
 */
struct command_key_range command_keys_range(const struct command *row)
{
    struct command_key_range range = { 0, 0, 0 };

    for (const struct command_keys *rule = row->keys; rule != NULL && rule->flags != 0; rule++) {
        if (rule->begin == 0 || rule->counted)
            continue;
        if (range.first > 0 && range.last != rule->begin - 1)
            break;
        range.first = range.first > 0 ? range.first : rule->begin;
        range.last = last_of(rule);
        range.step = rule->step;
    }
    return range;
}

void command_keys_reply_flags(struct resp_writer *w, unsigned flags)
{
    size_t n = 0;

    for (int i = 0; i < COMMAND_KEY_BIT_COUNT; i++)
        n += flags >> i & 1;
    resp_set(w, n);
    for (int i = 0; i < COMMAND_KEY_BIT_COUNT; i++)
        if (flags >> i & 1)
            resp_simple(w, flag_names[i]);
}

static void reply_field(struct resp_writer *w, const char *name, int value)
{
    resp_bulk_str(w, name);
    resp_int(w, value);
}

/* "type" and "spec" of one step. */
static void reply_step(struct resp_writer *w, const char *step, const char *type, size_t fields)
{
    resp_bulk_str(w, step);
    resp_map(w, 2);
    resp_bulk_str(w, "type");
    resp_bulk_str(w, type);
    resp_bulk_str(w, "spec");
    resp_map(w, fields);
}

static void reply_rule(struct resp_writer *w, const struct command_keys *rule)
{
    bool known = rule->begin > 0;

    resp_map(w, 3);
    resp_bulk_str(w, "flags");
    command_keys_reply_flags(w, rule->flags);
    reply_step(w, "begin_search", known ? "index" : "unknown", known ? 1 : 0);
    if (known)
        reply_field(w, "index", rule->begin);
    reply_step(w, "find_keys",
               !known          ? "unknown"
               : rule->counted ? "keynum"
                               : "range",
               known ? 3 : 0);
    if (!known)
        return;
    reply_field(w, rule->counted ? "keynumidx" : "lastkey", rule->counted ? 0 : rule->last);
    if (rule->counted)
        reply_field(w, "firstkey", 1);
    reply_field(w, "keystep", rule->step);
    if (!rule->counted)
        reply_field(w, "limit", 0);
}

void command_keys_reply(struct resp_writer *w, const struct command *row)
{
    size_t n = 0;

    while (row->keys != NULL && row->keys[n].flags != 0)
        n++;
    resp_array(w, n);
    for (size_t i = 0; i < n; i++)
        reply_rule(w, &row->keys[i]);
}
