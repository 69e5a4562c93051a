/*
 * picketd: builds the parts, runs them, stops them in reverse order.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "notify/log_io.h"
#include "probes/resolve_io.h"
#include "sentinel/clients_io.h"
#include "sentinel/config_io.h"
#include "sentinel/import_io.h"
#include "sentinel/model.h"
#include "sentinel/reload_io.h"
#include "sentinel/replay_io.h"
#include "sentinel/seed_io.h"
#include "sentinel/sentence.h"
#include "sentinel/shell_io.h"
#include "sentinel/state_io.h"
#include "sentinel/tracer_io.h"
#include "sentinel/web_io.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"
#include "wire/service_io.h"

#define STATUS_DELAY_MS 200   /* from an event to the sentence for systemd about it */
#define LINK_FILES_MAX  32768 /* descriptors wanted for links, besides those for clients */

struct daemon {
    const char *config_file;
    struct config config;
    struct state *state;
    struct tracer *tracer; /* NULL: no trace is wanted */
    uv_loop_t loop;
    uv_async_t shutdown; /* SHUTDOWN: stops in a turn of its own */
    uv_timer_t status;   /* until systemd is told how all is */
    struct service *service;
    struct loop_signals *signals;
    struct clients *clients;
    struct shell *shell;
    struct reload *reload;
    struct web *web; /* NULL: off */
    bool stopping;
    bool file_wrong; /* when it was read last, while running */
};

static const char help[] =
    "picketd -c FILE            watch the groups of FILE\n"
    "picketd -c FILE --check    only say whether FILE is right\n"
    "picketd --replay FILE      print what comes of a trace (the option trace writes them)\n"
    "picketd --import FILE      print the configuration that means what this sentinel.conf means\n"
    "picketd --version | --help\n"
    "\n"
    "  -c, --config FILE   the configuration; every option stands in the sample picketd.conf\n"
    "\n"
    "SIGHUP reads FILE again, SIGTERM and SIGINT end it.\n"
    "Exit status: 0 ended as told, 1 something is wrong, as standard error says.\n";

/* --- stopping: shell, clients, the rest --- */

/* Look-ups cannot be called back; whoever waits for a name server must not keep us from ending. */
static void end_without_resolvers(struct daemon *daemon)
{
    if (resolve_running() == 0)
        return;
    state_close(daemon->state);
    log_notice("ended");
    _exit(EXIT_SUCCESS);
}

static void clients_stopped(void *arg)
{
    struct daemon *daemon = arg;

    reload_free(daemon->reload);
    loop_signals_stop(daemon->signals);
    service_stop(daemon->service);
    uv_close((uv_handle_t *)&daemon->shutdown, NULL);
    uv_close((uv_handle_t *)&daemon->status, NULL);
    end_without_resolvers(daemon);
}

static void shell_stopped(void *arg)
{
    struct daemon *daemon = arg;

    tracer_stop(daemon->tracer);
    clients_stop(daemon->clients, clients_stopped, daemon);
}

static void on_stop(void *arg, int signum)
{
    struct daemon *daemon = arg;

    (void)signum;
    daemon->stopping = true;
    uv_timer_stop(&daemon->status);
    service_stopping(daemon->service);
    web_stop(daemon->web);
    daemon->web = NULL;
    clients_unlisten(daemon->clients);
    shell_stop(daemon->shell, shell_stopped, daemon);
}

static void on_shutdown(uv_async_t *async)
{
    struct daemon *daemon = async->data;

    log_notice("SHUTDOWN: stopping");
    loop_signals_raise_stop(daemon->signals);
}

static void ask_shutdown(void *arg)
{
    struct daemon *daemon = arg;

    uv_async_send(&daemon->shutdown);
}

/* --- reloading --- */

static void on_reload(void *arg)
{
    struct daemon *daemon = arg;

    service_reloading(daemon->service);
    reload_start(daemon->reload);
}

static void tell_status(struct daemon *daemon)
{
    char text[SENTENCE_MAX];

    sentence_write(shell_core(daemon->shell), text);
    service_status(daemon->service, "%s%s",
                   daemon->file_wrong ? "the configuration has an error, it counts as it was; " : "",
                   text);
}

static void on_status_due(uv_timer_t *timer)
{
    tell_status(timer->data);
}

/* Something has happened, and more of it may follow at once. */
static void on_happened(void *arg, const struct event *event)
{
    struct daemon *daemon = arg;

    web_event(daemon->web, event);
    if (!daemon->stopping && !uv_is_active((uv_handle_t *)&daemon->status))
        uv_timer_start(&daemon->status, on_status_due, STATUS_DELAY_MS, 0);
}

