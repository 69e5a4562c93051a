#include "store/rdb_out.h"

#include <liblzf/lzf.h>
#include <stdlib.h>
#include <string.h>

#include "store/entry.h"
#include "store/rdb.h"
#include "store/crc64.h"

struct rdb_out *rdb_out_new(bool compress, bool checksum, rdb_sink_fn *sink, void *arg)
{
    struct rdb_out *o = malloc(sizeof(*o));

    if (o == NULL)
        return NULL;
    memset(o, 0, offsetof(struct rdb_out, chunk));
    o->compress = compress;
    o->checksum = checksum;
    o->sink = sink;
    o->arg = arg;
    return o;
}

void rdb_out_free(struct rdb_out *o)
{
    if (o == NULL)
        return;
    free(o->packed);
    free(o);
}

/* Hands bytes on to the sink and counts them into the checksum. */
static void deliver(struct rdb_out *o, const void *bytes, size_t n)
{
    if (o->failed || n == 0)
        return;
    if (o->checksum)
        o->crc = crc64_update(o->crc, bytes, n);
    o->failed = !o->sink(o->arg, bytes, n);
}

void rdb_out_flush(struct rdb_out *o)
{
    deliver(o, o->chunk, o->used);
    o->used = 0;
}

void rdb_out_bytes(struct rdb_out *o, const void *bytes, size_t n)
{
    if (n > sizeof(o->chunk) - o->used)
        rdb_out_flush(o);
    if (n > sizeof(o->chunk)) {
        deliver(o, bytes, n);
        return;
    }
    memcpy(o->chunk + o->used, bytes, n);
    o->used += n;
}

void rdb_out_byte(struct rdb_out *o, unsigned byte)
{
    unsigned char b = (unsigned char)byte;

    rdb_out_bytes(o, &b, 1);
}

/* Little-endian. */
void rdb_out_word(struct rdb_out *o, uint64_t value, size_t bytes)
{
    unsigned char b[8];

    for (size_t i = 0; i < bytes; i++)
        b[i] = (unsigned char)(value >> (8 * i));
    rdb_out_bytes(o, b, bytes);
}

/* Big-endian, as lengths are. */
static void put_word_swapped(struct rdb_out *o, uint64_t value, size_t bytes)
{
    unsigned char b[8];

    for (size_t i = 0; i < bytes; i++)
        b[i] = (unsigned char)(value >> (8 * (bytes - 1 - i)));
    rdb_out_bytes(o, b, bytes);
}

void rdb_out_length(struct rdb_out *o, uint64_t n)
{
    if (n < 1 << 6) {
        rdb_out_byte(o, (RDB_LEN_6 << 6) | (unsigned)n);
    } else if (n < 1 << 14) {
        put_word_swapped(o, ((uint64_t)RDB_LEN_14 << 14) | n, 2);
    } else if (n <= UINT32_MAX) {
        rdb_out_byte(o, RDB_LEN_32);
        put_word_swapped(o, n, 4);
    } else {
        rdb_out_byte(o, RDB_LEN_64);
        put_word_swapped(o, n, 8);
    }
}

static void put_encoding(struct rdb_out *o, enum rdb_encoding encoding)
{
    rdb_out_byte(o, ((unsigned)RDB_LEN_ENCODED << 6) | (unsigned)encoding);
}

/* True when the integer fits one of the short forms and was written. */
static bool put_int(struct rdb_out *o, int64_t v)
{
    if (v >= INT8_MIN && v <= INT8_MAX) {
        put_encoding(o, RDB_ENC_INT8);
        rdb_out_word(o, (uint64_t)v, 1);
    } else if (v >= INT16_MIN && v <= INT16_MAX) {
        put_encoding(o, RDB_ENC_INT16);
        rdb_out_word(o, (uint64_t)v, 2);
    } else if (v >= INT32_MIN && v <= INT32_MAX) {
        put_encoding(o, RDB_ENC_INT32);
        rdb_out_word(o, (uint64_t)v, 4);
    } else {
        return false;
    }
    return true;
}

/* True when the string became shorter by LZF and was written. */
static bool put_packed(struct rdb_out *o, struct slice s)
{
    unsigned packed;

    if (!o->compress || s.n <= RDB_COMPRESS_BYTES_MIN || s.n > UINT32_MAX)
        return false;
    if (o->packed_cap < s.n) {
        free(o->packed);
        o->packed = malloc(s.n);
        o->packed_cap = o->packed != NULL ? s.n : 0;
        if (o->packed == NULL)
            return false;
    }
    packed = lzf_compress(s.p, (unsigned)s.n, o->packed, (unsigned)s.n - 4);
    if (packed == 0)
        return false;
    put_encoding(o, RDB_ENC_LZF);
    rdb_out_length(o, packed);
    rdb_out_length(o, s.n);
    rdb_out_bytes(o, o->packed, packed);
    return true;
}

void rdb_out_string(struct rdb_out *o, struct slice s)
{
    int64_t number;

    if (s.n <= 11 && slice_to_int64(s, &number) && put_int(o, number))
        return;
    if (put_packed(o, s))
        return;
    rdb_out_length(o, s.n);
    rdb_out_bytes(o, s.p, s.n);
}

void rdb_out_int(struct rdb_out *o, int64_t value)
{
    char text[ENTRY_INT_TEXT_MAX];
    struct slice s = { text, 0 };

    if (put_int(o, value))
        return;
    s.n = entry_int_text(value, text);
    rdb_out_string(o, s);
}
