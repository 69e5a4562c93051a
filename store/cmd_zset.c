#include "store/cmd_zset.h"

#include "store/cmd.h"
#include "store/mem.h"
#include "store/number.h"
#include "store/store.h"
#include "store/zset.h"

#define SCORES_FEW 16 /* that ZADD keeps without a block of memory */

struct entry *cmd_zset_read(struct store *s, struct client *c, struct slice key, bool *ret_ok)
{
    struct key_ref ref;
    struct entry *e = store_read(s, c, key, &ref);

    *ret_ok = store_check_type(c, e, VALUE_ZSET);
    return e;
}

struct entry *cmd_zset_write(struct store *s, struct client *c, struct slice key,
                             struct key_ref *ret_ref, bool *ret_ok)
{
    struct entry *e = store_write(s, c, key, ret_ref);

    *ret_ok = store_check_type(c, e, VALUE_ZSET);
    return e;
}

/* Adds a sorted set without members at a ref that found nothing. */
static struct entry *add_empty(struct key_ref *ref)
{
    struct entry *e = keyspace_add(ref);

    zset_start(e);
    return e;
}

struct entry *cmd_zset_build(void)
{
    struct slice no_key = { NULL, 0 };
    struct entry *e = entry_new(no_key, false);

    zset_start(e);
    return e;
}

void cmd_zset_reply(struct client *c, struct zset_walk *walk, size_t n, enum zset_form form)
{
    struct resp_writer *w = &c->reply;
    bool scores = form != ZSET_NAMES, nested = form == ZSET_PAIRS || (scores && w->proto > 2);

    resp_array(w, scores && !nested ? 2 * n : n);
    while (n-- > 0 && zset_walk_next(walk)) {
        if (nested)
            resp_array(w, 2);
        resp_bulk(w, walk->name.bytes);
        if (scores)
            resp_double(w, walk->score);
    }
}

void cmd_zset_cut(struct store *s, struct client *c, struct key_ref *ref, size_t place, size_t n)
{
    struct entry *e = key_ref_entry(ref);

    if (n == 0)
        return;
    if (n == zset_count(e))
        keyspace_delete(ref);
    else
        zset_delete_places(e, place, n);
    store_changed(s, c, ref->key);
}

/* --- ZADD, ZINCRBY --------------------------------------------------------------------------- */

struct zadd {
    unsigned rules;
    bool changed;              /* CH: the reply counts the members that moved, too */
    size_t pairs;              /* at least one */
    const struct slice *words; /* scores and names in turn */
};

/* The words before the pairs; returns how many. */
static size_t read_rules(size_t argc, const struct slice *argv, struct zadd *ret)
{
    static const struct {
        const char *name;
        unsigned rule;
    } rules[] = { { "nx", ZSET_NX }, { "xx", ZSET_XX },     { "gt", ZSET_GT },
                  { "lt", ZSET_LT }, { "incr", ZSET_INCR }, { "ch", 0 } };
    const size_t count = sizeof(rules) / sizeof(rules[0]);

    for (size_t n = 0; n < argc; n++) {
        size_t i = 0;

        while (i < count && !slice_is_nocase(argv[n], rules[i].name))
            i++;
        if (i == count)
            return n;
        ret->rules |= rules[i].rule;
        ret->changed |= rules[i].rule == 0;
    }
    return argc;
}

/* What is wrong with ZADD's words, or NULL. */
static const char *check_rules(const struct zadd *z, size_t left)
{
    unsigned r = z->rules, bounds = r & (ZSET_GT | ZSET_LT);

    if (left == 0 || left % 2 != 0)
        return store_error_syntax;
    if ((r & ZSET_NX) && (r & ZSET_XX))
        return "ERR XX and NX options at the same time are not compatible";
    if (bounds == (ZSET_GT | ZSET_LT) || (bounds != 0 && (r & ZSET_NX)))
        return "ERR GT, LT, and/or NX options at the same time are not compatible";
    if ((r & ZSET_INCR) && left > 2)
        return "ERR INCR option supports a single increment-element pair";
    return NULL;
}

static bool read_scores(struct client *c, const struct zadd *z, double *ret)
{
    for (size_t i = 0; i < z->pairs; i++) {
        if (!number_read_score(z->words[2 * i], &ret[i])) {
            resp_error(&c->reply, store_error_not_float);
            return false;
        }
    }
    return true;
}

