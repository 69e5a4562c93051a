/*
 * http_parts_io: what the files of the HTTP server share. For notify/http_*_io.c alone.
 */
#ifndef NOTIFY_HTTP_PARTS_IO_H
#define NOTIFY_HTTP_PARTS_IO_H

#include <microhttpd.h>

#include "notify/http_io.h"
#include "wire/msec.h"

#define HTTP_TOKEN_MAX 255

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
    char token[HTTP_TOKEN_MAX + 1];
    const struct http_ops *ops;
    void *arg;
    struct http_stats stats;
};

/* Wake the connection. */
void http_visit_resume(struct http_visit *visit);

/* For libmicrohttpd: a request is there, or is over. CLS: the server. */
enum MHD_Result http_visit_request(void *cls, struct MHD_Connection *connection, const char *path,
                                   const char *method, const char *version, const char *upload,
                                   size_t *upload_size, void **ref);
void http_visit_completed(void *cls, struct MHD_Connection *connection, void **ref,
                          enum MHD_RequestTerminationCode code);

/* A listening socket. -1 with a text. */
int http_listen(const struct addr *listen, char ret_error[HTTP_ERROR_MAX]);

#endif
