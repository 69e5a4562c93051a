/*
 * Reads the values of an RDB stream that are no strings: a compact one as a whole, a large one
 * element by element, each an item of its own, so that no more bytes than one element need be held.
 */
#ifndef STORE_RDB_VALUE_H
#define STORE_RDB_VALUE_H

#include <stdbool.h>

struct cursor;
struct entry;
struct rdb_reader;

/* True when values of this type can be read. */
bool rdb_value_known(unsigned type);

/* Reads the value into the entry, which holds an empty string; or its head, and then r->left is how
 * many elements follow. */
void rdb_value_read(struct cursor *c, unsigned type, struct entry *e);

/* Reads the next element of r->building. */
void rdb_value_read_element(struct cursor *c);

/* True when the value has no elements: such a key is left out, as no command could make it. */
bool rdb_value_is_empty(const struct entry *e);

#endif
