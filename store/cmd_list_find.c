/* Lists, by what their elements are. */
#include "store/cmd_list.h"

#include "store/cmd.h"
#include "store/store.h"

/* Begins at an end. */
static bool begin(const struct entry *e, enum list_end end, struct list_place *ret)
{
    return list_seek(e, end == LIST_HEAD ? 0 : list_count(e) - 1, ret);
}

/* Deletes up to `wanted` (0: all) equal elements from an end on; returns how many. */
static uint64_t delete_equal(struct entry *e, enum list_end from, uint64_t wanted,
                             struct slice bytes, const struct value_limits *limits)
{
    enum list_end towards = from == LIST_HEAD ? LIST_TAIL : LIST_HEAD;
    struct pack_needle needle;
    struct list_place at;
    uint64_t deleted = 0;
    bool more;

    pack_needle_set(&needle, bytes);
    for (more = begin(e, from, &at); more && (wanted == 0 || deleted < wanted);) {
        if (list_is(&at, &needle)) {
            more = list_delete(&at, towards);
            deleted++;
        } else {
            more = list_step(&at, towards);
        }
    }
    list_settle(e, limits);
    return deleted;
}

void cmd_lrem(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e;
    int64_t wanted;
    uint64_t deleted = 0;
    bool ok;

    (void)argc;
    if (!store_arg_int(c, argv[2], &wanted))
        return;
    e = cmd_list_write(s, c, argv[1], &ref, &ok);
    if (!ok)
        return;
    if (e != NULL)
        deleted = delete_equal(e, wanted < 0 ? LIST_TAIL : LIST_HEAD,
                               wanted < 0 ? 0 - (uint64_t)wanted : (uint64_t)wanted, argv[3],
                               &s->options.limits);
    if (deleted > 0) {
        if (list_count(e) == 0)
            keyspace_delete(&ref);
        store_changed(s, c, argv[1]);
    }
    resp_int(&c->reply, (int64_t)deleted);
}

/* The first element that equals the bytes. */
static bool find(const struct entry *e, struct slice bytes, struct list_place *ret)
{
    struct pack_needle needle;
    bool more = begin(e, LIST_HEAD, ret);

    pack_needle_set(&needle, bytes);
    while (more && !list_is(ret, &needle))
        more = list_step(ret, LIST_TAIL);
    return more;
}

void cmd_linsert(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    bool before = slice_is_nocase(argv[2], "BEFORE"), ok;
    struct list_place at;
    struct key_ref ref;
    struct entry *e;

    (void)argc;
    if (!before && !slice_is_nocase(argv[2], "AFTER")) {
        resp_error(&c->reply, store_error_syntax);
        return;
    }
    e = cmd_list_write(s, c, argv[1], &ref, &ok);
    if (!ok)
        return;
    if (e == NULL) {
        resp_int(&c->reply, 0);
    } else if (!find(e, argv[3], &at)) {
        resp_int(&c->reply, -1);
    } else {
        list_insert(&at, before ? LIST_HEAD : LIST_TAIL, argv[4], &s->options.limits);
        store_changed(s, c, argv[1]);
        resp_int(&c->reply, (int64_t)list_count(e));
    }
}

/* --- LPOS ------------------------------------------------------------------------------------ */

struct search {
    int64_t rank;   /* of the first match that counts; below 0: from the tail */
    int64_t count;  /* matches, 0: all */
    int64_t maxlen; /* elements to compare, 0: all */
    bool many;      /* COUNT was given: the reply is an array */
};

static bool read_rank(struct client *c, struct slice arg, int64_t *ret)
{
    if (!store_arg_int(c, arg, ret))
        return false;
    if (*ret == 0)
        resp_error(&c->reply,
                   "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second "
                   "... or use negative to start from the end of the list");
    else if (*ret < -INT64_MAX)
        resp_errorf(&c->reply, "ERR value is out of range, value must between %lld and %lld",
                    (long long)-INT64_MAX, (long long)INT64_MAX);
    return *ret != 0 && *ret >= -INT64_MAX;
}

/* The options behind the element; false after the error was written. */
static bool read_search(struct client *c, size_t argc, const struct slice *argv, struct search *ret)
{
    for (size_t i = 0; i < argc; i += 2) {
        bool has_value = i + 1 < argc, ok;

        if (slice_is_nocase(argv[i], "RANK") && has_value) {
            ok = read_rank(c, argv[i + 1], &ret->rank);
        } else if (slice_is_nocase(argv[i], "COUNT") && has_value) {
            ret->many = true;
            ok = store_arg_count(c, argv[i + 1], 0, "ERR COUNT can't be negative", &ret->count);
        } else if (slice_is_nocase(argv[i], "MAXLEN") && has_value) {
            ok = store_arg_count(c, argv[i + 1], 0, "ERR MAXLEN can't be negative", &ret->maxlen);
        } else {
            resp_error(&c->reply, store_error_syntax);
            return false;
        }
        if (!ok)
            return false;
    }
    return true;
}

/* Writes the indices of matches; returns their number. */
static size_t search(struct client *c, const struct entry *e, const struct search *o,
                     struct slice bytes)
{
    enum list_end from = o->rank > 0 ? LIST_HEAD : LIST_TAIL;
    enum list_end towards = o->rank > 0 ? LIST_TAIL : LIST_HEAD;
    int64_t count = (int64_t)list_count(e), skip = (o->rank > 0 ? o->rank : -o->rank) - 1;
    int64_t wanted = o->many ? o->count : 1, found = 0, i = 0;
    struct pack_needle needle;
    struct list_place at;
    bool more;

    pack_needle_set(&needle, bytes);
    for (more = begin(e, from, &at); more && (o->maxlen == 0 || i < o->maxlen); i++) {
        if (list_is(&at, &needle) && skip-- <= 0) {
            resp_int(&c->reply, from == LIST_HEAD ? i : count - 1 - i);
            if (++found == wanted)
                break;
        }
        more = list_step(&at, towards);
    }
    return (size_t)found;
}

void cmd_lpos(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct search o = { .rank = 1 };
    struct entry *e;
    size_t mark, found;
    bool ok;

    if (!read_search(c, argc - 3, argv + 3, &o))
        return;
    e = cmd_list_read(app, c, argv[1], &ok);
    if (!ok)
        return;
    mark = resp_hold(&c->reply);
    found = e != NULL ? search(c, e, &o, argv[2]) : 0;
    if (o.many)
        resp_array_at(&c->reply, mark, found);
    else if (found == 0)
        resp_null(&c->reply);
}
