#include "store/blocked_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/number.h"
#include "store/session.h"
#include "store/store.h"

const char blocked_error_unblocked[] = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
static const char role_changed[] =
    "UNBLOCKED force unblock from blocking operation, instance state "
    "changed (master -> replica?)";

void blocked_init(struct blocked *b, const struct hash_key *hash_key)
{
    memset(b, 0, sizeof(*b));
    b->hash_key = *hash_key;
    for (int i = 0; i < DATABASES_MAX; i++)
        dict_init(&b->keys[i], &b->hash_key, offsetof(struct waited_key, bytes));
    deadlines_init(&b->deadlines);
}

struct waited_key *blocked_find_key(struct blocked *b, int db, struct slice key)
{
    struct dict *d = &b->keys[db];
    struct dict_node **link = dict_find(d, key.p, key.n, dict_hash(d, key.p, key.n));

    return link != NULL ? (struct waited_key *)*link : NULL;
}

static struct waited_key *add_key(struct blocked *b, int db, struct slice key)
{
    struct dict *d = &b->keys[db];
    struct waited_key *k = calloc(1, sizeof(*k) + key.n);

    assert(k != NULL);
    k->db = db;
    k->node.key_len = (uint32_t)key.n;
    if (key.n > 0)
        memcpy(k->bytes, key.p, key.n);
    dict_insert(d, &k->node, dict_hash(d, key.p, key.n));
    return k;
}

void blocked_drop_idle(struct blocked *b, struct waited_key *k)
{
    struct dict *d = &b->keys[k->db];

    if (k->first != NULL || k->ready)
        return;
    dict_remove(d, dict_find(d, k->bytes, k->node.key_len, k->node.hash));
    free(k);
}

void blocked_done(struct blocked *b)
{
    assert(b->first == NULL);
    for (int i = 0; i < DATABASES_MAX; i++) {
        struct dict_node *node;

        while ((node = dict_pop(&b->keys[i])) != NULL)
            free(node);
        dict_done(&b->keys[i]);
    }
    deadlines_done(&b->deadlines);
}

/* --- waiting --------------------------------------------------------------------------------- */

/* Rounds up, so that a timeout is never taken for none. */
static msec whole_ms(long double seconds)
{
    msec ms = (msec)(seconds * 1000);

    return (long double)ms < seconds * 1000 ? ms + 1 : ms;
}

bool blocked_arg_timeout(struct store *s, struct client *c, struct slice arg, msec *ret_until_ms)
{
    long double seconds;
    const char *why = NULL;

    if (!number_read(arg, &seconds) || isnan(seconds))
        why = "ERR timeout is not a float or out of range";
    else if (seconds < 0)
        why = "ERR timeout is negative";
    else if (seconds * 1000 > (long double)(INT64_MAX - s->now_ms - 1))
        why = "ERR timeout is out of range";
    if (why != NULL) {
        resp_error(&c->reply, why);
        return false;
    }
    *ret_until_ms = seconds > 0 ? s->mono_ms + whole_ms(seconds) : MSEC_NEVER;
    return true;
}

/* Puts the waiter at the end of a key's queue; once, should the key be named twice. */
static void join(struct blocked *b, struct waiting *w, int db, struct slice key)
{
    struct waited_key *k = blocked_find_key(b, db, key);
    struct wait_link *link = &w->links[w->links_n];

    if (k == NULL)
        k = add_key(b, db, key);
    if (k->last != NULL && k->last->waiter == w)
        return;
    link->waiter = w;
    link->key = k;
    link->prev = k->last;
    link->next = NULL;
    if (k->last != NULL)
        k->last->next = link;
    else
        k->first = link;
    k->last = link;
    w->links_n++;
}

static void leave(struct blocked *b, struct wait_link *link)
{
    struct waited_key *k = link->key;

    if (link->prev != NULL)
        link->prev->next = link->next;
    else
        k->first = link->next;
    if (link->next != NULL)
        link->next->prev = link->prev;
    else
        k->last = link->prev;
    blocked_drop_idle(b, k);
}

