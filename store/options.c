#include "store/options.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/client_filter.h"

#define OUTPUT_WORDS 4 /* class, hard, soft, seconds */

static const char *const loglevels[] = { "debug", "verbose", "notice", "warning", NULL };
static const char *const fsyncs[] = { "always", "everysec", "no", NULL };
static const char *const debug_users[] = { "no", "yes", "local", NULL };
static const char *const evict_policies[] = {
    "noeviction",   "allkeys-lru", "allkeys-random", "volatile-lru", "volatile-random",
    "volatile-ttl", NULL
};

static const char *const diskless_loads[] = { "swapdb", NULL };
static const char *const gates[] = { "no", "yes", "strict", NULL };

static const struct option_row rows[OPTION_COUNT] = {
#define X(id, name, alias, kind, flags, standard, least, most, meaning)                            \
    [OPT_##id] = { name, alias, OPTION_##kind, flags, standard, least, most, meaning },
    OPTIONS(X)
#undef X
};

/* What a CHOICE may be; the index is its number. */
static const char *const *const choices[OPTION_COUNT] = {
    [OPT_LOGLEVEL] = loglevels,        [OPT_APPENDFSYNC] = fsyncs,
    [OPT_DEBUG_COMMAND] = debug_users, [OPT_MAXMEMORY_POLICY] = evict_policies,
    [OPT_START_GATE] = gates,          [OPT_DISKLESS_LOAD] = diskless_loads,
};

static const char *const *words_of(enum option_id id)
{
    return choices[id];
}

const struct option_row *option_row(enum option_id id)
{
    assert(id < OPTION_COUNT);
    return &rows[id];
}

static bool name_is(struct slice name, const char *text)
{
    if (text == NULL || strlen(text) != name.n)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i] == '_' ? '-' : name.p[i];
        if (tolower((unsigned char)c) != text[i])
            return false;
    }
    return true;
}

int option_find(struct slice name)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        if (name_is(name, rows[i].name) || name_is(name, rows[i].alias))
            return i;
    }
    return -1;
}

void options_init(struct options *o)
{
    char error[OPTION_ERROR_TEXT_MAX];

    memset(o, 0, sizeof(*o));
    for (int i = 0; i < OPTION_COUNT; i++) {
        bool ok = options_set(o, (enum option_id)i, slice_str(rows[i].standard), error);
        assert(ok);
    }
}

void options_done(struct options *o)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        free(o->values[i].text);
    buf_done(&o->users);
    memset(o, 0, sizeof(*o));
}

/* Redis's words for "out of range". */
static bool in_range(enum option_id id, int64_t v, char *ret_error)
{
    if (v >= rows[id].least && v <= rows[id].most)
        return true;
    snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "argument must be between %lld and %lld inclusive",
             (long long)rows[id].least, (long long)rows[id].most);
    return false;
}

static bool parse_number(enum option_id id, struct slice text, int64_t *ret, char *ret_error)
{
    if (!slice_to_int64(text, ret)) {
        snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "argument couldn't be parsed into an integer");
        return false;
    }
    return in_range(id, *ret, ret_error);
}

/* A count of bytes with an optional unit. */
static bool read_bytes(struct slice text, int64_t *ret)
{
    static const struct {
        const char *name;
        int64_t factor;
    } units[] = {
        { "", 1 },           { "b", 1 },           { "k", 1000 },
        { "kb", OPTION_KB }, { "m", 1000 * 1000 }, { "mb", OPTION_MB },
        { "g", 1000000000 }, { "gb", OPTION_GB },
    };
    struct slice digits = { text.p, 0 }, unit;
    int64_t n;

    while (digits.n < text.n && isdigit((unsigned char)text.p[digits.n]))
        digits.n++;
    unit.p = text.p + digits.n;
    unit.n = text.n - digits.n;
    if (!slice_to_int64(digits, &n))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (slice_is_nocase(unit, units[i].name))
            return !__builtin_mul_overflow(n, units[i].factor, ret);
    }
    return false;
}

static bool parse_bytes(enum option_id id, struct slice text, int64_t *ret, char *ret_error)
{
    if (!read_bytes(text, ret)) {
        snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "argument must be a memory value");
        return false;
    }
    return in_range(id, *ret, ret_error);
}

