/*
 * A set of integers in one block, in rising order, each as wide as the widest needs: the compact
 * form of sets of integers. The layout is that of Redis's intsets, so that one goes into an RDB
 * file, and comes out of one, as it is.
 *
 * Functions that change a set return its new place.
 */
#ifndef STORE_INTSET_H
#define STORE_INTSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INTSET_COUNT_MAX ((size_t)1 << 30) /* whoever would go beyond it takes another form */

unsigned char *intset_new(void);
unsigned char *intset_copy(const unsigned char *set);
void intset_free(unsigned char *set);

size_t intset_bytes(const unsigned char *set);
size_t intset_count(const unsigned char *set);

/* True when n bytes are well formed, and in order; only then may they be given to intset_take,
 * which makes a set of them. */
bool intset_check(const unsigned char *bytes, size_t n);
unsigned char *intset_take(const unsigned char *bytes, size_t n);

/* The member at a place, which must be there. */
int64_t intset_get(const unsigned char *set, size_t place);

/* True when the value is a member. ret_place (may be NULL): where it is, or belongs. */
bool intset_find(const unsigned char *set, int64_t value, size_t *ret_place);

/* Adds a value that is no member, at the place where it belongs. */
unsigned char *intset_insert(unsigned char *set, size_t place, int64_t value);

unsigned char *intset_delete(unsigned char *set, size_t place);

#endif
