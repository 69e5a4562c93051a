#include "wire/loop_io.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "wire/log_io.h"

#define WATCHED 3 /* SIGTERM, SIGINT, SIGHUP */

struct loop_signals {
    uv_signal_t signals[WATCHED];
    struct loop_handlers handlers;
    void *arg;
    bool stopping;
    bool closing;
    int open; /* handles not yet closed */
};

/* The end, without ado: what had to be durable is, by the rules of each part. */
static void end_now(const char *why)
{
    log_error("%s: ending at once", why);
    _exit(1);
}

/* A signal handler, so that it works while the loop is stuck too. */
static void on_alarm(int signum)
{
    static const char text[] = "stopping takes too long: ending at once\n";
    (void)signum;
    ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)n;
    _exit(1);
}

/* The first request to stop: from here on the end comes, in one way or the other. */
static void begin_stop(struct loop_signals *ls, int signum)
{
    msec limit_ms = ls->handlers.stop_max_ms > 0 ? ls->handlers.stop_max_ms : LOOP_STOP_MAX_MS;
    struct itimerval limit = { .it_value = { .tv_sec = (time_t)(limit_ms / 1000),
                                             .tv_usec = (suseconds_t)(limit_ms % 1000) * 1000 } };
    ls->stopping = true;
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &limit, NULL);
    ls->handlers.stop(ls->arg, signum);
}

static void on_signal(uv_signal_t *handle, int signum)
{
    struct loop_signals *ls = handle->data;
    if (signum == SIGHUP) {
        if (ls->handlers.reload && !ls->stopping)
            ls->handlers.reload(ls->arg);
        return;
    }
    if (ls->stopping)
        end_now("told to stop a second time");
    log_notice("%s: stopping", signum == SIGTERM ? "SIGTERM" : "SIGINT");
    begin_stop(ls, signum);
}

static void on_closed(uv_handle_t *handle)
{
    struct loop_signals *ls = handle->data;
    if (--ls->open == 0)
        free(ls);
}

static void close_signals(struct loop_signals *ls)
{
    for (int i = 0, n = ls->open; i < n; i++)
        uv_close((uv_handle_t *)&ls->signals[i], on_closed);
}

struct loop_signals *loop_signals_start(uv_loop_t *loop, const struct loop_handlers *handlers,
                                        void *arg)
{
    static const int numbers[WATCHED] = { SIGTERM, SIGINT, SIGHUP };
    struct loop_signals *ls = calloc(1, sizeof(*ls));
    if (!ls)
        return NULL;
    ls->handlers = *handlers;
    ls->arg = arg;
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < WATCHED; i++) {
        if (uv_signal_init(loop, &ls->signals[i]) != 0)
            goto fail;
        ls->open++;
        ls->signals[i].data = ls;
        uv_unref((uv_handle_t *)&ls->signals[i]);
        if (uv_signal_start(&ls->signals[i], on_signal, numbers[i]) != 0)
            goto fail;
    }
    return ls;

fail:
    loop_signals_stop(ls);
    return NULL;
}

void loop_signals_raise_stop(struct loop_signals *ls)
{
    if (!ls->stopping)
        begin_stop(ls, SIGTERM);
}

void loop_signals_stop(struct loop_signals *ls)
{
    if (!ls || ls->closing)
        return;
    ls->closing = true;
    if (ls->open == 0)
        free(ls);
    else
        close_signals(ls);
}

static msec clock_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (msec)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

msec loop_now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

msec loop_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

size_t loop_files_limit(size_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    if (limit.rlim_cur < wanted) {
        struct rlimit more = { .rlim_cur = wanted, .rlim_max = limit.rlim_max };
        if (more.rlim_max != RLIM_INFINITY && more.rlim_max < wanted)
            more.rlim_max = wanted; /* only root may */
        if (setrlimit(RLIMIT_NOFILE, &more) != 0) {
            more.rlim_cur = more.rlim_max = limit.rlim_max;
            if (setrlimit(RLIMIT_NOFILE, &more) != 0)
                return limit.rlim_cur;
        }
        limit = more;
    }
    return limit.rlim_cur;
}

static void report_open(uv_handle_t *handle, void *n)
{
    if (uv_is_closing(handle))
        return;
    log_error("left open at the end: a handle of type %s", uv_handle_type_name(handle->type));
    (*(int *)n)++;
}

int loop_run(uv_loop_t *loop)
{
    int left = 0;
    uv_run(loop, UV_RUN_DEFAULT);
    uv_walk(loop, report_open, &left);
    return left == 0 && uv_loop_close(loop) != 0 ? 1 : left;
}
