/* How the values of options are read. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "store/options_own.h"
#include "wire/client_filter.h"

#define OUTPUT_WORDS 4 /* class, hard, soft, seconds */

/* Redis's words for "out of range". */
static bool in_range(enum option_id id, int64_t v, char *ret_error)
{
    if (v >= option_row(id)->least && v <= option_row(id)->most)
        return true;
    snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "argument must be between %lld and %lld inclusive",
             (long long)option_row(id)->least, (long long)option_row(id)->most);
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
    if (*ret >= option_row(id)->least && *ret <= option_row(id)->most)
        return true;
    snprintf(ret_error, OPTION_ERROR_TEXT_MAX, "only '%s' is supported", option_row(id)->standard);
    return false;
}

static bool parse_choice(enum option_id id, struct slice text, int64_t *ret, char *ret_error)
{
    const char *const *words = option_words(id);
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

bool option_parse(struct options *o, enum option_id id, struct slice text, int64_t *ret_number,
                  char ret_shown[OPTION_TEXT_MAX], char ret_error[OPTION_ERROR_TEXT_MAX])
{
    enum option_kind kind = option_row(id)->kind;
    bool ok = false;

    switch (kind) {
    case OPTION_NUMBER:
        ok = parse_number(id, text, ret_number, ret_error);
        break;
    case OPTION_BYTES:
        ok = parse_bytes(id, text, ret_number, ret_error);
        break;
    case OPTION_YES_NO:
        ok = parse_yes_no(id, text, ret_number, ret_error);
        break;
    case OPTION_CHOICE:
        ok = parse_choice(id, text, ret_number, ret_error);
        break;
    case OPTION_TEXT:
        ok = parse_text(text, ret_shown, ret_error);
        break;
    case OPTION_SAVE:
        ok = parse_save(o, text, ret_shown, ret_error);
        break;
    case OPTION_PRIMARY:
        ok = parse_primary(o, text, ret_shown, ret_error);
        break;
    case OPTION_OUTPUT:
        ok = parse_output(o, text, ret_shown, ret_error);
        break;
    case OPTION_USERS:
        ok = parse_user(o, text, ret_shown, ret_error);
        break;
    }
    if (!ok)
        return false;
    if (kind == OPTION_YES_NO)
        snprintf(ret_shown, OPTION_TEXT_MAX, "%s", *ret_number ? "yes" : "no");
    else if (kind == OPTION_CHOICE)
        snprintf(ret_shown, OPTION_TEXT_MAX, "%s", option_words(id)[*ret_number]);
    else if (kind == OPTION_NUMBER || kind == OPTION_BYTES)
        snprintf(ret_shown, OPTION_TEXT_MAX, "%lld", (long long)*ret_number);
    return true;
}
