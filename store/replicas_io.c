#include "store/replicas_io.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/failover_io.h"
#include "store/primary_io.h"
#include "store/session.h"
#include "store/shell_io.h"
#include "store/sync_io.h"
#include "store/wait_io.h"
#include "wire/log_io.h"

#define REPLICA_ACK_MAX_MS 3000 /* replicas say something every second */
#define WAITING_NEWLINE_MS                                                                         \
    1000 /* how often a replica that waits for its turn hears that we live                         \
          */

/* --- their lives ----------------------------------------------------------------------------- */

struct replica *replicas_need(struct shell *sh, struct client *c)
{
    struct replica *r = session_of(c)->replica;

    if (r != NULL)
        return r;
    r = calloc(1, sizeof(*r));
    assert(r != NULL);
    r->client_id = c->id;
    r->heard_ms = sh->store.mono_ms;
    r->next = sh->replicas.first;
    sh->replicas.first = r;
    session_of(c)->replica = r;
    return r;
}

void replica_move(struct replica *r, enum replica_phase to)
{
#define A(phase) (1u << REPLICA_##phase)
    static const unsigned allowed[] = {
        [REPLICA_NEW] = A(WAIT) | A(ONLINE),
        [REPLICA_WAIT] = A(SYNC),
        [REPLICA_SYNC] = A(LOADING) | A(ONLINE),
        [REPLICA_LOADING] = A(ONLINE),
        [REPLICA_ONLINE] = 0,
    };
#undef A

    assert(allowed[r->phase] & (1u << to));
    r->phase = to;
}

/* Small packets at once, or fewer and larger ones. */
static void set_nodelay(struct shell *sh, struct client *c)
{
    int nodelay = !option_number(&sh->store.options, OPT_REPL_NODELAY_OFF),
        fd = server_dup_fd(sh->server, c);

    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof(nodelay));
    close(fd);
}

void replicas_enter(struct shell *sh, struct client *c, struct replica *r, enum replica_phase phase)
{
    replica_move(r, phase);
    r->waits_since_ms = sh->store.mono_ms;
    r->heard_ms = sh->store.mono_ms;
    c->flags |= CLIENT_IS_REPLICA;
    sh->replicas.count++;
    set_nodelay(sh, c);
}

void replicas_client_closed(struct shell *sh, struct client *c)
{
    struct replica *r = session_of(c)->replica, **link = &sh->replicas.first;

    wait_forget(sh, c->id);
    if (r == NULL)
        return;
    while (*link != r)
        link = &(*link)->next;
    *link = r->next;
    if (r->phase != REPLICA_NEW) {
        log_notice("replica %s disconnected", c->addr);
        sh->replicas.count--;
        if (sh->replicas.count == 0)
            sh->replicas.empty_since_ms = sh->store.mono_ms;
    }
    buf_done(&r->aside);
    free(r);
    session_of(c)->replica = NULL;
    replicas_count_good(sh);
}

void replicas_disconnect(struct shell *sh, const char *why)
{
    for (struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        struct client *c = server_find(sh->server, r->client_id);

        if (c != NULL && r->phase != REPLICA_NEW)
            server_close(sh->server, c, why);
    }
    sync_stop(sh);
}

/* --- sending --------------------------------------------------------------------------------- */

/* Puts what is behind the cursor where it belongs now. */
static void move_stream(struct shell *sh, struct replica *r)
{
    struct client *c = server_find(sh->server, r->client_id);
    struct repl *repl = &sh->store.repl;
    struct buf *to = r->phase == REPLICA_ONLINE ? &c->out : &r->aside;
    struct slice runs[2];
    size_t n;

    if (!backlog_holds(&repl->backlog, r->cursor)) {
        server_close(sh->server, c, "it fell behind the backlog");
        return;
    }
    if (r->phase == REPLICA_ONLINE && buf_used(&r->aside) > 0) {
        buf_append(to, buf_data(&r->aside), buf_used(&r->aside));
        buf_done(&r->aside);
    }
    n = backlog_read(&repl->backlog, r->cursor, runs);
    for (size_t i = 0; i < n; i++) {
        buf_append(to, runs[i].p, runs[i].n);
        sh->store.stats.repl_bytes_out += runs[i].n;
    }
    r->cursor = repl->backlog.next;
    if (r->aside.overflow) {
        log_warning("replica %s closed: output buffer limit, in a full synchronisation", c->addr);
        server_close(sh->server, c, "output buffer limit");
    }
    if (to == &c->out)
        client_touch(c);
}

