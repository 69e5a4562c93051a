/*
 * The compact forms in which releases of Redis wrote small values into RDB files: one string each,
 * read element by element, all bytes of it checked.
 */
#ifndef STORE_RDB_BLOB_H
#define STORE_RDB_BLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "store/pack.h"
#include "wire/slice.h"

enum rdb_blob_kind {
    RDB_BLOB_ZIPLIST, /* up to 6.2 */
    RDB_BLOB_ZIPMAP   /* up to 2.4, of hashes */
};

/* Makes a pack of the elements; NULL: the bytes are not what they should be. */
unsigned char *rdb_blob_to_pack(enum rdb_blob_kind kind, struct slice bytes);

#endif
