#include "store/cmd.h"

#include "store/exec.h"
#include "store/session.h"
#include "store/store.h"

void cmd_multi(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    if (c->flags & CLIENT_IN_MULTI) {
        resp_error(&c->reply, "ERR MULTI calls can not be nested");
        return;
    }
    session_begin(c);
    resp_ok(&c->reply);
}

void cmd_discard(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)argc;
    (void)argv;
    if (!(c->flags & CLIENT_IN_MULTI)) {
        resp_error(&c->reply, "ERR DISCARD without MULTI");
        return;
    }
    session_discard(app, c);
    resp_ok(&c->reply);
}

static bool key_expired(void *arg, int db, struct slice key)
{
    struct store *s = arg;
    struct key_ref ref;
    struct entry *e = keyspace_find(&s->data.dbs[db], key, &ref);

    return e != NULL && store_entry_expired(s, e);
}

/* The user's rights may have changed since. */
static bool still_allowed(struct store *s, struct client *c, const struct queued *q)
{
    const char *why = store_acl_refusal(s, c, &q->match, q->argc, q->argv);

    if (why != NULL)
        resp_errorf(&c->reply,
                    "NOPERM ACLs rules changed between the moment the transaction was accumulated "
                    "and the EXEC call. This command is no longer allowed for the following "
                    "reason: %s",
                    s->gate.reason);
    return why == NULL;
}

/* Runs what was queued. The stream has it as one transaction, if any of it is fed at all. */
static void run_queued(struct store *s, struct client *c)
{
    struct session *session = session_of(c);
    bool begun;

    watch_clear(&s->watches, &session->watched);
    resp_array(&c->reply, session->queued);
    begun = store_effects_begin(s);
    for (struct queued *q = session->first; q != NULL; q = q->next)
        if (still_allowed(s, c, q))
            exec_call(s, c, q->match.command, q->argc, q->argv);
    store_effects_end(s, begun);
    store_no_propagate(s);
}

void cmd_exec(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    if (!(c->flags & CLIENT_IN_MULTI)) {
        resp_error(&c->reply, "ERR EXEC without MULTI");
        return;
    }
    if (session_of(c)->failed)
        resp_error(&c->reply, "EXECABORT Transaction discarded because of previous errors.");
    else if ((c->flags & CLIENT_DIRTY) ||
             watch_any_expired(&session_of(c)->watched, key_expired, s))
        resp_null_array(&c->reply);
    else
        run_queued(s, c);
    session_discard(s, c);
}

void cmd_watch(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    if (c->flags & CLIENT_IN_MULTI) {
        resp_error(&c->reply, "ERR WATCH inside MULTI is not allowed");
        return;
    }
    /* Once dirty, always dirty until EXEC: more keys would only cost. */
    for (size_t i = 1; i < argc && !(c->flags & CLIENT_DIRTY); i++)
        watch_add(&s->watches, &session_of(c)->watched, c, c->db, argv[i],
                  key_expired(s, c->db, argv[i]));
    resp_ok(&c->reply);
}

void cmd_unwatch(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;

    (void)argc;
    (void)argv;
    watch_clear(&s->watches, &session_of(c)->watched);
    c->flags &= ~(unsigned)CLIENT_DIRTY;
    resp_ok(&c->reply);
}
