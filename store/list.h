/*
 * Values of lists: a pack while it is small, else a chain of packs that are no larger than
 * list-max-listpack-size, unless one element is. The functions take an entry of the type
 * VALUE_LIST.
 */
#ifndef STORE_LIST_H
#define STORE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "store/entry.h"
#include "store/limits.h"
#include "store/pack.h"
#include "wire/slice.h"

struct chain_node;

enum list_encoding { LIST_PACK, LIST_CHAIN };

enum list_end { LIST_HEAD, LIST_TAIL };

/* Makes an entry that holds an empty string a list without elements. */
void list_start(struct entry *e);

size_t list_count(const struct entry *e);

void list_push(struct entry *e, enum list_end end, struct slice bytes,
               const struct value_limits *limits);

/* Adds the elements of a pack, which the entry owns from now on, at the tail. */
void list_adopt(struct entry *e, unsigned char *pack, const struct value_limits *limits);

/* Takes n elements away from an end; there must be so many. */
void list_drop(struct entry *e, enum list_end end, size_t n, const struct value_limits *limits);

/*
 * An element of a list. Goes from one to the next in either direction:
 *
 *     for (ok = list_seek(e, 0, &at); ok; ok = list_step(&at, LIST_TAIL))
 *         use(list_get(&at, &item));
 *
 * A change of the list ends it, but for list_delete.
 */
struct list_place {
    struct entry *entry;
    struct chain_node *node; /* NULL: the list is a pack */
    unsigned char *p;
};

/* False: there is no element with that index. */
bool list_seek(const struct entry *e, size_t index, struct list_place *ret);

/* The next element towards an end; false: there is none. */
bool list_step(struct list_place *at, enum list_end towards);

/* The element's bytes; valid until the list changes. */
struct slice list_get(const struct list_place *at, struct pack_item *ret);
bool list_is(const struct list_place *at, const struct pack_needle *needle);

/* Puts other bytes in the element's place. */
void list_set(struct list_place *at, struct slice bytes, const struct value_limits *limits);

/* Puts a new element next to this one, on the side of an end. */
void list_insert(struct list_place *at, enum list_end side, struct slice bytes,
                 const struct value_limits *limits);

/* Deletes the element, and goes to the next one towards an end; false: there is none. When all is
 * deleted: list_settle. */
bool list_delete(struct list_place *at, enum list_end towards);

/* Lets a list that has become small be a pack again. Ends all places. */
void list_settle(struct entry *e, const struct value_limits *limits);

#endif
