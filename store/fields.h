/*
 * Values of hashes: fields with values, in a pack while they are few and short, else in a table.
 * The functions take an entry of the type VALUE_HASH.
 */
#ifndef STORE_FIELDS_H
#define STORE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/dict.h"
#include "store/entry.h"
#include "store/limits.h"
#include "store/pack.h"
#include "wire/slice.h"

/* Makes an entry that holds an empty string a hash without fields. */
void fields_start(struct entry *e);

/* The same with a pack of fields and values in turn, which the entry owns from now on. False, and
 * nothing was changed or taken, when the number is odd or a field is there twice. */
bool fields_adopt(struct entry *e, unsigned char *pack, const struct value_limits *limits,
                  const struct hash_key *hash_key);

size_t fields_count(const struct entry *e);

/* The value of a field; false: there is none. ret is valid until the entry changes. */
bool fields_get(const struct entry *e, struct slice field, struct pack_item *ret);

/* Sets a field; true when it is new. hash_key: for the table, should it need one. */
bool fields_set(struct entry *e, struct slice field, struct slice value,
                const struct value_limits *limits, const struct hash_key *hash_key);

bool fields_delete(struct entry *e, struct slice field);

/* Walks all fields; the entry must not change meanwhile. */
struct fields_walk {
    const struct entry *entry;
    unsigned char *p;
    struct dict_walk table;
    struct pack_item field, value;
};

void fields_walk_start(struct fields_walk *walk, const struct entry *e);

/* Sets walk->field and ->value (their `bytes`); false at the end. */
bool fields_walk_next(struct fields_walk *walk);

#endif