static bool parse_yes_no(enum option_id id, struct slice text, int64_t *ret, char *ret_error)
{
    if (!slice_is_nocase(text, "yes") && !slice_is_nocase(text, "no")) {
        snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "argument must be 'yes' or 'no'");
        return false;
    }
    *ret = slice_is_nocase(text, "yes");
    if (*ret >= rows[id].least && *ret <= rows[id].most)
        return true;
    snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "only '%s' is supported", rows[id].standard);
    return false;
}

static bool parse_choice(enum option_id id, struct slice text, int64_t *ret, char *ret_error)
{
    const char *const *words = words_of(id);
    int len;

    for (int i = 0; words[i] != NULL; i++) {
        if (slice_is_nocase(text, words[i])) {
            *ret = i;
            return true;
        }
    }
    len = snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "argument(s) must be one of the following: ");
    for (int i = 0; words[i] != NULL; i++)
        len += snprintf(ret_error + len, OPTION_ERROR_TEXT_MAX - (size_t)len, "%s%s",
                        i > 0 ? ", " : "", words[i]);
    return false;
}

/* Splits at blanks; returns the number of words, at most max + 1 (too many). */
static size_t split(struct slice text, struct slice *words, size_t max)
{
    size_t n = 0, i = 0;

    for (;;) {
        size_t start;

        while (i < text.n && isspace((unsigned char)text.p[i]))
            i++;
        if (i == text.n)
            return n;
        if (n == max)
            return max + 1;
        for (start = i; i < text.n && !isspace((unsigned char)text.p[i]); i++)
            ;
        words[n].p = text.p + start;
        words[n].n = i - start;
        n++;
    }
}

static bool parse_save(struct options *o, struct slice text, char *ret_text, char *ret_error)
{
    struct slice words[2 * SAVE_POINTS_MAX];
    struct save_point points[SAVE_POINTS_MAX];
    size_t n, len = 0;

    n = slice_is(text, "\"\"") ? 0 : split(text, words, 2 * SAVE_POINTS_MAX);
    if (n % 2 != 0 || n > 2 * SAVE_POINTS_MAX)
        goto wrong;
    ret_text[0] = '\0';
    for (size_t i = 0; i < n; i += 2) {
        struct save_point *p = &points[i / 2];
        if (!slice_to_int64(words[i], &p->seconds) || !slice_to_int64(words[i + 1], &p->changes) ||
            p->seconds < 1 || p->changes < 0)
            goto wrong;
        len += (size_t)snprintf(ret_text + len, OPTION_TEXT_MAX - len, "%s%lld %lld",
                                i > 0 ? " " : "", (long long)p->seconds, (long long)p->changes);
    }
    memcpy(o->save, points, n / 2 * sizeof(points[0]));
    o->save_count = n / 2;
    return true;

wrong:
    snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "Invalid save parameters");
    return false;
}

static bool parse_primary(struct options *o, struct slice text, char *ret_text, char *ret_error)
{
    struct slice words[2];
    struct addr addr;
    char copy[ADDR_TEXT_MAX];
    size_t n = split(text, words, 2);
    int64_t port;
    bool ok;

    ret_text[0] = '\0';
    if (n == 0 || (n == 2 && slice_is_nocase(words[0], "no") && slice_is_nocase(words[1], "one"))) {
        memset(&o->primary, 0, sizeof(o->primary));
        return true;
    }
    if (n == 1)
        ok = slice_copy(words[0], copy, sizeof(copy)) && addr_parse(&addr, copy);
    else
        ok = n == 2 && slice_to_int64(words[1], &port) &&
             addr_set_slice(&addr, words[0].p, words[0].n, port);
    if (!ok) {
        snprintf(ret_error, OPTION_ERROR_TEXT_MAX,
                 "argument must be an address: HOST:PORT, or nothing");
        return false;
    }
    o->primary = addr;
    snprintf(ret_text, OPTION_TEXT_MAX, "%s %u", addr.host, addr.port);
    return true;
}

