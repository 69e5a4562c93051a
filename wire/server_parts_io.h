/*
 * What the parts of the server share: server_io.c (its life and turn, the set of clients),
 * server_listen_io.c, server_conn_io.c (beginning and end of a connection), server_read_io.c and
 * server_send_io.c. Nobody else includes it.
 */
#ifndef WIRE_SERVER_PARTS_IO_H
#define WIRE_SERVER_PARTS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "wire/buf.h"
#include "wire/client.h"
#include "wire/resp_read.h"
#include "wire/server_io.h"
#include "wire/table.h"

#define SERVER_READ_BYTES ((size_t)64 * 1024) /* read at a time */
#define SERVER_SWEEP_MS   1000                /* how often time limits are looked at */
#define SERVER_ROUNDS_MAX 4                   /* in one turn of the loop */
#define SERVER_LINGER_MS  1000                /* for a closed client to read our last words */
#define SERVER_LINGER_MAX 256                 /* connections in that state; more are cut off */

struct conn;

/* Both lists run through the connections themselves. */
struct conn_list {
    struct conn *first, *last;
};

/*
 * OPEN -> LINGERING (out of the set of clients; sent all, waits for the other end to close, so that
 * unread requests do not make the kernel throw our last reply away) -> CLOSED (uv_close called).
 */
enum conn_state { CONN_OPEN, CONN_LINGERING, CONN_CLOSED };

struct conn {
    struct client client; /* first: the two are the same pointer */
    struct server *server;
    uv_tcp_t tcp;
    uv_write_t write;
    enum conn_state state;
    struct resp_reader reader;
    struct buf in;      /* bytes read and not yet run; mostly empty (they are run where they lie) */
    struct buf sending; /* owned by the write under way */
    bool writing;       /* a write is under way */
    bool reading;       /* uv_read_start is in force */
    bool running;       /* within the program's request() */
    bool postponed;     /* the program said SERVER_AGAIN; the request lies in front of `in` */
    bool resumed;       /* look into `in`, which may hold requests */
    bool dirty;         /* in the server's list of those to be looked after */
    bool want_drained;
    bool rejected;   /* one too many: never was a client */
    const char *why; /* of its closing */
    uint64_t linger_until_ms;
    uint64_t soft_since_ms; /* over the soft output limit since; 0: it is not */
    struct table_node by_id;
    struct conn *prev, *next; /* of the server's open or lingering connections */
    struct conn *dirty_next;
};

struct server {
    uv_loop_t *loop;
    struct server_options options;
    const struct server_app *app;
    void *arg;
    uv_tcp_t *listeners[SERVER_LISTENERS_MAX];
    size_t listeners_n;
    uv_prepare_t prepare; /* looks after the dirty ones just before the loop waits */
    uv_idle_t idle;       /* runs while some are left for the next turn */
    uv_timer_t sweep;
    uint64_t next_id;
    struct table by_id;
    struct conn_list open;
    struct conn_list lingering;
    size_t lingering_n;
    uint64_t complained_ms; /* last complaint about accept */
    struct conn *dirty_first, *dirty_last;
    size_t handles; /* libuv handles not yet closed */
    bool stopping;
    void (*stopped)(void *arg);
    void *stopped_arg;
    struct server_stats stats;
    char read_bytes[SERVER_READ_BYTES]; /* where all read that have nothing left over */
};

/* The connection of a client that came through a server. */
static inline struct conn *conn_of(struct client *c)
{
    return (struct conn *)(void *)c;
}

extern const struct client_ops conn_client_ops;

void conn_list_add(struct conn_list *list, struct conn *conn);
void conn_list_remove(struct conn_list *list, struct conn *conn);

/* A connection for one that waits in the listener's backlog; closes itself when that fails. */
void conn_accept(struct server *s, uv_stream_t *listener);

/* To be looked after before the loop waits. */
void conn_mark(struct conn *conn);

/* Looks after a marked connection: runs what waits ... */
void conn_run_waiting(struct conn *conn);

/* ... and sends, or closes. */
void conn_settle(struct conn *conn);

/* Ends it for a reason, at the next settling. */
void conn_fail(struct conn *conn, const char *why);

/* The same for a limit: counts and logs it. */
void conn_fail_limit(struct conn *conn, uint64_t *count, const char *why);

/* All is sent: says so to the other end, and waits a little for it to close. */
void conn_linger(struct conn *conn);

/* Sets what the reply buffer may hold: what the hard limit leaves beside the bytes on their way. */
void conn_limit_output(struct conn *conn);

/* Reads on, or stops while enough requests wait for the reply to an earlier one. */
void conn_control_reading(struct conn *conn);

/* Lets go of the socket now (from any state). The memory goes with libuv's close callback. */
void conn_cut(struct conn *conn);

/* Time limits: idle, soft output limit. */
void conn_check_time(struct conn *conn, uint64_t now_ms);

/* One libuv handle of the server has been closed; the last one frees it, if it is stopping. */
void server_handle_closed(struct server *s);

#endif
