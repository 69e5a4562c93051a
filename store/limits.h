/*
 * How large a value may become in its compact form; beyond, it takes the large one, and stays so.
 */
#ifndef STORE_LIMITS_H
#define STORE_LIMITS_H

#include <stddef.h>

struct value_limits {
    size_t hash_entries; /* fields */
    size_t hash_value;   /* bytes of a field or of its value */
};

/* Those of Redis 7.0. */
extern const struct value_limits value_limits_default;

#endif
