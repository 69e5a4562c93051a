#include "store/cmd.h"

#include "store/scan.h"
#include "store/store.h"

/* Keys found so far; written as they come. */
struct found {
    struct store *store;
    struct scan scan;
};

/* Expired keys are left out, and stay: a scan must not change what it walks over. */
static void write_key(void *arg, struct dict_node *node)
{
    struct found *f = arg;
    const struct entry *e = (const struct entry *)node;

    f->scan.seen++;
    if (!scan_matches(&f->scan, entry_key(e)))
        return;
    if ((f->scan.type != SCAN_TYPE_ANY && e->type != f->scan.type) ||
        store_entry_expired(f->store, e))
        return;
    resp_bulk(&f->scan.client->reply, entry_key(e));
    f->scan.written++;
}

void cmd_keys(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct found f = { .store = app };
    size_t mark = resp_hold(&c->reply);
    struct dict_walk walk;
    struct dict_node *node;

    (void)argc;
    scan_start(&f.scan, c, slice_str("0"));
    f.scan.pattern = argv[1];
    f.scan.all = slice_is(argv[1], "*");
    dict_walk_start(&walk, &store_db(app, c)->dict);
    while ((node = dict_walk_next(&walk)) != NULL)
        write_key(&f, node);
    resp_array_at(&c->reply, mark, f.scan.written);
}

void cmd_scan(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct found f = { .store = app };

    if (!scan_start(&f.scan, c, argv[1]) || !scan_options(&f.scan, argc - 2, argv + 2, true))
        return;
    scan_begin(&f.scan);
    scan_dict(&f.scan, &store_db(app, c)->dict, write_key, &f);
    scan_end(&f.scan);
}
