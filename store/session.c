#include "store/session.h"

#include <assert.h>
#include <stdlib.h>

#include "store/store.h"

void session_open(struct store *s, struct client *c)
{
    c->pubsub = s->pubsub;
    c->user = calloc(1, sizeof(struct session));
    assert(c->user != NULL);
}

void session_close(struct store *s, struct client *c)
{
    session_discard(s, c);
    held_forget(&s->held, c);
    blocked_forget(s, c);
    assert(session_of(c)->replica == NULL);
    free(c->user);
    c->user = NULL;
}

void session_begin(struct client *c)
{
    c->flags |= CLIENT_IN_MULTI;
    c->multi = 0;
}

bool session_queue(struct client *c, const struct command_match *m, size_t argc,
                   const struct slice *argv)
{
    struct session *session = session_of(c);
    size_t bytes = sizeof(struct queued) + argc * sizeof(struct slice);
    struct queued *q;
    char *to;

    for (size_t i = 0; i < argc; i++)
        bytes += argv[i].n;
    if (session->queued >= QUEUED_COMMANDS_MAX || (q = malloc(bytes)) == NULL)
        return false;
    to = (char *)(q->argv + argc);
    for (size_t i = 0; i < argc; i++) {
        q->argv[i].p = to;
        q->argv[i].n = argv[i].n;
        if (argv[i].n > 0)
            memcpy(to, argv[i].p, argv[i].n);
        to += argv[i].n;
    }
    q->next = NULL;
    q->match = *m;
    q->argc = argc;
    if (session->first == NULL)
        session->first = q;
    else
        session->last->next = q;
    session->last = q;
    session->queued++;
    session->queued_bytes += bytes;
    session->queued_flags |= m->command->flags;
    c->multi++;
    return true;
}

void session_discard(struct store *s, struct client *c)
{
    struct session *session = session_of(c);

    while (session->first != NULL) {
        struct queued *q = session->first;
        session->first = q->next;
        free(q);
    }
    session->last = NULL;
    session->queued = 0;
    session->queued_bytes = 0;
    session->queued_flags = 0;
    session->failed = false;
    c->flags &= ~(unsigned)(CLIENT_IN_MULTI | CLIENT_DIRTY);
    c->multi = -1;
    watch_clear(&s->watches, &session->watched);
}
