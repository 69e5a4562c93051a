#include "store/watch.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "wire/client.h"

struct watched_key {
    struct watched_key *next;         /* in the bucket */
    struct watched_key *next_of_list; /* of the client */
    struct client *client;
    int db;
    bool expired;
    size_t len;
    char bytes[];
};

/* The client cannot choose what it costs others: a full bucket only slows watchers' writes. FNV-1a
 * is enough. */
static size_t bucket_of(int db, struct slice key)
{
    uint32_t h = 2166136261u ^ (uint32_t)db;

    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 16777619u;
    return h % WATCH_BUCKETS;
}

static struct slice key_of(const struct watched_key *k)
{
    struct slice key = { k->bytes, k->len };
    return key;
}

void watch_add(struct watches *w, struct watch_list *list, struct client *c, int db,
               struct slice key, bool expired)
{
    struct watched_key *k, **bucket = &w->buckets[bucket_of(db, key)];

    for (k = list->first; k != NULL; k = k->next_of_list) {
        if (k->db == db && slice_equal(key_of(k), key))
            return;
    }
    k = malloc(sizeof(*k) + key.n);
    assert(k != NULL);
    k->client = c;
    k->db = db;
    k->expired = expired;
    k->len = key.n;
    memcpy(k->bytes, key.p, key.n);
    k->next = *bucket;
    *bucket = k;
    k->next_of_list = list->first;
    list->first = k;
    w->count++;
}

void watch_clear(struct watches *w, struct watch_list *list)
{
    struct watched_key *k;

    while ((k = list->first) != NULL) {
        struct watched_key **link = &w->buckets[bucket_of(k->db, key_of(k))];

        while (*link != k)
            link = &(*link)->next;
        *link = k->next;
        list->first = k->next_of_list;
        free(k);
        w->count--;
    }
}

void watch_touch_slow(struct watches *w, int db, struct slice key, bool by_expiry)
{
    for (struct watched_key *k = w->buckets[bucket_of(db, key)]; k != NULL; k = k->next) {
        if (k->db != db || !slice_equal(key_of(k), key))
            continue;
        if (!by_expiry || !k->expired)
            k->client->flags |= CLIENT_DIRTY;
        k->expired = false;
    }
}

void watch_touch_db(struct watches *w, int db, bool (*exists)(void *arg, int db, struct slice key),
                    void *arg)
{
    for (size_t b = 0; w->count > 0 && b < WATCH_BUCKETS; b++) {
        for (struct watched_key *k = w->buckets[b]; k != NULL; k = k->next) {
            if ((db < 0 || k->db == db) && !k->expired && exists(arg, k->db, key_of(k)))
                k->client->flags |= CLIENT_DIRTY;
        }
    }
}

bool watch_any_expired(const struct watch_list *list,
                       bool (*expired)(void *arg, int db, struct slice key), void *arg)
{
    for (const struct watched_key *k = list->first; k != NULL; k = k->next_of_list) {
        if (!k->expired && expired(arg, k->db, key_of(k)))
            return true;
    }
    return false;
}
