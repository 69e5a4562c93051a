/*
 * A pack: a short sequence of byte strings in one block, the compact form of small values. The
 * layout is that of Redis's listpacks, so that a pack goes into an RDB file, and comes out of one,
 * as it is; strings that are integers take the bytes of the integer.
 *
 * Functions that change a pack return its new place. Positions (pointers at an element) are dead
 * afterwards. Looking something up takes time in proportion to the length: a pack is for few.
 */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/entry.h"
#include "wire/slice.h"

#define PACK_BYTES_MAX ((size_t)1 << 30) /* whoever would go beyond it takes the large form */

/* An element: bytes in the pack, or the digits of an integer in text. Valid until the pack changes.
 */
struct pack_item {
    struct slice bytes;
    char text[ENTRY_INT_TEXT_MAX];
};

unsigned char *pack_new(void);
unsigned char *pack_copy(const unsigned char *pack);
void pack_free(unsigned char *pack);

/* Frees up to *left steps (store/mem.h) of a pack and counts them off; true when that was all.
 * Until then nothing else may be done with it. */
bool pack_free_some(unsigned char **pack, size_t *left);

size_t pack_bytes(const unsigned char *pack);
size_t pack_count(const unsigned char *pack);

/* True when n bytes are a well-formed pack; only then may they be given to the other functions.
 * *ret_count: its elements. */
bool pack_check(const unsigned char *bytes, size_t n, size_t *ret_count);

/* A pack from n bytes that were checked. */
unsigned char *pack_take(const unsigned char *bytes, size_t n);

/* The first element, and the one behind p; NULL at the end. */
unsigned char *pack_first(unsigned char *pack);
unsigned char *pack_next(unsigned char *p);

/* The last element, and the one in front of p; NULL at the beginning. */
unsigned char *pack_last(unsigned char *pack);
unsigned char *pack_prev(unsigned char *pack, unsigned char *p);

/* The element at a place, which must be there; from the nearer end. */
unsigned char *pack_seek(unsigned char *pack, size_t index);

/* Reads the element at p. */
struct slice pack_get(const unsigned char *p, struct pack_item *ret);

/* The element at p as an integer; false when it is not kept as one. */
bool pack_int(const unsigned char *p, int64_t *ret);

/* What elements are compared with, many times. */
struct pack_needle {
    struct slice bytes;
    bool is_int;
    int64_t number;
};

void pack_needle_set(struct pack_needle *needle, struct slice bytes);
bool pack_is(const unsigned char *p, const struct pack_needle *needle);

/* The first element, of those from p on in steps of `step`, that equals the bytes; or NULL. p may
 * be NULL. */
unsigned char *pack_find(unsigned char *p, struct slice bytes, size_t step);

unsigned char *pack_append(unsigned char *pack, struct slice bytes);

/* Puts an element in front of the one at p; NULL: at the end. */
unsigned char *pack_insert(unsigned char *pack, unsigned char *p, struct slice bytes);

/* Puts other bytes in the place of the element at p. */
unsigned char *pack_replace(unsigned char *pack, unsigned char *p, struct slice bytes);

/* Takes the elements from p on out, and returns them as a pack of their own. */
unsigned char *pack_split(unsigned char **pack, unsigned char *p);

/* Takes out n elements from p on, which must be there. */
unsigned char *pack_delete(unsigned char *pack, unsigned char *p, size_t n);

#endif
