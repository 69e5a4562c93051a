#ifndef STORE_HASH_H
#define STORE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Keyed hash of a byte string (SipHash-1-3), so that a client who chooses keys cannot choose their
 * buckets. One key per process, drawn at start by the shell; tests take a fixed one. */

enum { HASH_KEY_SIZE = 16 };

struct hash_key {
    uint64_t k0, k1;
};

/* Reads 16 bytes of chance as a key. */
void hash_key_set(struct hash_key *key, const unsigned char bytes[HASH_KEY_SIZE]);

uint64_t hash_bytes(const struct hash_key *key, const void *data, size_t len);

#endif
