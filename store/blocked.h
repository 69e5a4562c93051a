/*
 * Clients that wait for a value: BLPOP and its kin. Pure: who waits for which keys and until when,
 * and who is served in which order.
 *
 *     nothing there ──blocked_wait──▶ waits ──a key changed──▶ its command runs again ──▶ answered
 *                                     │   ▲─────── nothing for it there ───────┘
 *                                     └──▶ answered: time-out, CLIENT UNBLOCK, another role; closed
 *
 * The request of a client that waits is kept. When one of its keys has changed and holds a value of
 * the type that it waits for, the same handler runs again, and may look at that key only
 * (blocked_sees): it answers, or calls blocked_wait again and keeps its place. Clients that wait
 * for one key are served in the order in which they came, keys in the order in which they changed.
 * What such a handler changes must be propagated as its effect (LPOP), not as it came.
 */
#ifndef STORE_BLOCKED_H
#define STORE_BLOCKED_H

#include <stdbool.h>
#include <stddef.h>

#include "store/dict.h"
#include "store/keyspace.h"
#include "wire/deadline.h"
#include "wire/msec.h"
#include "wire/slice.h"

struct client;
struct command;
struct store;
struct waited_key;
struct waiting;

/* Of a store; one waiter per client, so that the limit of clients is theirs. */
struct blocked {
    struct dict keys[DATABASES_MAX]; /* struct waited_key */
    struct hash_key hash_key;
    struct waited_key *ready, *ready_last; /* changed, and not looked at yet */
    struct waiting *first;
    struct deadlines deadlines;
    const struct command *command; /* being run; set by exec */
    struct waiting *served;        /* whose command is run again; NULL: none */
    struct slice served_key;
};

/* What a request waits for. */
struct blocked_for {
    enum value_type type;
    size_t keys;
    const struct slice *key; /* a run of them; they are copied */
    msec until_ms;           /* monotonic; MSEC_NEVER: as long as it takes */
};

void blocked_init(struct blocked *b, const struct hash_key *hash_key);

/* Nobody may wait any more. */
void blocked_done(struct blocked *b);

/*
 * Reads the timeout of a blocking command: seconds, with decimals; 0 is for ever. False after the
 * error was written.
 */
bool blocked_arg_timeout(struct store *s, struct client *c, struct slice arg, msec *ret_until_ms);

/*
 * Lets a client wait: its request gets no reply now. False when it must not wait (in a transaction,
 * in the primary's stream): the handler then answers that there is nothing.
 */
bool blocked_wait(struct store *s, struct client *c, const struct blocked_for *what, size_t argc,
                  const struct slice *argv);

/* True when the handler may look at this key: always, but when it runs again. */
static inline bool blocked_sees(const struct blocked *b, struct slice key)
{
    return b->served == NULL || slice_equal(b->served_key, key);
}

/* A key was added or changed; of a database: all its keys may have been (SWAPDB). */
void blocked_signal_slow(struct blocked *b, int db, struct slice key);
void blocked_signal_db(struct blocked *b, int db);
static inline void blocked_signal(struct blocked *b, int db, struct slice key)
{
    if (b->first != NULL)
        blocked_signal_slow(b, db, key);
}

/* Serves those whose keys have changed, unless nothing must change now; to be called when a request
 * has been run. */
void blocked_serve(struct store *s);

/* The earliest time-out, MSEC_NEVER: none; and the answers to those whose time has come. */
msec blocked_next_ms(const struct blocked *b);
void blocked_expire(struct store *s);

/* What CLIENT UNBLOCK with ERROR says. */
extern const char blocked_error_unblocked[];

/* Answers a client that waits, as at its time-out or with an error; false when it does not wait. */
bool blocked_end(struct store *s, struct client *c, bool with_error);

/* We are a replica now: all that wait get an error, and are closed. */
void blocked_end_all(struct store *s);

/* The client has gone. */
void blocked_forget(struct store *s, struct client *c);

#endif
