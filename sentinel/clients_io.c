#include "sentinel/clients_io.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "notify/log_io.h"
#include "sentinel/admin_acl.h"
#include "sentinel/clients_parts_io.h"
#include "sentinel/model.h"
#include "sentinel/output.h"
#include "wire/client.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

#ifndef PICKET_VERSION
#error "PICKET_VERSION is set by the Makefile"
#endif

#define STATUS_SIMULATED 99 /* what Sentinel ends with then */

/* --- what the server brings --- */

static enum server_verdict on_request(void *app, struct client *c, const struct resp_request *req)
{
    struct clients *clients = app;

    admin_request(clients->admin, c, req->argc, req->argv);
    return SERVER_DONE;
}

static void on_opened(void *app, struct client *c)
{
    struct clients *clients = app;

    admin_client_opened(clients->admin, c);
}

static void on_closed(void *app, struct client *c, const char *why)
{
    struct clients *clients = app;
    uint64_t id;
    int asked;

    (void)why;
    admin_client_gone(clients->admin, c);
    tickets_take(clients->tickets, (uintptr_t)c->user, &id, &asked);
}

static const struct server_app server_app = {
    .request = on_request,
    .opened = on_opened,
    .closed = on_closed,
};

/* --- what the shell brings --- */

static void on_event(void *arg, const struct event *event)
{
    struct clients *clients = arg;

    log_event(event);
    admin_event(clients->admin, event);
    if (admin_dies_of(clients->admin, event)) {
        log_warning("ending at once, since SENTINEL SIMULATE-FAILURE asked for it");
        _exit(STATUS_SIMULATED);
    }
    clients->options.happened(clients->options.arg, event);
}

struct client *clients_take_waiting(struct clients *clients, uint64_t ticket, int *ret_asked)
{
    uint64_t id;

    if (!tickets_take(clients->tickets, ticket, &id, ret_asked))
        return NULL;
    return server_find(clients->server, id);
}

static void on_reply(void *arg, const struct reply *reply)
{
    struct clients *clients = arg;
    int asked;
    struct client *client = clients_take_waiting(clients, reply->ticket, &asked);

    clients_follow_level(clients); /* CONFIG SET may have changed it */
    if (client == NULL)
        return;
    admin_reply(clients->admin, client, asked, reply);
    client_resume(client);
}

static void on_answer(void *arg, const struct message *message)
{
    struct clients *clients = arg;
    int asked;
    struct client *client = clients_take_waiting(clients, message->ticket, &asked);

    if (client == NULL)
        return;
    admin_answer(clients->admin, client, message);
    client_resume(client);
}

/* A change of the users is durable, or is not. */
static void on_users(void *arg, uint64_t ticket, const char *fault)
{
    struct clients *clients = arg;
    int asked;
    struct client *client = clients_take_waiting(clients, ticket, &asked);

    if (client == NULL)
        return;
    admin_acl_done(clients->admin, client, asked, fault);
    client_resume(client);
}

static void release(void *arg, struct client *c)
{
    (void)arg;
    if (c->hold_at == CLIENT_HOLD_NOTHING)
        return;
    client_hold(c, CLIENT_HOLD_NOTHING);
    client_touch(c);
}

/* What was shown before it was durable may leave. */
static void on_durable(void *arg)
{
    struct clients *clients = arg;

    if (shell_groups_durable(clients->shell))
        server_each(clients->server, release, NULL);
    clients->options.durable(clients->options.arg);
}

const struct shell_ops clients_shell_ops = { on_event, on_reply, on_answer, on_durable };

/* --- life --- */

static void free_parts(struct clients *clients)
{
    room_free(clients->room);
    admin_free(clients->admin);
    tickets_free(clients->tickets);
    free(clients);
}

struct clients *clients_new(uv_loop_t *loop, const struct clients_options *options)
{
    struct clients *clients = calloc(1, sizeof *clients);
    struct server_options server;

    if (clients == NULL)
        return NULL;
    clients->options = *options;
    clients->started = loop_now_ms();
    server_options_default(&server);
    server.clients_max = options->clients_max;
    clients->admin = admin_new(&clients_admin_ops, clients, PICKET_VERSION);
    clients->tickets = tickets_new(options->clients_max);
    if (clients->admin != NULL)
        clients->users =
            users_new(loop, options->state, clients->admin, options->acl_file, on_users, clients);
    clients->room = room_new(loop, options->state_dir);
    clients->apart = apart_new(loop);
    if (clients->users != NULL && clients->tickets != NULL && clients->room != NULL &&
        clients->apart != NULL)
        clients->server = server_new(loop, &server, &server_app, clients);
    if (clients->server == NULL) {
        free_parts(clients);
        return NULL;
    }
    return clients;
}

int clients_load_users(struct clients *clients, char ret_error[USERS_ERROR_MAX])
{
    return users_load(clients->users, ret_error);
}

void clients_require(struct clients *clients, const char *requirepass)
{
    users_require(clients->users, requirepass);
    shell_set_requirepass(clients->shell, requirepass);
}

void clients_join(struct clients *clients, struct shell *shell)
{
    clients->shell = shell;
}

int clients_listen(struct clients *clients, const char *host, uint16_t port, const int *fds,
                   int n_fds, char ret_error[SERVER_ERROR_TEXT_MAX])
{
    assert(clients->shell != NULL);
    if (n_fds == 0)
        return server_listen(clients->server, host, port, ret_error);
    for (int i = 0; i < n_fds; i++) {
        if (server_listen_fd(clients->server, fds[i], ret_error) != 0)
            return -1;
    }
    return 0;
}

void clients_set_max(struct clients *clients, size_t clients_max)
{
    if (clients_max > clients->options.clients_max)
        clients_max = clients->options.clients_max;
    server_options(clients->server)->clients_max = clients_max;
}

void clients_follow_level(const struct clients *clients)
{
    log_set_level(log_level_of(shell_core(clients->shell)->global.log_level));
}

void clients_deny_scripts(struct clients *clients, bool denied)
{
    clients->options.scripts_denied = denied;
}

void clients_unlisten(struct clients *clients)
{
    server_unlisten(clients->server);
}

static void users_stopped(void *arg)
{
    struct clients *clients = arg;
    void (*done)(void *arg) = clients->done;
    void *done_arg = clients->done_arg;

    free_parts(clients);
    done(done_arg);
}

static void server_stopped(void *arg)
{
    struct clients *clients = arg;

    users_stop(clients->users, users_stopped, clients);
}

void clients_stop(struct clients *clients, void (*done)(void *arg), void *arg)
{
    clients->done = done;
    clients->done_arg = arg;
    apart_stop(clients->apart);
    server_stop(clients->server, server_stopped, clients);
}
