/*
 * What blocked.c (who waits) and blocked_serve.c (who is served) share. Nobody else includes it.
 */
#ifndef STORE_BLOCKED_PARTS_H
#define STORE_BLOCKED_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "store/blocked.h"
#include "wire/deadline.h"

/* One client at one key. */
struct wait_link {
    struct waiting *waiter;
    struct waited_key *key;
    struct wait_link *prev, *next; /* at the key, in the order of their coming */
};

struct waited_key {
    struct dict_node node;
    struct wait_link *first, *last;
    struct waited_key *ready_next;
    int db;
    bool ready; /* in the queue, or being served: it stays even if nobody waits any more */
    char bytes[];
};

/* The words of the request stand behind argv. */
struct waiting {
    struct deadline deadline; /* first: the two are the same pointer */
    struct waiting *prev, *next;
    struct client *client;
    const struct command *command;
    enum value_type type;
    bool muted; /* CLIENT REPLY SKIP: the late reply is to be skipped too */
    bool stays; /* run again, it has found nothing */
    size_t argc;
    struct slice *argv;
    size_t links_n;
    struct wait_link links[];
};

static inline struct slice waited_key_name(const struct waited_key *k)
{
    struct slice key = { k->bytes, k->node.key_len };

    return key;
}

/* The key, or NULL: nobody waits there. */
struct waited_key *blocked_find_key(struct blocked *b, int db, struct slice key);

/* Forgets a key at which nobody waits. */
void blocked_drop_idle(struct blocked *b, struct waited_key *k);

/* The client has been answered: it waits no more, and the waiter is freed. */
void blocked_finish(struct blocked *b, struct waiting *w);

#endif
