/*
 * Values as their elements, whatever form they have: for writing them by ordinary commands, and for
 * comparing what two nodes hold.
 */
#ifndef SENTINEL_CTL_ELEMENTS_H
#define SENTINEL_CTL_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct entry;

#define ELEMENT_WORDS_MAX 2

/* The words of an element as the command takes them that adds it: a score comes before its member,
 * a value behind its field. Valid during the call. False ends the walk. */
typedef bool elements_fn(void *arg, const struct slice *words, size_t n);

/* Calls visit for each element, in the value's order if it has one. False: visit said so. */
bool elements_each(const struct entry *e, elements_fn *visit, void *arg);

/* The command that adds elements: SET, RPUSH ... */
const char *elements_verb(const struct entry *e);

/* The same for two values if (as good as surely) all elements are; the order counts in lists. */
uint64_t elements_digest(const struct entry *e);

/* The digest of the value in a payload of DUMP; false: the payload cannot be read. */
bool elements_digest_payload(struct slice payload, uint64_t *ret);

#endif
