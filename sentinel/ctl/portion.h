/*
 * An RDB stream in portions: the keys that the bytes at hand hold are there to be looked at, then
 * make room for the next ones, so that a file of any size takes little memory.
 *
 * This is the store's own reader: picketctl is a client's tool and may use the pure half of the
 * store, so that there is one reader of the format and not two.
 */
#ifndef SENTINEL_CTL_PORTION_H
#define SENTINEL_CTL_PORTION_H

#include <stdbool.h>
#include <stddef.h>

#include "store/keyspace.h"
#include "store/rdb_read.h"

struct portion {
    struct keyspace keys;
    struct rdb_reader reader; /* its offset, keys, status and error may be read */
};

/* Neither may it move in memory. */
void portion_init(struct portion *p);
void portion_done(struct portion *p);

/* Forgets the keys of the last portion and reads on; see rdb_read. */
enum rdb_read_status portion_read(struct portion *p, const char *data, size_t n, size_t *ret_used);

/* Calls visit for each key until it returns false, which is passed on. */
bool portion_each(struct portion *p, bool (*visit)(void *arg, unsigned db, struct entry *e),
                  void *arg);

#endif
