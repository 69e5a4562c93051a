#include "sentinel/clients_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "notify/log_io.h"
#include "notify/script_io.h"
#include "sentinel/admin.h"
#include "sentinel/admin_acl.h"
#include "sentinel/apart_io.h"
#include "sentinel/model.h"
#include "sentinel/output.h"
#include "sentinel/room_io.h"
#include "sentinel/tickets.h"
#include "wire/client.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"

#ifndef PICKET_VERSION
#error "PICKET_VERSION is set by the Makefile"
#endif

#define REASON_KILLED    "killed by CLIENT KILL"
#define STATUS_SIMULATED 99 /* what Sentinel ends with then */

struct clients {
    struct server *server;
    struct admin *admin;
    struct tickets *tickets;
    struct users *users;
    struct apart *apart;
    uint64_t apart_ticket; /* of the client that waits for it */
    struct room *room;
    struct shell *shell;
    struct clients_options options;
    msec started;
    void (*done)(void *arg);
    void *done_arg;
};

/* --- what the commands ask for --- */

static const struct core *get_core(void *arg)
{
    struct clients *clients = arg;

    return shell_core(clients->shell);
}

static bool groups_durable(void *arg)
{
    struct clients *clients = arg;

    return shell_groups_durable(clients->shell);
}

static uint64_t defer(void *arg, struct client *client, int asked)
{
    struct clients *clients = arg;
    uint64_t ticket = tickets_give(clients->tickets, client->id, asked);

    if (ticket != 0) {
        client->user = (void *)(uintptr_t)ticket; /* the one that it waits for */
        client_block(client);
    }
    return ticket;
}

static void submit(void *arg, const struct request *request)
{
    struct clients *clients = arg;

    shell_submit(clients->shell, request);
}

static void message(void *arg, const struct message *said)
{
    struct clients *clients = arg;

    shell_message(clients->shell, said);
}

static void stop(void *arg)
{
    struct clients *clients = arg;

    clients->options.stop(clients->options.arg);
}

static void each_client(void *arg, void (*fn)(void *ctx, struct client *client), void *ctx)
{
    struct clients *clients = arg;

    server_each(clients->server, fn, ctx);
}

static size_t kill_clients(void *arg, const struct client_filter *filter, struct client *asks)
{
    struct clients *clients = arg;

    return server_kill(clients->server, filter, asks, REASON_KILLED);
}

static double seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* What the kernel knows about us. */
static void process_facts(struct admin_facts *facts)
{
    struct utsname name;
    struct rusage usage;

    facts->pid = getpid();
    if (uname(&name) == 0)
        snprintf(facts->os, sizeof facts->os, "%.30s %.60s %.30s", name.sysname, name.release,
                 name.machine);
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        facts->cpu_user_s = seconds(&usage.ru_utime);
        facts->cpu_system_s = seconds(&usage.ru_stime);
    }
}

static void get_facts(void *arg, struct admin_facts *ret_facts)
{
    struct clients *clients = arg;
    const struct server_stats *stats = server_stats(clients->server);

    process_facts(ret_facts);
    ret_facts->now = loop_now_ms();
    ret_facts->wall_ms = loop_wall_ms();
    ret_facts->started = clients->started;
    ret_facts->port = server_port(clients->server);
    ret_facts->clients = server_count(clients->server);
    ret_facts->clients_max = server_options(clients->server)->clients_max;
    ret_facts->clients_blocked = stats->blocked;
    ret_facts->accepted = stats->accepted;
    ret_facts->rejected = stats->rejected;
    ret_facts->closed_query = stats->closed_query;
    ret_facts->closed_output = stats->closed_output;
    ret_facts->requests = stats->requests;
    ret_facts->commit_worst_ms = shell_worst_commit_ms(clients->shell);
    ret_facts->state_left_bytes = room_left_bytes(clients->room);
    ret_facts->bytes_in = stats->bytes_in;
    ret_facts->bytes_out = stats->bytes_out;
    snprintf(ret_facts->config_file, sizeof ret_facts->config_file, "%s",
             clients->options.config_file);
}

static struct slice get_node_info(void *arg, uint32_t id)
{
    struct clients *clients = arg;

    return shell_node_info(clients->shell, id);
}

static void apart_done(void *arg, bool ok, struct slice bytes);

static bool run_apart(void *arg, struct client *client,
                      void (*work)(void *work_arg, struct buf *to), void *work_arg)
{
    struct clients *clients = arg;

    if (!apart_run(clients->apart, work, work_arg, apart_done, clients))
        return false;
    clients->apart_ticket = defer(clients, client, 0); /* 0: nobody hears of it */
    return clients->apart_ticket != 0;
}

static const struct history *get_history(void *arg)
{
    struct clients *clients = arg;

    return shell_history(clients->shell);
}

static const struct scripts *get_scripts(void *arg)
{
    struct clients *clients = arg;

    return shell_scripts(clients->shell);
}

static const struct ring *get_events(void *arg)
{
    struct clients *clients = arg;

    return shell_events(clients->shell);
}

static bool get_hook(void *arg, size_t i, struct hook_view *ret_view)
{
    struct clients *clients = arg;

    return shell_hook(clients->shell, i, ret_view);
}

static enum admin_script check_script(void *arg, const char *path)
{
    struct clients *clients = arg;

    if (clients->options.scripts_denied)
        return ADMIN_SCRIPT_DENIED;
    return path[0] == '\0' || script_io_fault(path) == NULL ? ADMIN_SCRIPT_ALLOWED
                                                            : ADMIN_SCRIPT_UNUSABLE;
}

static const struct admin_ops admin_ops = {
    .core = get_core,
    .groups_durable = groups_durable,
    .defer = defer,
    .submit = submit,
    .message = message,
    .stop = stop,
    .each_client = each_client,
    .kill_clients = kill_clients,
    .facts = get_facts,
    .node_info = get_node_info,
    .apart = run_apart,
    .history = get_history,
    .scripts = get_scripts,
    .events = get_events,
    .hook = get_hook,
    .check_script = check_script,
};

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

/* Whoever waits with that ticket; NULL when it is gone. */
static struct client *take_waiting(struct clients *clients, uint64_t ticket, int *ret_asked)
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
    struct client *client = take_waiting(clients, reply->ticket, &asked);

    clients_follow_level(clients); /* CONFIG SET may have changed it */
    if (client == NULL)
        return;
    admin_reply(clients->admin, client, asked, reply);
    client_resume(client);
}

static void on_answer(void *arg, uint64_t ticket, const struct answer *answer)
{
    struct clients *clients = arg;
    int asked;
    struct client *client = take_waiting(clients, ticket, &asked);

    if (client == NULL)
        return;
    admin_answer(clients->admin, client, answer);
    client_resume(client);
}

/* A change of the users is durable, or is not. */
static void on_users(void *arg, uint64_t ticket, const char *fault)
{
    struct clients *clients = arg;
    int asked;
    struct client *client = take_waiting(clients, ticket, &asked);

    if (client == NULL)
        return;
    admin_acl_done(clients->admin, client, asked, fault);
    client_resume(client);
}

static void apart_done(void *arg, bool ok, struct slice bytes)
{
    struct clients *clients = arg;
    int asked;
    struct client *client = take_waiting(clients, clients->apart_ticket, &asked);

    if (client == NULL)
        return;
    admin_apart_done(client, ok, bytes);
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

    if (groups_durable(clients))
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
    clients->admin = admin_new(&admin_ops, clients, PICKET_VERSION);
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
