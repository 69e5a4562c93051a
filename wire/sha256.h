/*
 * sha256: the digest by which Redis and Valkey write passwords down, and the HMAC made of it (RFC
 * 2104).
 */
#ifndef WIRE_SHA256_H
#define WIRE_SHA256_H

#include <stdbool.h>

#include "wire/slice.h"

#define SHA256_HEX_LEN 64

/* The digest of TEXT in lower-case hex, with its end. */
void sha256_hex(struct slice text, char ret_hex[SHA256_HEX_LEN + 1]);

/* The HMAC-SHA256 of TEXT with KEY in lower-case hex, with its end. False: memory. */
bool sha256_hmac_hex(struct slice key, struct slice text, char ret_hex[SHA256_HEX_LEN + 1]);

#endif
