/*
 * Values in an RDB stream, by type: the module of a type defines TYPE_rdb_ops, and its line in
 * VALUE_TYPES (store/entry.h) brings it into the table.
 *
 * A compact value is read as a whole, a large one element by element, each an item of its own, so
 * that no more bytes than one element need be held.
 */
#ifndef STORE_RDB_VALUE_H
#define STORE_RDB_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/entry.h"
#include "store/rdb.h"

struct cursor;
struct rdb_out;

#define RDB_TYPE_BIT(type) ((uint32_t)1 << (type))

struct rdb_ops {
    uint32_t types; /* that it reads: bits */

    /* Reads the value into the entry, which holds an empty string, and owns it from now on; or its
     * head, and then r->left is how many elements follow. type: one of `types`. */
    void (*read)(struct cursor *c, unsigned type, struct entry *e);

    /* Reads the next element of r->building, which began with r->building_type. */
    void (*read_element)(struct cursor *c);

    /* The type that a value is written as. */
    enum rdb_type (*type)(const struct entry *e);

    /* Writes a value; stops early when o->failed. */
    void (*write)(struct rdb_out *o, const struct entry *e);
};

#define X(id, text, type) extern const struct rdb_ops type##_rdb_ops;
VALUE_TYPES(X)
#undef X

/* True when values of this type can be read. */
bool rdb_value_known(unsigned type);

/* See above. */
void rdb_value_read(struct cursor *c, unsigned type, struct entry *e);
void rdb_value_read_element(struct cursor *c);
enum rdb_type rdb_value_type(const struct entry *e);
void rdb_value_write(struct rdb_out *o, const struct entry *e);

/* For the readers of types: a string that is a listpack, or one of the older compact forms, as a
 * pack of the caller's; NULL after the error. */
unsigned char *rdb_value_take_listpack(struct cursor *c);
unsigned char *rdb_value_take_ziplist(struct cursor *c);
unsigned char *rdb_value_take_zipmap(struct cursor *c);

#endif
