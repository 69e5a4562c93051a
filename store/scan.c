#include "store/scan.h"

#include <string.h>

#include "store/store.h"
#include "wire/glob.h"

#define SCAN_COUNT         10
#define SCAN_BUCKETS_RATIO 10 /* empty buckets looked at for each key asked for */

/* As Redis reads a cursor: a sign and leading zeros are fine, and so is nothing at all. */
static bool read_cursor(struct slice text, uint64_t *ret)
{
    bool minus = text.n > 0 && text.p[0] == '-';
    size_t at = minus || (text.n > 0 && text.p[0] == '+') ? 1 : 0;
    uint64_t v = 0;

    if (at == 1 && text.n == 1)
        return false;
    for (; at < text.n; at++) {
        if (text.p[at] < '0' || text.p[at] > '9' || __builtin_mul_overflow(v, 10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(text.p[at] - '0'), &v))
            return false;
    }
    *ret = minus ? 0 - v : v;
    return true;
}

bool scan_start(struct scan *s, struct client *c, struct slice cursor)
{
    memset(s, 0, sizeof(*s));
    s->client = c;
    s->all = true;
    s->type = SCAN_TYPE_ANY;
    s->wanted = SCAN_COUNT;
    if (read_cursor(cursor, &s->cursor))
        return true;
    resp_error(&c->reply, "ERR invalid cursor");
    return false;
}

static int type_of(struct slice name)
{
    for (int t = 0; t < VALUE_TYPE_COUNT; t++) {
        if (slice_is_nocase(name, value_type_name((enum value_type)t)))
            return t;
    }
    return VALUE_TYPE_COUNT;
}

bool scan_options(struct scan *s, size_t argc, const struct slice *argv, bool typed)
{
    struct client *c = s->client;

    for (size_t i = 0; i < argc; i += 2) {
        if (i + 1 < argc && slice_is_nocase(argv[i], "COUNT")) {
            if (!store_arg_int(c, argv[i + 1], &s->wanted))
                return false;
            if (s->wanted < 1)
                goto syntax;
        } else if (i + 1 < argc && slice_is_nocase(argv[i], "MATCH")) {
            s->pattern = argv[i + 1];
            s->all = slice_is(s->pattern, "*");
        } else if (i + 1 < argc && typed && slice_is_nocase(argv[i], "TYPE")) {
            s->type = type_of(argv[i + 1]);
        } else {
            goto syntax;
        }
    }
    return true;

syntax:
    resp_error(&c->reply, store_error_syntax);
    return false;
}

bool scan_matches(const struct scan *s, struct slice name)
{
    return s->all || glob_match(s->pattern, name, false);
}

void scan_begin(struct scan *s)
{
    s->out = s->client->reply.out;
    s->client->reply.out = &s->found;
}

static void reply_head(struct client *c, uint64_t cursor, size_t n)
{
    resp_array(&c->reply, 2);
    resp_bulkf(&c->reply, "%llu", (unsigned long long)cursor);
    resp_array(&c->reply, n);
}

void scan_end(struct scan *s)
{
    s->client->reply.out = s->out;
    reply_head(s->client, s->cursor, s->written);
    resp_raw(&s->client->reply, buf_data(&s->found), buf_used(&s->found));
    buf_done(&s->found);
}

void scan_dict(struct scan *s, const struct dict *d,
               void (*visit)(void *arg, struct dict_node *node), void *arg)
{
    int64_t buckets =
        s->wanted < INT64_MAX / SCAN_BUCKETS_RATIO ? s->wanted * SCAN_BUCKETS_RATIO : INT64_MAX;

    do
        s->cursor = dict_scan(d, s->cursor, visit, arg);
    while (s->cursor != 0 && --buckets > 0 && s->seen < (uint64_t)s->wanted);
}

void scan_reply_empty(struct client *c)
{
    reply_head(c, 0, 0);
}
