/* Ranges of sorted sets: by place, score or name; read, stored, counted, deleted. */
#include "store/cmd.h"

#include "store/cmd_zset.h"
#include "store/store.h"
#include "store/zset.h"

enum range_by { BY_ANY, BY_PLACE, BY_SCORE, BY_NAME };
enum range_way { WAY_ANY, WAY_UP, WAY_DOWN };

/* What a range command asks for; BY_ANY and WAY_ANY: its options say. */
struct range {
    enum range_by by;
    enum range_way way;
    bool scores;
    int64_t offset, limit;       /* limit below 0: all */
    int64_t first, last;         /* BY_PLACE; below 0: from the end */
    struct zset_bound bounds[2]; /* else */
};

static const char not_float[] = "ERR min or max is not a float";
static const char not_name[] = "ERR min or max not valid string range item";

/* Reads the options; false after the error was written. */
static bool read_options(struct client *c, struct range *r, size_t argc, const struct slice *argv,
                         bool store)
{
    for (size_t i = 0; i < argc; i++) {
        if (!store && slice_is_nocase(argv[i], "WITHSCORES")) {
            r->scores = true;
        } else if (slice_is_nocase(argv[i], "LIMIT") && argc - i > 2) {
            if (!store_arg_int(c, argv[i + 1], &r->offset) ||
                !store_arg_int(c, argv[i + 2], &r->limit))
                return false;
            i += 2;
        } else if (r->way == WAY_ANY && slice_is_nocase(argv[i], "REV")) {
            r->way = WAY_DOWN;
        } else if (r->by == BY_ANY && slice_is_nocase(argv[i], "BYLEX")) {
            r->by = BY_NAME;
        } else if (r->by == BY_ANY && slice_is_nocase(argv[i], "BYSCORE")) {
            r->by = BY_SCORE;
        } else {
            resp_error(&c->reply, store_error_syntax);
            return false;
        }
    }
    return true;
}

/* Completes what the options left open, and finds contradictions; NULL: there is none. */
static const char *settle_options(struct range *r)
{
    if (r->by == BY_ANY)
        r->by = BY_PLACE;
    if (r->way == WAY_ANY)
        r->way = WAY_UP;
    if (r->limit != -1 && r->by == BY_PLACE)
        return "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or "
               "BYLEX";
    if (r->scores && r->by == BY_NAME)
        return "ERR syntax error, WITHSCORES not supported in combination with BYLEX";
    return NULL;
}

/* Reads the ends, of which a range downwards names the upper one first. False after the error. */
static bool read_ends(struct client *c, struct range *r, struct slice first, struct slice last)
{
    bool down = r->way == WAY_DOWN;

    if (r->by == BY_PLACE)
        return store_arg_int(c, first, &r->first) && store_arg_int(c, last, &r->last);
    if (zset_bounds_read(down ? last : first, down ? first : last, r->by == BY_NAME, r->bounds))
        return true;
    resp_error(&c->reply, r->by == BY_NAME ? not_name : not_float);
    return false;
}

/* Places from `first` to `last` as Redis counts them: *ret_place is the first one. Returns how
 * many. */
static size_t resolve_places(const struct range *r, size_t count, size_t *ret_place)
{
    int64_t n = (int64_t)count, first = r->first, last = r->last;

    if (first < 0)
        first = first + n > 0 ? first + n : 0;
    if (last < 0)
        last += n;
    if (last >= n)
        last = n - 1;
    *ret_place = (size_t)first;
    return first > last ? 0 : (size_t)(last - first + 1);
}

/* The same between two bounds. */
static size_t resolve_bounds(const struct range *r, const struct entry *e, size_t *ret_place)
{
    size_t low = zset_count_before(e, &r->bounds[0]);
    size_t high = zset_count_before(e, &r->bounds[1]);

    *ret_place = low;
    return high > low ? high - low : 0;
}

/* The members that are meant: how many, and the place of the first one on the way. */
static size_t resolve(const struct range *r, const struct entry *e, size_t *ret_place)
{
    bool down = r->way == WAY_DOWN;
    size_t n, place, count = zset_count(e);

    if (r->by == BY_PLACE) {
        n = resolve_places(r, count, &place);
        *ret_place = down ? count - 1 - place : place;
        return n;
    }
    n = resolve_bounds(r, e, &place);
    if (r->offset < 0 || (uint64_t)r->offset >= n)
        return 0;
    *ret_place = down ? place + n - 1 - (size_t)r->offset : place + (size_t)r->offset;
    n -= (size_t)r->offset;
    return r->limit >= 0 && (uint64_t)r->limit < n ? (size_t)r->limit : n;
}

