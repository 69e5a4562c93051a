#include "store/replicas_io.h"

#include <stdio.h>

#include "store/failover_io.h"
#include "store/held_io.h"
#include "store/primary_io.h"
#include "store/session.h"
#include "store/shell_io.h"
#include "store/wait_io.h"
#include "wire/log_io.h"

/* REPLCONF ACK: no reply, ever. */
static void take_ack(struct shell *sh, struct client *c, struct slice offset)
{
    struct replica *r = session_of(c)->replica;
    int64_t acked;

    if (r == NULL || !(c->flags & CLIENT_IS_REPLICA) || !slice_to_int64(offset, &acked))
        return;
    if (acked > r->acked)
        r->acked = acked;
    r->heard_ms = sh->store.mono_ms;
    r->early_ack = r->early_ack || r->phase == REPLICA_SYNC;
    if (r->phase == REPLICA_LOADING) {
        replica_move(r, REPLICA_ONLINE);
        log_notice("replica %s is online", c->addr);
        replicas_flush(sh);
    }
    replicas_count_good(sh);
    wait_check(sh);
    held_check(sh);
    failover_check(sh);
}

/* One pair of REPLCONF; false after an error was written. */
static bool take_setting(struct shell *sh, struct client *c, struct slice name, struct slice value)
{
    int64_t port;

    if (slice_is_nocase(name, "listening-port")) {
        if (!store_arg_int(c, value, &port))
            return false;
        replicas_need(sh, c)->port = (uint16_t)port;
    } else if (slice_is_nocase(name, "ip-address")) {
        if (!slice_copy(value, replicas_need(sh, c)->ip, HOST_LEN_MAX + 1)) {
            replicas_need(sh, c)->ip[0] = '\0';
            resp_errorf(
                &c->reply,
                "ERR REPLCONF ip-address provided by replica instance is too long: %zu bytes",
                value.n);
            return false;
        }
    } else if (slice_is_nocase(name, "capa")) {
        struct replica *r = replicas_need(sh, c);
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

    replicas_enter(sh, c, r, REPLICA_ONLINE);
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
    replicas_count_good(sh);
}

void cmd_psync(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    struct replica *r = replicas_need(sh, c);
    enum repl_answer answer;
    int64_t offset;

    if (r->phase != REPLICA_NEW)
        return;
    if (argc > 3 && slice_is_nocase(argv[3], "FAILOVER") && !failover_take_over(sh, c, argv[1]))
        return;
    if (s->failover != FAILOVER_NONE) {
        resp_error(&c->reply, "NOMASTERLINK Can't SYNC while failing over");
        return;
    }
    if (store_is_replica(s) && s->link != LINK_CONNECTED) {
        resp_error(&c->reply, "NOMASTERLINK Can't SYNC while not connected with my master");
        return;
    }
    /* Redis's word for "try again later": what we have might be less than what it has. */
    if (s->guard.gate == GUARD_CLOSED) {
        resp_error(&c->reply, "NOMASTERLINK Can't SYNC while the start gate is closed");
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
    replicas_enter(sh, c, r, REPLICA_WAIT);
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
