/* Unions, intersections and differences of sorted sets, and of sets, whose members score 1. */
#include <math.h>
#include <stdlib.h>

#include "store/cmd.h"

#include "store/cmd_zset.h"
#include "store/mem.h"
#include "store/number.h"
#include "store/store.h"
#include "store/zset.h"
#include "store/zset_source.h"

#define ADD_COST 2 /* of adding or deleting a member, in units of looking one up */

enum operation { UNION, INTER, DIFF };
enum aggregate { SUM, MIN, MAX };

/* What a command asks for. */
struct algebra {
    enum operation operation;
    bool stores;
    bool counts; /* ZINTERCARD */
    bool scores;
    enum aggregate aggregate;
    int64_t limit; /* of what is counted; 0: none */
    size_t n;
    struct zset_source *sources;
    const struct value_limits *limits;
    const struct hash_key *hash_key;
};

/* From few members to many: the order in which scores are summed, too. */
static int compare_counts(const void *a, const void *b)
{
    const struct zset_source *x = a, *y = b;

    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

/* --- scores ---------------------------------------------------------------------------------- */

/* No sum or product is NaN: zero is taken for it. */
static double number_of(double v)
{
    return isnan(v) ? 0 : v;
}

static double combine(enum aggregate how, double a, double b)
{
    switch (how) {
    case MIN:
        return b < a ? b : a;
    case MAX:
        return b > a ? b : a;
    default:
        return number_of(a + b);
    }
}

/* --- the operations: each adds its result to a sorted set in its large form ------------------ */

static void put(const struct algebra *a, struct entry *built, struct slice name, double score)
{
    zset_set(built, name, score, 0, a->limits, a->hash_key, &score);
}

static void unite(const struct algebra *a, struct entry *built)
{
    for (size_t i = 0; i < a->n; i++) {
        struct zset_source_walk w;

        zset_source_walk_start(&w, &a->sources[i]);
        while (zset_source_walk_next(&w)) {
            double score = number_of(a->sources[i].weight * w.score), old;

            if (zset_score(built, w.name, &old)) {
                score = combine(a->aggregate, old, score);
                /* Zeros are equal, whatever their signs: the new one has to replace the old. */
                if (score == 0 && old == 0)
                    zset_delete(built, w.name);
            }
            put(a, built, w.name, score);
        }
    }
}

/* The score of a member of the first source in the intersection; false: not all have it. */
static bool intersect_one(const struct algebra *a, struct slice name, double first, double *ret)
{
    double score = number_of(a->sources[0].weight * first), other;

    for (size_t i = 1; i < a->n; i++) {
        if (!zset_source_score(&a->sources[i], name, &other))
            return false;
        score = combine(a->aggregate, score, a->sources[i].weight * other);
    }
    *ret = score;
    return true;
}

/* Returns the number of members, up to the limit; built may be NULL. */
static int64_t intersect(const struct algebra *a, struct entry *built)
{
    struct zset_source_walk w;
    int64_t n = 0;
    double score;

    zset_source_walk_start(&w, &a->sources[0]);
    while ((n == 0 || n != a->limit) && zset_source_walk_next(&w)) {
        if (!intersect_one(a, w.name, w.score, &score))
            continue;
        if (built != NULL)
            put(a, built, w.name, score);
        n++;
    }
    return n;
}

static bool is_in_others(const struct algebra *a, struct slice name)
{
    double score;

    for (size_t i = 1; i < a->n; i++) {
        if (zset_source_score(&a->sources[i], name, &score))
            return true;
    }
    return false;
}

/* True when it costs less to take all of the first, and then to delete what the others have, than
 * to ask each of the others for each member. */
static bool better_deleted(const struct algebra *a)
{
    size_t first = a->sources[0].count, asked = 0, deleted = 0;

    for (size_t i = 1; i < a->n; i++) {
        asked += a->sources[i].count > 0 ? first : 0;
        deleted += a->sources[i].count;
    }
    return asked > ADD_COST * (first + deleted);
}

static void subtract_by_deleting(const struct algebra *a, struct entry *built)
{
    for (size_t i = 0; i < a->n; i++) {
        struct zset_source_walk w;

        zset_source_walk_start(&w, &a->sources[i]);
        while (zset_source_walk_next(&w)) {
            if (i == 0)
                put(a, built, w.name, w.score);
            else
                zset_delete(built, w.name);
        }
    }
}

static void subtract(const struct algebra *a, struct entry *built)
{
    struct zset_source_walk w;

    if (better_deleted(a)) {
        subtract_by_deleting(a, built);
        return;
    }
    zset_source_walk_start(&w, &a->sources[0]);
    while (zset_source_walk_next(&w)) {
        if (!is_in_others(a, w.name))
            put(a, built, w.name, w.score);
    }
}

/* --- the arguments --------------------------------------------------------------------------- */

/* Reads the number of keys; false after the error was written. */
static bool read_number(struct client *c, struct slice arg, size_t left, const char *name,
                        size_t *ret)
{
    int64_t n;

    if (!store_arg_int(c, arg, &n))
        return false;
    if (n < 1) {
        resp_errorf(&c->reply, "ERR at least 1 input key is needed for '%s' command", name);
        return false;
    }
    if ((uint64_t)n > left) {
        resp_error(&c->reply, store_error_syntax);
        return false;
    }
    *ret = (size_t)n;
    return true;
}

static bool find_sources(struct store *s, struct client *c, struct algebra *a,
                         const struct slice *keys)
{
    for (size_t i = 0; i < a->n; i++) {
        struct key_ref ref;

        a->sources[i].index = i;
        if (!zset_source_set(&a->sources[i], store_read(s, c, keys[i], &ref)))
            return store_refuse_type(c);
    }
    return true;
}

static bool read_weights(struct client *c, struct algebra *a, const struct slice *argv)
{
    for (size_t i = 0; i < a->n; i++) {
        if (!number_read_score(argv[i], &a->sources[i].weight)) {
            resp_error(&c->reply, "ERR weight value is not a float");
            return false;
        }
    }
    return true;
}

static bool read_aggregate(struct client *c, struct algebra *a, struct slice arg)
{
    static const char *const words[] = { [SUM] = "sum", [MIN] = "min", [MAX] = "max" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is_nocase(arg, words[i])) {
            a->aggregate = (enum aggregate)i;
            return true;
        }
    }
    resp_error(&c->reply, store_error_syntax);
    return false;
}