/* A waiter that holds a copy of the request. */
static struct waiting *waiting_new(size_t keys, size_t argc, const struct slice *argv)
{
    size_t head = sizeof(struct waiting) + keys * sizeof(struct wait_link);
    size_t bytes = head + argc * sizeof(struct slice);
    struct waiting *w;
    char *to;

    for (size_t i = 0; i < argc; i++)
        bytes += argv[i].n;
    w = malloc(bytes);
    assert(w != NULL);
    memset(w, 0, head);
    w->argc = argc;
    w->argv = (struct slice *)((char *)w + head);
    to = (char *)(w->argv + argc);
    for (size_t i = 0; i < argc; i++) {
        w->argv[i].p = to;
        w->argv[i].n = argv[i].n;
        if (argv[i].n > 0)
            memcpy(to, argv[i].p, argv[i].n);
        to += argv[i].n;
    }
    return w;
}

bool blocked_wait(struct store *s, struct client *c, const struct blocked_for *what, size_t argc,
                  const struct slice *argv)
{
    struct blocked *b = &s->blocked;
    struct waiting *w;

    if (b->served != NULL) {
        b->served->stays = true;
        return true;
    }
    if (s->in_exec || (c->flags & CLIENT_IS_MASTER))
        return false;
    w = waiting_new(what->keys, argc, argv);
    w->client = c;
    w->command = b->command;
    w->type = what->type;
    w->muted = c->reply.muted;
    for (size_t i = 0; i < what->keys; i++)
        join(b, w, c->db, what->key[i]);
    deadline_init(&w->deadline, 0, 0);
    deadline_arm(&b->deadlines, &w->deadline, what->until_ms);
    w->next = b->first;
    if (b->first != NULL)
        b->first->prev = w;
    b->first = w;
    session_of(c)->waiter = w;
    client_block(c);
    return true;
}

static void waiting_free(struct blocked *b, struct waiting *w)
{
    for (size_t i = 0; i < w->links_n; i++)
        leave(b, &w->links[i]);
    deadline_disarm(&b->deadlines, &w->deadline);
    if (w->prev != NULL)
        w->prev->next = w->next;
    else
        b->first = w->next;
    if (w->next != NULL)
        w->next->prev = w->prev;
    session_of(w->client)->waiter = NULL;
    free(w);
}

void blocked_finish(struct blocked *b, struct waiting *w)
{
    struct client *c = w->client;

    waiting_free(b, w);
    client_resume(c);
}

/* --- the other ends of waiting --------------------------------------------------------------- */

msec blocked_next_ms(const struct blocked *b)
{
    return deadlines_next(&b->deadlines);
}

/* What a blocking command says when there is nothing. */
static void answer(struct blocked *b, struct waiting *w, const char *error)
{
    struct resp_writer *reply = &w->client->reply;
    bool muted = reply->muted;

    reply->muted = w->muted;
    if (error != NULL)
        resp_error(reply, error);
    else
        resp_null_array(reply);
    reply->muted = muted;
    blocked_finish(b, w);
}

void blocked_expire(struct store *s)
{
    struct blocked *b = &s->blocked;
    struct deadline *due;

    while ((due = deadlines_pop(&b->deadlines, s->mono_ms)) != NULL)
        answer(b, (struct waiting *)due, NULL);
}

bool blocked_end(struct store *s, struct client *c, bool with_error)
{
    struct waiting *w = session_of(c)->waiter;

    if (w != NULL)
        answer(&s->blocked, w, with_error ? blocked_error_unblocked : NULL);
    return w != NULL;
}

void blocked_end_all(struct store *s)
{
    struct waiting *w;

    while ((w = s->blocked.first) != NULL) {
        struct client *c = w->client;

        answer(&s->blocked, w, role_changed);
        client_close_after_reply(c);
    }
}

void blocked_forget(struct store *s, struct client *c)
{
    if (session_of(c)->waiter != NULL)
        waiting_free(&s->blocked, session_of(c)->waiter);
}
