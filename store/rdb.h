/*
 * The RDB format: numbers that writer and reader share.
 */
#ifndef STORE_RDB_H
#define STORE_RDB_H

#include <stdbool.h>
#include <stdint.h>

#include "store/repl_id.h"

#define RDB_MAGIC           "REDIS"
#define RDB_HEADER_BYTES    9
#define RDB_VERSION_WRITTEN 10 /* what Redis 7.0 writes and reads */
#define RDB_VERSION_READ_MAX                                                                       \
    99                    /* later ones differ in value types, which are refused one by one        \
                           */
#define RDB_VERSION_CRC 5 /* first version that ends in a checksum */
#define RDB_CRC_BYTES   8

#define RDB_STRING_BYTES_MAX   ((uint64_t)512 * 1024 * 1024)
#define RDB_COMPRESS_BYTES_MIN 20 /* shorter strings are not worth LZF */

enum rdb_opcode {
    RDB_OP_FUNCTION2 = 245,
    RDB_OP_FUNCTION_OLD = 246,
    RDB_OP_MODULE_AUX = 247,
    RDB_OP_IDLE = 248,
    RDB_OP_FREQ = 249,
    RDB_OP_AUX = 250,
    RDB_OP_RESIZE_DB = 251,
    RDB_OP_EXPIRE_MS = 252,
    RDB_OP_EXPIRE_S = 253,
    RDB_OP_SELECT_DB = 254,
    RDB_OP_EOF = 255
};

enum rdb_type {
    RDB_TYPE_STRING = 0,
    RDB_TYPE_LIST = 1,
    RDB_TYPE_SET = 2,
    RDB_TYPE_ZSET = 3, /* scores as text */
    RDB_TYPE_HASH = 4,
    RDB_TYPE_ZSET_2 = 5, /* as eight bytes */
    RDB_TYPE_HASH_ZIPMAP = 9,
    RDB_TYPE_LIST_ZIPLIST = 10,
    RDB_TYPE_SET_INTSET = 11,
    RDB_TYPE_ZSET_ZIPLIST = 12,
    RDB_TYPE_HASH_ZIPLIST = 13,
    RDB_TYPE_LIST_QUICKLIST = 14, /* of ziplists */
    RDB_TYPE_HASH_LISTPACK = 16,
    RDB_TYPE_ZSET_LISTPACK = 17,
    RDB_TYPE_LIST_QUICKLIST_2 = 18, /* of listpacks and single elements */
    RDB_TYPE_SET_LISTPACK = 20
};

/* The two high bits of a length byte, and the encodings of the fourth kind. */
enum rdb_length { RDB_LEN_6 = 0, RDB_LEN_14 = 1, RDB_LEN_WIDE = 2, RDB_LEN_ENCODED = 3 };
enum rdb_encoding { RDB_ENC_INT8 = 0, RDB_ENC_INT16 = 1, RDB_ENC_INT32 = 2, RDB_ENC_LZF = 3 };
enum { RDB_LEN_32 = 0x80, RDB_LEN_64 = 0x81 };

/* The length of a score as text, and the values above which it is none. */
enum { RDB_SCORE_NAN = 253, RDB_SCORE_INF = 254, RDB_SCORE_MINUS_INF = 255 };

/* What a file says about the history that its data belong to. */
struct rdb_info {
    bool has_repl;              /* the three members below are set */
    char repl_id[REPL_ID_SIZE]; /* zero terminated */
    int64_t repl_offset;
    int stream_db; /* database selected in the stream at that offset, -1: none */
};

#endif
