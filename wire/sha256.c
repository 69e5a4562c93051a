#include "wire/sha256.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES  64
#define DIGEST_BYTES 32

/* Cube and square roots of the first primes: their first 32 fractional bits. */
static const uint32_t round_keys[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static const uint32_t start[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static uint32_t turn(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

/* The 64 words of a block's rounds. */
static void spread(const uint8_t *block, uint32_t w[64])
{
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (size_t i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
               (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
}

/* Mix one block into the digest. */
static void mix(uint32_t digest[8], const uint8_t *block)
{
    uint32_t w[64];
    uint32_t s[8]; /* the working variables a to h */

    spread(block, w);
    memcpy(s, digest, sizeof(s));
    for (size_t i = 0; i < 64; i++) {
        uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        uint32_t one = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + choice +
                       round_keys[i] + w[i];
        uint32_t two = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + majority;
        memmove(s + 1, s, 7 * sizeof(*s));
        s[4] += one;
        s[0] = one + two;
    }
    for (size_t i = 0; i < 8; i++)
        digest[i] += s[i];
}

static void digest_of(struct slice text, uint32_t digest[8])
{
    uint8_t tail[2 * BLOCK_BYTES] = { 0 };
    size_t whole = text.n / BLOCK_BYTES * BLOCK_BYTES;
    size_t rest = text.n - whole;
    /* Behind the text: one bit, zeros, and the number of bits in 8 bytes. */
    size_t tail_n = rest + 9 <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    uint64_t bits = (uint64_t)text.n * 8;

    memcpy(digest, start, sizeof(start));
    for (size_t i = 0; i < whole; i += BLOCK_BYTES)
        mix(digest, (const uint8_t *)text.p + i);
    if (rest > 0)
        memcpy(tail, text.p + whole, rest);
    tail[rest] = 0x80;
    for (size_t i = 0; i < 8; i++)
        tail[tail_n - 1 - i] = (uint8_t)(bits >> 8 * i);
    for (size_t i = 0; i < tail_n; i += BLOCK_BYTES)
        mix(digest, tail + i);
}

static void write_hex(const uint32_t digest[8], char ret_hex[SHA256_HEX_LEN + 1])
{
    for (size_t i = 0; i < 8; i++)
        snprintf(ret_hex + 8 * i, 9, "%08x", (unsigned)digest[i]);
}

void sha256_hex(struct slice text, char ret_hex[SHA256_HEX_LEN + 1])
{
    uint32_t digest[8];

    digest_of(text, digest);
    write_hex(digest, ret_hex);
}

/* The digest as bytes. */
static void digest_bytes(struct slice text, uint8_t ret_bytes[DIGEST_BYTES])
{
    uint32_t digest[8];

    digest_of(text, digest);
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        ret_bytes[i] = (uint8_t)(digest[i / 4] >> (24 - i % 4 * 8));
}

/* A block of the key with PAD in each byte. */
static void put_pad(struct slice key, uint8_t pad, char *to)
{
    memset(to, pad, BLOCK_BYTES);
    for (size_t i = 0; i < key.n; i++)
        to[i] = (char)(to[i] ^ key.p[i]);
}

bool sha256_hmac_hex(struct slice key, struct slice text, char ret_hex[SHA256_HEX_LEN + 1])
{
    uint8_t short_key[DIGEST_BYTES];
    char outer[BLOCK_BYTES + DIGEST_BYTES];
    char *inner = malloc(BLOCK_BYTES + text.n);

    if (inner == NULL)
        return false;
    if (key.n > BLOCK_BYTES) {
        digest_bytes(key, short_key);
        key = (struct slice){ (const char *)short_key, DIGEST_BYTES };
    }
    put_pad(key, 0x36, inner);
    if (text.n > 0)
        memcpy(inner + BLOCK_BYTES, text.p, text.n);
    put_pad(key, 0x5c, outer);
    digest_bytes((struct slice){ inner, BLOCK_BYTES + text.n }, (uint8_t *)outer + BLOCK_BYTES);
    free(inner);
    sha256_hex((struct slice){ outer, sizeof(outer) }, ret_hex);
    return true;
}
