#include "store/failover_io.h"

#include <assert.h>
#include <stdio.h>

#include "store/primary_io.h"
#include "store/shell_io.h"
#include "wire/log_io.h"

/* The one way to change the phase. */
static void move(struct store *s, enum failover_phase to)
{
#define A(phase) (1u << FAILOVER_##phase)
    static const unsigned allowed[] = {
        [FAILOVER_NONE] = A(WAIT),
        [FAILOVER_WAIT] = A(NONE) | A(HANDOVER),
        [FAILOVER_HANDOVER] = A(NONE),
    };
#undef A

    assert(allowed[s->failover] & (1u << to));
    s->failover = to;
}

const char *failover_state_name(const struct shell *sh)
{
    static const char *const names[] = {
        [FAILOVER_NONE] = "no-failover",
        [FAILOVER_WAIT] = "waiting-for-sync",
        [FAILOVER_HANDOVER] = "failover-in-progress",
    };

    return names[sh->store.failover];
}

/* Writes that waited come again; as a replica we refuse them. */
static void end(struct shell *sh)
{
    move(&sh->store, FAILOVER_NONE);
    blocked_serve(&sh->store);
    server_retry(sh->server);
}

static void abort_failover(struct shell *sh, const char *why)
{
    bool handover = sh->store.failover == FAILOVER_HANDOVER;

    log_warning("failover: %s", why);
    if (handover)
        primary_lead(sh->primary);
    end(sh);
}

void failover_done(struct shell *sh)
{
    if (sh->store.failover != FAILOVER_HANDOVER)
        return;
    log_notice("failover: %s:%u is the primary now", sh->store.options.primary.host,
               sh->store.options.primary.port);
    end(sh);
}

void failover_refused(struct shell *sh, const char *why)
{
    char text[512];

    snprintf(text, sizeof(text), "the replica does not take over: %s", why);
    abort_failover(sh, text);
}

static bool is_target(const struct shell *sh, const struct replica *r, struct addr *ret_addr)
{
    const struct failover *f = &sh->failover;

    replica_addr(sh, r, ret_addr);
    return !addr_is_set(&f->target) || addr_equal(&f->target, ret_addr);
}

/* The replica that may take over: it has all. */
static bool find_ready(struct shell *sh, struct addr *ret_addr)
{
    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        if (r->phase == REPLICA_ONLINE && r->acked >= sh->failover.offset &&
            is_target(sh, r, ret_addr))
            return true;
    }
    return false;
}

/* Who has all that is fed so far? */
static void ask(struct shell *sh)
{
    struct slice getack[3] = { slice_str("REPLCONF"), slice_str("GETACK"), slice_str("*") };
    struct repl *repl = &sh->store.repl;

    sh->failover.offset = repl->offset;
    repl_feed_command(repl, -1, 3, getack);
    sh->failover.asked = repl->offset;
}

static void hand_over(struct shell *sh, const struct addr *to, bool has_all)
{
    struct store *s = &sh->store;

    log_notice("failover: handing over to %s:%u at offset %lld", to->host, to->port,
               (long long)s->repl.offset);
    /* Behind it there is only our GETACK, which it may have read or not. */
    if (has_all)
        repl_cut(&s->repl, sh->failover.offset);
    move(s, FAILOVER_HANDOVER);
    primary_hand_over(sh->primary, to);
}

void failover_check(struct shell *sh)
{
    const struct failover *f = &sh->failover;
    struct addr to;

    if (sh->store.failover != FAILOVER_WAIT)
        return;
    /* Nothing is fed while writes wait; should it be, that has to arrive too. */
    if (f->asked != sh->store.repl.offset)
        ask(sh);
    if (find_ready(sh, &to))
        hand_over(sh, &to, true);
    else if (f->until_ms > sh->store.mono_ms)
        return;
    else if (f->force)
        hand_over(sh, &f->target, false);
    else
        abort_failover(sh, "no replica caught up in time");
}