static void on_durable(void *arg)
{
    const struct daemon *daemon = arg;

    web_durable(daemon->web);
}

/* What cannot be changed while we run. */
static void warn_of_fixed(const struct config *old, const struct config *fresh)
{
    if (!addr_equal(&old->listen, &fresh->listen))
        log_warning("listen has changed: this takes a restart");
    if (strcmp(old->state_dir, fresh->state_dir) != 0)
        log_warning("state_dir has changed: this takes a restart");
    if (strcmp(old->acl_file, fresh->acl_file) != 0)
        log_warning("acl_file has changed: this takes a restart");
    if (strcmp(old->trace, fresh->trace) != 0)
        log_warning("trace has changed: this takes a restart");
    if (!addr_equal(&old->http.listen, &fresh->http.listen))
        log_warning("host or port of http has changed: this takes a restart");
    if (fresh->clients_max > old->clients_max)
        log_warning("maxclients is more than at the start: this takes a restart");
}

static void apply(void *arg, struct config *fresh)
{
    struct daemon *daemon = arg;

    daemon->file_wrong = fresh == NULL;
    if (fresh != NULL && !daemon->stopping) {
        warn_of_fixed(&daemon->config, fresh);
        clients_set_max(daemon->clients, fresh->clients_max);
        clients_deny_scripts(daemon->clients, fresh->deny_scripts_reconfig);
        clients_require(daemon->clients, fresh->requirepass);
        log_use((enum log_format)fresh->log_format);
        web_set_token(daemon->web, fresh->http.token);
        reload_settings(daemon->shell, fresh);
        clients_follow_level(daemon->clients);
        log_notice("%s has been read again", daemon->config_file);
    }
    if (fresh != NULL)
        config_done(fresh);
    if (!daemon->stopping)
        tell_status(daemon);
    service_ready(daemon->service);
}

/* --- starting --- */

/* Where peers find us: a socket from systemd has a port of its own. */
static uint16_t listen_port(const struct config *config)
{
    int fds[SERVICE_FDS_MAX];
    uint16_t port = service_sockets(SERVICE_MAIN, fds) > 0 ? service_socket_port(fds[0]) : 0;

    return port != 0 ? port : config->listen.port;
}

/* All parts, in the order in which they need one another. */
static bool build(struct daemon *daemon)
{
    const struct config *config = &daemon->config;
    const struct loop_handlers handlers = { .stop = on_stop, .reload = on_reload };
    struct clients_options options = {
        .clients_max = config->clients_max,
        .config_file = daemon->config_file,
        .scripts_denied = config->deny_scripts_reconfig,
        .acl_file = config->acl_file,
        .state_dir = config->state_dir,
        .stop = ask_shutdown,
        .happened = on_happened,
        .durable = on_durable,
        .arg = daemon,
    };
    const struct addr self = { "", listen_port(config) }; /* the host is that of each link */
    char error[USERS_ERROR_MAX] = "no memory, or no event loop";

    if (seed_open_state(&daemon->state, config, error) != 0 || uv_loop_init(&daemon->loop) != 0 ||
        uv_async_init(&daemon->loop, &daemon->shutdown, on_shutdown) != 0)
        goto err;
    uv_timer_init(&daemon->loop, &daemon->status);
    daemon->shutdown.data = daemon->status.data = daemon;
    daemon->service = service_start(&daemon->loop, NULL, NULL);
    daemon->signals = loop_signals_start(&daemon->loop, &handlers, daemon);
    daemon->reload = reload_new(&daemon->loop, daemon->config_file, apply, daemon);
    options.state = daemon->state;
    daemon->clients = clients_new(&daemon->loop, &options);
    if (!daemon->service || !daemon->signals || !daemon->reload || !daemon->clients)
        goto err;
    if (config->trace[0] != '\0' &&
        (daemon->tracer = tracer_start(&daemon->loop, config->trace, error)) == NULL)
        goto err;
    daemon->shell = shell_new(&daemon->loop, daemon->state, &self, daemon->tracer,
                              &clients_shell_ops, daemon->clients, error);
    if (daemon->shell == NULL)
        goto err;
    clients_join(daemon->clients, daemon->shell);
    if (clients_load_users(daemon->clients, error) != 0)
        goto err;
    clients_require(daemon->clients, config->requirepass);
    return true;

err:
    log_error("%s", error);
    return false;
}