/* Once for all that wait. While the offset must stand still, they wait for the ACKs that come by
 * themselves. */
static void ask_acks(struct shell *sh)
{
    struct slice getack[3] = { slice_str("REPLCONF"), slice_str("GETACK"), slice_str("*") };
    struct store *s = &sh->store;

    if (!sh->replicas.ask_acks || store_is_paused(s, true))
        return;
    sh->replicas.ask_acks = false; /* feeding may come here again */
    if (!store_is_replica(s) && repl_is_fed(&s->repl))
        repl_feed_command(&s->repl, -1, 3, getack);
}

void replicas_flush(struct shell *sh)
{
    struct repl *repl = &sh->store.repl;

    ask_acks(sh);
    repl->unread = 0;
    for (struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        bool has_more = r->phase >= REPLICA_SYNC && repl->backlog.mem != NULL &&
                        (r->cursor != repl->backlog.next ||
                         (r->phase == REPLICA_ONLINE && buf_used(&r->aside) > 0));

        if (has_more && server_find(sh->server, r->client_id) != NULL)
            move_stream(sh, r);
    }
}

/* --- time ------------------------------------------------------------------------------------ */

int64_t replica_lag_s(const struct shell *sh, const struct replica *r)
{
    return r->phase == REPLICA_ONLINE ? (sh->store.mono_ms - r->heard_ms) / 1000 : -1;
}

void replicas_count_good(struct shell *sh)
{
    int64_t lag_max = option_number(&sh->store.options, OPT_MIN_REPLICAS_LAG);
    size_t good = 0, online = 0;

    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        online += r->phase == REPLICA_ONLINE;
        good += r->phase == REPLICA_ONLINE && replica_lag_s(sh, r) <= lag_max;
    }
    sh->store.good_replicas = good;
    sh->store.online_replicas = online;
}

/* True when an online replica has said something within so many milliseconds. */
static bool any_hears(const struct shell *sh, msec within_ms)
{
    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        if (r->phase == REPLICA_ONLINE && sh->store.mono_ms - r->heard_ms <= within_ms)
            return true;
    }
    return false;
}

/* A primary says PING in its stream; replicas that wait for a child get a line end, which means
 * nothing. One that is cut off from all of them says nothing: it might be a primary no more, and
 * with bytes of its own in its history it could not continue elsewhere. */
static void ping(struct shell *sh)
{
    msec period_ms = option_number(&sh->store.options, OPT_PING_PERIOD) * 1000;
    struct slice word = slice_str("PING");
    struct store *s = &sh->store;

    if (s->mono_ms - sh->replicas.pinged_ms < period_ms || sh->replicas.count == 0)
        return;
    sh->replicas.pinged_ms = s->mono_ms;
    if (!store_is_replica(s) && repl_is_fed(&s->repl) && !store_is_paused(s, true) &&
        any_hears(sh, msec_max(period_ms, REPLICA_ACK_MAX_MS)))
        repl_feed_command(&s->repl, -1, 1, &word);
}

/* The soft limit for what is put aside; what is on its way already is the server's business. */
static bool is_over_soft(const struct shell *sh, struct replica *r)
{
    const struct server_output_limit *limit = &server_options(sh->server)->output[CLIENT_REPLICA];

    if (limit->soft_bytes == 0 || buf_used(&r->aside) <= limit->soft_bytes)
        r->over_since_ms = 0;
    else if (r->over_since_ms == 0)
        r->over_since_ms = sh->store.mono_ms;
    return r->over_since_ms > 0 && sh->store.mono_ms - r->over_since_ms >= limit->soft_ms;
}