bool failover_take_over(struct shell *sh, struct client *c, struct slice id)
{
    struct store *s = &sh->store;

    if (!store_is_replica(s)) {
        resp_error(&c->reply, "ERR PSYNC FAILOVER can't be sent to a master.");
        return false;
    }
    if (!repl_id_is(s->repl.id, id)) {
        resp_error(&c->reply, "ERR PSYNC FAILOVER replid must match my replid.");
        return false;
    }
    log_notice("taking the place of our primary, as %s asked", c->addr);
    primary_lead(sh->primary);
    return true;
}

/* --- the command ----------------------------------------------------------------------------- */

/* What is asked for. */
struct request {
    int64_t timeout_ms; /* 0: none */
    const struct slice *host;
    int64_t port;
    bool force;
};

/* False after the error was written. */
static bool parse(struct client *c, size_t argc, const struct slice *argv, struct request *q)
{
    for (size_t i = 1; i < argc; i++) {
        if (slice_is_nocase(argv[i], "timeout") && i + 1 < argc && q->timeout_ms == 0) {
            if (!store_arg_int(c, argv[++i], &q->timeout_ms))
                return false;
            if (q->timeout_ms <= 0 || q->timeout_ms > INT64_MAX / 2) {
                resp_error(&c->reply, "ERR FAILOVER timeout must be greater than 0");
                return false;
            }
        } else if (slice_is_nocase(argv[i], "to") && i + 2 < argc && q->host == NULL) {
            q->host = &argv[i + 1];
            if (!store_arg_int(c, argv[i + 2], &q->port))
                return false;
            i += 2;
        } else if (slice_is_nocase(argv[i], "force")) {
            q->force = true;
        } else {
            resp_error(&c->reply, store_error_syntax);
            return false;
        }
    }
    return true;
}

/* Why a failover cannot begin now, in the order in which Redis asks; or NULL. */
static const char *obstacle(const struct shell *sh, const struct request *q)
{
    const struct store *s = &sh->store;

    if (s->failover != FAILOVER_NONE)
        return "ERR FAILOVER already in progress.";
    if (store_is_replica(s))
        return "ERR FAILOVER is not valid when server is a replica.";
    if (sh->replicas.count == 0)
        return "ERR FAILOVER requires connected replicas.";
    if (q->force && (q->timeout_ms == 0 || q->host == NULL))
        return "ERR FAILOVER with force option requires both a timeout and target HOST and IP.";
    return NULL;
}

/* The replica that was named; an error text when it is none, or not ready. */
static const char *find_named(const struct shell *sh, const struct request *q, struct addr *ret)
{
    struct addr addr;

    if (!addr_set_slice(ret, q->host->p, q->host->n, q->port))
        return "ERR FAILOVER target HOST and PORT is not a replica.";
    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        replica_addr(sh, r, &addr);
        if (r->phase != REPLICA_NEW && addr_equal(&addr, ret))
            return r->phase == REPLICA_ONLINE ? NULL : "ERR FAILOVER target replica is not online.";
    }
    return "ERR FAILOVER target HOST and PORT is not a replica.";
}

void cmd_failover(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    struct request q = { .timeout_ms = 0 };
    struct failover f = { .until_ms = MSEC_NEVER };
    const char *why;

    if (argc == 2 && slice_is_nocase(argv[1], "abort")) {
        if (s->failover == FAILOVER_NONE) {
            resp_error(&c->reply, "ERR No failover in progress.");
            return;
        }
        abort_failover(sh, "aborted by a client");
        resp_ok(&c->reply);
        return;
    }
    if (!parse(c, argc, argv, &q))
        return;
    why = obstacle(sh, &q);
    if (why == NULL && q.host != NULL)
        why = find_named(sh, &q, &f.target);
    if (why != NULL) {
        resp_error(&c->reply, why);
        return;
    }
    f.force = q.force;
    if (q.timeout_ms > 0)
        f.until_ms = s->mono_ms + q.timeout_ms;
    sh->failover = f;
    log_notice("failover: waiting for a replica, as client %s asked", c->addr);
    move(s, FAILOVER_WAIT);
    ask(sh);
    resp_ok(&c->reply);
}
