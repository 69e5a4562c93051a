#include "store/shell_io.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "store/config_io.h"
#include "store/exec.h"
#include "store/guard_io.h"
#include "store/held_io.h"
#include "store/mem.h"
#include "store/memory_io.h"
#include "store/primary_io.h"
#include "store/session.h"
#include "store/table_io.h"
#include "store/unblock_io.h"
#include "store/users_io.h"
#include "wire/acl.h"
#include "wire/client_pubsub.h"
#include "wire/log_io.h"
#include "wire/loop_io.h"
#include "wire/service_io.h"

#define CHORE_ENTRIES 512     /* freed or expired at a time: well below a millisecond, ... */
#define CHORE_PORTION 4       /* ... unless they are long: so the clock is looked at */
#define CHORE_NS      1000000 /* in between */
#define OPS_PERIOD_MS 1000

static int64_t ns_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t clock_ns(void)
{
    return ns_of(CLOCK_MONOTONIC);
}

/* Unix time follows from the monotonic clock, and their difference when they were last compared. */
static void set_clocks(struct shell *sh, int64_t now_ns, msec mono_ms)
{
    sh->store.clock_ns = now_ns;
    store_set_clock(&sh->store, (now_ns + sh->wall_ahead_ns) / 1000, mono_ms);
}

void shell_set_clock(struct shell *sh)
{
    int64_t now_ns = clock_ns();

    sh->wall_ahead_ns = ns_of(CLOCK_REALTIME) - now_ns;
    set_clocks(sh, now_ns, now_ns / 1000000);
    sh->store.lease_ms = guard_clock_ms();
}

/*
 * Per request: the loop's own time is good enough for what is counted in seconds, that of keys is
 * not. Of requests that come in one piece each begins where the one before ended, so that a clock
 * need not be asked twice.
 */
static void set_request_clock(struct shell *sh, const struct client *c)
{
    bool follows = sh->asked_last == c->id;

    set_clocks(sh, follows ? sh->store.clock_ns : clock_ns(), (msec)uv_now(sh->loop));
    sh->asked_last = c->id;
    /* This one must not be old: a process that was stopped in mid-turn would go on writing. */
    if (option_number(&sh->store.options, OPT_WRITE_LEASE) > 0)
        sh->store.lease_ms = guard_clock_ms();
    sh->store.forked = sh->saver.child != NULL;
}

/* --- chores ---------------------------------------------------------------------------------- */

/* Notes how long a portion took; returns the time at which the next one begins. */
static int64_t note_chore(struct shell *sh, enum latency_event event, int64_t began_ns)
{
    int64_t now_ns = clock_ns();

    store_note_latency(&sh->store, event, (now_ns - began_ns) / 1000000);
    return now_ns;
}

/* Frees some of what was deleted; true when there is more. */
static bool sweep(struct shell *sh, int64_t began_ns)
{
    bool more = true;

    for (int n = 0; more && n < CHORE_ENTRIES && clock_ns() - began_ns < CHORE_NS;
         n += CHORE_PORTION)
        more = keyspace_sweep(&sh->store.data, CHORE_PORTION);
    return more;
}

/* A portion of each; the idle handle keeps the loop turning until there is nothing left. */
static void on_chores(uv_idle_t *idle)
{
    struct shell *sh = idle->data;
    bool more;

    int64_t at_ns = clock_ns();

    shell_set_clock(sh);
    more = sweep(sh, at_ns);
    at_ns = note_chore(sh, LATENCY_FREE, at_ns);
    more = store_expire_due(&sh->store, CHORE_ENTRIES) == CHORE_ENTRIES || more;
    at_ns = note_chore(sh, LATENCY_EXPIRE, at_ns);
    mem_settle();
    more = evict_goes_on(&sh->store) || more;
    note_chore(sh, LATENCY_EVICTION, at_ns);
    replicas_flush(sh);
    aof_flush(sh);
    if (!more)
        uv_idle_stop(idle);
}

void shell_wake_chores(struct shell *sh)
{
    uv_idle_start(&sh->chores, on_chores);
}

static void count_ops(struct shell *sh)
{
    msec passed_ms = sh->store.mono_ms - sh->ops_at_ms;

    if (passed_ms < OPS_PERIOD_MS)
        return;
    sh->ops_per_s = (sh->store.stats.commands - sh->ops_seen) * 1000 / (uint64_t)passed_ms;
    sh->ops_seen = sh->store.stats.commands;
    sh->ops_at_ms = sh->store.mono_ms;
}

static void on_tick(uv_timer_t *timer)
{
    struct shell *sh = timer->data;

    shell_set_clock(sh);
    count_ops(sh);
    memory_note(sh);
    said_tick(sh);
    if (sh->store.phase != STORE_READY)
        return;
    aof_tick(sh);
    save_tick(sh);
    primary_tick(sh->primary);
    replicas_tick(sh);
    shell_wake_chores(sh);
}

/* --- clients --------------------------------------------------------------------------------- */

static void on_opened(void *arg, struct client *c)
{
    struct shell *sh = arg;

    session_open(&sh->store, c);
    acl_gate_greet(&sh->store.gate, c);
}

static void on_client_closed(void *arg, struct client *c, const char *why)
{
    struct shell *sh = arg;

    log_debug("client %llu at %s closed: %s", (unsigned long long)c->id, c->addr, why);
    shell_set_clock(sh);
    pubsub_leave(sh->store.pubsub, &c->subs);
    replicas_client_closed(sh, c);
    session_close(&sh->store, c);
}

static enum server_verdict on_request(void *arg, struct client *c, const struct resp_request *req)
{
    struct shell *sh = arg;

