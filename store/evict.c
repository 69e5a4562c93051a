#include "store/evict.h"

#include <string.h>

#include "store/mem.h"
#include "store/store.h"

#define SWEEP_ENTRIES 8 /* dead entries freed instead of deleting one that is alive */

static bool is_over(const struct store *s)
{
    int64_t most = option_number(&s->options, OPT_MAXMEMORY);

    return most > 0 && mem_used() > (size_t)most;
}

/* A primary's keys are its replica's: only the primary decides which of them go. */
static bool is_asked(const struct store *s)
{
    return !store_is_held(s) &&
           (!store_is_replica(s) || !option_number(&s->options, OPT_REPLICA_IGNORE_MAXMEMORY));
}

/* An entry by chance, of all or of those that expire; NULL: there is none. */
static struct entry *draw(struct store *s, struct db *db, bool is_volatile)
{
    if (!is_volatile)
        return (struct entry *)dict_random(&db->dict, prng_next(&s->prng));
    return db->expiry.n > 0 ? expiry_any(&db->expiry, prng_below(&s->prng, db->expiry.n)) : NULL;
}

static bool is_held(const struct evict_pool *pool, const struct entry *e)
{
    for (size_t i = 0; i < pool->count; i++) {
        if (pool->candidates[i].entry == e)
            return true;
    }
    return false;
}

/* Puts an entry into the pool, at its place; the one used last makes room for it. */
static void offer(struct evict_pool *pool, const struct db *db, const struct entry *e,
                  uint32_t idle_s)
{
    struct evict_candidate candidate = { e, e->node.hash, idle_s, db->id };
    struct evict_candidate *c = pool->candidates;
    size_t at = 0;

    if (is_held(pool, e))
        return;
    while (at < pool->count && c[at].idle_s < idle_s)
        at++;
    if (pool->count < EVICT_POOL_MAX) {
        memmove(c + at + 1, c + at, (pool->count - at) * sizeof(*c));
        pool->count++;
    } else if (at == 0) {
        return;
    } else {
        at--;
        memmove(c, c + 1, at * sizeof(*c));
    }
    c[at] = candidate;
}

/* Samples of each database go into the pool. */
static void sample(struct store *s, bool is_volatile)
{
    int64_t samples = option_number(&s->options, OPT_MAXMEMORY_SAMPLES);

    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        struct db *db = &s->data.dbs[i];
        struct entry *e;

        for (int64_t n = 0; n < samples && (e = draw(s, db, is_volatile)) != NULL; n++)
            offer(&s->evict, db, e, entry_idle_s(e, s->data.access_clock));
    }
}

/* The longest unused key of the pool that still is one; false: the pool is empty. */
static bool take(struct store *s, bool is_volatile, struct key_ref *ret_ref)
{
    struct evict_pool *pool = &s->evict;

    while (pool->count > 0) {
        const struct evict_candidate *c = &pool->candidates[--pool->count];
        const struct entry *e =
            keyspace_find_entry(&s->data.dbs[c->db], c->entry, c->hash, ret_ref);

        if (e != NULL && entry_idle_s(e, s->data.access_clock) >= c->idle_s &&
            (!is_volatile || entry_is_volatile(e)))
            return true;
    }
    return false;
}

/* Samples until one of them holds; while there are keys, one of them does. */
static bool choose_unused(struct store *s, bool is_volatile, struct key_ref *ret_ref)
{
    do {
        sample(s, is_volatile);
        if (s->evict.count == 0)
            return false;
    } while (!take(s, is_volatile, ret_ref));
    return true;
}

static bool choose_random(struct store *s, bool is_volatile, struct key_ref *ret_ref)
{
    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        struct db *db = &s->data.dbs[s->evict.next_db++ % DATABASES_MAX];
        struct entry *e = draw(s, db, is_volatile);

        if (e != NULL)
            return keyspace_find_entry(db, e, e->node.hash, ret_ref) != NULL;
    }
    return false;
}

/* The heaps know which key expires first: no sample is needed. */
static bool choose_first_expiring(struct store *s, struct key_ref *ret_ref)
{
    struct entry *first = NULL;

    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        struct entry *e = expiry_first(&s->data.dbs[i].expiry);

        if (e == NULL || (first != NULL && entry_expires_at(first) <= entry_expires_at(e)))
            continue;
        first = e;
        keyspace_find_entry(&s->data.dbs[i], e, e->node.hash, ret_ref);
    }
    return first != NULL;
}

static bool choose(struct store *s, struct key_ref *ret_ref)
{
    switch ((enum evict_policy)option_number(&s->options, OPT_MAXMEMORY_POLICY)) {
    case EVICT_ALL_LRU:
        return choose_unused(s, false, ret_ref);
    case EVICT_VOLATILE_LRU:
        return choose_unused(s, true, ret_ref);
    case EVICT_ALL_RANDOM:
        return choose_random(s, false, ret_ref);
    case EVICT_VOLATILE_RANDOM:
        return choose_random(s, true, ret_ref);
    case EVICT_VOLATILE_TTL:
        return choose_first_expiring(s, ret_ref);
    case EVICT_NONE:
        break;
    }
    return false;
}

bool evict_by_use(const struct store *s)
{
    int64_t policy = option_number(&s->options, OPT_MAXMEMORY_POLICY);

    return policy == EVICT_ALL_LRU || policy == EVICT_VOLATILE_LRU;
}

bool evict_goes_on(struct store *s)
{
    return is_over(s) && is_asked(s) && evict_make_room(s) && is_over(s);
}

bool evict_make_room(struct store *s)
{
    struct key_ref ref;

    if (!is_over(s) || !is_asked(s))
        return true;
    for (int i = 0; i < EVICT_STEP_MAX && is_over(s); i++) {
        /* What was deleted already is freed before anything else is. */
        if (s->data.graves != NULL) {
            keyspace_sweep(&s->data, SWEEP_ENTRIES);
            continue;
        }
        if (!choose(s, &ref))
            return false;
        store_evict(s, &ref);
    }
    return true;
}
