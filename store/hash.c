#include "store/hash.h"

#include <string.h>

struct sip {
    uint64_t a, b, c, d;
};

static inline uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

/* One round of the mixing network: four additions, rotations and xors. */
static inline void mix(struct sip *s)
{
    s->a += s->b;
    s->c += s->d;
    s->b = rotate(s->b, 13) ^ s->a;
    s->d = rotate(s->d, 16) ^ s->c;
    s->a = rotate(s->a, 32);
    s->c += s->b;
    s->a += s->d;
    s->b = rotate(s->b, 17) ^ s->c;
    s->d = rotate(s->d, 21) ^ s->a;
    s->c = rotate(s->c, 32);
}

/* Absorbs one little-endian word with one round. */
static inline void absorb(struct sip *s, uint64_t word)
{
    s->d ^= word;
    mix(s);
    s->a ^= word;
}

static inline uint64_t load_word(const unsigned char *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof(w));
    return w;
}

void hash_key_set(struct hash_key *key, const unsigned char bytes[HASH_KEY_SIZE])
{
    key->k0 = load_word(bytes);
    key->k1 = load_word(bytes + 8);
}

uint64_t hash_bytes(const struct hash_key *key, const void *data, size_t len)
{
    struct sip s = {
        .a = key->k0 ^ 0x736f6d6570736575ULL,
        .b = key->k1 ^ 0x646f72616e646f6dULL,
        .c = key->k0 ^ 0x6c7967656e657261ULL,
        .d = key->k1 ^ 0x7465646279746573ULL,
    };
    const unsigned char *p = data;
    uint64_t tail = 0;
    size_t left = len;

    for (; left >= 8; p += 8, left -= 8)
        absorb(&s, load_word(p));
    if (left > 0)
        memcpy(&tail, p, left);
    absorb(&s, tail | ((uint64_t)len << 56));

    s.c ^= 0xff;
    mix(&s);
    mix(&s);
    mix(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}
