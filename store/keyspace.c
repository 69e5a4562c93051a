#include "store/keyspace.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What waits to be freed: a flushed database, or a large value. */
struct grave {
    struct grave *next;
    struct entry *value; /* NULL: a database */
    struct dict dict;
    struct expiry expiry;
};

static struct grave *dig(struct keyspace *ks, struct entry *value)
{
    struct grave *g = malloc(sizeof(*g));

    assert(g != NULL);
    g->value = value;
    g->next = ks->graves;
    ks->graves = g;
    return g;
}

/* Takes a large value out of an entry that is about to go, or to get another. */
static void bury_value(struct keyspace *ks, struct entry *e)
{
    struct entry *value = entry_take_large(e);

    if (value != NULL)
        dig(ks, value);
}

void keyspace_init(struct keyspace *ks, const unsigned char hash_seed[HASH_KEY_SIZE])
{
    memset(ks, 0, sizeof(*ks));
    hash_key_set(&ks->hash_key, hash_seed);
    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        ks->dbs[i].id = i;
        ks->dbs[i].keyspace = ks;
        dict_init(&ks->dbs[i].dict, &ks->hash_key, offsetof(struct entry, key));
    }
}

void keyspace_done(struct keyspace *ks)
{
    for (unsigned i = 0; i < DATABASES_MAX; i++)
        keyspace_flush(ks, &ks->dbs[i]);
    while (keyspace_sweep(ks, SIZE_MAX))
        ;
}

struct entry *keyspace_find(struct db *db, struct slice key, struct key_ref *ret_ref)
{
    ret_ref->db = db;
    ret_ref->key = key;
    ret_ref->hash = dict_hash(&db->dict, key.p, key.n);
    ret_ref->link = dict_find(&db->dict, key.p, key.n, ret_ref->hash);
    return key_ref_entry(ret_ref);
}

struct entry *keyspace_find_entry(struct db *db, const struct entry *e, uint32_t hash,
                                  struct key_ref *ret_ref)
{
    struct dict_node **link = dict_find_node(&db->dict, &e->node, hash);

    if (link == NULL)
        return NULL;
    ret_ref->db = db;
    ret_ref->key = entry_key(e);
    ret_ref->hash = hash;
    ret_ref->link = link;
    return key_ref_entry(ret_ref);
}

/* A dict_insert may move other entries between buckets, but the new one is the first of its own. */
struct entry *keyspace_add(struct key_ref *ref)
{
    struct entry *e;

    assert(ref->link == NULL && ref->key.n <= KEY_BYTES_MAX);
    e = entry_new(ref->key, false);
    e->access = ref->db->keyspace->access_clock;
    ref->link = dict_insert(&ref->db->dict, &e->node, ref->hash);
    return e;
}

void keyspace_delete(struct key_ref *ref)
{
    struct entry *e = key_ref_entry(ref);

    assert(e != NULL);
    if (entry_is_volatile(e))
        expiry_remove(&ref->db->expiry, e);
    dict_remove(&ref->db->dict, ref->link);
    ref->link = NULL;
    bury_value(ref->db->keyspace, e);
    entry_free(e);
}

void keyspace_clear(struct key_ref *ref)
{
    struct slice empty = { "", 0 };
    struct entry *e = key_ref_entry(ref);

    bury_value(ref->db->keyspace, e);
    entry_set_string(e, empty);
}

struct entry *keyspace_set_expiry(struct key_ref *ref, int64_t at_ms)
{
    struct entry *e = key_ref_entry(ref);
    struct expiry *x = &ref->db->expiry;
    bool was = entry_is_volatile(e), is = at_ms >= 0;

    if (was && is) {
        expiry_move(x, e, at_ms);
        return e;
    }
    if (was == is)
        return e;
    if (was)
        expiry_remove(x, e);
    e = entry_resize(e, is);
    dict_replace(ref->link, &e->node);
    if (is)
        expiry_add(x, e, at_ms);
    return e;
}

void keyspace_rename(struct key_ref *from, struct slice to)
{
    struct entry *source = key_ref_entry(from), *target;
    struct db *db = from->db;
    int64_t at_ms = entry_expires_at(source);
    struct key_ref ref;

    target = keyspace_find(db, to, &ref);
    if (target == NULL)
        target = keyspace_add(&ref);
    else
        bury_value(db->keyspace, target);
    entry_move_value(target, source);
    target->access = source->access;
    keyspace_set_expiry(&ref, at_ms);

    keyspace_find(db, from->key, &ref);
    keyspace_delete(&ref);
}

