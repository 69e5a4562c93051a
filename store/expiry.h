/*
 * The volatile entries of one database, the earliest first: a 4-ary heap of (time, entry). Entries
 * know their slot, so that one can be moved or taken out without a search. The slots are in fixed
 * segments, so that nothing large is copied when they become more, or given back at once.
 */
#ifndef STORE_EXPIRY_H
#define STORE_EXPIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry;

struct expiry_slot {
    int64_t at_ms;
    struct entry *entry;
};

/* Zero bytes are an empty heap. */
struct expiry {
    struct expiry_slot **segments;
    size_t segments_cap;
    size_t n;
    size_t cap; /* slots in all segments; the first one grows until it is a full one */
};

/* Frees up to *left segments of the heap, not the entries, and counts them off it; true when that
 * was all. Until then it must not be used any more. */
bool expiry_free_some(struct expiry *x, size_t *left);

/* Adds an entry that has an expiry tail (ENTRY_VOLATILE) and is not in the heap. */
void expiry_add(struct expiry *x, struct entry *e, int64_t at_ms);

/* Changes the time of an entry in the heap. */
void expiry_move(struct expiry *x, struct entry *e, int64_t at_ms);

/* Takes an entry out; its tail is meaningless afterwards. */
void expiry_remove(struct expiry *x, struct entry *e);

/* The entry that expires first, or NULL. */
struct entry *expiry_first(const struct expiry *x);

/* One of the n entries, in no order. */
struct entry *expiry_any(const struct expiry *x, size_t i);

/* Bytes that the heap takes. */
size_t expiry_bytes(const struct expiry *x);

#endif
