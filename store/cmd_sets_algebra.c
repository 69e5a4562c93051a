/* Intersections, unions and differences of sets. */
#include "store/cmd.h"

#include <stdlib.h>

#include "store/mem.h"
#include "store/set.h"
#include "store/store.h"

#define ADD_COST    3  /* of adding a member to a set, in units of looking one up */
#define SEARCH_MANY 32 /* searches in a pack with more members are faster in a table */
#define COPIES_MAX  8  /* tables made for one command */

/* The sets that a command names, without those that are not there. */
struct operands {
    const struct entry **sets;
    size_t n;
    size_t named;
    bool first_missing;
    struct entry *copies[COPIES_MAX]; /* in place of sets that would be slow to search */
    size_t copied;
};

/* Where members go: to the client; into a set; or they are only counted. */
struct result {
    struct store *store;
    struct client *client; /* NULL: not there */
    struct entry *built;   /* NULL: not there */
    size_t n;
    size_t limit;
};

typedef void combine_fn(struct operands *o, struct result *r);

static void operands_done(struct operands *o)
{
    for (size_t i = 0; i < o->copied; i++)
        entry_free(o->copies[i]);
    mem_free(o->sets, o->named * sizeof(*o->sets));
}

/* False after the error, when one is no set. */
static bool operands_read(struct operands *o, struct store *s, struct client *c, size_t n,
                          const struct slice *keys)
{
    struct operands got = { .sets = mem_alloc(n * sizeof(*got.sets)), .named = n };

    for (size_t i = 0; i < n; i++) {
        struct key_ref ref;
        struct entry *e = store_read(s, c, keys[i], &ref);

        if (!store_check_type(c, e, VALUE_SET)) {
            operands_done(&got);
            return false;
        }
        if (e != NULL)
            got.sets[got.n++] = e;
        else if (i == 0)
            got.first_missing = true;
    }
    *o = got;
    return true;
}

/* Makes the sets but the first ready for being searched for each of its members. */
static void operands_ready(struct operands *o, const struct store *s)
{
    if (o->n == 0 || set_count(o->sets[0]) <= SEARCH_MANY)
        return;
    for (size_t i = 1; i < o->n && o->copied < COPIES_MAX; i++) {
        if (o->sets[i]->encoding != SET_PACK || set_count(o->sets[i]) <= SEARCH_MANY)
            continue;
        o->copies[o->copied] = set_copy_large(o->sets[i], &s->data.hash_key);
        o->sets[i] = o->copies[o->copied++];
    }
}

static bool take(struct result *r, struct slice member)
{
    if (r->built != NULL)
        set_add(r->built, member, &r->store->options.limits, &r->store->data.hash_key);
    if (r->client != NULL)
        resp_bulk(&r->client->reply, member);
    return ++r->n < r->limit;
}

static int by_count(const void *a, const void *b)
{
    size_t one = set_count(*(const struct entry *const *)a);
    size_t other = set_count(*(const struct entry *const *)b);

    return (one > other) - (one < other);
}

static bool in_all(const struct entry **sets, size_t n, const struct set_walk *walk)
{
    for (size_t i = 0; i < n; i++) {
        if (sets[i] != walk->entry && !set_has_walked(sets[i], walk))
            return false;
    }
    return true;
}

static bool in_any(const struct entry **sets, size_t n, const struct set_walk *walk)
{
    for (size_t i = 0; i < n; i++) {
        if (set_has_walked(sets[i], walk))
            return true;
    }
    return false;
}

/* The members of the smallest that all others have, asked from small to large. */
static void intersect(struct operands *o, struct result *r)
{
    struct set_walk walk;
    bool more = true;

    if (o->n < o->named)
        return;
    qsort(o->sets, o->n, sizeof(*o->sets), by_count);
    operands_ready(o, r->store);
    set_walk_start(&walk, o->sets[0]);
    while (more && set_walk_next(&walk)) {
        if (in_all(o->sets + 1, o->n - 1, &walk))
            more = take(r, walk.item.bytes);
    }
}

static void take_all(const struct entry *e, struct result *r)
{
    struct set_walk walk;

    set_walk_start(&walk, e);
    while (set_walk_next(&walk))
        take(r, walk.item.bytes);
}

static struct entry *new_set(void)
{
    struct entry *e = entry_new((struct slice){ NULL, 0 }, false);

    set_start(e);
    return e;
}

/* A set of all members of some sets; the caller's. */
static struct entry *join(struct store *s, const struct entry **sets, size_t n)
{
    struct result all = { .store = s, .built = new_set(), .limit = SIZE_MAX };

