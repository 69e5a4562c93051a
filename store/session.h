/*
 * What the store keeps for each client beyond the connection: its transaction, its watched keys,
 * and, for a replica's link, the replica. Hangs on client->user from the opening of the connection
 * to its end.
 */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "store/held.h"
#include "store/watch.h"
#include "wire/client.h"
#include "wire/command.h"
#include "wire/slice.h"

struct queued;
struct replica;
struct store;
struct waiting;

#define QUEUED_COMMANDS_MAX ((size_t)1024 * 1024) /* in one transaction */

struct session {
    struct watch_list watched;
    struct queued *first, *last; /* the transaction */
    size_t queued;
    size_t queued_bytes;
    unsigned queued_flags;   /* flags of all its commands, together */
    bool failed;             /* a command could not be queued: EXEC will refuse */
    int64_t write_offset;    /* of the stream, behind its last write; for WAIT */
    struct waiting *waiter;  /* of a blocking command; NULL: it does not wait */
    uint64_t last_change;    /* the count of changes behind its last write */
    uint64_t told_change;    /* ... behind the last one that it may have been told of */
    struct held_list held;   /* its replies that wait for replicas */
    struct replica *replica; /* NULL: an ordinary client */
    char command[COMMAND_FULL_NAME_SIZE];
};

static inline struct session *session_of(const struct client *c)
{
    return (struct session *)c->user;
}

/* Gives a client its session. */
void session_open(struct store *s, struct client *c);

/* Forgets transaction, watched keys and what it waits for, frees the session. The replica must have
 * gone. */
void session_close(struct store *s, struct client *c);

/* Begins, extends, forgets a transaction. */
void session_begin(struct client *c);
bool session_queue(struct client *c, const struct command_match *m, size_t argc,
                   const struct slice *argv);
void session_discard(struct store *s, struct client *c);

/* One command of a transaction. */
struct queued {
    struct queued *next;
    struct command_match match;
    size_t argc;
    struct slice argv[]; /* the bytes stand behind it */
};

#endif
