/*
 * The TCP server of both daemons, on libuv: listens, accepts, reads requests, hands them out one by
 * one, sends what was replied. All on the loop's thread.
 *
 *     opened(client) -> request(client, req)* -> closed(client)
 *
 * Requests of one client run in order, replies leave in order, and once per turn of the loop (so
 * pipelined requests share one write). A slow reader costs memory up to the output limit of its
 * class, then it is closed; a fast one is never waited for.
 *
 * Limits: clients (the one too many is told `-ERR max number of clients reached` and closed), query
 * buffer, output buffer (hard: at once; soft: exceeded for a while), idle time; each close has a
 * reason, given to closed() and logged.
 */
#ifndef WIRE_SERVER_IO_H
#define WIRE_SERVER_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "wire/client.h"
#include "wire/msec.h"
#include "wire/resp_read.h"

struct client_filter;
struct server;

#define SERVER_CLIENTS_MAX     10000                        /* default of clients_max */
#define SERVER_QUERY_BYTES_MAX ((size_t)1024 * 1024 * 1024) /* default of query_bytes_max */
#define SERVER_BACKLOG_MAX     511
#define SERVER_LISTENERS_MAX   16
#define SERVER_BLOCKED_QUERY_BYTES_MAX                                                             \
    ((size_t)1024 * 1024) /* read ahead of a client whose reply is awaited */
#define SERVER_ERROR_TEXT_MAX 256

/* Most bytes that may wait to be sent to one client; 0: that limit is off. */
struct server_output_limit {
    size_t hard_bytes; /* closed at once */
    size_t soft_bytes; /* closed when exceeded for soft_ms without a break */
    msec soft_ms;
};

struct server_options {
    size_t clients_max;
    size_t query_bytes_max;
    struct server_output_limit output[CLIENT_CLASSES];
    struct resp_limits request; /* of authenticated clients */
    msec idle_ms;               /* closes a normal client that says nothing for so long; 0: never */
    int keepalive_s;            /* TCP keep-alive; 0: off */
};

/* Fills in the defaults above; output: normal and master 1 GiB, replica 256 MiB (64 MiB for 60 s),
   pubsub 32 MiB (8 MiB for 60 s). */
void server_options_default(struct server_options *ret_options);

enum server_verdict {
    SERVER_DONE, /* the request was run; its reply is written, or comes later (client_block) */
    SERVER_AGAIN /* not now: the same request is handed out again after server_retry (CLIENT PAUSE)
                  */
};

/* The program's side. Only request must be there. */
struct server_app {
    enum server_verdict (*request)(void *arg, struct client *c, const struct resp_request *req);
    void (*opened)(void *arg, struct client *c); /* set c->user, CLIENT_AUTHENTICATED here */
    /* c is still whole; leave the registries here. why: constant text */
    void (*closed)(void *arg, struct client *c, const char *why);
    /* Everything written so far has been taken by the kernel; only for clients that asked
     * (server_want_drained) */
    void (*drained)(void *arg, struct client *c);
    /* Just before what the client was replied is handed to the kernel; false: it is closed instead */
    bool (*may_send)(void *arg, struct client *c);
    /* Once per turn of the loop, before replies are sent: make durable, propagate */
    void (*before_send)(void *arg);
};

/* A server that does not listen yet. options are copied; app and arg (the first
 * argument of its functions) outlive the server. NULL:
 * memory. */
struct server *server_new(uv_loop_t *loop, const struct server_options *options,
                          const struct server_app *app, void *arg);

/*
 * Listens on an address (numeric or a name, which is resolved blocking; "*" or "": all) and port
 * (0: any, see server_port). May be called for several addresses. 0, or -1 with a text in
 * ret_error.
 */
int server_listen(struct server *s, const char *host, uint16_t port,
                  char ret_error[SERVER_ERROR_TEXT_MAX]);

/* Listens on a socket that is already bound (systemd socket activation). Takes it over. */
int server_listen_fd(struct server *s, int fd, char ret_error[SERVER_ERROR_TEXT_MAX]);

/* Port of the first listener; 0: none. */
uint16_t server_port(const struct server *s);

/* Stops listening; clients stay. */
void server_unlisten(struct server *s);

/*
 * Closes everything (sending what can be sent without waiting) and frees the server once the loop
 * has closed its handles; then calls done(arg), which may be NULL. No callback of the app but
 * closed() is called from here on.
 */
void server_stop(struct server *s, void (*done)(void *arg), void *arg);

/* Options in force; a change (of limits) counts from the next event on. */
struct server_options *server_options(struct server *s);

/* The client of an id, or NULL when it is gone. */
struct client *server_find(struct server *s, uint64_t id);

/* Clients in the order in which they came, closing ones left out. fn may close any of them. */
void server_each(struct server *s, void (*fn)(void *ctx, struct client *c), void *ctx);
size_t server_count(const struct server *s);

/*
 * Closes all clients that the filter matches; `asks` (may be NULL), when it is one of them, is
 * closed after its reply. Returns their number.
 */
size_t server_kill(struct server *s, const struct client_filter *f, struct client *asks,
                   const char *why);

/* Closes this client for a reason; also from within its own request. */
void server_close(struct server *s, struct client *c, const char *why);

/* Hands out again what was answered SERVER_AGAIN. */
void server_retry(struct server *s);

/* Calls drained() once when all that is in c->out (and what is appended until then) is sent. */
void server_want_drained(struct server *s, struct client *c);

/*
 * A duplicate of the client's socket, for a child process that feeds a replica: a file
 * descriptor, non-blocking; or -1. The client itself stays.
 */
int server_dup_fd(struct server *s, struct client *c);

/* For INFO. */
struct server_stats {
    uint64_t accepted;
    uint64_t rejected; /* over clients_max */
    uint64_t requests;
    uint64_t bytes_in;
    uint64_t bytes_out;
    uint64_t closed_query;  /* over the query buffer limit */
    uint64_t closed_output; /* over an output buffer limit */
    size_t blocked;
};
const struct server_stats *server_stats(const struct server *s);

#endif
