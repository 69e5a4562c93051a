#ifndef STORE_CRC64_H
#define STORE_CRC64_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of RDB files: CRC-64 "Jones" (reflected, polynomial 0xad93d23594c935a9, start 0,
 * nothing inverted). crc64_update(0, "123456789", 9) is 0xe9c6d914c4b8d9ca. */

/* Extends a checksum by len bytes. The tables are built at the first call. */
uint64_t crc64_update(uint64_t crc, const void *data, size_t len);

#endif
