#include "notify/http_io.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify/http_parts_io.h"
#include "wire/addr.h"
#include "wire/loop_io.h"

#define MEMORY_MAX 16384 /* of a connection: its headers, and what is written at a time */

const struct http_stats *http_stats(const struct http *http)
{
    return &http->stats;
}

static bool is_waiting(const struct http_visit *visit)
{
    return visit->suspended && !visit->streaming;
}

/* --- the loop ----------------------------------------------------------------------------- */

/* Wake those who waited long enough, and streams for their beat. */
static void wake_late(struct http *http, msec now)
{
    bool beat = now >= http->beat_at;

    if (beat)
        http->beat_at = now + HTTP_BEAT_MS;
    for (struct http_visit *visit = http->visits; visit != NULL; visit = visit->next) {
        if (!visit->suspended || !(visit->streaming ? beat : now >= visit->until))
            continue;
        visit->beat = visit->streaming;
        http_visit_resume(visit);
    }
}

/* When somebody has waited long enough, or the next beat is due. */
static msec next_late(const struct http *http)
{
    msec next = http->beat_at;

    for (const struct http_visit *visit = http->visits; visit != NULL; visit = visit->next) {
        if (is_waiting(visit))
            next = msec_min(next, visit->until);
    }
    return next;
}

static void on_timer(uv_timer_t *timer);

/* Let libmicrohttpd do what it can without waiting, and arm the timer. */
static void turn(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;
    msec next;

    if (http->running) {
        http->again = true;
        return;
    }
    http->running = true;
    wake_late(http, loop_now_ms());
    MHD_run(http->daemon);
    http->running = false;
    next = msec_max(next_late(http) - loop_now_ms(), 0);
    if (MHD_get_timeout(http->daemon, &wait_ms) == MHD_YES)
        next = msec_min(next, (msec)wait_ms);
    if (http->again)
        next = 0;
    http->again = false;
    uv_update_time(http->loop);
    uv_timer_start(&http->timer, on_timer, (uint64_t)next, 0);
}

static void on_timer(uv_timer_t *timer)
{
    turn(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    turn(poll->data);
}

/* In a turn of its own: we may have been called from within an answer. */
static void soon(struct http *http)
{
    if (http->running)
        http->again = true;
    else
        uv_timer_start(&http->timer, on_timer, 0, 0);
}

void http_ready(struct http *http)
{
    bool woken = false;

    if (http == NULL || http->stopping)
        return;
    for (struct http_visit *visit = http->visits; visit != NULL; visit = visit->next) {
        if (!is_waiting(visit))
            continue;
        http_visit_resume(visit);
        woken = true;
    }
    if (woken)
        soon(http);
}

void http_told(struct http *http)
{
    bool woken = false;

    if (http == NULL || http->stopping || http->stats.streams == 0)
        return;
    for (struct http_visit *visit = http->visits; visit != NULL; visit = visit->next) {
        if (!visit->streaming || !visit->suspended)
            continue;
        http_visit_resume(visit);
        woken = true;
    }
    if (woken)
        soon(http);
}

/* --- life --------------------------------------------------------------------------------- */

static void ignore(void *arg, const char *format, va_list args)
{
    (void)arg;
    (void)format;
    (void)args;
}

/* What it reports are connections that went away. */
static struct MHD_Daemon *start_daemon(struct http *http, int fd)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
                            NULL, http_visit_request, http, MHD_OPTION_EXTERNAL_LOGGER, ignore,
                            NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)HTTP_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)MEMORY_MAX, MHD_OPTION_NOTIFY_COMPLETED, http_visit_completed,
                            http, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

struct http *http_start(uv_loop_t *loop, const struct addr *listen, int fd, const char *token,
                        const struct http_ops *ops, void *arg, char ret_error[HTTP_ERROR_MAX])
{
    struct http *http = calloc(1, sizeof *http);
    const union MHD_DaemonInfo *info;

    snprintf(ret_error, HTTP_ERROR_MAX, "http: no memory");
    if (http == NULL)
        return NULL;
    http->loop = loop;
    http->ops = ops;
    http->arg = arg;
    http->beat_at = loop_now_ms() + HTTP_BEAT_MS;
    http_set_token(http, token);
    if (fd < 0)
        fd = http_listen(listen, ret_error);
    if (fd < 0)
        goto err;
    http->daemon = start_daemon(http, fd);
    if (http->daemon == NULL) {
        snprintf(ret_error, HTTP_ERROR_MAX, "http: the server cannot be started");
        close(fd);
        goto err;
    }
    info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    uv_poll_init(loop, &http->poll, info->epoll_fd);
    uv_timer_init(loop, &http->timer);
    http->poll.data = http->timer.data = http;
    uv_poll_start(&http->poll, UV_READABLE, on_poll);
    turn(http);
    return http;

err:
    free(http);
    return NULL;
}

static void on_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;

    if (--http->open_handles > 0)
        return;
    MHD_stop_daemon(http->daemon);
    free(http);
}

void http_set_token(struct http *http, const char *token)
{
    snprintf(http->token, sizeof http->token, "%s", token);
}

/* Connections that sleep must be awake when the server is stopped. */
void http_stop(struct http *http)
{
    if (http == NULL)
        return;
    http->stopping = true;
    for (struct http_visit *visit = http->visits; visit != NULL; visit = visit->next) {
        if (visit->suspended)
            http_visit_resume(visit);
    }
    assert(!http->running);
    MHD_run(http->daemon);
    http->open_handles = 2;
    uv_close((uv_handle_t *)&http->poll, on_closed);
    uv_close((uv_handle_t *)&http->timer, on_closed);
}
