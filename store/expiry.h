/*
 * The volatile entries of one database, the earliest first: a 4-ary heap of (time, entry). Entries
 * know their slot, so that one can be moved or taken out without a search.
 */
#ifndef STORE_EXPIRY_H
#define STORE_EXPIRY_H

#include <stddef.h>
#include <stdint.h>

struct entry;

struct expiry_slot {
    int64_t at_ms;
    struct entry *entry;
};

struct expiry {
    struct expiry_slot *slots;
    size_t n;
    size_t cap;
};

/* Zero bytes are an empty heap. Frees the heap, not the entries. */
void expiry_done(struct expiry *x);

/* Adds an entry that has an expiry tail (ENTRY_VOLATILE) and is not in the heap. */
void expiry_add(struct expiry *x, struct entry *e, int64_t at_ms);

/* Changes the time of an entry in the heap. */
void expiry_move(struct expiry *x, struct entry *e, int64_t at_ms);

/* Takes an entry out; its tail is meaningless afterwards. */
void expiry_remove(struct expiry *x, struct entry *e);

/* Tells the heap that an entry which is in it has moved in memory. */
void expiry_relocate(struct expiry *x, struct entry *e);

/* The entry that expires first, or NULL. */
struct entry *expiry_first(const struct expiry *x);

#endif
