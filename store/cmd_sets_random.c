/* SPOP and SRANDMEMBER: members as chance has it. */
#include "store/cmd.h"

#include "store/random_arg.h"
#include "store/set.h"
#include "store/set_draw.h"
#include "store/store.h"

#define REMOVED_MAX 1024 /* members in one command to the replicas */

/* Members on their way out: to the client, and by a SREM to the replicas. */
struct removal {
    struct store *store;
    struct client *client;
    struct slice key;
    struct buf bytes; /* of the members not yet fed, one behind the other */
    size_t lengths[REMOVED_MAX];
    size_t n;
};

static void feed_removal(struct removal *r)
{
    struct slice words[2 + REMOVED_MAX] = { slice_str("SREM"), r->key };
    const char *p = buf_data(&r->bytes);

    for (size_t i = 0; i < r->n; i++) {
        words[2 + i].p = p;
        words[2 + i].n = r->lengths[i];
        p += r->lengths[i];
    }
    if (r->n > 0)
        store_propagate(r->store, r->client->db, 2 + r->n, words);
    buf_truncate(&r->bytes, 0);
    r->n = 0;
}

static void remove_member(void *arg, struct slice member)
{
    struct removal *r = arg;

    resp_bulk(&r->client->reply, member);
    if (r->n == REMOVED_MAX)
        feed_removal(r);
    buf_append(&r->bytes, member.p, member.n);
    r->lengths[r->n++] = member.n;
}

/* Some, but not all. */
static void pop_some(struct store *s, struct client *c, struct entry *e, struct slice key, size_t n)
{
    struct removal r = { .store = s, .client = c, .key = key };
    bool begun = n > REMOVED_MAX && store_effects_begin(s);

    set_draw_out(e, n, &s->prng, remove_member, &r);
    feed_removal(&r);
    store_effects_end(s, begun);
    buf_done(&r.bytes);
    store_changed(s, c, key);
}

static void reply_member(void *arg, struct slice member)
{
    struct client *c = arg;

    resp_bulk(&c->reply, member);
}

/* The last members go by a DEL. */
static void pop_all(struct store *s, struct client *c, struct key_ref *ref)
{
    struct slice del[2] = { slice_str("DEL"), ref->key };
    struct entry *e = key_ref_entry(ref);

    set_draw(e, set_count(e), &s->prng, reply_member, c);
    keyspace_delete(ref);
    store_propagate(s, c->db, 2, del);
    store_changed(s, c, ref->key);
}

static void pop_count(struct store *s, struct client *c, struct slice key, struct slice count)
{
    struct key_ref ref;
    struct entry *e;
    int64_t n;

    if (!store_arg_count(c, count, 0, "ERR value is out of range, must be positive", &n))
        return;
    e = store_write(s, c, key, &ref);
    if (!store_check_type(c, e, VALUE_SET))
        return;
    if (e == NULL || n == 0) {
        resp_set(&c->reply, 0);
    } else if ((uint64_t)n >= set_count(e)) {
        resp_set(&c->reply, set_count(e));
        pop_all(s, c, &ref);
    } else {
        resp_set(&c->reply, (size_t)n);
        pop_some(s, c, e, key, (size_t)n);
    }
}

static void pop_one(struct store *s, struct client *c, struct slice key)
{
    struct removal r = { .store = s, .client = c, .key = key };
    struct key_ref ref;
    struct entry *e = store_write(s, c, key, &ref);

    if (!store_check_type(c, e, VALUE_SET))
        return;
    if (e == NULL) {
        resp_null(&c->reply);
        return;
    }
    set_draw_one(e, &s->prng, remove_member, &r);
    if (set_count(e) == 1)
        keyspace_delete(&ref);
    else
        set_remove(e, (struct slice){ buf_data(&r.bytes), r.lengths[0] });
    feed_removal(&r);
    buf_done(&r.bytes);
    store_changed(s, c, key);
}

void cmd_spop(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    if (argc == 2)
        pop_one(app, c, argv[1]);
    else if (argc == 3)
        pop_count(app, c, argv[1], argv[2]);
    else
        resp_error(&c->reply, store_error_syntax);
}

/* Different members for a count above zero, as many as asked for below. */
static void reply_some(struct store *s, struct client *c, const struct entry *e, int64_t count)
{
    uint64_t n = count < 0 ? (uint64_t)-count : (uint64_t)count;

    if (count > 0 && n > set_count(e))
        n = set_count(e);
    resp_array(&c->reply, n);
    if (count > 0)
        set_draw(e, (size_t)n, &s->prng, reply_member, c);
    else
        for (uint64_t i = 0; i < n && !c->out.overflow; i++)
            set_draw_one(e, &s->prng, reply_member, c);
}

void cmd_srandmember(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct key_ref ref;
    struct entry *e;
    int64_t count;

    if (argc > 3) {
        resp_error(&c->reply, store_error_syntax);
        return;
    }
    if (argc == 3 && !random_arg_count(c, argv[2], &count))
        return;
    e = store_read(s, c, argv[1], &ref);
    if (!store_check_type(c, e, VALUE_SET))
        return;
    if (argc == 3 && e != NULL)
        reply_some(s, c, e, count);
    else if (argc == 3)
        resp_array(&c->reply, 0);
    else if (e != NULL)
        set_draw_one(e, &s->prng, reply_member, c);
    else
        resp_null(&c->reply);
}