/* One class of the output limits. */
static bool parse_output_class(struct output_limit *limits, const struct slice *words,
                               char *ret_error)
{
    int kind = client_class_parse(words[0]);
    struct output_limit limit;

    if (kind < 0 || kind == CLIENT_MASTER) {
        snprintf(ret_error, OPTION_ERROR_TEXT_MAX,
                 "Invalid client class specified in buffer limit configuration.");
        return false;
    }
    if (!read_bytes(words[1], &limit.hard_bytes) || !read_bytes(words[2], &limit.soft_bytes) ||
        !slice_to_int64(words[3], &limit.soft_s) || limit.soft_s < 0) {
        snprintf(ret_error, OPTION_ERROR_TEXT_MAX,
                 "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
        return false;
    }
    limits[kind] = limit;
    return true;
}

static bool parse_output(struct options *o, struct slice text, char *ret_text, char *ret_error)
{
    static const char *const names[] = {
        [CLIENT_NORMAL] = "normal", [CLIENT_REPLICA] = "slave", [CLIENT_PUBSUB] = "pubsub"
    };
    struct slice words[OUTPUT_WORDS * CLIENT_CLASSES];
    struct output_limit limits[CLIENT_CLASSES];
    size_t n = split(text, words, OUTPUT_WORDS * CLIENT_CLASSES), len = 0;

    if (n == 0 || n % OUTPUT_WORDS != 0 || n > OUTPUT_WORDS * CLIENT_CLASSES) {
        snprintf(ret_error, OPTION_ERROR_TEXT_MAX,
                 "Wrong number of arguments in buffer limit configuration.");
        return false;
    }
    memcpy(limits, o->output, sizeof(limits));
    for (size_t i = 0; i < n; i += OUTPUT_WORDS) {
        if (!parse_output_class(limits, words + i, ret_error))
            return false;
    }
    memcpy(o->output, limits, sizeof(limits));
    for (int c = CLIENT_NORMAL; c <= CLIENT_PUBSUB; c++)
        len += (size_t)snprintf(ret_text + len, OPTION_TEXT_MAX - len, "%s%s %lld %lld %lld",
                                c > 0 ? " " : "", names[c], (long long)limits[c].hard_bytes,
                                (long long)limits[c].soft_bytes, (long long)limits[c].soft_s);
    return true;
}

static bool parse_text(struct slice text, char *ret_text, char *ret_error)
{
    if (slice_copy(text, ret_text, OPTION_TEXT_MAX))
        return true;
    snprintf(ret_error, OPTION_ERROR_TEXT_MAX,
             "argument must be at most %d bytes without a zero byte", OPTION_TEXT_MAX - 1);
    return false;
}

/* The rules are checked when all commands are known. */
static bool parse_user(struct options *o, struct slice text, char *ret_text, char *ret_error)
{
    struct slice name;

    ret_text[0] = '\0';
    if (split(text, &name, 1) == 0)
        return true;
    if (text.n > USER_TEXT_MAX || memchr(text.p, '\n', text.n) != NULL) {
        snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "argument must be one line of at most %d bytes",
                 USER_TEXT_MAX);
        return false;
    }
    o->users_default |= slice_is(name, CLIENT_USER_DEFAULT);
    buf_append_str(&o->users, "user ");
    buf_append(&o->users, text.p, text.n);
    buf_append_str(&o->users, "\n");
    return true;
}

void options_drop_users(struct options *o)
{
    buf_reset(&o->users);
    o->users_default = false;
}

/* Puts the limits of compact forms where values read them. */
static void gather_limits(struct options *o)
{
    o->limits.hash_entries = (size_t)option_number(o, OPT_HASH_ENTRIES);
    o->limits.hash_value = (size_t)option_number(o, OPT_HASH_VALUE);
    o->limits.set_ints = (size_t)option_number(o, OPT_SET_INTS);
    o->limits.set_entries = (size_t)option_number(o, OPT_SET_ENTRIES);
    o->limits.set_value = (size_t)option_number(o, OPT_SET_VALUE);
    o->limits.list_size = (int)option_number(o, OPT_LIST_SIZE);
    o->limits.zset_entries = (size_t)option_number(o, OPT_ZSET_ENTRIES);
    o->limits.zset_value = (size_t)option_number(o, OPT_ZSET_VALUE);
}