    set_request_clock(sh, c);
    return exec_request(&sh->store, c, req->argc, req->argv) ? SERVER_DONE : SERVER_AGAIN;
}

/*
 * The process may have been stopped, or the host have slept, between a write and its reply: by now
 * somebody else may be the primary, so the client must not hear that its write was taken. It hears
 * nothing. Asked for each client, since a turn's replies take their time to leave.
 */
static bool may_send(void *arg, struct client *c)
{
    struct shell *sh = arg;
    struct store *s = &sh->store;
    struct session *session = session_of(c);

    if (option_number(&s->options, OPT_WRITE_LEASE) == 0 ||
        session->last_change == session->told_change)
        return true;
    s->lease_ms = guard_clock_ms();
    if (store_lease_lapsed(s) && !store_is_replica(s))
        return false;
    if (client_sendable_bytes(c) == buf_used(&c->out))
        session->told_change = session->last_change;
    return true;
}

static void on_before_send(void *arg)
{
    struct shell *sh = arg;

    aof_flush(sh);
    held_settle(sh);
    replicas_flush(sh);
    unblock_arm(arg);
    sh->asked_last = 0;
}

/* A replica's socket is quiet: it can be handed to a child. */
static void on_drained(void *arg, struct client *c)
{
    (void)c;
    replicas_tick(arg);
}

static const struct server_app app = {
    .request = on_request,
    .opened = on_opened,
    .closed = on_client_closed,
    .drained = on_drained,
    .before_send = on_before_send,
    .may_send = may_send,
};

bool shell_run_from_primary(struct shell *sh, struct client *c, size_t argc,
                            const struct slice *argv)
{
    buf_reset(&c->out);
    exec_request(&sh->store, c, argc, argv);
    return buf_used(&c->out) == 0 || buf_data(&c->out)[0] != '-';
}

/* --- options --------------------------------------------------------------------------------- */

/* Redis's names of levels on ours. */
static void apply_loglevel(const struct options *o)
{
    static const enum log_level levels[] = { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_NOTICE,
                                             LOG_LEVEL_WARNING };

    log_set_level(levels[option_number(o, OPT_LOGLEVEL)]);
}

/* As many clients as there may be files. */
static size_t clients_max(const struct options *o)
{
    size_t wanted = (size_t)option_number(o, OPT_MAXCLIENTS);
    size_t files = loop_files_limit(wanted + SHELL_FILES_SPARE);

    if (files >= wanted + SHELL_FILES_SPARE)
        return wanted;
    wanted = files > SHELL_FILES_SPARE ? files - SHELL_FILES_SPARE : 1;
    log_warning("maxclients is %zu in force: the limit of open files is %zu", wanted, files);
    return wanted;
}

static void fill_server_options(const struct options *o, struct server_options *to)
{
    struct server_output_limit *replica = &to->output[CLIENT_REPLICA];
    size_t backlog_bytes = (size_t)option_number(o, OPT_BACKLOG_SIZE);

    to->clients_max = clients_max(o);
    to->query_bytes_max = (size_t)option_number(o, OPT_QUERY_LIMIT);
    to->request.bulk_bytes_max = (size_t)option_number(o, OPT_BULK_MAX);
    to->idle_ms = option_number(o, OPT_TIMEOUT) * 1000;
    to->keepalive_s = (int)option_number(o, OPT_TCP_KEEPALIVE);
    for (int i = 0; i < CLIENT_MASTER; i++) {
        to->output[i].hard_bytes = (size_t)o->output[i].hard_bytes;
        to->output[i].soft_bytes = (size_t)o->output[i].soft_bytes;
        to->output[i].soft_ms = o->output[i].soft_s * 1000;
    }
    /* A replica may continue from anywhere in the backlog: what it is sent then must not end it. */
    if (replica->hard_bytes > 0 && replica->hard_bytes < backlog_bytes)
        replica->hard_bytes = backlog_bytes;
}

/* A password that was set, or taken away: who is connected keeps what it has. */
static bool on_option(struct store *s, enum option_id id, char ret_error[OPTION_ERROR_TEXT_MAX])
{
    struct shell *sh = shell_of(s);

    if (id == OPT_BACKLOG_SIZE) {
        replicas_flush(sh);
        repl_resize_backlog(&s->repl, (size_t)option_number(&s->options, id));
        fill_server_options(&s->options, server_options(sh->server));
    } else if (id == OPT_APPENDONLY) {
        return aof_switch(sh, option_number(&s->options, id), ret_error, OPTION_ERROR_TEXT_MAX);
    } else if (id == OPT_REQUIREPASS) {
        return acl_require(s->gate.acl, slice_str(option_text(&s->options, id)));
    } else if (id == OPT_LOGLEVEL) {
        apply_loglevel(&s->options);
    } else if (id == OPT_WRITE_LEASE) {
        guard_cut(&s->guard, option_number(&s->options, id), guard_clock_ms());
    } else {
        fill_server_options(&s->options, server_options(sh->server));
        held_check(sh); /* sync-replicas may be fewer now */
    }
    return true;
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
    .option_changed = on_option,
    .written = held_written,
    .flushed = on_flushed,
    .users_changed = users_changed,
    .random = users_random,
    .clock_ns = clock_ns,
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
    uv_timer_start(&sh->tick, on_tick, SHELL_TICK_MS, SHELL_TICK_MS);
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
    apply_loglevel(&sh->store.options);
    server_options_default(&options);
    fill_server_options(&sh->store.options, &options);
    sh->server = server_new(loop, &options, &app, sh);
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
