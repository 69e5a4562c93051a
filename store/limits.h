/*
 * How large a value may become in its compact form; beyond, it takes the large one, and stays so.
 */
#ifndef STORE_LIMITS_H
#define STORE_LIMITS_H

#include <stddef.h>

struct value_limits {
    size_t hash_entries; /* fields */
    size_t hash_value;   /* bytes of a field or of its value */
    size_t set_ints;     /* members, while all are integers */
    size_t set_entries;  /* members, while not all are */
    size_t set_value;    /* bytes of a member */
    int list_size;       /* of one node of a list; above 0: elements, -1 to -5: 4 to 64 KiB */
    size_t zset_entries; /* members */
    size_t zset_value;   /* bytes of a member */
};

/* Those of Redis 7.0; of sets 7.2. */
extern const struct value_limits value_limits_default;

#endif