/* Sets all scores, and replies. */
static void set_scores(struct store *s, struct client *c, struct key_ref *ref, const struct zadd *z,
                       const double *scores)
{
    struct entry *e = key_ref_entry(ref);
    enum zset_change change = ZSET_NONE;
    int64_t added = 0, moved = 0;
    double score = 0;

    if (e == NULL && !(z->rules & ZSET_XX))
        e = add_empty(ref);
    for (size_t i = 0; e != NULL && i < z->pairs; i++) {
        change = zset_set(e, z->words[2 * i + 1], scores[i], z->rules, &s->options.limits,
                          key_ref_hash_key(ref), &score);
        added += change == ZSET_ADDED;
        moved += change == ZSET_MOVED;
    }
    if (added + moved > 0)
        store_changed(s, c, ref->key);
    if (change == ZSET_NAN)
        resp_error(&c->reply, "ERR resulting score is not a number (NaN)");
    else if (!(z->rules & ZSET_INCR))
        resp_int(&c->reply, z->changed ? added + moved : added);
    else if (change == ZSET_NONE)
        resp_null(&c->reply);
    else
        resp_double(&c->reply, score);
}

static void add(struct store *s, struct client *c, struct slice key, const struct zadd *z)
{
    double few[SCORES_FEW];
    double *scores = z->pairs <= SCORES_FEW ? few : mem_alloc(z->pairs * sizeof(*scores));
    struct key_ref ref;
    bool ok = read_scores(c, z, scores);

    if (ok)
        cmd_zset_write(s, c, key, &ref, &ok);
    if (ok)
        set_scores(s, c, &ref, z, scores);
    if (scores != few)
        mem_free(scores, z->pairs * sizeof(*scores));
}

void cmd_zadd(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct zadd z = { .rules = 0 };
    size_t at = 2 + read_rules(argc - 2, argv + 2, &z);
    const char *wrong = check_rules(&z, argc - at);

    if (wrong != NULL) {
        resp_error(&c->reply, wrong);
        return;
    }
    z.pairs = (argc - at) / 2;
    z.words = argv + at;
    add(app, c, argv[1], &z);
}

void cmd_zincrby(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct zadd z = { .rules = ZSET_INCR, .pairs = 1, .words = argv + 2 };

    (void)argc;
    add(app, c, argv[1], &z);
}

/* --- one member ------------------------------------------------------------------------------ */

void cmd_zrem(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    int64_t deleted = 0;
    bool ok;
    struct entry *e = cmd_zset_write(s, c, argv[1], &ref, &ok);

    if (!ok)
        return;
    for (size_t i = 2; e != NULL && i < argc; i++) {
        deleted += zset_delete(e, argv[i]);
        if (zset_count(e) == 0) {
            keyspace_delete(&ref);
            e = NULL;
        }
    }
    if (deleted > 0)
        store_changed(s, c, argv[1]);
    resp_int(&c->reply, deleted);
}

void cmd_zcard(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = cmd_zset_read(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        resp_int(&c->reply, e != NULL ? (int64_t)zset_count(e) : 0);
}

static void reply_score(struct client *c, const struct entry *e, struct slice name)
{
    double score;

    if (e != NULL && zset_score(e, name, &score))
        resp_double(&c->reply, score);
    else
        resp_null(&c->reply);
}

void cmd_zscore(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = cmd_zset_read(app, c, argv[1], &ok);

    (void)argc;
    if (ok)
        reply_score(c, e, argv[2]);
}

void cmd_zmscore(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    bool ok;
    struct entry *e = cmd_zset_read(app, c, argv[1], &ok);

    if (!ok)
        return;
    resp_array(&c->reply, argc - 2);
    for (size_t i = 2; i < argc; i++)
        reply_score(c, e, argv[i]);
}

/* ZRANK, ZREVRANK; WITHSCORE is Redis 7.2's, all else is refused as 7.0 does. */
static void rank(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                 bool back)
{
    bool with_score = argc == 4 && slice_is_nocase(argv[3], "WITHSCORE"), ok;
    struct entry *e;
    double score;
    size_t place;

    if (argc > 3 + (size_t)with_score) {
        resp_errorf(&c->reply, "ERR wrong number of arguments for '%s' command",
                    back ? "zrevrank" : "zrank");
        return;
    }
    e = cmd_zset_read(s, c, argv[1], &ok);
    if (!ok)
        return;
    if (e == NULL || !zset_rank(e, argv[2], &place, &score)) {
        if (with_score)
            resp_null_array(&c->reply);
        else
            resp_null(&c->reply);
        return;
    }
    if (with_score)
        resp_array(&c->reply, 2);
    resp_int(&c->reply, (int64_t)(back ? zset_count(e) - 1 - place : place));
    if (with_score)
        resp_double(&c->reply, score);
}

void cmd_zrank(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    rank(app, c, argc, argv, false);
}

void cmd_zrevrank(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    rank(app, c, argc, argv, true);
}
