/* One request after another: the token, waiting, the answer, streams. */
#include <stdlib.h>
#include <string.h>

#include "notify/http_parts_io.h"
#include "wire/loop_io.h"

#define BLOCK_BYTES 8192 /* of a stream, at a time */
#define BEAT        ": still here\n\n"

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

/* --- waiting ------------------------------------------------------------------------------ */

static void suspend(struct http_visit *visit)
{
    visit->suspended = true;
    MHD_suspend_connection(visit->connection);
}

void http_visit_resume(struct http_visit *visit)
{
    visit->suspended = false;
    MHD_resume_connection(visit->connection);
}

/* --- answers ------------------------------------------------------------------------------ */

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

/* --- what libmicrohttpd calls ------------------------------------------------------------- */

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
enum MHD_Result http_visit_request(void *cls, struct MHD_Connection *connection, const char *path,
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

void http_visit_completed(void *cls, struct MHD_Connection *connection, void **ref,
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
