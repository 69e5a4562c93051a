/*
 * sha256: the digest by which Redis and Valkey write passwords down.
 */
#ifndef WIRE_SHA256_H
#define WIRE_SHA256_H

#include "wire/slice.h"

#define SHA256_HEX_LEN 64

/* The digest of TEXT in lower-case hex, with its end. */
void sha256_hex(struct slice text, char ret_hex[SHA256_HEX_LEN + 1]);

#endif
