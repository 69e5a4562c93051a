#include "store/cmd.h"

#include "store/store.h"
#include "wire/buf.h"
#include "wire/glob.h"

#define SCAN_COUNT         10
#define SCAN_BUCKETS_RATIO 10 /* empty buckets looked at for each key asked for */

/* Keys found so far that pass the filter; written as they come. */
struct found {
    struct store *store;
    struct client *client;
    struct slice pattern;
    bool all; /* the pattern matches everything */
    int type; /* enum value_type, -1: any, VALUE_TYPE_COUNT: none */
    size_t seen;
    size_t written;
};

/* Expired keys are left out, and stay: a scan must not change what it walks over. */
static void write_key(void *arg, struct dict_node *node)
{
    struct found *f = arg;
    const struct entry *e = (const struct entry *)node;

    f->seen++;
    if (!f->all && !glob_match(f->pattern, entry_key(e), false))
        return;
    if ((f->type >= 0 && e->type != f->type) || store_entry_expired(f->store, e))
        return;
    resp_bulk(&f->client->reply, entry_key(e));
    f->written++;
}

void cmd_keys(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct found f = {
        .store = app, .client = c, .pattern = argv[1], .all = slice_is(argv[1], "*"), .type = -1
    };
    size_t mark = resp_hold(&c->reply);
    struct dict_walk walk;
    struct dict_node *node;

    (void)argc;
    dict_walk_start(&walk, &store_db(app, c)->dict);
    while ((node = dict_walk_next(&walk)) != NULL)
        write_key(&f, node);
    resp_array_at(&c->reply, mark, f.written);
}

static int type_of(struct slice name)
{
    for (int t = 0; t < VALUE_TYPE_COUNT; t++) {
        if (slice_is_nocase(name, value_type_name((enum value_type)t)))
            return t;
    }
    return VALUE_TYPE_COUNT;
}

/* COUNT, MATCH, TYPE; false after the error was written. */
static bool read_options(struct client *c, size_t argc, const struct slice *argv, struct found *f,
                         int64_t *ret_count)
{
    for (size_t i = 0; i < argc; i += 2) {
        if (i + 1 < argc && slice_is_nocase(argv[i], "COUNT")) {
            if (!store_arg_int(c, argv[i + 1], ret_count))
                return false;
            if (*ret_count < 1)
                goto syntax;
        } else if (i + 1 < argc && slice_is_nocase(argv[i], "MATCH")) {
            f->pattern = argv[i + 1];
            f->all = slice_is(f->pattern, "*");
        } else if (i + 1 < argc && slice_is_nocase(argv[i], "TYPE")) {
            f->type = type_of(argv[i + 1]);
        } else {
            goto syntax;
        }
    }
    return true;

syntax:
    resp_error(&c->reply, store_error_syntax);
    return false;
}

void cmd_scan(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct found f = { .store = app, .client = c, .all = true, .type = -1 };
    const struct dict *d = &store_db(app, c)->dict;
    int64_t wanted = SCAN_COUNT, buckets;
    uint64_t cursor;
    struct buf keys = { 0 }, *out = c->reply.out;
    char text[ENTRY_INT_TEXT_MAX];

    if (!slice_to_uint64(argv[1], &cursor)) {
        resp_error(&c->reply, "ERR invalid cursor");
        return;
    }
    if (!read_options(c, argc - 2, argv + 2, &f, &wanted))
        return;
    /* The cursor that comes first in the reply is known last. */
    c->reply.out = &keys;
    buckets = wanted < INT64_MAX / SCAN_BUCKETS_RATIO ? wanted * SCAN_BUCKETS_RATIO : INT64_MAX;
    do
        cursor = dict_scan(d, cursor, write_key, &f);
    while (cursor != 0 && --buckets > 0 && f.seen < (uint64_t)wanted);
    c->reply.out = out;

    resp_array(&c->reply, 2);
    resp_bulk_bytes(&c->reply, text, entry_int_text((int64_t)cursor, text));
    resp_array(&c->reply, f.written);
    resp_raw(&c->reply, buf_data(&keys), buf_used(&keys));
    buf_done(&keys);
}
