/*
 * The data: numbered databases of keys. Knows nothing of clocks, clients or replication: whether an
 * expired key is deleted, or only looked over, is the caller's decision.
 *
 * A key_ref is the result of one look-up and carries all that a command then needs (add, delete,
 * expiry) without a second one. It is valid until the keyspace is changed by anything but itself.
 */
#ifndef STORE_KEYSPACE_H
#define STORE_KEYSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/dict.h"
#include "store/entry.h"
#include "store/expiry.h"
#include "wire/slice.h"

#define DATABASES_MAX 16
#define KEY_BYTES_MAX UINT32_MAX

struct grave;

struct db {
    struct dict dict;
    struct expiry expiry;
    struct keyspace *keyspace; /* that it belongs to */
    unsigned id;
};

struct keyspace {
    struct db dbs[DATABASES_MAX];
    struct hash_key hash_key;
    uint32_t access_clock; /* seconds, within ENTRY_ACCESS_MASK; set by the owner */
    struct grave *graves;  /* what was deleted and is large, freed in portions */
};

struct key_ref {
    struct db *db;
    struct slice key;
    uint32_t hash;
    struct dict_node **link; /* NULL: not there */
};

/* The keyspace must not move in memory afterwards. */
void keyspace_init(struct keyspace *ks, const unsigned char hash_seed[HASH_KEY_SIZE]);

/* Frees everything, now. */
void keyspace_done(struct keyspace *ks);

/* Looks a key up; returns its entry or NULL. The ref is set in both cases. */
struct entry *keyspace_find(struct db *db, struct slice key, struct key_ref *ret_ref);

/* Looks for this very entry, which may be gone: nothing is read through it unless it is there.
 * NULL: it is not, and the ref is not set. */
struct entry *keyspace_find_entry(struct db *db, const struct entry *e, uint32_t hash,
                                  struct key_ref *ret_ref);

/* The entry of a ref, or NULL. */
static inline struct entry *key_ref_entry(const struct key_ref *ref)
{
    return ref->link != NULL ? (struct entry *)*ref->link : NULL;
}

/* Adds an entry, with an empty string for its value, at a ref that found none. */
struct entry *keyspace_add(struct key_ref *ref);

/* Deletes the entry of a ref. A large value is freed by keyspace_sweep. */
void keyspace_delete(struct key_ref *ref);

/* Makes the entry of a ref an empty string; a large value is freed by keyspace_sweep. */
void keyspace_clear(struct key_ref *ref);

/* The key for the hash tables within values. */
static inline const struct hash_key *key_ref_hash_key(const struct key_ref *ref)
{
    return ref->db->dict.hash_key;
}

/* Sets (at_ms >= 0) or removes (-1) the expiry time; returns the entry's new place. */
struct entry *keyspace_set_expiry(struct key_ref *ref, int64_t at_ms);

/* Moves the value and expiry of one key to another, which is replaced. The refs are dead
 * afterwards. */
void keyspace_rename(struct key_ref *from, struct slice to);

/* Moves a key with its value and expiry to another database, where it is not. The ref is dead
 * afterwards. */
void keyspace_move(struct key_ref *from, struct db *db);

/* Lets two databases change places. */
void keyspace_swap_dbs(struct keyspace *ks, unsigned a, unsigned b);

/* Makes room for so many keys. */
void keyspace_reserve(struct db *db, size_t keys);

/* Number of keys, and of those with an expiry time. */
size_t keyspace_count(const struct db *db);
size_t keyspace_count_volatile(const struct db *db);
size_t keyspace_count_all(const struct keyspace *ks);

/* Empties a database at once; the memory is freed by keyspace_sweep. */
void keyspace_flush(struct keyspace *ks, struct db *db);

/* Exchanges the data of two keyspaces (after a full synchronisation). */
void keyspace_swap(struct keyspace *a, struct keyspace *b);

/* Empties a keyspace at once; another one frees its memory by and by. */
void keyspace_bury(struct keyspace *into, struct keyspace *dead);

/* Copies the value and expiry of one key to another, which is replaced, maybe in another database.
 * The refs are dead afterwards. */
void keyspace_copy(struct key_ref *from, struct db *db, struct slice to);

/* Frees up to entries_max entries of flushed databases, or members of large values; false when
 * nothing is left to free. */
bool keyspace_sweep(struct keyspace *ks, size_t entries_max);

#endif
