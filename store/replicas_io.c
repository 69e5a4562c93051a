#include "store/replicas_io.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/primary_io.h"
#include "store/session.h"
#include "store/shell_io.h"
#include "store/sync_io.h"
#include "store/wait_io.h"
#include "wire/log_io.h"

#define WAITING_NEWLINE_MS                                                                         \
    1000 /* how often a replica that waits for its turn hears that we live                         \
          */

/* --- their lives ----------------------------------------------------------------------------- */

static struct replica *replica_of(const struct client *c)
{
    return session_of(c)->replica;
}

/* The record of a link that says it is a replica's; made at its first REPLCONF or PSYNC. */
static struct replica *need_replica(struct shell *sh, struct client *c)
{
    struct replica *r = replica_of(c);

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

/* From now on the client is a replica's link, and says no more than a replica does. */
static void enter(struct shell *sh, struct client *c, struct replica *r, enum replica_phase phase)
{
    assert(r->phase == REPLICA_NEW);
    r->phase = phase;
    r->waits_since_ms = sh->store.mono_ms;
    r->heard_ms = sh->store.mono_ms;
    c->flags |= CLIENT_IS_REPLICA;
    sh->replicas.count++;
    set_nodelay(sh, c);
}

void replicas_client_closed(struct shell *sh, struct client *c)
{
    struct replica *r = replica_of(c), **link = &sh->replicas.first;

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
    if (r->aside.overflow)
        server_close(sh->server, c, "output buffer limit");
    if (to == &c->out)
        client_touch(c);
}

void replicas_flush(struct shell *sh)
{
    struct repl *repl = &sh->store.repl;

    bool ask = sh->replicas.ask_acks;

    sh->replicas.ask_acks = false; /* feeding may call us again */
    if (ask && !store_is_replica(&sh->store) && repl_is_fed(repl)) {
        struct slice getack[3] = { slice_str("REPLCONF"), slice_str("GETACK"), slice_str("*") };
        repl_feed_command(repl, -1, 3, getack);
    }
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

static void count_good(struct shell *sh)
{
    int64_t lag_max = option_number(&sh->store.options, OPT_MIN_REPLICAS_LAG);
    size_t good = 0;

    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next)
        good += r->phase == REPLICA_ONLINE && replica_lag_s(sh, r) <= lag_max;
    sh->store.good_replicas = good;
}

/* A primary says PING in its stream; replicas that wait for a child get a line end, which means
 * nothing. */
static void ping(struct shell *sh)
{
    msec period_ms = option_number(&sh->store.options, OPT_PING_PERIOD) * 1000;
    struct slice word = slice_str("PING");
    struct store *s = &sh->store;

    if (s->mono_ms - sh->replicas.pinged_ms < period_ms || sh->replicas.count == 0)
        return;
    sh->replicas.pinged_ms = s->mono_ms;
    if (!store_is_replica(s) && repl_is_fed(&s->repl) && !store_is_paused(s, true))
        repl_feed_command(&s->repl, -1, 1, &word);
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
    if (r->phase == REPLICA_ONLINE && sh->store.mono_ms - r->heard_ms > limit_ms) {
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
    count_good(sh);
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

/* --- commands -------------------------------------------------------------------------------- */

/* REPLCONF ACK: no reply, ever. */
static void take_ack(struct shell *sh, struct client *c, struct slice offset)
{
    struct replica *r = replica_of(c);
    int64_t acked;

    if (r == NULL || !(c->flags & CLIENT_IS_REPLICA) || !slice_to_int64(offset, &acked))
        return;
    if (acked > r->acked)
        r->acked = acked;
    r->heard_ms = sh->store.mono_ms;
    r->early_ack = r->early_ack || r->phase == REPLICA_SYNC;
    if (r->phase == REPLICA_LOADING) {
        r->phase = REPLICA_ONLINE;
        log_notice("replica %s is online", c->addr);
        replicas_flush(sh);
    }
    count_good(sh);
    wait_check(sh);
}

/* One pair of REPLCONF; false after an error was written. */
static bool take_setting(struct shell *sh, struct client *c, struct slice name, struct slice value)
{
    int64_t port;

    if (slice_is_nocase(name, "listening-port")) {
        if (!store_arg_int(c, value, &port))
            return false;
        need_replica(sh, c)->port = (uint16_t)port;
    } else if (slice_is_nocase(name, "ip-address")) {
        if (!slice_copy(value, need_replica(sh, c)->ip, HOST_LEN_MAX + 1)) {
            need_replica(sh, c)->ip[0] = '\0';
            resp_errorf(
                &c->reply,
                "ERR REPLCONF ip-address provided by replica instance is too long: %zu bytes",
                value.n);
            return false;
        }
    } else if (slice_is_nocase(name, "capa")) {
        struct replica *r = need_replica(sh, c);
        r->capa_eof = r->capa_eof || slice_is_nocase(value, "eof");
        r->capa_psync2 = r->capa_psync2 || slice_is_nocase(value, "psync2");
    } else if (!slice_is_nocase(name, "rdb-only") && !slice_is_nocase(name, "rdb-filter-only")) {
        resp_errorf(&c->reply, "ERR Unrecognized REPLCONF option: %.*s",
                    (int)(name.n < 128 ? name.n : 128), name.p);
        return false;
    }
    return true;
}

void cmd_replconf(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct shell *sh = shell_of(app);

    if (argc % 2 == 0) {
        resp_error(&c->reply, store_error_syntax);
        return;
    }
    for (size_t i = 1; i < argc; i += 2) {
        if (slice_is_nocase(argv[i], "ack")) {
            take_ack(sh, c, argv[i + 1]);
            return;
        }
        if (slice_is_nocase(argv[i], "getack")) {
            /* Our primary asks; primary_io answers behind the command. */
            if (c->flags & CLIENT_IS_MASTER)
                primary_ack_soon(sh->primary);
            return;
        }
        if (!take_setting(sh, c, argv[i], argv[i + 1]))
            return;
    }
    resp_ok(&c->reply);
}

static void continue_from(struct shell *sh, struct client *c, struct replica *r, int64_t offset)
{
    struct store *s = &sh->store;
    char line[REPL_ID_SIZE + 32];

    enter(sh, c, r, REPLICA_ONLINE);
    r->cursor = offset;
    r->acked = offset - 1;
    if (r->capa_psync2)
        snprintf(line, sizeof(line), "CONTINUE %s", s->repl.id);
    else
        snprintf(line, sizeof(line), "CONTINUE");
    resp_simple(&c->reply, line);
    s->stats.sync_partial_ok++;
    log_notice("replica %s continues from offset %lld, %lld bytes behind", c->addr,
               (long long)offset, (long long)(s->repl.backlog.next - offset));
    count_good(sh);
}

void cmd_psync(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    struct replica *r = need_replica(sh, c);
    enum repl_answer answer;
    int64_t offset;

    (void)argc;
    if (r->phase != REPLICA_NEW)
        return;
    if (store_is_replica(s) && s->link != LINK_CONNECTED) {
        resp_error(&c->reply, "NOMASTERLINK Can't SYNC while not connected with my master");
        return;
    }
    if (!store_arg_int(c, argv[2], &offset))
        return;
    answer = repl_decide(&s->repl, argv[1], offset);
    if (answer == REPL_CONTINUE) {
        continue_from(sh, c, r, offset);
        return;
    }
    if (answer != REPL_FULL_ASKED)
        s->stats.sync_partial_err++;
    s->stats.sync_full++;
    log_notice("replica %s needs a full synchronisation: %s", c->addr, repl_answer_text(answer));
    enter(sh, c, r, REPLICA_WAIT);
    repl_need_backlog(&s->repl, &s->prng);
    /* What was replied to the REPLCONFs must have left before the child writes. */
    server_want_drained(sh->server, c);
}

void cmd_sync(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    (void)app;
    (void)argc;
    (void)argv;
    resp_error(&c->reply, "ERR SYNC is not supported, use PSYNC");
}

static void role_of_replica(struct shell *sh, struct client *c)
{
    static const char *const names[] = {
        [LINK_NONE] = "none", [LINK_CONNECT] = "connect",     [LINK_CONNECTING] = "connecting",
        [LINK_SYNC] = "sync", [LINK_CONNECTED] = "connected",
    };
    const struct store *s = &sh->store;

    resp_array(&c->reply, 5);
    resp_bulk_str(&c->reply, "slave");
    resp_bulk_str(&c->reply, s->options.primary.host);
    resp_int(&c->reply, s->options.primary.port);
    resp_bulk_str(&c->reply, names[s->link]);
    resp_int(&c->reply, s->link == LINK_CONNECTED ? s->repl.offset : -1);
}

void cmd_role(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    size_t mark, shown = 0;

    (void)argc;
    (void)argv;
    if (store_is_replica(s)) {
        role_of_replica(sh, c);
        return;
    }
    resp_array(&c->reply, 3);
    resp_bulk_str(&c->reply, "master");
    resp_int(&c->reply, s->repl.offset);
    mark = resp_hold(&c->reply);
    for (const struct replica *r = sh->replicas.first; r != NULL; r = r->next) {
        struct addr addr;

        if (r->phase != REPLICA_ONLINE)
            continue;
        replica_addr(sh, r, &addr);
        resp_array(&c->reply, 3);
        resp_bulk_str(&c->reply, addr.host);
        resp_bulk_int(&c->reply, addr.port);
        resp_bulk_int(&c->reply, r->acked);
        shown++;
    }
    resp_array_at(&c->reply, mark, shown);
}
