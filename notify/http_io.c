#include "notify/http_io.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <microhttpd.h>

#include "wire/addr.h"
#include "wire/loop_io.h"

#define MEMORY_MAX  16384 /* of a connection: its headers, and what is written at a time */
#define TOKEN_MAX   255
#define BACKLOG_MAX 128
#define BLOCK_BYTES 8192 /* of a stream, at a time */
#define BEAT        ": still here\n\n"

/* One request, from its first line to the end of its answer. */
struct http_visit {
    struct http *http;
    struct http_visit *next, *prev;
    struct MHD_Connection *connection;
    const char *path; /* while it is answered */
    bool suspended;
    bool streaming;
    bool beat;  /* write a comment */
    msec until; /* it waits for ready() no longer than that */
    uint64_t cursor;
};

struct http {
    uv_loop_t *loop;
    uv_poll_t poll;
    uv_timer_t timer; /* libmicrohttpd's, and that of waiting and beats */
    int open_handles;
    struct MHD_Daemon *daemon;
    struct http_visit *visits;
    msec beat_at;
    bool stopping;
    bool running; /* in a turn: do not enter it again */
    bool again;   /* somebody was woken meanwhile */
    char token[TOKEN_MAX + 1];
    const struct http_ops *ops;
    void *arg;
    struct http_stats stats;
};

const char *http_path(const struct http_visit *visit)
{
    return visit->path;
}

