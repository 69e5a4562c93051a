/*
 * Members of a table chosen by chance, for HRANDFIELD and its kin.
 */
#ifndef STORE_SAMPLE_H
#define STORE_SAMPLE_H

#include <stddef.h>

#include "wire/prng.h"

struct member;
struct members;

/* One of at least one. */
const struct member *sample_one(const struct members *m, struct prng *prng);

/*
 * Calls take for n different members, n being less than there are. Takes time in proportion to n
 * when n is a small part of the table, else to the table. take must not change the table.
 */
void sample_distinct(const struct members *m, size_t n, struct prng *prng,
                     void (*take)(void *arg, const struct member *x), void *arg);

/*
 * Calls take for n different numbers of 0 to count - 1, in rising order. One call of prng for each
 * number there is.
 */
void sample_places(size_t count, size_t n, struct prng *prng, void (*take)(void *arg, size_t place),
                   void *arg);

#endif