/* The HTTP server, where it is wanted. */
static bool begin_web(struct daemon *daemon)
{
    const struct config_http *http = &daemon->config.http;
    char error[HTTP_ERROR_MAX];
    char text[ADDR_TEXT_MAX];
    int fds[SERVICE_FDS_MAX];
    bool inherited = service_sockets(SERVICE_HTTP, fds) > 0;

    if (http->listen.port == 0 && !inherited)
        return true;
    daemon->web = web_start(&daemon->loop, daemon->shell, &http->listen, inherited ? fds[0] : -1,
                            http->token, error);
    if (daemon->web == NULL) {
        log_error("%s", error);
        return false;
    }
    log_notice("http on %s, %s",
               inherited ? "the socket from systemd" : addr_format(&http->listen, text),
               http->token[0] != '\0' ? "with a token" : "open to all who reach it");
    return true;
}

/* Open the door; from here on we are ready. */
static bool begin(struct daemon *daemon)
{
    const struct addr *listen = &daemon->config.listen;
    char error[SERVER_ERROR_TEXT_MAX];
    char text[ADDR_TEXT_MAX];
    int fds[SERVICE_FDS_MAX];
    int n_fds = service_sockets(SERVICE_MAIN, fds);

    if (clients_listen(daemon->clients, listen->host, listen->port, fds, n_fds, error) != 0) {
        log_error("%s", error);
        return false;
    }
    log_notice("picketd " PICKET_VERSION ": listening on %s, state in %s, identity %s",
               n_fds > 0 ? "the socket from systemd" : addr_format(listen, text),
               daemon->config.state_dir, state_runid(daemon->state));
    if (!begin_web(daemon))
        return false;
    reload_settings(daemon->shell, &daemon->config);
    clients_follow_level(daemon->clients);
    tell_status(daemon);
    service_ready(daemon->service);
    return true;
}

/* Until told to stop. When a part cannot be built the process ends, and all parts with it. */
static int run(struct daemon *daemon)
{
    size_t files = daemon->config.clients_max + LINK_FILES_MAX;
    size_t allowed = loop_files_limit(files);

    if (allowed < files)
        log_info("%zu open files would be good to have, %zu are allowed", files, allowed);
    if (!build(daemon) || !begin(daemon)) {
        state_close(daemon->state);
        return EXIT_FAILURE;
    }
    int left = loop_run(&daemon->loop);

    state_close(daemon->state);
    config_done(&daemon->config);
    log_notice("ended");
    return left == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* What the command line asks for; when it is done with that alone, *ret_status is set. */
static bool read_options(int argc, char **argv, struct daemon *daemon, bool *ret_check,
                         int *ret_status)
{
    static const struct option options[] = {
        { "config", required_argument, NULL, 'c' },
        { "check", no_argument, NULL, 'k' },
        { "import", required_argument, NULL, 'i' },
        { "replay", required_argument, NULL, 'r' },
        { "version", no_argument, NULL, 'v' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int option;

    *ret_status = EXIT_SUCCESS;
    while ((option = getopt_long(argc, argv, "c:vh", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            daemon->config_file = optarg;
            break;
        case 'k':
            *ret_check = true;
            break;
        case 'i':
            *ret_status = import_file(optarg, stdout, stderr);
            return false;
        case 'r':
            *ret_status = replay_file(optarg, stdout, stderr);
            return false;
        case 'v':
            puts("picketd " PICKET_VERSION);
            return false;
        case 'h':
            fputs(help, stdout);
            return false;
        default:
            *ret_status = EXIT_FAILURE;
            return false;
        }
    }
    if (daemon->config_file != NULL && optind == argc)
        return true;
    fputs(help, stderr);
    *ret_status = EXIT_FAILURE;
    return false;
}

int main(int argc, char **argv)
{
    static struct daemon daemon;
    char error[CONFIG_ERROR_MAX];
    bool check = false;
    int status;

    if (!read_options(argc, argv, &daemon, &check, &status))
        return status;
    if (config_load(&daemon.config, daemon.config_file, error) != 0) {
        fprintf(stderr, "%s\n", error);
        return EXIT_FAILURE;
    }
    if (check) {
        printf("%s: right\n", daemon.config_file);
        config_done(&daemon.config);
        return EXIT_SUCCESS;
    }
    log_set_level(log_level_of(daemon.config.global.log_level));
    log_use((enum log_format)daemon.config.log_format);
    return run(&daemon);
}