    for (size_t i = 0; i < n; i++)
        take_all(sets[i], &all);
    return all.built;
}

static void unite(struct operands *o, struct result *r)
{
    struct entry *all;

    if (r->built != NULL || o->n == 1) {
        for (size_t i = 0; i < o->n; i++)
            take_all(o->sets[i], r);
        return;
    }
    all = join(r->store, o->sets, o->n);
    take_all(all, r);
    entry_free(all);
}

/* True when it costs less to join the others than to ask each of them. */
static bool better_joined(const struct operands *o)
{
    size_t sum = 0, asked = (o->n - 1) * set_count(o->sets[0]);

    for (size_t i = 1; i < o->n; i++)
        sum += set_count(o->sets[i]);
    return o->n > 2 && sum * ADD_COST + set_count(o->sets[0]) < asked;
}

/* The members of the first that none of the others has. */
static void subtract(struct operands *o, struct result *r)
{
    const struct entry **others = o->sets + 1, *joined;
    size_t n = o->n - 1;
    struct entry *all = NULL;
    struct set_walk walk;

    if (o->first_missing)
        return;
    if (better_joined(o)) {
        joined = all = join(r->store, others, n);
        others = &joined;
        n = 1;
    } else {
        operands_ready(o, r->store);
    }
    set_walk_start(&walk, o->sets[0]);
    while (set_walk_next(&walk)) {
        if (!in_any(others, n, &walk))
            take(r, walk.item.bytes);
    }
    entry_free(all);
}

static void reply_result(struct store *s, struct client *c, size_t n, const struct slice *keys,
                         combine_fn *combine)
{
    struct result r = { .store = s, .client = c, .limit = SIZE_MAX };
    struct operands o;
    size_t mark;

    if (!operands_read(&o, s, c, n, keys))
        return;
    mark = resp_hold(&c->reply);
    if (o.n > 0)
        combine(&o, &r);
    resp_set_at(&c->reply, mark, r.n);
    operands_done(&o);
}

static void store_result(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                         combine_fn *combine)
{
    struct result r = { .store = s, .limit = SIZE_MAX };
    struct operands o;
    size_t count;

    if (!operands_read(&o, s, c, argc - 2, argv + 2))
        return;
    r.built = new_set();
    if (o.n > 0)
        combine(&o, &r);
    operands_done(&o);
    count = set_count(r.built);
    store_put(s, c, argv[1], r.built);
    resp_int(&c->reply, (int64_t)count);
}

void cmd_sinter(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    reply_result(app, c, argc - 1, argv + 1, intersect);
}

void cmd_sunion(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    reply_result(app, c, argc - 1, argv + 1, unite);
}

void cmd_sdiff(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    reply_result(app, c, argc - 1, argv + 1, subtract);
}

void cmd_sinterstore(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    store_result(app, c, argc, argv, intersect);
}

void cmd_sunionstore(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    store_result(app, c, argc, argv, unite);
}

void cmd_sdiffstore(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    store_result(app, c, argc, argv, subtract);
}

/* The words of SINTERCARD; false after the error was written. */
static bool read_card(struct client *c, size_t argc, const struct slice *argv, int64_t *ret_keys,
                      int64_t *ret_limit)
{
    *ret_limit = 0;
    if (!store_arg_count(c, argv[1], 1, "ERR numkeys should be greater than 0", ret_keys))
        return false;
    if ((uint64_t)*ret_keys > argc - 2) {
        resp_error(&c->reply, "ERR Number of keys can't be greater than number of args");
        return false;
    }
    for (size_t i = 2 + (size_t)*ret_keys; i < argc; i += 2) {
        if (!slice_is_nocase(argv[i], "LIMIT") || i + 1 == argc) {
            resp_error(&c->reply, store_error_syntax);
            return false;
        }
        if (!store_arg_count(c, argv[i + 1], 0, "ERR LIMIT can't be negative", ret_limit))
            return false;
    }
    return true;
}

void cmd_sintercard(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct result r = { .store = app };
    struct operands o;
    int64_t keys, limit;

    if (!read_card(c, argc, argv, &keys, &limit) ||
        !operands_read(&o, app, c, (size_t)keys, argv + 2))
        return;
    r.limit = limit > 0 ? (size_t)limit : SIZE_MAX;
    intersect(&o, &r);
    operands_done(&o);
    resp_int(&c->reply, (int64_t)r.n);
}
