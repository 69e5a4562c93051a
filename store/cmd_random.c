/* HRANDFIELD and ZRANDMEMBER: members as chance has it, with their values or scores. */
#include "store/cmd.h"

#include "store/fields.h"
#include "store/members.h"
#include "store/random_arg.h"
#include "store/sample.h"
#include "store/store.h"
#include "store/zset.h"
#include "store/zset_table.h"

/* In order, from the first one on. */
union walk {
    struct fields_walk hash;
    struct zset_walk zset;
};

/* What differs between hashes and sorted sets. */
struct kind {
    enum value_type type;
    const char *word; /* asks for what stands beside a name */
    size_t (*count)(const struct entry *e);
    const struct members *(*table)(const struct entry *e);
    void (*start)(union walk *walk, const struct entry *e);
    struct slice (*next)(union walk *walk); /* its name */
    void (*reply_walked)(struct resp_writer *w, const union walk *walk);
    void (*reply_member)(struct resp_writer *w, const struct member *x);
};

struct draw {
    const struct kind *kind;
    struct client *client;
    const struct entry *entry;
    bool more;       /* than names */
    union walk walk; /* of a pack, or of all */
    struct slice name;
    size_t place; /* of the one that comes next in the walk */
};

static void reply_name(const struct draw *d, struct slice name)
{
    struct resp_writer *w = &d->client->reply;

    if (d->more && w->proto > 2)
        resp_array(w, 2);
    resp_bulk(w, name);
}

static void take_member(void *arg, const struct member *x)
{
    const struct draw *d = arg;

    reply_name(d, member_name(x));
    if (d->more)
        d->kind->reply_member(&d->client->reply, x);
}

/* Writes the one at a place not before the last one. */
static void take_place(void *arg, size_t place)
{
    struct draw *d = arg;

    for (; d->place <= place; d->place++)
        d->name = d->kind->next(&d->walk);
    reply_name(d, d->name);
    if (d->more)
        d->kind->reply_walked(&d->client->reply, &d->walk);
}

static void start(struct draw *d)
{
    d->kind->start(&d->walk, d->entry);
    d->place = 0;
}

/* One, which may have been chosen before. */
static void take_any(struct draw *d, struct prng *prng)
{
    if (d->entry->encoding == COLLECTION_TABLE) {
        take_member(d, sample_one(d->kind->table(d->entry), prng));
        return;
    }
    start(d);
    take_place(d, (size_t)prng_below(prng, d->kind->count(d->entry)));
}

/* n different ones. */
static void take_distinct(struct draw *d, size_t n, struct prng *prng)
{
    size_t count = d->kind->count(d->entry);

    if (n < count && d->entry->encoding == COLLECTION_TABLE) {
        sample_distinct(d->kind->table(d->entry), n, prng, take_member, d);
        return;
    }
    start(d);
    sample_places(count, n, prng, take_place, d);
}

static void take_some(struct draw *d, int64_t wanted, struct prng *prng)
{
    size_t count = d->kind->count(d->entry);
    uint64_t n = wanted < 0 ? (uint64_t)-wanted : (uint64_t)wanted;

    if (wanted > 0 && n > count)
        n = count;
    resp_array(&d->client->reply, d->more && d->client->reply.proto == 2 ? 2 * n : n);
    if (wanted > 0)
        take_distinct(d, (size_t)n, prng);
    else
        for (uint64_t i = 0; i < n && !d->client->out.overflow; i++)
            take_any(d, prng);
}

static void draw(struct store *s, struct client *c, size_t argc, const struct slice *argv,
                 const struct kind *kind)
{
    struct draw d = { .kind = kind, .client = c };
    struct key_ref ref;
    int64_t wanted = 1;

    if (argc > 2 && !random_arg_read(c, argc, argv, kind->word, &wanted, &d.more))
        return;
    d.entry = store_read(s, c, argv[1], &ref);
    if (!store_check_type(c, d.entry, kind->type))
        return;
    if (d.entry != NULL && argc > 2)
        take_some(&d, wanted, &s->prng);
    else if (d.entry != NULL)
        take_any(&d, &s->prng);
    else if (argc > 2)
        resp_array(&c->reply, 0);
    else
        resp_null(&c->reply);
}

/* --- hashes --- */

static const struct members *fields_table(const struct entry *e)
{
    return e->value.members;
}

static void start_fields(union walk *walk, const struct entry *e)
{
    fields_walk_start(&walk->hash, e);
}

static struct slice next_field(union walk *walk)
{
    fields_walk_next(&walk->hash);
    return walk->hash.field.bytes;
}

static void reply_value(struct resp_writer *w, const union walk *walk)
{
    resp_bulk(w, walk->hash.value.bytes);
}

static void reply_member_value(struct resp_writer *w, const struct member *x)
{
    resp_bulk(w, member_value(x));
}

void cmd_hrandfield(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    static const struct kind kind = {
        VALUE_HASH,   "WITHVALUES", fields_count, fields_table,
        start_fields, next_field,   reply_value,  reply_member_value
    };

    draw(app, c, argc, argv, &kind);
}

/* --- sorted sets --- */

static const struct members *zset_members(const struct entry *e)
{
    return e->value.zset->members;
}

static void start_zset(union walk *walk, const struct entry *e)
{
    zset_walk_start(&walk->zset, e, 0, false);
}

static struct slice next_in_zset(union walk *walk)
{
    zset_walk_next(&walk->zset);
    return walk->zset.name.bytes;
}

static void reply_score(struct resp_writer *w, const union walk *walk)
{
    resp_double(w, walk->zset.score);
}

static void reply_member_score(struct resp_writer *w, const struct member *x)
{
    resp_double(w, zset_table_score(x));
}

void cmd_zrandmember(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    static const struct kind kind = { VALUE_ZSET, "WITHSCORES", zset_count,  zset_members,
                                      start_zset, next_in_zset, reply_score, reply_member_score };

    draw(app, c, argc, argv, &kind);
}
