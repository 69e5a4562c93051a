/*
 * What each type of value does in its own way, whatever form the value has: the module of a type
 * defines TYPE_value_ops, and its line in VALUE_TYPES (store/entry.h) brings it into all tables.
 */
#ifndef STORE_VALUE_H
#define STORE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/entry.h"

struct value_ops {
    /* What OBJECT ENCODING says. */
    const char *(*encoding_name)(const struct entry *e);

    /* Elements; a key whose value has none is to be deleted. */
    size_t (*count)(const struct entry *e);

    /* Blocks of memory that the value consists of, about; a string: steps (store/mem.h). */
    size_t (*blocks)(const struct entry *e);

    /* Bytes of the value outside its entry, with the allocator's share; those of many elements are
     * reckoned from that many of them, 0: from all. */
    size_t (*bytes)(const struct entry *e, size_t samples);

    /* Frees up to *left blocks or steps and counts them off it; true when that was all, and the
     * entry's value is dead. Until then nothing else may be done with it. */
    bool (*free_some)(struct entry *e, size_t *left);

    /* Gives an entry, which has an empty string and shall have the same type and encoding, a copy.
     */
    void (*copy)(struct entry *to, const struct entry *from);
};

#define X(id, text, type) extern const struct value_ops type##_value_ops;
VALUE_TYPES(X)
#undef X

/* Those of an entry's value. */
const struct value_ops *value_ops_of(const struct entry *e);

#endif
