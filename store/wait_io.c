#include "store/wait_io.h"

#include <assert.h>
#include <stdlib.h>

#include "store/session.h"
#include "store/shell_io.h"

/* One client that waits. */
struct waiter {
    struct waiter *next;
    uint64_t client_id;
    int64_t offset; /* that replicas must have */
    int64_t wanted; /* how many of them */
    msec until_ms;  /* MSEC_NEVER: as long as it takes */
};

static int64_t count_acked(const struct shell *sh, int64_t offset)
{
    int64_t n = 0;

    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next)
        n += r->phase == REPLICA_ONLINE && r->acked >= offset;
    return n;
}

static void on_timer(uv_timer_t *timer)
{
    struct shell *sh = timer->data;

    shell_set_clock(sh);
    wait_check(sh);
}

/* Sets the timer to the earliest time-out. */
static void arm(struct shell *sh)
{
    msec first = MSEC_NEVER;

    for (const struct waiter *w = sh->replicas.waiters; w != NULL; w = w->next)
        first = msec_min(first, w->until_ms);
    uv_timer_stop(&sh->replicas.wait_timer);
    if (first != MSEC_NEVER)
        uv_timer_start(&sh->replicas.wait_timer, on_timer,
                       (uint64_t)msec_max(first - sh->store.mono_ms, 0) + 1, 0);
}

/* Takes a waiter out, answers its client and frees it. */
static void finish(struct shell *sh, struct waiter **link, const char *error)
{
    struct waiter *w = *link;
    struct client *c = server_find(sh->server, w->client_id);

    *link = w->next;
    if (c != NULL) {
        if (error != NULL)
            resp_error(&c->reply, error);
        else
            resp_int(&c->reply, count_acked(sh, w->offset));
        client_resume(c);
    }
    free(w);
}

/* Answers those that are done: enough replicas, out of time, or (all) everybody. */
static void answer(struct shell *sh, bool all)
{
    struct waiter **link = &sh->replicas.waiters, *w;

    while ((w = *link) != NULL) {
        if (all || count_acked(sh, w->offset) >= w->wanted || w->until_ms <= sh->store.mono_ms)
            finish(sh, link, NULL);
        else
            link = &w->next;
    }
    arm(sh);
}

bool wait_unblock(struct shell *sh, uint64_t client_id, bool with_error)
{
    struct waiter **link = &sh->replicas.waiters;

    while (*link != NULL && (*link)->client_id != client_id)
        link = &(*link)->next;
    if (*link == NULL)
        return false;
    finish(sh, link, with_error ? blocked_error_unblocked : NULL);
    return true;
}

void wait_check(struct shell *sh)
{
    if (sh->replicas.waiters != NULL)
        answer(sh, false);
}

void wait_end_all(struct shell *sh)
{
    answer(sh, true);
}

void wait_forget(struct shell *sh, uint64_t client_id)
{
    struct waiter **link = &sh->replicas.waiters, *w;

    while ((w = *link) != NULL) {
        if (w->client_id != client_id) {
            link = &w->next;
            continue;
        }
        *link = w->next;
        free(w);
    }
}

void wait_start(struct shell *sh)
{
    uv_timer_init(sh->loop, &sh->replicas.wait_timer);
    sh->replicas.wait_timer.data = sh;
}

void wait_stop(struct shell *sh)
{
    uv_close((uv_handle_t *)&sh->replicas.wait_timer, NULL);
}

void cmd_wait(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    int64_t wanted, timeout_ms, acked, offset = session_of(c)->write_offset;
    struct waiter *w;

    (void)argc;
    if (store_is_replica(s)) {
        resp_error(&c->reply, "ERR WAIT cannot be used with replica instances. Please also note "
                              "that since Redis 4.0 if a "
                              "replica is configured to be writable (which is not the default) "
                              "writes to replicas are just "
                              "local and are not propagated.");
        return;
    }
    if (!store_arg_int(c, argv[1], &wanted))
        return;
    if (!slice_to_int64(argv[2], &timeout_ms)) {
        resp_error(&c->reply, "ERR timeout is not an integer or out of range");
        return;
    }
    if (timeout_ms < 0) {
        resp_error(&c->reply, "ERR timeout is negative");
        return;
    }
    acked = count_acked(sh, offset);
    if (acked >= wanted || s->in_exec) {
        resp_int(&c->reply, acked);
        return;
    }
    w = malloc(sizeof(*w));
    assert(w != NULL);
    w->client_id = c->id;
    w->offset = offset;
    w->wanted = wanted;
    w->until_ms = timeout_ms > 0 ? s->mono_ms + timeout_ms : MSEC_NEVER;
    w->next = sh->replicas.waiters;
    sh->replicas.waiters = w;
    client_block(c);
    sh->replicas.ask_acks = true;
    arm(sh);
}