/* Reads what may follow the keys. False after the error was written. */
static bool read_options(struct client *c, struct algebra *a, size_t argc, const struct slice *argv)
{
    bool weighs = a->operation != DIFF && !a->counts;

    for (size_t i = 0; i < argc; i++) {
        size_t left = argc - i - 1;

        if (weighs && left >= a->n && slice_is_nocase(argv[i], "WEIGHTS")) {
            if (!read_weights(c, a, argv + i + 1))
                return false;
            i += a->n;
        } else if (weighs && left >= 1 && slice_is_nocase(argv[i], "AGGREGATE")) {
            if (!read_aggregate(c, a, argv[++i]))
                return false;
        } else if (!a->stores && !a->counts && slice_is_nocase(argv[i], "WITHSCORES")) {
            a->scores = true;
        } else if (a->counts && left >= 1 && slice_is_nocase(argv[i], "LIMIT")) {
            if (!store_arg_count(c, argv[++i], 0, "ERR LIMIT can't be negative", &a->limit))
                return false;
        } else {
            resp_error(&c->reply, store_error_syntax);
            return false;
        }
    }
    return true;
}

/* --- the commands ---------------------------------------------------------------------------- */

/* The result, the caller's. */
static struct entry *compute(struct algebra *a)
{
    struct slice no_key = { NULL, 0 };
    struct entry *built = entry_new(no_key, false);

    zset_start_table(built, a->hash_key);
    if (a->operation == UNION)
        unite(a, built);
    else if (a->operation == INTER)
        intersect(a, built);
    else
        subtract(a, built);
    return built;
}

static void reply_built(struct client *c, const struct algebra *a, const struct entry *built)
{
    struct zset_walk walk;

    zset_walk_start(&walk, built, 0, false);
    cmd_zset_reply(c, &walk, zset_count(built), a->scores ? ZSET_SCORES : ZSET_NAMES);
}

static void store_built(struct store *s, struct client *c, struct slice key, struct entry *built)
{
    size_t n = zset_count(built);

    zset_compact(built, &s->options.limits);
    store_put(s, c, key, built);
    resp_int(&c->reply, (int64_t)n);
}

/* Computes and answers; argv[1] is the key to be stored to, if there is one. */
static void answer(struct store *s, struct client *c, struct algebra *a, const struct slice *argv)
{
    struct entry *built;

    if (a->operation != DIFF)
        qsort(a->sources, a->n, sizeof(a->sources[0]), compare_counts);
    if (a->counts) {
        resp_int(&c->reply, intersect(a, NULL));
        return;
    }
    built = compute(a);
    if (a->stores) {
        store_built(s, c, argv[1], built);
        return;
    }
    reply_built(c, a, built);
    entry_free(built);
}

static void run(struct store *s, struct client *c, struct algebra *a, const char *name, size_t argc,
                const struct slice *argv)
{
    size_t at = a->stores ? 2 : 1; /* of the number of keys */

    if (!read_number(c, argv[at], argc - at - 1, name, &a->n))
        return;
    a->limits = &s->options.limits;
    a->hash_key = &s->data.hash_key;
    a->sources = mem_alloc(a->n * sizeof(a->sources[0]));
    at++;
    if (find_sources(s, c, a, argv + at) && read_options(c, a, argc - at - a->n, argv + at + a->n))
        answer(s, c, a, argv);
    mem_free(a->sources, a->n * sizeof(a->sources[0]));
}

#define ALGEBRA_COMMAND(name, operation_, stores_, counts_)                                        \
    void cmd_##name(void *app, struct client *c, size_t argc, const struct slice *argv)            \
    {                                                                                              \
        struct algebra a = { .operation = operation_, .stores = stores_, .counts = counts_ };      \
                                                                                                   \
        run(app, c, &a, #name, argc, argv);                                                        \
    }

ALGEBRA_COMMAND(zunion, UNION, false, false)
ALGEBRA_COMMAND(zinter, INTER, false, false)
ALGEBRA_COMMAND(zdiff, DIFF, false, false)
ALGEBRA_COMMAND(zunionstore, UNION, true, false)
ALGEBRA_COMMAND(zinterstore, INTER, true, false)
ALGEBRA_COMMAND(zdiffstore, DIFF, true, false)
ALGEBRA_COMMAND(zintercard, INTER, false, true)
