/*
 * WATCH: which clients are to be told when a key changes. Costs one comparison per write while
 * nobody watches anything.
 */
#ifndef STORE_WATCH_H
#define STORE_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/slice.h"

struct client;
struct watched_key;

#define WATCH_BUCKETS 1024

struct watches {
    size_t count; /* watched keys, each client's counted apart */
    struct watched_key *buckets[WATCH_BUCKETS];
};

/* The keys of one client; embedded in what it keeps per client. Zero bytes: none. */
struct watch_list {
    struct watched_key *first;
};

/* Watches a key; once is enough. expired: it is logically gone already, so that its deletion is no
 * change. */
void watch_add(struct watches *w, struct watch_list *list, struct client *c, int db,
               struct slice key, bool expired);

/* Forgets all keys of a client. */
void watch_clear(struct watches *w, struct watch_list *list);

/*
 * A key was changed, added or deleted: its watchers become CLIENT_DIRTY. by_expiry: it was deleted
 * since its time had come, which is no change to those who saw it expired already.
 */
void watch_touch_slow(struct watches *w, int db, struct slice key, bool by_expiry);
static inline void watch_touch(struct watches *w, int db, struct slice key, bool by_expiry)
{
    if (w->count > 0)
        watch_touch_slow(w, db, key, by_expiry);
}

/*
 * A database (-1: all) is about to be emptied or replaced: whoever watches a key that `exists` (in
 * the old or the new data) becomes dirty.
 */
void watch_touch_db(struct watches *w, int db, bool (*exists)(void *arg, int db, struct slice key),
                    void *arg);

/* True when one of the client's keys, not expired when it was watched, is so now. */
bool watch_any_expired(const struct watch_list *list,
                       bool (*expired)(void *arg, int db, struct slice key), void *arg);

#endif
