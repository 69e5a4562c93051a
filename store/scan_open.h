/*
 * scan_open: how HSCAN, SSCAN and ZSCAN begin: KEY CURSOR [MATCH pattern] [COUNT n].
 */
#ifndef STORE_SCAN_OPEN_H
#define STORE_SCAN_OPEN_H

#include <stddef.h>

#include "store/entry.h"
#include "store/scan.h"

struct store;

/* The value to walk over, with the scan begun; the caller ends it. NULL: the reply is written,
 * since there is no such key, it holds another type, or an argument is wrong. */
struct entry *scan_open(struct scan *s, struct store *store, struct client *c, size_t argc,
                        const struct slice *argv, enum value_type type);

#endif