/* Everything that can be wrong with a range command but its key. */
static bool read_range(struct client *c, struct range *r, size_t argc, const struct slice *argv,
                       bool store)
{
    const char *wrong;

    r->limit = -1;
    if (!read_options(c, r, argc - 2, argv + 2, store))
        return false;
    wrong = settle_options(r);
    if (wrong != NULL) {
        resp_error(&c->reply, wrong);
        return false;
    }
    return read_ends(c, r, argv[0], argv[1]);
}

/* Replies with a range; argv: the ends, and then options. */
static void reply_range(struct store *s, struct client *c, struct range *r, size_t argc,
                        const struct slice *argv)
{
    struct zset_walk walk;
    struct entry *e;
    size_t place = 0, n;
    bool ok;

    if (!read_range(c, r, argc - 2, argv + 2, false))
        return;
    e = cmd_zset_read(s, c, argv[1], &ok);
    if (!ok)
        return;
    n = e != NULL ? resolve(r, e, &place) : 0;
    if (n == 0) {
        resp_array(&c->reply, 0);
        return;
    }
    zset_walk_start(&walk, e, place, r->way == WAY_DOWN);
    cmd_zset_reply(c, &walk, n, r->scores ? ZSET_SCORES : ZSET_NAMES);
}

#define RANGE_COMMAND(name, by_, way_)                                                             \
    void cmd_##name(void *app, struct client *c, size_t argc, const struct slice *argv)            \
    {                                                                                              \
        struct range r = { .by = by_, .way = way_ };                                               \
                                                                                                   \
        reply_range(app, c, &r, argc, argv);                                                       \
    }

RANGE_COMMAND(zrange, BY_ANY, WAY_ANY)
RANGE_COMMAND(zrevrange, BY_PLACE, WAY_DOWN)
RANGE_COMMAND(zrangebyscore, BY_SCORE, WAY_UP)
RANGE_COMMAND(zrevrangebyscore, BY_SCORE, WAY_DOWN)
RANGE_COMMAND(zrangebylex, BY_NAME, WAY_UP)
RANGE_COMMAND(zrevrangebylex, BY_NAME, WAY_DOWN)

void cmd_zrangestore(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct range r = { .by = BY_ANY, .way = WAY_ANY };
    struct zset_walk walk;
    struct entry *e, *built;
    size_t place = 0, n;
    bool ok;

    if (!read_range(c, &r, argc - 3, argv + 3, true))
        return;
    e = cmd_zset_read(s, c, argv[2], &ok);
    if (!ok)
        return;
    n = e != NULL ? resolve(&r, e, &place) : 0;
    built = cmd_zset_build();
    if (n > 0)
        zset_walk_start(&walk, e, place, r.way == WAY_DOWN);
    while (n-- > 0 && zset_walk_next(&walk))
        zset_set(built, walk.name.bytes, walk.score, ZSET_NX, &s->options.limits, &s->data.hash_key,
                 &walk.score);
    n = zset_count(built);
    store_put(s, c, argv[1], built);
    resp_int(&c->reply, (int64_t)n);
}

/* ZCOUNT, ZLEXCOUNT. */
static void reply_count(struct store *s, struct client *c, const struct slice *argv,
                        enum range_by by)
{
    struct range r = { .by = by, .way = WAY_UP, .limit = -1 };
    struct entry *e;
    size_t place;
    bool ok;

    if (!read_ends(c, &r, argv[2], argv[3]))
        return;
    e = cmd_zset_read(s, c, argv[1], &ok);
    if (ok)
        resp_int(&c->reply, e != NULL ? (int64_t)resolve(&r, e, &place) : 0);
}

void cmd_zcount(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_count(app, c, argv, BY_SCORE);
}

void cmd_zlexcount(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    reply_count(app, c, argv, BY_NAME);
}

/* ZREMRANGEBYRANK and its kin. */
static void delete_range(struct store *s, struct client *c, const struct slice *argv,
                         enum range_by by)
{
    struct range r = { .by = by, .way = WAY_UP, .limit = -1 };
    struct key_ref ref;
    struct entry *e;
    size_t place = 0, n;
    bool ok;

    if (!read_ends(c, &r, argv[2], argv[3]))
        return;
    e = cmd_zset_write(s, c, argv[1], &ref, &ok);
    if (!ok)
        return;
    n = e != NULL ? resolve(&r, e, &place) : 0;
    cmd_zset_cut(s, c, &ref, place, n);
    resp_int(&c->reply, (int64_t)n);
}

void cmd_zremrangebyrank(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    delete_range(app, c, argv, BY_PLACE);
}

void cmd_zremrangebyscore(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    delete_range(app, c, argv, BY_SCORE);
}

void cmd_zremrangebylex(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    delete_range(app, c, argv, BY_NAME);
}