const char *http_query(const struct http_visit *visit, const char *name)
{
    return MHD_lookup_connection_value(visit->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_header(const struct http_visit *visit, const char *name)
{
    return MHD_lookup_connection_value(visit->connection, MHD_HEADER_KIND, name);
}

const struct http_stats *http_stats(const struct http *http)
{
    return &http->stats;
}

/* --- waiting ------------------------------------------------------------------------------- */

static void suspend(struct http_visit *visit)
{
    visit->suspended = true;
    MHD_suspend_connection(visit->connection);
}

static void resume(struct http_visit *visit)
{
    visit->suspended = false;
    MHD_resume_connection(visit->connection);
}

static bool is_waiting(const struct http_visit *visit)
{
    return visit->suspended && !visit->streaming;
}

/* --- answers ------------------------------------------------------------------------------- */

/* Takes as long for every token of that length. */
static bool is_same(const char *a, const char *b)
{
    size_t n = strlen(a);
    unsigned char differs = 0;

    if (strlen(b) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        differs |= (unsigned char)a[i] ^ (unsigned char)b[i];
    return differs == 0;
}

static bool may_see(const struct http_visit *visit)
{
    static const char scheme[] = "Bearer ";
    const struct http *http = visit->http;
    const char *given;

    if (http->token[0] == '\0' || http->ops->is_open(http->arg, visit->path))
        return true;
    given = http_header(visit, MHD_HTTP_HEADER_AUTHORIZATION);
    return given != NULL && strncasecmp(given, scheme, sizeof scheme - 1) == 0 &&
           is_same(given + sizeof scheme - 1, http->token);
}

/* What a browser must not do with it. */
static const char *const headers[][2] = {
    { "Cache-Control", "no-store" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
      "'self'; "
      "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" },
};

/* Hand it over and let it go. */
static enum MHD_Result queue(struct http_visit *visit, unsigned status, const char *type,
                             struct MHD_Response *response)
{
    enum MHD_Result result;

    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    if (status == MHD_HTTP_UNAUTHORIZED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    result = MHD_queue_response(visit->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result say(struct http_visit *visit, unsigned status, const char *text)
{
    return queue(
        visit, status, "text/plain; charset=utf-8",
        MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT));
}

static enum MHD_Result refuse(struct http_visit *visit, unsigned status, const char *text)
{
    visit->http->stats.refused++;
    return say(visit, status, text);
}

/* More of a stream is wanted. When there is nothing the connection sleeps until something comes. */
static ssize_t on_read(void *cls, uint64_t pos, char *bytes, size_t max)
{
    struct http_visit *visit = cls;
    struct http *http = visit->http;
    size_t n;

    (void)pos;
    if (http->stopping)
        return MHD_CONTENT_READER_END_OF_STREAM;
    n = http->ops->read(http->arg, &visit->cursor, bytes, max);
    if (n == 0 && visit->beat && max >= sizeof BEAT) {
        n = sizeof BEAT - 1;
        memcpy(bytes, BEAT, n);
    }
    visit->beat = false;
    if (n == 0)
        suspend(visit);
    return (ssize_t)n;
}

static enum MHD_Result begin_stream(struct http_visit *visit, const struct http_answer *answer)
{
    struct http *http = visit->http;

    if (http->stats.streams >= HTTP_STREAMS_MAX)
        return refuse(visit, MHD_HTTP_SERVICE_UNAVAILABLE, "too many streams are open\n");
    http->stats.streams++;
    visit->streaming = true;
    visit->beat = true; /* so that the headers leave at once */
    visit->cursor = answer->cursor;
    return queue(
        visit, MHD_HTTP_OK, "text/event-stream",
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, on_read, visit, NULL));
}

static enum MHD_Result give(struct http_visit *visit, struct http_answer *answer)
{
    struct MHD_Response *response;
    struct buf *body = &answer->body;

    if (answer->stream)
        return begin_stream(visit, answer);
    if (answer->text != NULL) {
        response = MHD_create_response_from_buffer(answer->text_len, (void *)answer->text,
                                                   MHD_RESPMEM_PERSISTENT);
    } else if (body->overflow) {
        buf_done(body);
        return say(visit, MHD_HTTP_INTERNAL_SERVER_ERROR, "the answer is too long\n");
    } else {
        response =
            MHD_create_response_from_buffer(buf_used(body), buf_data(body), MHD_RESPMEM_MUST_COPY);
    }
    enum MHD_Result result = queue(visit, answer->status, answer->type, response);
    buf_done(body);
    return result;
}

static enum MHD_Result answer(struct http_visit *visit)
{
    struct http *http = visit->http;
    struct http_answer told = { .status = MHD_HTTP_OK, .type = "text/plain; charset=utf-8" };

    if (!may_see(visit))
        return refuse(visit, MHD_HTTP_UNAUTHORIZED,
                      "a token is wanted: Authorization: Bearer ...\n");
    if (!http->stopping && !http->ops->ready(http->arg, visit->path)) {
        if (visit->until == MSEC_NEVER)
            visit->until = loop_now_ms() + HTTP_WAIT_MAX_MS;
        if (loop_now_ms() >= visit->until)
            return say(visit, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "what would be told is not on the disk yet\n");
        suspend(visit);
        return MHD_YES;
    }
    http->stats.requests++;
    http->ops->answer(http->arg, visit, &told);
    return give(visit, &told);
}

/* --- what libmicrohttpd calls ----------------------------------------------------------------- */

static struct http_visit *begin_visit(struct http *http, struct MHD_Connection *connection)
{
    struct http_visit *visit = calloc(1, sizeof *visit);

    if (visit == NULL)
        return NULL;
    visit->http = http;
    visit->connection = connection;
    visit->until = MSEC_NEVER;
    visit->next = http->visits;
    if (visit->next != NULL)
        visit->next->prev = visit;
    http->visits = visit;
    return visit;
}

/* Called first when the headers are there, then for the body, then for the answer. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **ref)
{
    struct http_visit *visit = *ref;

    (void)version;
    (void)upload;
    if (visit == NULL) {
        visit = *ref = begin_visit(cls, connection);
        if (visit == NULL)
            return MHD_NO;
        if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
            return refuse(visit, MHD_HTTP_METHOD_NOT_ALLOWED, "allowed are GET and HEAD\n");
        return MHD_YES;
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    visit->path = path;
    return answer(visit);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **ref,
                         enum MHD_RequestTerminationCode code)
{
    struct http *http = cls;
    struct http_visit *visit = *ref;

    (void)connection;
    if (visit == NULL)
        return;
    if (code == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED)
        http->stats.dropped++;
    if (visit->streaming)
        http->stats.streams--;
    if (visit->next != NULL)
        visit->next->prev = visit->prev;
    if (visit->prev != NULL)
        visit->prev->next = visit->next;
    else
        http->visits = visit->next;
    free(visit);
    *ref = NULL;
}

/* --- the loop ----------------------------------------------------------------------------------
 */

/* Those who waited long enough, and the beats of streams. Returns when to look again. */
static msec wake_late(struct http *http, msec now)
{
    bool beat = now >= http->beat_at;
    msec next;

    if (beat)
        http->beat_at = now + HTTP_BEAT_MS;
    next = http->beat_at;
    for (struct http_visit *visit = http->visits; visit != NULL; visit = visit->next) {
        if (!visit->suspended)
            continue;
        if (visit->streaming ? beat : now >= visit->until) {
            visit->beat = visit->streaming;
            resume(visit);
        } else if (!visit->streaming) {
            next = msec_min(next, visit->until);
        }
    }
    return next;
}

static void on_timer(uv_timer_t *timer);

/* Let libmicrohttpd do what it can without waiting, and arm the timer. */
static void turn(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;
    msec now = loop_now_ms();
    msec next;

    if (http->running) {
        http->again = true;
        return;
    }
    http->running = true;
    next = wake_late(http, now);
    MHD_run(http->daemon);
    http->running = false;
    next = msec_max(next - now, 0);
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
        resume(visit);
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
        resume(visit);
        woken = true;
    }
    if (woken)
        soon(http);
}

/* --- life ----------------------------------------------------------------------------------------
 */

/* A listening socket for one address. -1: errno says why. */
static int open_socket(const struct addrinfo *info)
{
    int on = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG_MAX) == 0)
        return fd;
    int e = errno;
    close(fd);
    errno = e;
    return -1;
}

/* "*": v6 that takes v4 as well, or v4 where there is no v6. */
static int listen_on(const struct addr *listen, char ret_error[HTTP_ERROR_MAX])
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    static const char *const all[] = { "::", "0.0.0.0" };
    bool any = strcmp(listen->host, "*") == 0;
    char port[16];
    int fd = -1;

    snprintf(port, sizeof port, "%u", listen->port);
    for (int i = 0; i < (any ? 2 : 1) && fd < 0; i++) {
        struct addrinfo *info = NULL;
        int e = getaddrinfo(any ? all[i] : listen->host, port, &hints, &info);

        fd = e == 0 ? open_socket(info) : -1;
        if (fd < 0)
            snprintf(ret_error, HTTP_ERROR_MAX, "http: cannot listen on %s port %s: %s",
                     listen->host, port, e != 0 ? gai_strerror(e) : strerror(errno));
        if (info != NULL)
            freeaddrinfo(info);
    }
    return fd;
}

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
                            NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, ignore, NULL,
                            MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)HTTP_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)MEMORY_MAX, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
                            MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
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
        fd = listen_on(listen, ret_error);
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
            resume(visit);
    }
    assert(!http->running);
    MHD_run(http->daemon);
    http->open_handles = 2;
    uv_close((uv_handle_t *)&http->poll, on_closed);
    uv_close((uv_handle_t *)&http->timer, on_closed);
}
