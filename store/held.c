#include "store/held.h"

#include <assert.h>
#include <stdlib.h>

#include "store/session.h"
#include "wire/client.h"

struct held_reply {
    struct held_reply *prev, *next; /* of all, by offset */
    struct held_reply *mine;        /* the next one of the same client */
    struct client *client;
    uint64_t begin, end; /* where it stands in the client's replies */
    int64_t offset;
    msec until_ms;
};

static struct held_list *list_of(const struct client *c)
{
    return &session_of(c)->held;
}

void held_add(struct held *h, struct client *c, uint64_t reply_at, int64_t offset, msec until_ms)
{
    struct held_reply *r = calloc(1, sizeof(*r));
    struct held_list *mine = list_of(c);

    assert(r != NULL && (h->last == NULL || h->last->offset <= offset));
    *r = (struct held_reply){ .client = c, .begin = reply_at, .end = client_reply_at(c) };
    r->offset = offset;
    r->until_ms = until_ms;
    r->prev = h->last;
    *(h->last != NULL ? &h->last->next : &h->first) = r;
    h->last = r;
    h->count++;
    *(mine->last != NULL ? &mine->last->mine : &mine->first) = r;
    mine->last = r;
    if (++mine->count == 1)
        client_hold(c, r->begin);
    if (mine->count >= HELD_PER_CLIENT_MAX && !(c->flags & CLIENT_BLOCKED)) {
        mine->blocks = true;
        client_block(c);
    }
}

/* Takes the first one of its client out of both lists, and frees it. */
static void drop(struct held *h, struct held_reply *r)
{
    struct held_list *mine = list_of(r->client);

    assert(mine->first == r);
    mine->first = r->mine;
    if (mine->first == NULL)
        mine->last = NULL;
    mine->count--;
    *(r->prev != NULL ? &r->prev->next : &h->first) = r->next;
    *(r->next != NULL ? &r->next->prev : &h->last) = r->prev;
    h->count--;
    free(r);
}

/* Some of a client's replies are settled: what is in front of the next one may leave. */
static void let_go(struct client *c)
{
    struct held_list *mine = list_of(c);

    client_hold(c, mine->first != NULL ? mine->first->begin : CLIENT_HOLD_NOTHING);
    client_touch(c);
    if (mine->blocks && mine->count < HELD_PER_CLIENT_MAX / 2) {
        mine->blocks = false;
        client_resume(c);
    }
}

void held_release(struct held *h, int64_t offset)
{
    while (h->first != NULL && h->first->offset <= offset) {
        struct client *c = h->first->client;

        drop(h, h->first);
        let_go(c);
    }
}

/* Appends a part of the replies to the new buffer. */
static void keep(struct buf *to, const struct client *c, uint64_t from, uint64_t till)
{
    buf_append(to, buf_data(&c->out) + (from - c->out_at), (size_t)(till - from));
}

/* Replaces what is due of one client; all in one pass, since there may be thousands. */
static void fail_client(struct held *h, struct client *c, msec now_ms, const char *error)
{
    struct held_list *mine = list_of(c);
    uint64_t at = c->out_at, end = client_reply_at(c);
    struct buf fresh = { 0 };
    struct resp_writer w = { .out = &fresh, .proto = c->reply.proto };

    while (mine->first != NULL && mine->first->until_ms <= now_ms) {
        keep(&fresh, c, at, mine->first->begin);
        /* CLIENT REPLY OFF: who hears no success hears no failure. */
        if (mine->first->end > mine->first->begin)
            resp_error(&w, error);
        at = mine->first->end;
        drop(h, mine->first);
        h->failed++;
    }
    keep(&fresh, c, at, end);
    fresh.limit_bytes = c->out.limit_bytes;
    fresh.overflow = fresh.overflow || c->out.overflow;
    buf_swap(&fresh, &c->out);
    buf_done(&fresh);
    for (struct held_reply *r = mine->first; r != NULL; r = r->mine) {
        r->begin += client_reply_at(c) - end;
        r->end += client_reply_at(c) - end;
    }
    let_go(c);
}

void held_fail(struct held *h, msec now_ms, const char *error)
{
    while (h->first != NULL && h->first->until_ms <= now_ms)
        fail_client(h, h->first->client, now_ms, error);
}

msec held_next_ms(const struct held *h)
{
    return h->first != NULL ? h->first->until_ms : MSEC_NEVER;
}

void held_forget(struct held *h, struct client *c)
{
    while (list_of(c)->first != NULL)
        drop(h, list_of(c)->first);
}
