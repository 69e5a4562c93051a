/* What the commands ask for. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "notify/script_io.h"
#include "sentinel/clients_parts_io.h"
#include "wire/client.h"
#include "wire/loop_io.h"

#define REASON_KILLED "killed by CLIENT KILL"

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

static void apart_done(void *arg, bool ok, struct slice bytes)
{
    struct clients *clients = arg;
    int asked;
    struct client *client = clients_take_waiting(clients, clients->apart_ticket, &asked);

    if (client == NULL)
        return;
    admin_apart_done(client, ok, bytes);
    client_resume(client);
}

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

const struct admin_ops clients_admin_ops = {
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