bool options_set(struct options *o, enum option_id id, struct slice text,
                 char ret_error[OPTION_ERROR_TEXT_MAX])
{
    struct option_value *value = &o->values[id];
    char shown[OPTION_TEXT_MAX];
    int64_t number = 0;
    bool ok = false;

    switch (rows[id].kind) {
    case OPTION_NUMBER:
        ok = parse_number(id, text, &number, ret_error);
        break;
    case OPTION_BYTES:
        ok = parse_bytes(id, text, &number, ret_error);
        break;
    case OPTION_YES_NO:
        ok = parse_yes_no(id, text, &number, ret_error);
        break;
    case OPTION_CHOICE:
        ok = parse_choice(id, text, &number, ret_error);
        break;
    case OPTION_TEXT:
        ok = parse_text(text, shown, ret_error);
        break;
    case OPTION_SAVE:
        ok = parse_save(o, text, shown, ret_error);
        break;
    case OPTION_PRIMARY:
        ok = parse_primary(o, text, shown, ret_error);
        break;
    case OPTION_OUTPUT:
        ok = parse_output(o, text, shown, ret_error);
        break;
    case OPTION_USERS:
        ok = parse_user(o, text, shown, ret_error);
        break;
    }
    if (!ok)
        return false;
    if (rows[id].kind == OPTION_YES_NO)
        snprintf(shown, sizeof(shown), "%s", number ? "yes" : "no");
    else if (rows[id].kind == OPTION_CHOICE)
        snprintf(shown, sizeof(shown), "%s", words_of(id)[number]);
    else if (rows[id].kind == OPTION_NUMBER || rows[id].kind == OPTION_BYTES)
        snprintf(shown, sizeof(shown), "%lld", (long long)number);
    free(value->text);
    value->text = strdup(shown);
    assert(value->text != NULL);
    value->number = number;
    gather_limits(o);
    return true;
}

/* A count of bytes in the largest unit that divides it. */
static void show_bytes(int64_t v, char *text, size_t size)
{
    if (v >= OPTION_GB && v % OPTION_GB == 0)
        snprintf(text, size, "%lldgb", (long long)(v / OPTION_GB));
    else if (v >= OPTION_MB && v % OPTION_MB == 0)
        snprintf(text, size, "%lldmb", (long long)(v / OPTION_MB));
    else if (v >= OPTION_KB && v % OPTION_KB == 0)
        snprintf(text, size, "%lldkb", (long long)(v / OPTION_KB));
    else
        snprintf(text, size, "%lld", (long long)v);
}

/* "a, b or c". */
static void show_words(const char *const *words, char *text, size_t size)
{
    size_t len = 0;

    for (int i = 0; words[i] != NULL && len < size; i++) {
        const char *between = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";

        len += (size_t)snprintf(text + len, size - len, "%s%s", between, words[i]);
    }
}

void option_allowed(enum option_id id, char *text, size_t size)
{
    const struct option_row *row = &rows[id];
    char least[32], most[32];

    switch (row->kind) {
    case OPTION_NUMBER:
    case OPTION_BYTES:
        show_bytes(row->least, least, sizeof(least));
        show_bytes(row->most, most, sizeof(most));
        if (row->most == INT32_MAX || row->most == INT64_MAX)
            snprintf(text, size, "%s or more", least);
        else if (row->least == row->most)
            snprintf(text, size, "only %s", least);
        else
            snprintf(text, size, "%s to %s", least, most);
        break;
    case OPTION_YES_NO:
        snprintf(text, size, "%s",
                 row->least < row->most ? "yes or no"
                 : row->least           ? "only yes"
                                        : "only no");
        break;
    case OPTION_CHOICE:
        show_words(words_of(id), text, size);
        break;
    case OPTION_TEXT:
        snprintf(text, size, "text");
        break;
    case OPTION_SAVE:
        snprintf(text, size, "SECONDS CHANGES ... or nothing");
        break;
    case OPTION_PRIMARY:
        snprintf(text, size, "HOST:PORT or nothing");
        break;
    case OPTION_OUTPUT:
        snprintf(text, size, "CLASS HARD SOFT SECONDS ...");
        break;
    case OPTION_USERS:
        snprintf(text, size, "NAME RULE ...");
        break;
    }
}
