#include "wire/client_list.h"

#include "wire/client.h"
#include "wire/client_filter.h"

#define QUOTED_MAX 128 /* bytes of a word that an error repeats */

/* A listing on its way into a buffer. */
struct listing {
    struct client_filter filter;
    struct buf lines;
    msec now_ms;
    client_each_fn *each;
    void *arg;
};

static void list_one(void *ctx, struct client *client)
{
    struct listing *l = ctx;

    if (!client_filter_matches(&l->filter, client))
        return;
    client_describe(client, l->now_ms, &l->lines);
    buf_append_str(&l->lines, "\n");
}

static void write_listing(struct client *c, struct listing *l)
{
    resp_verbatim(&c->reply, "txt", buf_slice(&l->lines));
    buf_done(&l->lines);
}

static bool list_ids(struct listing *l, struct client *c, size_t n, const struct slice *ids)
{
    int64_t id;

    if (n > CLIENT_LIST_IDS_MAX) {
        resp_errorf(&c->reply, "ERR too many client IDs, allowed are %d", CLIENT_LIST_IDS_MAX);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!slice_to_int64(ids[i], &id) || id < 1) {
            resp_error(&c->reply, "ERR Invalid client ID");
            return false;
        }
        l->filter.id = (uint64_t)id;
        l->each(l->arg, list_one, l);
    }
    return true;
}

static bool list_type(struct listing *l, struct client *c, struct slice type)
{
    l->filter.type = client_class_parse(type);
    if (l->filter.type < 0) {
        resp_errorf(&c->reply, "ERR Unknown client type '%.*s'",
                    (int)(type.n < QUOTED_MAX ? type.n : QUOTED_MAX), type.p);
        return false;
    }
    l->each(l->arg, list_one, l);
    return true;
}

void client_list(struct client *c, msec now_ms, client_each_fn *each, void *arg, size_t argc,
                 const struct slice *argv)
{
    struct listing l = { .filter = { .type = -1 }, .now_ms = now_ms, .each = each, .arg = arg };
    bool done = true;

    if (argc == 2)
        each(arg, list_one, &l);
    else if (argc == 4 && slice_is_nocase(argv[2], "type"))
        done = list_type(&l, c, argv[3]);
    else if (argc >= 4 && slice_is_nocase(argv[2], "id"))
        done = list_ids(&l, c, argc - 3, argv + 3);
    else
        done = (resp_error(&c->reply, "ERR syntax error"), false);
    if (done)
        write_listing(c, &l);
    else
        buf_done(&l.lines);
}

void client_info(struct client *c, msec now_ms)
{
    struct listing l = { .filter = { .type = -1 }, .now_ms = now_ms };

    list_one(&l, c);
    write_listing(c, &l);
}
