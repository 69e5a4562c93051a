/* ZRANDMEMBER and ZSCAN: sorted sets member by member. */
#include "store/cmd.h"

#include "store/cmd_zset.h"
#include "store/members.h"
#include "store/random_arg.h"
#include "store/sample.h"
#include "store/scan_open.h"
#include "store/store.h"
#include "store/zset.h"
#include "store/zset_table.h"

/* What ZRANDMEMBER writes into. */
struct chosen {
    struct client *client;
    const struct entry *entry;
    bool scores;
    struct zset_walk walk;
    size_t place; /* of the member that comes next in the walk */
};

static void reply_member(struct chosen *h, struct slice name, double score)
{
    struct resp_writer *w = &h->client->reply;

    if (h->scores && w->proto > 2)
        resp_array(w, 2);
    resp_bulk(w, name);
    if (h->scores)
        resp_double(w, score);
}

static void take_member(void *arg, const struct member *x)
{
    reply_member(arg, member_name(x), zset_table_score(x));
}

/* Writes the member at a place not before the last one. */
static void take_place(void *arg, size_t place)
{
    struct chosen *h = arg;

    for (; h->place <= place; h->place++)
        zset_walk_next(&h->walk);
    reply_member(h, h->walk.name.bytes, h->walk.score);
}

/* One member, which may have been chosen before. */
static void take_any(struct chosen *h, struct prng *prng)
{
    zset_walk_start(&h->walk, h->entry, (size_t)prng_below(prng, zset_count(h->entry)), false);
    zset_walk_next(&h->walk);
    reply_member(h, h->walk.name.bytes, h->walk.score);
}

/* n different members. */
static void take_distinct(struct chosen *h, size_t n, struct prng *prng)
{
    size_t count = zset_count(h->entry);

    if (n < count && h->entry->encoding == COLLECTION_TABLE) {
        sample_distinct(h->entry->value.zset->members, n, prng, take_member, h);
        return;
    }
    zset_walk_start(&h->walk, h->entry, 0, false);
    sample_places(count, n, prng, take_place, h);
}

static void reply_some(struct store *s, struct chosen *h, int64_t wanted)
{
    size_t count = zset_count(h->entry);
    uint64_t n = wanted < 0 ? (uint64_t)-wanted : (uint64_t)wanted;

    if (wanted > 0 && n > count)
        n = count;
    resp_array(&h->client->reply, h->scores && h->client->reply.proto == 2 ? 2 * n : n);
    if (wanted > 0)
        take_distinct(h, (size_t)n, &s->prng);
    else
        for (uint64_t i = 0; i < n && !h->client->out.overflow; i++)
            take_any(h, &s->prng);
}

void cmd_zrandmember(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct chosen h = { .client = c };
    int64_t wanted = 1;
    bool ok;

    if (argc > 2 && !random_arg_read(c, argc, argv, "WITHSCORES", &wanted, &h.scores))
        return;
    h.entry = cmd_zset_read(app, c, argv[1], &ok);
    if (!ok)
        return;
    if (h.entry != NULL && argc > 2)
        reply_some(app, &h, wanted);
    else if (h.entry != NULL)
        take_any(&h, &((struct store *)app)->prng);
    else if (argc > 2)
        resp_array(&c->reply, 0);
    else
        resp_null(&c->reply);
}

/* Counts a member of a scan; true when it is wanted. */
static bool meets(struct scan *scan, struct slice name)
{
    scan->seen++;
    if (!scan_matches(scan, name))
        return false;
    resp_bulk(&scan->client->reply, name);
    scan->written += 2;
    return true;
}

/* A score is a text here in both protocols. */
static void scan_member(void *arg, struct dict_node *node)
{
    const struct member *x = (const struct member *)node;
    struct scan *scan = arg;

    if (meets(scan, member_name(x)))
        resp_bulkf(&scan->client->reply, "%.17g", zset_table_score(x));
}

/* In a pack the score is the text that stands there. */
static void scan_pack(struct scan *scan, unsigned char *pack)
{
    for (unsigned char *p = pack_first(pack); p != NULL; p = pack_next(p)) {
        struct pack_item item;
        bool wanted = meets(scan, pack_get(p, &item));

        p = pack_next(p);
        if (wanted)
            resp_bulk(&scan->client->reply, pack_get(p, &item));
    }
    scan->cursor = 0;
}

void cmd_zscan(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct scan scan;
    struct entry *e = scan_open(&scan, app, c, argc, argv, VALUE_ZSET);

    if (e == NULL)
        return;
    if (e->encoding == COLLECTION_TABLE)
        scan_dict(&scan, &e->value.zset->members->dict, scan_member, &scan);
    else
        scan_pack(&scan, e->value.pack);
    scan_end(&scan);
}
