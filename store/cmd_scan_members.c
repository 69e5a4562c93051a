/* HSCAN, SSCAN and ZSCAN: values member by member. */
#include "store/cmd.h"

#include "store/fields.h"
#include "store/members.h"
#include "store/scan_open.h"
#include "store/set.h"
#include "store/store.h"
#include "store/zset_table.h"

/* Counts a member; when it is wanted, true and its name is written, the first of `words`. */
static bool scan_name(struct scan *scan, struct slice name, size_t words)
{
    scan->seen++;
    if (!scan_matches(scan, name))
        return false;
    resp_bulk(&scan->client->reply, name);
    scan->written += words;
    return true;
}

/* --- hashes --- */

static void scan_pair(struct scan *scan, struct slice field, struct slice value)
{
    if (scan_name(scan, field, 2))
        resp_bulk(&scan->client->reply, value);
}

static void scan_field(void *arg, struct dict_node *node)
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
        scan_dict(&scan, &e->value.members->dict, scan_field, &scan);
    } else {
        fields_walk_start(&walk, e);
        while (fields_walk_next(&walk))
            scan_pair(&scan, walk.field.bytes, walk.value.bytes);
        scan.cursor = 0;
    }
    scan_end(&scan);
}

/* --- sets --- */

static void scan_member(void *arg, struct dict_node *node)
{
    scan_name(arg, member_name((const struct member *)node), 1);
}

void cmd_sscan(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct set_walk walk;
    struct scan scan;
    struct entry *e = scan_open(&scan, app, c, argc, argv, VALUE_SET);

    if (e == NULL)
        return;
    if (e->encoding == SET_TABLE) {
        scan_dict(&scan, &e->value.members->dict, scan_member, &scan);
    } else {
        set_walk_start(&walk, e);
        while (set_walk_next(&walk))
            scan_name(&scan, walk.item.bytes, 1);
        scan.cursor = 0;
    }
    scan_end(&scan);
}

/* --- sorted sets --- */

/* A score is a text here in both protocols. */
static void scan_scored(void *arg, struct dict_node *node)
{
    const struct member *x = (const struct member *)node;
    struct scan *scan = arg;

    if (scan_name(scan, member_name(x), 2))
        resp_bulkf(&scan->client->reply, "%.17g", zset_table_score(x));
}

/* In a pack the score is the text that stands there. */
static void scan_pack(struct scan *scan, unsigned char *pack)
{
    for (unsigned char *p = pack_first(pack); p != NULL; p = pack_next(p)) {
        struct pack_item item;
        bool wanted = scan_name(scan, pack_get(p, &item), 2);

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
        scan_dict(&scan, &e->value.zset->members->dict, scan_scored, &scan);
    else
        scan_pack(&scan, e->value.pack);
    scan_end(&scan);
}