/* The entry itself changes its place. */
void keyspace_move(struct key_ref *from, struct db *db)
{
    struct entry *e = key_ref_entry(from);
    int64_t at_ms = entry_expires_at(e);

    if (at_ms >= 0)
        expiry_remove(&from->db->expiry, e);
    dict_remove(&from->db->dict, from->link);
    dict_insert(&db->dict, &e->node, from->hash);
    if (at_ms >= 0)
        expiry_add(&db->expiry, e, at_ms);
}

void keyspace_swap_dbs(struct keyspace *ks, unsigned a, unsigned b)
{
    struct db one = ks->dbs[a];

    ks->dbs[a].dict = ks->dbs[b].dict;
    ks->dbs[a].expiry = ks->dbs[b].expiry;
    ks->dbs[b].dict = one.dict;
    ks->dbs[b].expiry = one.expiry;
}

void keyspace_copy(struct key_ref *from, struct db *db, struct slice to)
{
    struct entry *source = key_ref_entry(from), *target;
    int64_t at_ms = entry_expires_at(source);
    struct key_ref ref;

    target = keyspace_find(db, to, &ref);
    if (target == NULL)
        target = keyspace_add(&ref);
    else
        bury_value(db->keyspace, target);
    entry_copy_value(target, source);
    target->access = db->keyspace->access_clock;
    keyspace_set_expiry(&ref, at_ms);
}

void keyspace_reserve(struct db *db, size_t keys)
{
    dict_reserve(&db->dict, keys);
}

size_t keyspace_count(const struct db *db)
{
    return db->dict.used;
}

size_t keyspace_count_volatile(const struct db *db)
{
    return db->expiry.n;
}

size_t keyspace_count_all(const struct keyspace *ks)
{
    size_t sum = 0;

    for (unsigned i = 0; i < DATABASES_MAX; i++)
        sum += ks->dbs[i].dict.used;
    return sum;
}

void keyspace_flush(struct keyspace *ks, struct db *db)
{
    struct grave *g;

    if (db->dict.buckets == 0)
        return;
    g = dig(ks, NULL);
    g->dict = db->dict;
    g->expiry = db->expiry;
    db->expiry = (struct expiry){ 0 };
    dict_init(&db->dict, &ks->hash_key, offsetof(struct entry, key));
}

void keyspace_swap(struct keyspace *a, struct keyspace *b)
{
    struct keyspace c = *a;

    *a = *b;
    *b = c;
    for (unsigned i = 0; i < DATABASES_MAX; i++) {
        a->dbs[i].dict.hash_key = &a->hash_key;
        b->dbs[i].dict.hash_key = &b->hash_key;
        a->dbs[i].keyspace = a;
        b->dbs[i].keyspace = b;
    }
}

void keyspace_bury(struct keyspace *into, struct keyspace *dead)
{
    struct grave **end = &into->graves;

    for (unsigned i = 0; i < DATABASES_MAX; i++)
        keyspace_flush(dead, &dead->dbs[i]);
    while (*end != NULL)
        end = &(*end)->next;
    *end = dead->graves;
    dead->graves = NULL;
}

/* Frees some of a flushed database; true when that was all. Large values get graves of their own.
 */
static bool sweep_db(struct keyspace *ks, struct grave *g, size_t *left)
{
    while (*left > 0 && g->dict.used > 0) {
        struct entry *e = (struct entry *)dict_pop(&g->dict);

        (*left)--;
        bury_value(ks, e);
        entry_free(e);
    }
    if (g->dict.used > 0)
        return false;
    dict_done(&g->dict);
    return expiry_free_some(&g->expiry, left);
}

static void take_out(struct keyspace *ks, struct grave *g)
{
    struct grave **at = &ks->graves;

    while (*at != g)
        at = &(*at)->next;
    *at = g->next;
    free(g);
}

/* Graves dug meanwhile stand before the one at hand. */
bool keyspace_sweep(struct keyspace *ks, size_t entries_max)
{
    while (ks->graves != NULL && entries_max > 0) {
        struct grave *g = ks->graves;
        bool done = g->value != NULL ? entry_free_some(g->value, &entries_max)
                                     : sweep_db(ks, g, &entries_max);

        if (done)
            take_out(ks, g);
    }
    return ks->graves != NULL;
}
