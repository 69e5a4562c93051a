#include "store/cmd.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/fields.h"
#include "store/list.h"
#include "store/set.h"
#include "store/sort.h"
#include "store/store.h"
#include "wire/acl.h"
#include "store/zset.h"

static const char not_numbers[] = "ERR One or more scores can't be converted into double";

/* A SORT under way. */
struct job {
    struct store *store;
    struct client *client;
    struct sort sort;
    struct slice *gets; /* patterns of GET, in order */
    size_t gets_count;
    const struct slice *by;     /* NULL: none */
    const struct slice *target; /* of STORE; NULL: none */
    bool reads_all;             /* the user may read keys that patterns lead to */
    bool as_it_is;        /* BY a pattern without a place for the element: no order is wanted */
    int64_t start, count; /* LIMIT; count -1: all */
    struct buf name;      /* of the key that a pattern stands for */
};

/* --- patterns -------------------------------------------------------------------------------- */

/* A value that a pattern leads to. */
struct found {
    struct slice bytes;
    char text[ENTRY_INT_TEXT_MAX];
    struct pack_item item;
};

/* The field behind "->", if the pattern has one; *key becomes what stands in front of it. */
static struct slice split_field(struct slice *key, size_t star)
{
    struct slice none = { NULL, 0 }, rest = { key->p + star + 1, key->n - star - 1 }, field;
    const char *arrow = rest.n > 0 ? memmem(rest.p, rest.n, "->", 2) : NULL;

    if (arrow == NULL || arrow + 2 == key->p + key->n)
        return none;
    field.p = arrow + 2;
    field.n = (size_t)(key->p + key->n - field.p);
    key->n = (size_t)(arrow - key->p);
    return field;
}

/* The name of the key: the element in the place of the first star. */
static struct slice key_name(struct job *j, struct slice pattern, size_t star, struct slice element)
{
    buf_reset(&j->name);
    buf_append(&j->name, pattern.p, star);
    buf_append(&j->name, element.p, element.n);
    buf_append(&j->name, pattern.p + star + 1, pattern.n - star - 1);
    return buf_slice(&j->name);
}

/* The value that a pattern names for an element; false: there is none. */
static bool look_up(struct job *j, struct slice pattern, struct slice element, struct found *ret)
{
    const char *star = pattern.n > 0 ? memchr(pattern.p, '*', pattern.n) : NULL;
    struct key_ref ref;
    struct entry *e;
    struct slice field;

    if (slice_is(pattern, "#")) {
        ret->bytes = element;
        return true;
    }
    if (star == NULL)
        return false;
    field = split_field(&pattern, (size_t)(star - pattern.p));
    e = store_read(j->store, j->client, key_name(j, pattern, (size_t)(star - pattern.p), element),
                   &ref);
    if (e == NULL || e->type != (field.p != NULL ? VALUE_HASH : VALUE_STRING))
        return false;
    if (field.p == NULL) {
        ret->bytes = entry_string(e, ret->text);
        return true;
    }
    if (!fields_get(e, field, &ret->item))
        return false;
    ret->bytes = ret->item.bytes;
    return true;
}

/* --- options --------------------------------------------------------------------------------- */

/* Patterns lead to keys that the request does not name. */
static bool may_read_all(struct store *s, const struct client *c, size_t argc,
                         const struct slice *argv)
{
    const struct acl_user *user = acl_find(s->gate.acl, slice_str(client_user(c)));
    struct command_match m;

    return (c->flags & CLIENT_IS_MASTER) || (user != NULL && acl_user_is_free(user)) ||
           (user != NULL && command_find(s->commands, argc, argv, &m) &&
            acl_user_reads_all(user, &m, argc, argv));
}

static size_t deny(struct job *j, const char *option)
{
    resp_errorf(&j->client->reply,
                "ERR %s option of SORT denied due to insufficient ACL permissions.", option);
    return 0;
}

/* Reads one option; returns how many words it has, 0 after the error was written. */
static size_t read_option(struct job *j, size_t left, const struct slice *word, bool may_store)
{
    if (slice_is_nocase(*word, "ASC") || slice_is_nocase(*word, "DESC")) {
        j->sort.descending = slice_is_nocase(*word, "DESC");
        return 1;
    }
    if (slice_is_nocase(*word, "ALPHA")) {
        j->sort.by_bytes = true;
        return 1;
    }
    if (slice_is_nocase(*word, "LIMIT") && left >= 3)
        return store_arg_int(j->client, word[1], &j->start) &&
                       store_arg_int(j->client, word[2], &j->count)
                   ? 3
                   : 0;
    if (may_store && slice_is_nocase(*word, "STORE") && left >= 2) {
        j->target = &word[1];
        return 2;
    }
    if (slice_is_nocase(*word, "BY") && left >= 2) {
        j->by = &word[1];
        if (word[1].n == 0 || memchr(word[1].p, '*', word[1].n) == NULL)
            j->as_it_is = true;
        return j->as_it_is || j->reads_all ? 2 : deny(j, "BY");
    }
    if (slice_is_nocase(*word, "GET") && left >= 2) {
        if (!j->reads_all)
            return deny(j, "GET");
        j->gets[j->gets_count++] = word[1];
        return 2;
    }
    resp_error(&j->client->reply, store_error_syntax);
    return 0;
}

static bool read_options(struct job *j, size_t argc, const struct slice *argv, bool may_store)
{
    for (size_t i = 2, words; i < argc; i += words) {
        words = read_option(j, argc - i, argv + i, may_store);
        if (words == 0)
            return false;
    }
    return true;
}

