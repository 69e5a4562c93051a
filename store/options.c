#include "store/options.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/options_own.h"

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

const char *const *option_words(enum option_id id)
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

    if (!option_parse(o, id, text, &number, shown, ret_error))
        return false;
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
        show_words(option_words(id), text, size);
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