static void check_one(struct shell *sh, struct replica *r)
{
    struct client *c = server_find(sh->server, r->client_id);
    msec limit_ms = option_number(&sh->store.options, OPT_REPL_TIMEOUT) * 1000;

    if (c == NULL)
        return;
    if (r->phase == REPLICA_WAIT && client_unsent_bytes(c) == 0 &&
        sh->store.mono_ms - r->heard_ms >= WAITING_NEWLINE_MS) {
        r->heard_ms = sh->store.mono_ms;
        resp_raw(&c->reply, "\n", 1);
        client_touch(c);
    }
    if (is_over_soft(sh, r)) {
        log_warning("replica %s closed: soft output buffer limit, in a full synchronisation",
                    c->addr);
        server_close(sh->server, c, "soft output buffer limit");
    }
    if (r->phase >= REPLICA_LOADING &&
        sh->store.mono_ms - msec_max(r->heard_ms, c->active_ms) > limit_ms) {
        log_warning("replica %s is silent", c->addr);
        server_close(sh->server, c, "silent replica");
    }
}

/* Nobody has continued from the backlog for so long that it is dropped; what it proves goes with
 * it. */
static void age_backlog(struct shell *sh)
{
    struct store *s = &sh->store;
    msec ttl_ms = option_number(&s->options, OPT_BACKLOG_TTL) * 1000;

    if (store_is_replica(s) || sh->replicas.count > 0 || ttl_ms == 0 || !repl_is_fed(&s->repl))
        return;
    if (s->mono_ms - sh->replicas.empty_since_ms > ttl_ms) {
        log_notice("the replication backlog is dropped, there was no replica for %lld s",
                   (long long)(ttl_ms / 1000));
        repl_drop_backlog(&s->repl, &s->prng);
    }
}

void replicas_tick(struct shell *sh)
{
    ping(sh);
    for (struct replica *r = sh->replicas.first, *next; r != NULL; r = next) {
        next = r->next;
        check_one(sh, r);
    }
    replicas_count_good(sh);
    failover_check(sh);
    age_backlog(sh);
    sync_try(sh);
    replicas_flush(sh);
}

void replicas_child_ended(struct shell *sh)
{
    sync_try(sh);
    replicas_flush(sh);
}

static void on_spill(void *arg)
{
    replicas_flush(arg);
}

void replicas_start(struct shell *sh)
{
    sh->store.repl.spill = on_spill;
    sh->store.repl.spill_arg = sh;
    sh->replicas.empty_since_ms = sh->store.mono_ms;
    sh->replicas.pinged_ms = sh->store.mono_ms;
    wait_start(sh);
}

void replicas_stop(struct shell *sh)
{
    sync_stop(sh);
    wait_stop(sh);
}

/* --- what is told of them -------------------------------------------------------------------- */

void replica_addr(const struct shell *sh, const struct replica *r, struct addr *ret)
{
    const struct client *c = server_find(sh->server, r->client_id);
    struct addr peer = { .host = "" };

    memset(ret, 0, sizeof(*ret));
    if (c != NULL)
        addr_parse(&peer, c->addr);
    snprintf(ret->host, sizeof(ret->host), "%s", r->ip[0] != '\0' ? r->ip : peer.host);
    ret->port = r->port;
}

const char *replica_state_name(const struct replica *r)
{
    static const char *const names[] = {
        [REPLICA_NEW] = "new",        [REPLICA_WAIT] = "wait_bgsave",
        [REPLICA_SYNC] = "send_bulk", [REPLICA_LOADING] = "send_bulk",
        [REPLICA_ONLINE] = "online",
    };

    return names[r->phase];
}
