#include "store/blocked_parts.h"

#include "store/exec.h"
#include "store/store.h"

static void make_ready(struct blocked *b, struct waited_key *k)
{
    if (k->ready)
        return;
    k->ready = true;
    k->ready_next = NULL;
    if (b->ready != NULL)
        b->ready_last->ready_next = k;
    else
        b->ready = k;
    b->ready_last = k;
}

void blocked_signal_slow(struct blocked *b, int db, struct slice key)
{
    struct waited_key *k = blocked_find_key(b, db, key);

    if (k != NULL)
        make_ready(b, k);
}

void blocked_signal_db(struct blocked *b, int db)
{
    struct dict_walk walk;
    struct dict_node *node;

    if (b->first == NULL)
        return;
    dict_walk_start(&walk, &b->keys[db]);
    while ((node = dict_walk_next(&walk)) != NULL)
        make_ready(b, (struct waited_key *)node);
}

/* True when the key holds a value of the type. */
static bool holds(struct store *s, const struct waited_key *k, enum value_type type)
{
    struct key_ref ref;
    const struct entry *e = keyspace_find(&s->data.dbs[k->db], waited_key_name(k), &ref);

    return e != NULL && e->type == type && !store_entry_expired(s, e);
}

/* Runs a request again because of a key. */
static void run_again(struct store *s, struct waiting *w, const struct waited_key *k)
{
    struct blocked *b = &s->blocked;
    struct client *c = w->client;
    bool muted = c->reply.muted;

    b->served = w;
    b->served_key = waited_key_name(k);
    w->stays = false;
    c->reply.muted = w->muted;
    exec_call(s, c, w->command, w->argc, w->argv);
    c->reply.muted = muted;
    b->served = NULL;
    if (!w->stays)
        blocked_finish(b, w);
}

static bool is_leaving(const struct client *c)
{
    return (c->flags & (CLIENT_CLOSING | CLIENT_CLOSE_AFTER_REPLY)) != 0;
}

/* One round over those who wait at a key; a handler that runs takes none but its own client away.
 * One that is about to be closed must take nothing with it. */
static void serve_key(struct store *s, struct waited_key *k)
{
    for (struct wait_link *link = k->first, *next; link != NULL; link = next) {
        next = link->next;
        if (!is_leaving(link->waiter->client) && holds(s, k, link->waiter->type))
            run_again(s, link->waiter, k);
    }
}

void blocked_serve(struct store *s)
{
    struct blocked *b = &s->blocked;
    struct waited_key *k;

    while ((k = b->ready) != NULL && !store_is_held(s)) {
        b->ready = k->ready_next;
        serve_key(s, k);
        k->ready = false;
        blocked_drop_idle(b, k);
    }
}
