/* What the server brings: clients, their requests, and what is done before replies leave. */
#include "store/exec.h"
#include "store/guard_io.h"
#include "store/held_io.h"
#include "store/session.h"
#include "store/shell_parts_io.h"
#include "store/unblock_io.h"
#include "wire/client_pubsub.h"
#include "wire/log_io.h"

/*
 * Per request: the loop's own time is good enough for what is counted in seconds, that of keys is
 * not. Of requests that come in one piece each begins where the one before ended, so that a clock
 * need not be asked twice.
 */
static void set_request_clock(struct shell *sh, const struct client *c)
{
    bool follows = sh->asked_last == c->id;

    shell_set_clocks(sh, follows ? sh->store.clock_ns : shell_clock_ns(), (msec)uv_now(sh->loop));
    sh->asked_last = c->id;
    /* This one must not be old: a process that was stopped in mid-turn would go on writing. */
    if (option_number(&sh->store.options, OPT_WRITE_LEASE) > 0)
        sh->store.lease_ms = guard_clock_ms();
    sh->store.forked = sh->saver.child != NULL;
}

static void on_opened(void *arg, struct client *c)
{
    struct shell *sh = arg;

    session_open(&sh->store, c);
    acl_gate_greet(&sh->store.gate, c);
}

static void on_client_closed(void *arg, struct client *c, const char *why)
{
    struct shell *sh = arg;

    log_debug("client %llu at %s closed: %s", (unsigned long long)c->id, c->addr, why);
    shell_set_clock(sh);
    pubsub_leave(sh->store.pubsub, &c->subs);
    replicas_client_closed(sh, c);
    session_close(&sh->store, c);
}

static enum server_verdict on_request(void *arg, struct client *c, const struct resp_request *req)
{
    struct shell *sh = arg;

    set_request_clock(sh, c);
    return exec_request(&sh->store, c, req->argc, req->argv) ? SERVER_DONE : SERVER_AGAIN;
}

/*
 * The process may have been stopped, or the host have slept, between a write and its reply: by now
 * somebody else may be the primary, so the client must not hear that its write was taken. It hears
 * nothing. Asked for each client, since a turn's replies take their time to leave.
 */
static bool may_send(void *arg, struct client *c)
{
    struct shell *sh = arg;
    struct store *s = &sh->store;
    struct session *session = session_of(c);

    if (option_number(&s->options, OPT_WRITE_LEASE) == 0 ||
        session->last_change == session->told_change)
        return true;
    s->lease_ms = guard_clock_ms();
    if (store_lease_lapsed(s) && !store_is_replica(s))
        return false;
    if (client_sendable_bytes(c) == buf_used(&c->out))
        session->told_change = session->last_change;
    return true;
}

static void on_before_send(void *arg)
{
    struct shell *sh = arg;

    aof_flush(sh);
    held_settle(sh);
    replicas_flush(sh);
    unblock_arm(arg);
    sh->asked_last = 0;
}

/* A replica's socket is quiet: it can be handed to a child. */
static void on_drained(void *arg, struct client *c)
{
    (void)c;
    replicas_tick(arg);
}

const struct server_app shell_app = {
    .request = on_request,
    .opened = on_opened,
    .closed = on_client_closed,
    .drained = on_drained,
    .before_send = on_before_send,
    .may_send = may_send,
};

bool shell_run_from_primary(struct shell *sh, struct client *c, size_t argc,
                            const struct slice *argv)
{
    buf_reset(&c->out);
    exec_request(&sh->store, c, argc, argv);
    return buf_used(&c->out) == 0 || buf_data(&c->out)[0] != '-';
}
