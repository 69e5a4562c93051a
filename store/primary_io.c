#include "store/primary_io.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/held_io.h"
#include "store/primary_parts_io.h"
#include "store/session.h"
#include "store/shell_io.h"
#include "store/wait_io.h"
#include "wire/log_io.h"

struct primary *primary_new(struct shell *sh)
{
    struct primary *p = calloc(1, sizeof(*p));

    if (p == NULL)
        return NULL;
    p->shell = sh;
    client_init(&p->client, 0, NULL, sh->store.mono_ms);
    p->client.flags |= CLIENT_IS_MASTER | CLIENT_AUTHENTICATED;
    session_open(&sh->store, &p->client);
    resp_reader_init(&p->reader, NULL);
    p->down_since_ms = sh->store.mono_ms;
    return p;
}

void primary_free(struct primary *p)
{
    if (p == NULL)
        return;
    primary_unlink(p);
    session_close(&p->shell->store, &p->client);
    client_done(&p->client);
    resp_reader_done(&p->reader);
    buf_done(&p->in);
    buf_done(&p->unfed);
    free(p);
}

/* We are a primary no more. What the stream of our old primary had selected still counts if we go
 * on in its history. */
static void step_down(struct primary *p)
{
    struct store *s = &p->shell->store;

    wait_end_all(p->shell);
    held_lose(p->shell);
    blocked_end_all(s);
    if (s->failover == FAILOVER_NONE && repl_demote(&s->repl))
        replicas_disconnect(p->shell, "our history has its old name");
    else
        p->client.db = 0;
}

void primary_follow(struct primary *p)
{
    struct store *s = &p->shell->store;

    p->told_ms = s->mono_ms;
    primary_unlink(p);
    s->guard.gate = GUARD_OPEN;
    guard_revoke(&s->guard);
    if (!store_is_replica(s))
        step_down(p);
    if (s->link == LINK_CONNECTED || s->link == LINK_NONE)
        p->down_since_ms = s->mono_ms;
    primary_connect(p);
}

/* Follows nobody: we are a primary from here on. */
static void leave(struct primary *p)
{
    struct store *s = &p->shell->store;

    if (!store_is_replica(s))
        return;
    primary_unlink(p);
    store_move_link(s, LINK_NONE);
    repl_promote(&s->repl, &s->prng);
    p->shell->replicas.empty_since_ms = s->mono_ms;
    replicas_disconnect(p->shell, "our history has a new name");
}

/* Puts a new primary (empty: none) into the options, where CONFIG REWRITE finds it. */
static bool set_primary(struct store *s, const char *text)
{
    char error[OPTION_ERROR_TEXT_MAX];

    if (!options_set(&s->options, OPT_REPLICAOF, slice_str(text), error))
        return false;
    s->options.values[OPT_REPLICAOF].changed = true;
    return true;
}

/* The same with an address, then follows it. */
static void follow(struct primary *p, const struct addr *to)
{
    char text[ADDR_TEXT_MAX];

    snprintf(text, sizeof(text), "%s %u", to->host, to->port);
    set_primary(&p->shell->store, text);
    primary_follow(p);
}

void primary_lead(struct primary *p)
{
    struct store *s = &p->shell->store;

    leave(p);
    s->guard.gate = GUARD_OPEN;
    set_primary(s, "");
}

void primary_hand_over(struct primary *p, const struct addr *to)
{
    p->handovers = 0;
    replicas_disconnect(p->shell, "one of them takes over");
    follow(p, to);
}

/* A primary holds the stream back until it knows that its data have been read, and may overlook the
 * first ACK. */
static bool ack_is_due(const struct primary *p)
{
    msec now_ms = p->shell->store.mono_ms;

    return now_ms - p->acked_ms >= PRIMARY_ACK_MS || now_ms - p->began_ms < PRIMARY_EAGER_MS;
}

/* In a change of places it may be told so a moment before the other one is a primary: until it has
 * got through to that one, it does not wait. */
static bool try_is_due(const struct primary *p)
{
    msec now_ms = p->shell->store.mono_ms;
    bool eager = p->began_ms < p->told_ms && now_ms - p->told_ms < PRIMARY_EAGER_MS;

    return eager || now_ms - p->tried_ms >= PRIMARY_RETRY_MS;
}

void primary_tick(struct primary *p)
{
    struct store *s = &p->shell->store;
    msec limit_ms = option_number(&s->options, OPT_REPL_TIMEOUT) * 1000;

    if (!store_is_replica(s) || s->phase != STORE_READY)
        return;
    if (s->link == LINK_CONNECT && try_is_due(p))
        primary_connect(p);
    else if (s->link != LINK_CONNECT && s->mono_ms - p->heard_ms > limit_ms)
        primary_lose(p, "it is silent");
    else if (s->link == LINK_CONNECTED && ack_is_due(p))
        primary_send_ack(p);
}

void primary_ack_soon(struct primary *p)
{
    p->ack_soon = true;
}

int primary_stream_db(const struct primary *p)
{
    return p->client.db;
}

void primary_set_stream_db(struct primary *p, int db)
{
    p->client.db = db > 0 ? db : 0;
}

int64_t primary_silent_s(const struct primary *p)
{
    const struct store *s = &p->shell->store;

    return s->link == LINK_CONNECTED ? (s->mono_ms - p->heard_ms) / 1000 : -1;
}

int64_t primary_down_s(const struct primary *p)
{
    return (p->shell->store.mono_ms - p->down_since_ms) / 1000;
}

bool primary_is_syncing(const struct primary *p)
{
    return p->shell->store.link == LINK_SYNC;
}

uint64_t primary_sync_bytes(const struct primary *p)
{
    return p->data_bytes;
}

struct client *primary_client(struct primary *p)
{
    return p->shell->store.link == LINK_CONNECTED ? &p->client : NULL;
}

void primary_drop(struct primary *p, const char *why)
{
    if (p->link != NULL)
        primary_lose(p, why);
}

void cmd_replicaof(void *app, struct client *c, size_t argc, const struct slice *argv)
{
    struct store *s = app;
    struct shell *sh = shell_of(s);
    struct addr addr;
    int64_t port;

    (void)argc;
    if (s->failover != FAILOVER_NONE) {
        resp_error(&c->reply, "ERR REPLICAOF not allowed while failing over.");
        return;
    }
    if (slice_is_nocase(argv[1], "no") && slice_is_nocase(argv[2], "one")) {
        if (store_is_replica(s))
            log_notice("following nobody now, as client %s asked", c->addr);
        primary_lead(sh->primary);
        resp_ok(&c->reply);
        return;
    }
    if (c->flags & CLIENT_IS_REPLICA) {
        resp_error(&c->reply, "ERR Command is not valid when client is a replica.");
        return;
    }
    if (!slice_to_int64(argv[2], &port) || port < 0 || port > UINT16_MAX ||
        !addr_set_slice(&addr, argv[1].p, argv[1].n, port)) {
        resp_error(&c->reply, "ERR Invalid master port");
        return;
    }
    if (store_is_replica(s) && addr_equal(&addr, &s->options.primary)) {
        resp_simple(&c->reply, "OK Already connected to specified master");
        return;
    }
    log_notice("following %s:%u now, as client %s asked", addr.host, addr.port, c->addr);
    follow(sh->primary, &addr);
    resp_ok(&c->reply);
}