/* --- elements -------------------------------------------------------------------------------- */

static void load_list(struct sort *x, const struct entry *e)
{
    struct pack_item item;
    struct list_place at;

    for (bool ok = list_seek(e, 0, &at); ok; ok = list_step(&at, LIST_TAIL))
        sort_add(x, list_get(&at, &item));
}

static void load_set(struct sort *x, const struct entry *e)
{
    struct set_walk walk;

    set_walk_start(&walk, e);
    while (set_walk_next(&walk))
        sort_add(x, walk.item.bytes);
}

static void load_zset(struct sort *x, const struct entry *e)
{
    struct zset_walk walk;

    zset_walk_start(&walk, e, 0, false);
    while (zset_walk_next(&walk))
        sort_add(x, walk.name.bytes);
}

static void (*const loaders[VALUE_TYPE_COUNT])(struct sort *x, const struct entry *e) = {
    [VALUE_LIST] = load_list,
    [VALUE_SET] = load_set,
    [VALUE_ZSET] = load_zset,
};

/* Loads the elements; false after the error was written. A set that is stored gets an order in any
 * case, which must not depend on its form. */
static bool load(struct job *j, struct slice key)
{
    struct key_ref ref;
    struct entry *e = store_read(j->store, j->client, key, &ref);

    if (e == NULL)
        return true;
    if (loaders[e->type] == NULL)
        return store_refuse_type(j->client);
    if (j->as_it_is && e->type == VALUE_SET && j->target != NULL) {
        j->as_it_is = false;
        j->sort.by_bytes = true;
        j->by = NULL;
    }
    loaders[e->type](&j->sort, e);
    if (j->as_it_is && j->sort.descending && e->type != VALUE_SET)
        sort_reverse(&j->sort);
    return true;
}

/* Finds out what each element weighs; false when one of the numbers is none. */
static bool weigh(struct job *j)
{
    struct found found;
    bool ok = true;

    for (size_t i = 0; i < j->sort.count; i++) {
        struct slice element = j->sort.items[i].element;
        const struct slice *weight = &element;

        if (j->by != NULL)
            weight = look_up(j, *j->by, element, &found) ? &found.bytes : NULL;
        if (!j->sort.by_bytes)
            ok = sort_weigh_number(&j->sort, i, weight) && ok;
        else if (j->by != NULL)
            sort_weigh_bytes(&j->sort, i, weight);
    }
    return ok;
}

/* --- results --------------------------------------------------------------------------------- */

/* The part that LIMIT wants. */
static void cut(const struct job *j, size_t *ret_first, size_t *ret_count)
{
    size_t all = j->sort.count, left;

    *ret_first = j->start > 0 ? (size_t)j->start : 0;
    if (*ret_first > all)
        *ret_first = all;
    left = all - *ret_first;
    *ret_count = j->count < 0 || (uint64_t)j->count > left ? left : (size_t)j->count;
}

static void reply(struct job *j, size_t first, size_t count)
{
    struct resp_writer *w = &j->client->reply;
    struct found found;

    resp_array(w, count * (j->gets_count > 0 ? j->gets_count : 1));
    for (size_t i = first; i < first + count; i++) {
        if (j->gets_count == 0)
            resp_bulk(w, j->sort.items[i].element);
        for (size_t g = 0; g < j->gets_count; g++) {
            if (look_up(j, j->gets[g], j->sort.items[i].element, &found))
                resp_bulk(w, found.bytes);
            else
                resp_null(w);
        }
    }
}

/* The results as a list of its own; what is not there is an empty string. */
static struct entry *build(struct job *j, size_t first, size_t count)
{
    const struct value_limits *limits = &j->store->options.limits;
    struct slice empty = { "", 0 };
    struct entry *list = entry_new(empty, false);
    struct found found;

    list_start(list);
    for (size_t i = first; i < first + count; i++) {
        if (j->gets_count == 0)
            list_push(list, LIST_TAIL, j->sort.items[i].element, limits);
        for (size_t g = 0; g < j->gets_count; g++) {
            bool ok = look_up(j, j->gets[g], j->sort.items[i].element, &found);
            list_push(list, LIST_TAIL, ok ? found.bytes : empty, limits);
        }
    }
    return list;
}

static void store_results(struct job *j, size_t first, size_t count)
{
    struct entry *list = build(j, first, count);
    size_t elements = list_count(list);

    store_put(j->store, j->client, *j->target, list);
    if (elements > 1)
        j->store->changes += elements - 1;
    resp_int(&j->client->reply, (int64_t)elements);
}

static void run(struct job *j, struct slice key)
{
    size_t first, count;

    if (!load(j, key))
        return;
    if (!j->as_it_is) {
        if (!weigh(j)) {
            resp_error(&j->client->reply, not_numbers);
            return;
        }
        sort_run(&j->sort);
    }
    cut(j, &first, &count);
    if (j->target != NULL)
        store_results(j, first, count);
    else
        reply(j, first, count);
}

static void sort_key(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                     bool may_store)
{
    struct job j = { .store = s, .client = c, .count = -1 };

    j.gets = malloc(argc * sizeof(*j.gets));
    assert(j.gets != NULL);
    j.reads_all = may_read_all(s, c, argc, argv);
    if (read_options(&j, argc, argv, may_store))
        run(&j, argv[1]);
    sort_done(&j.sort);
    buf_done(&j.name);
    free(j.gets);
}

void cmd_sort(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    sort_key(app, c, argc, argv, true);
}

void cmd_sort_ro(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    sort_key(app, c, argc, argv, false);
}
