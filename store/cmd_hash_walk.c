/* HRANDFIELD and HSCAN: hashes field by field. */
#include "store/cmd.h"

#include "store/fields.h"
#include "store/members.h"
#include "store/random_arg.h"
#include "store/sample.h"
#include "store/scan_open.h"
#include "store/store.h"

/* What HRANDFIELD writes into. */
struct chosen {
    struct client *client;
    const struct entry *entry;
    bool values;
    struct fields_walk walk; /* of a pack */
    size_t place;            /* of the field that comes next */
};

static void reply_pair(struct chosen *h, struct slice field, struct slice value)
{
    struct resp_writer *w = &h->client->reply;

    if (h->values && w->proto > 2)
        resp_array(w, 2);
    resp_bulk(w, field);
    if (h->values)
        resp_bulk(w, value);
}

static void take_member(void *arg, const struct member *x)
{
    reply_pair(arg, member_name(x), member_value(x));
}

/* Writes the field at a place not before the last one. */
static void take_place(void *arg, size_t place)
{
    struct chosen *h = arg;

    for (; h->place <= place; h->place++)
        fields_walk_next(&h->walk);
    reply_pair(h, h->walk.field.bytes, h->walk.value.bytes);
}

/* One field, which may have been chosen before. */
static void take_any(struct chosen *h, struct prng *prng)
{
    if (h->entry->encoding == COLLECTION_TABLE) {
        take_member(h, sample_one(h->entry->value.members, prng));
        return;
    }
    fields_walk_start(&h->walk, h->entry);
    h->place = 0;
    take_place(h, (size_t)prng_below(prng, fields_count(h->entry)));
}

/* n different fields. */
static void take_distinct(struct chosen *h, size_t n, struct prng *prng)
{
    size_t count = fields_count(h->entry);

    if (n < count && h->entry->encoding == COLLECTION_TABLE) {
        sample_distinct(h->entry->value.members, n, prng, take_member, h);
        return;
    }
    fields_walk_start(&h->walk, h->entry);
    sample_places(count, n, prng, take_place, h);
}

static void reply_some(struct store *s, struct chosen *h, int64_t wanted)
{
    size_t count = fields_count(h->entry);
    uint64_t n = wanted < 0 ? (uint64_t)-wanted : (uint64_t)wanted;

    if (wanted > 0 && n > count)
        n = count;
    resp_array(&h->client->reply, h->values && h->client->reply.proto == 2 ? 2 * n : n);
    if (wanted > 0)
        take_distinct(h, (size_t)n, &s->prng);
    else
        for (uint64_t i = 0; i < n && !h->client->out.overflow; i++)
            take_any(h, &s->prng);
}

void cmd_hrandfield(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct chosen h = { .client = c };
    struct key_ref ref;
    int64_t wanted = 1;

    if (argc > 2 && !random_arg_read(c, argc, argv, "WITHVALUES", &wanted, &h.values))
        return;
    h.entry = store_read(app, c, argv[1], &ref);
    if (!store_check_type(c, h.entry, VALUE_HASH))
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

static void scan_pair(struct scan *scan, struct slice field, struct slice value)
{
    scan->seen++;
    if (!scan_matches(scan, field))
        return;
    resp_bulk(&scan->client->reply, field);
    resp_bulk(&scan->client->reply, value);
    scan->written += 2;
}

static void scan_member(void *arg, struct dict_node *node)
{
    const struct member *x = (const struct member *)node;

    scan_pair(arg, member_name(x), member_value(x));
}

void cmd_hscan(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct fields_walk walk;
    struct scan scan;
    struct entry *e = scan_open(&scan, app, c, argc, argv, VALUE_HASH);

    if (e == NULL)
        return;
    if (e->encoding == COLLECTION_TABLE) {
        scan_dict(&scan, &e->value.members->dict, scan_member, &scan);
    } else {
        fields_walk_start(&walk, e);
        while (fields_walk_next(&walk))
            scan_pair(&scan, walk.field.bytes, walk.value.bytes);
        scan.cursor = 0;
    }
    scan_end(&scan);
}
