/*
 * A connection as the commands see it: who it is, what it may do, and where its replies go. Pure;
 * the socket behind it is server_io's. A program may also make one that has no socket (the stream
 * of a primary whose commands are run with a muted writer; a unit test).
 *
 * Replies are appended to `reply` during the request. Whoever appends at another time (a late
 * reply, a message) calls client_touch afterwards, so that it is sent.
 *
 * Pointers to a client are good only within the callback that got them. Anything that lives longer
 * keeps the id (never used twice) and asks the server for the client, which may be gone by then.
 */
#ifndef WIRE_CLIENT_H
#define WIRE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/buf.h"
#include "wire/msec.h"
#include "wire/pubsub.h"
#include "wire/resp_write.h"
#include "wire/slice.h"

struct client;

#define CLIENT_ADDR_SIZE      64  /* "[address]:port" and a zero */
#define CLIENT_NAME_BYTES_MAX 255 /* CLIENT SETNAME, SETINFO */

/* Kinds with output limits of their own; also the TYPE of CLIENT KILL and LIST. */
enum client_class { CLIENT_NORMAL, CLIENT_REPLICA, CLIENT_PUBSUB, CLIENT_MASTER };
#define CLIENT_CLASSES 4

enum client_flag {
    CLIENT_AUTHENTICATED = 1 << 0,     /* may run everything, and send large requests */
    CLIENT_BLOCKED = 1 << 1,           /* its reply comes later; further requests wait */
    CLIENT_CLOSE_AFTER_REPLY = 1 << 2, /* no further request is read */
    CLIENT_CLOSING = 1 << 3,           /* gone as soon as the callback returns; nothing is sent */
    CLIENT_IS_REPLICA = 1 << 4,        /* a replica's link (S in CLIENT LIST) */
    CLIENT_IS_MASTER = 1 << 5,         /* our primary's stream (M) */
    CLIENT_IN_MULTI = 1 << 6,          /* x */
    CLIENT_DIRTY = 1 << 7,             /* a watched key changed (d) */
    CLIENT_NO_EVICT = 1 << 8,          /* e */
    CLIENT_SKIP_NEXT = 1 << 9,         /* CLIENT REPLY SKIP: the next request gets no reply */
    CLIENT_SKIPPING = 1 << 10,         /* ... and this is that request */
    CLIENT_REPLY_OFF = 1 << 11,        /* CLIENT REPLY OFF */
    CLIENT_TRACKING = 1 << 12,         /* CLIENT TRACKING ON (t) */
    CLIENT_FLAG_APP = 1 << 16          /* this bit and those above are the program's */
};

/* What the owner of the socket wants to know; NULL members are allowed. */
struct client_ops {
    void (*touch)(struct client *c);  /* there is something to send, or the flags changed */
    void (*resume)(struct client *c); /* CLIENT_BLOCKED was just cleared */
};

struct client {
    uint64_t id;
    char addr[CLIENT_ADDR_SIZE];  /* the other end: "10.0.0.1:4711", "[::1]:4711" */
    char laddr[CLIENT_ADDR_SIZE]; /* our end */
    char *name;                   /* CLIENT SETNAME; NULL: none. Owned */
    char *login;                  /* user that it logged in as; NULL: the default user. Owned */
    char *lib_name;               /* CLIENT SETINFO; NULL: none. Owned */
    char *lib_ver;
    unsigned flags;     /* enum client_flag */
    int db;             /* SELECT */
    int multi;          /* commands queued, -1: not in MULTI */
    int fd;             /* shown only */
    uint64_t redirect;  /* CLIENT TRACKING REDIRECT, with CLIENT_TRACKING; 0: none */
    msec opened_ms;     /* monotonic */
    msec active_ms;     /* last request; monotonic */
    size_t query_bytes; /* unread bytes held; kept by the server */
    size_t
        sending_bytes; /* bytes handed to the kernel's side and not yet taken; kept by the server */
    const char *command;      /* full name of the last command, for CLIENT LIST; set by the program;
                                 NULL: none */
    struct buf out;           /* what is to be sent */
    uint64_t out_at;          /* position of its first byte in all that was ever replied */
    uint64_t hold_at;         /* position from which on nothing is sent yet */
    struct resp_writer reply; /* writes to out */
    struct pubsub_member subs; /* its subscriptions; deliver writes to out */
    struct pubsub *pubsub;     /* where they are kept; set by the program when it opens */
    const struct client_ops *ops;
    void *user; /* the program's */
};

/* An unnamed client of protocol 2, database 0, not authenticated, with subs that deliver to it. ops
 * may be NULL. */
void client_init(struct client *c, uint64_t id, const struct client_ops *ops, msec now_ms);

/* Frees what the client owns. Its subscriptions must have been left. */
void client_done(struct client *c);

/* Bytes of replies not yet taken by the kernel. */
static inline size_t client_unsent_bytes(const struct client *c)
{
    return buf_used(&c->out) + c->sending_bytes;
}

/* Where the next byte of `reply` will stand in all that was ever replied. */
static inline uint64_t client_reply_at(const struct client *c)
{
    return c->out_at + buf_used(&c->out);
}

/* Nothing from this position on is sent until the next call moves it; what has been sent is sent.
 * client_touch when it moves on. */
#define CLIENT_HOLD_NOTHING UINT64_MAX
static inline void client_hold(struct client *c, uint64_t from)
{
    c->hold_at = from;
}

/* Bytes at the front of `out` that may be sent now. */
static inline size_t client_sendable_bytes(const struct client *c)
{
    if (c->hold_at <= c->out_at)
        return 0;
    return c->hold_at < client_reply_at(c) ? (size_t)(c->hold_at - c->out_at) : buf_used(&c->out);
}

/* Drops bytes at the front of `out`: they are sent, or on their way. */
static inline void client_sent(struct client *c, size_t n)
{
    buf_consume(&c->out, n);
    c->out_at += n;
}

/* Something was appended to `reply` outside of a request, or a closing flag was set. */
void client_touch(struct client *c);

/*
 * The request being run is answered later: no further request of this client is handed out until
 * client_resume, by which time the reply has been appended. Resume of a client that is not blocked
 * does nothing.
 */
void client_block(struct client *c);
void client_resume(struct client *c);

/* Closed once all that has been written is sent; no more requests are read. */
void client_close_after_reply(struct client *c);

/* Closed at once, nothing more is sent. */
void client_close(struct client *c);

/*
 * CLIENT REPLY: a muted client still gets messages and pushes. client_request_end is called by
 * whoever hands out requests, behind each one.
 */
enum client_reply_mode { CLIENT_REPLY_MODE_ON, CLIENT_REPLY_MODE_OFF, CLIENT_REPLY_MODE_SKIP };
void client_reply_mode(struct client *c, enum client_reply_mode mode);
void client_request_end(struct client *c);

enum client_class client_class(const struct client *c);

/*
 * Sets *field (name, lib_name, lib_ver) to a copy; an empty slice clears it. False when it holds
 * anything but printable ASCII without spaces, or is too long: nothing is changed.
 */
bool client_set_field(char **field, struct slice value);

/* The user that the client is. */
#define CLIENT_USER_DEFAULT "default"
const char *client_user(const struct client *c);

/* From now on the client is that user, and authenticated. False: memory, nothing was changed. */
bool client_log_in(struct client *c, const char *user);

/* It is the default user again, and not authenticated. */
void client_log_out(struct client *c);

/* One line of CLIENT LIST without line end, fields in Redis's order. */
bool client_describe(const struct client *c, msec now_ms, struct buf *ret_line);

#endif
