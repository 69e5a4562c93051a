#include "store/shell_io.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/guard_io.h"
#include "store/held_io.h"
#include "store/memory_io.h"
#include "store/primary_io.h"
#include "store/shell_parts_io.h"
#include "store/unblock_io.h"
#include "store/users_io.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"
#include "wire/service_io.h"

static int64_t ns_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t shell_clock_ns(void)
{
    return ns_of(CLOCK_MONOTONIC);
}

void shell_set_clocks(struct shell *sh, int64_t now_ns, msec mono_ms)
{
    sh->store.clock_ns = now_ns;
    store_set_clock(&sh->store, (now_ns + sh->wall_ahead_ns) / 1000, mono_ms);
}

void shell_set_clock(struct shell *sh)
{
    int64_t now_ns = shell_clock_ns();

    sh->wall_ahead_ns = ns_of(CLOCK_REALTIME) - now_ns;
    shell_set_clocks(sh, now_ns, now_ns / 1000000);
    sh->store.lease_ms = guard_clock_ms();
}

static void on_flushed(struct store *s)
{
    struct shell *sh = shell_of(s);
    char error[SAVE_ERROR_TEXT_MAX];

    if (s->phase != STORE_READY)
        return;
    /* A save under way would bring back what has just been deleted. */
    save_stop(sh);
    if (s->options.save_count > 0 && !store_is_replica(s))
        save_now(sh, error);
    shell_wake_chores(sh);
}

static const struct store_ops ops = {
    .option_changed = shell_option_changed,
    .written = held_written,
    .flushed = on_flushed,
    .users_changed = users_changed,
    .random = users_random,
    .clock_ns = shell_clock_ns,
};

/* --- life ------------------------------------------------------------------------------------ */

static void on_signal_stop(void *arg, int signum)
{
    struct shell *sh = arg;
    bool save = sh->store.options.save_count > 0;

    shell_set_clock(sh);
    (void)signum;
    if (shell_stop(sh, save))
        return;
    alarm(0); /* loop_io's time-out for a stop that hangs */
    log_error("not stopping, since the data cannot be saved; a second signal ends the process "
              "without saving");
}

/* Listens on each address of `bind`. */
static bool listen_all(struct shell *sh)
{
    char copy[OPTION_TEXT_MAX], error[SERVER_ERROR_TEXT_MAX], *rest = NULL;
    uint16_t port = (uint16_t)option_number(&sh->store.options, OPT_PORT);

    memcpy(copy, option_text(&sh->store.options, OPT_BIND),
           strlen(option_text(&sh->store.options, OPT_BIND)) + 1);
    for (char *host = strtok_r(copy, " ", &rest); host != NULL; host = strtok_r(NULL, " ", &rest)) {
        if (server_listen(sh->server, host, port, error) != 0) {
            log_error("%s", error);
            return false;
        }
    }
    return true;
}

/* Everything but the server and the signals, which can fail. */
static void start_parts(struct shell *sh)
{
    sh->store.ops = &ops;
    sh->store.shell = sh;
    sh->store.repl.backlog_bytes = (size_t)option_number(&sh->store.options, OPT_BACKLOG_SIZE);
    sh->store.phase = STORE_LOADING;
    sh->started_s = sh->store.now_ms / 1000;
    sh->started_ms = sh->store.mono_ms;
    sh->ops_at_ms = sh->store.mono_ms;
    sh->memory_startup = memory_note(sh);
    repl_id_draw(sh->run_id, &sh->store.prng);
    saver_init(&sh->saver, sh->started_s);
    sh->loader.fd = -1;
    aof_init(sh);
    replicas_start(sh);
    held_start(sh);
    unblock_start(sh);
    uv_timer_init(sh->loop, &sh->tick);
    uv_timer_init(sh->loop, &sh->unpause);
    uv_idle_init(sh->loop, &sh->chores);
    sh->tick.data = sh->unpause.data = sh->chores.data = sh;
    uv_timer_start(&sh->tick, shell_tick, SHELL_TICK_MS, SHELL_TICK_MS);
}

bool shell_start(struct shell *sh, uv_loop_t *loop)
{
    const struct loop_handlers handlers = { .stop = on_signal_stop,
                                            .stop_max_ms = SHELL_STOP_MAX_MS };
    struct server_options options;

    sh->loop = loop;
    signal(SIGXFSZ,
           SIG_IGN); /* a file as large as allowed is an error of write, as a full disk is */
    shell_set_clock(sh);
    shell_apply_loglevel(&sh->store.options);
    server_options_default(&options);
    shell_fill_server_options(&sh->store.options, &options);
    sh->server = server_new(loop, &options, &shell_app, sh);
    sh->signals = loop_signals_start(loop, &handlers, sh);
    sh->service = service_start(loop, NULL, NULL);
    sh->primary = primary_new(sh);
    if (sh->server == NULL || sh->signals == NULL || sh->service == NULL || sh->primary == NULL) {
        log_error("out of memory");
        return false;
    }
    start_parts(sh);
    if (!listen_all(sh)) {
        sh->status = 1;
        shell_stop(sh, false);
        return true;
    }
    log_notice("listening on port %u", server_port(sh->server));
    load_start(sh);
    return true;
}

void shell_loaded(struct shell *sh, const struct rdb_info *info)
{
    struct store *s = &sh->store;
    bool follows = addr_is_set(&s->options.primary);
    char why[LOAD_ERROR_TEXT_MAX];

    if (info->has_repl)
        repl_restore(&s->repl, info->repl_id, info->repl_offset, !follows, &s->prng);
    if (option_number(&s->options, OPT_APPENDONLY) && !aof_start(sh, why, sizeof(why))) {
        shell_load_failed(sh, "the append-only log", why);
        return;
    }
    s->phase = STORE_READY;
    guard_started(sh, info->has_repl || keyspace_count_all(&s->data) > 0);
    log_notice("ready: %zu keys", keyspace_count_all(&s->data));
    said_tick(sh);
    service_ready(sh->service);
    if (follows)
        primary_follow(sh->primary);
    /* Behind primary_follow, which takes us for a primary that gives up its own stream. */
    if (info->has_repl)
        primary_set_stream_db(sh->primary, info->stream_db);
}

void shell_load_failed(struct shell *sh, const char *file, const char *why)
{
    log_error("%s in %s cannot be read: %s. Nothing was loaded. Put a good copy in its place, or "
              "move it away to start without",
              file, option_text(&sh->store.options, OPT_DIR), why);
    sh->status = 1;
    shell_stop(sh, false);
}

static void on_stopped(void *arg)
{
    (void)arg;
}

bool shell_stop(struct shell *sh, bool save)
{
    char error[SAVE_ERROR_TEXT_MAX];

    if (sh->stopping)
        return true;
    save_stop(sh);
    replicas_flush(sh);
    if (save && sh->store.phase == STORE_READY && !save_now(sh, error))
        return false;
    if (!aof_stop(sh)) {
        if (save)
            return false;
        sh->status = 1;
    }
    sh->stopping = true;
    service_stopping(sh->service);
    replicas_stop(sh);
    held_stop(sh);
    unblock_stop(sh);
    load_stop(sh);
    uv_close((uv_handle_t *)&sh->tick, NULL);
    uv_close((uv_handle_t *)&sh->unpause, NULL);
    uv_close((uv_handle_t *)&sh->chores, NULL);
    server_stop(sh->server, on_stopped, sh);
    primary_free(sh->primary);
    sh->primary = NULL;
    service_stop(sh->service);
    loop_signals_stop(sh->signals);
    return true;
}
