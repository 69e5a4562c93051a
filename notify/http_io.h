/*
 * http_io: an HTTP server that only tells: libmicrohttpd on the daemon's own loop, no thread. What
 * is told is the owner's affair (struct http_ops); this file does connections, the token, waiting
 * and streams of server-sent events.
 *
 * GET and HEAD alone. With a token, all paths that http_ops.is_open() does not name want
 * `Authorization: Bearer TOKEN`. Idle connections, and those that read too slowly, are dropped
 * after HTTP_IDLE_S. A stream has no queue of its own: the owner is asked from its cursor on, so
 * that a slow reader costs nothing but its place.
 *
 * Everything happens on the loop's thread.
 */
#ifndef NOTIFY_HTTP_IO_H
#define NOTIFY_HTTP_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "wire/buf.h"

struct addr;
struct http;
struct http_visit;

#define HTTP_CONNECTIONS_MAX 256
#define HTTP_STREAMS_MAX     64 /* of the connections */
#define HTTP_IDLE_S          10
#define HTTP_WAIT_MAX_MS     2000  /* for http_ops.ready() */
#define HTTP_BEAT_MS         10000 /* a comment in each stream, to find out who is gone */
#define HTTP_ERROR_MAX       320   /* bytes of an error text, its end included */

/* What to tell. The body is TEXT when that is set (constant bytes), else BODY, which is taken over.
 */
struct http_answer {
    unsigned status;
    const char *type; /* Content-Type, constant */
    const char *text;
    size_t text_len;
    struct buf body;
    bool stream;     /* no body: events from CURSOR on */
    uint64_t cursor; /* the owner's */
};

struct http_ops {
    /* Whether the path may be told without the token. */
    bool (*is_open)(void *arg, const char *path);
    /* Whether that path can be answered now; else it waits for http_ready(). */
    bool (*ready)(void *arg, const char *path);
    void (*answer)(void *arg, const struct http_visit *visit, struct http_answer *ret_answer);
    /* Fill up to MAX bytes of a stream and move the cursor on; 0: there is nothing yet. */
    size_t (*read)(void *arg, uint64_t *cursor, char *ret_bytes, size_t max);
};

struct http_stats {
    uint64_t requests;
    uint64_t refused; /* no token, or a wrong one; no such method; too many streams */
    uint64_t dropped; /* connections that were idle or too slow while something was told */
    size_t streams;   /* now */
};

/* Listen on HOST ("*": all addresses) and PORT, or on the bound socket FD when it is not -1 (it is
 * closed in the end). TOKEN is copied; empty: none is wanted. OPS outlive the server. NULL with a
 * text. */
struct http *http_start(uv_loop_t *loop, const struct addr *listen, int fd, const char *token,
                        const struct http_ops *ops, void *arg, char ret_error[HTTP_ERROR_MAX]);

/* Counts for requests that come from now on. */
void http_set_token(struct http *http, const char *token);

/* Close all. Frees when the loop has closed the handles. NULL is fine. */
void http_stop(struct http *http);

/* What http_ops.ready() says, or what streams have to tell, may have changed. NULL is fine. */
void http_ready(struct http *http);
void http_told(struct http *http);

const struct http_stats *http_stats(const struct http *http);

/* The request's path without the query, and a parameter of the query; NULL: it is not there. */
const char *http_path(const struct http_visit *visit);
const char *http_query(const struct http_visit *visit, const char *name);
const char *http_header(const struct http_visit *visit, const char *name);

#endif
