#include "store/rdb_cursor.h"

#include <liblzf/lzf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/rdb.h"
#include "store/rdb_read.h"

bool cursor_stopped(const struct cursor *c)
{
    return c->lack || c->bad;
}

/* Gives up, with the offset at which the item went wrong. */
void cursor_fail(struct cursor *c, const char *format, ...)
{
    struct rdb_reader *r = c->r;
    va_list args;
    int len;

    if (c->bad)
        return;
    c->bad = true;
    len = snprintf(r->error, sizeof(r->error),
                   "offset %llu: ", (unsigned long long)(r->offset + c->at));
    va_start(args, format);
    vsnprintf(r->error + len, sizeof(r->error) - (size_t)len, format, args);
    va_end(args);
}

/* The next n bytes, or NULL when they are not there yet. */
const unsigned char *cursor_take(struct cursor *c, uint64_t n)
{
    const unsigned char *p = c->p + c->at;

    if (cursor_stopped(c))
        return NULL;
    if (c->n - c->at < n) {
        c->lack = true;
        return NULL;
    }
    c->at += (size_t)n;
    return p;
}

unsigned cursor_take_byte(struct cursor *c)
{
    const unsigned char *p = cursor_take(c, 1);

    return p != NULL ? *p : 0;
}

/* Little-endian. */
uint64_t cursor_take_word(struct cursor *c, size_t bytes)
{
    const unsigned char *p = cursor_take(c, bytes);
    uint64_t v = 0;

    for (size_t i = 0; p != NULL && i < bytes; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static uint64_t take_word_swapped(struct cursor *c, size_t bytes)
{
    const unsigned char *p = cursor_take(c, bytes);
    uint64_t v = 0;

    for (size_t i = 0; p != NULL && i < bytes; i++)
        v = v << 8 | p[i];
    return v;
}

/* A length, or (*ret_encoded) the number of an encoding. */
static uint64_t take_length(struct cursor *c, bool *ret_encoded)
{
    unsigned first = cursor_take_byte(c);

    *ret_encoded = false;
    switch (first >> 6) {
    case RDB_LEN_6:
        return first & 0x3f;
    case RDB_LEN_14:
        return (uint64_t)(first & 0x3f) << 8 | cursor_take_byte(c);
    case RDB_LEN_ENCODED:
        *ret_encoded = true;
        return first & 0x3f;
    default:
        break;
    }
    if (first == RDB_LEN_32)
        return take_word_swapped(c, 4);
    if (first == RDB_LEN_64)
        return take_word_swapped(c, 8);
    cursor_fail(c, "unknown form of a length (byte 0x%02x)", first);
    return 0;
}

uint64_t cursor_take_plain_length(struct cursor *c, const char *what)
{
    bool encoded;
    uint64_t n = take_length(c, &encoded);

    if (encoded && !cursor_stopped(c))
        cursor_fail(c, "%s is not a plain number", what);
    return n;
}

static bool check_size(struct cursor *c, uint64_t n)
{
    if (!cursor_stopped(c) && n > RDB_STRING_BYTES_MAX)
        cursor_fail(c, "string of %llu bytes, the limit is %llu", (unsigned long long)n,
                    (unsigned long long)RDB_STRING_BYTES_MAX);
    return !cursor_stopped(c);
}

/* Unpacks into the reader's scratch, which the next packed string overwrites. */
static struct slice take_packed(struct cursor *c)
{
    struct rdb_reader *r = c->r;
    uint64_t packed = cursor_take_plain_length(c, "packed length");
    uint64_t full = cursor_take_plain_length(c, "unpacked length");
    struct slice s = { NULL, 0 };
    const unsigned char *p;

    if (!check_size(c, packed) || !check_size(c, full))
        return s;
    p = cursor_take(c, packed);
    if (p == NULL)
        return s;
    if (r->unpacked_cap < full) {
        free(r->unpacked);
        r->unpacked = malloc((size_t)full);
        r->unpacked_cap = r->unpacked != NULL ? (size_t)full : 0;
    }
    if (full == 0 || r->unpacked_cap < full ||
        lzf_decompress(p, (unsigned)packed, r->unpacked, (unsigned)full) != full) {
        cursor_fail(c, "packed string does not unpack to its %llu bytes", (unsigned long long)full);
        return s;
    }
    s.p = r->unpacked;
    s.n = (size_t)full;
    return s;
}

/* A string in any of its forms. The bytes are valid until the next packed string or the end of the
 * item. */
void cursor_take_text(struct cursor *c, struct text *ret)
{
    bool encoded;
    uint64_t n = take_length(c, &encoded);

    ret->bytes.p = "";
    ret->bytes.n = 0;
    if (cursor_stopped(c))
        return;
    if (!encoded) {
        if (check_size(c, n)) {
            ret->bytes.p = (const char *)cursor_take(c, n);
            ret->bytes.n = (size_t)n;
        }
        return;
    }
    ret->bytes.p = ret->number;
    switch (n) {
    case RDB_ENC_INT8:
        ret->bytes.n = entry_int_text((int8_t)cursor_take_word(c, 1), ret->number);
        break;
    case RDB_ENC_INT16:
        ret->bytes.n = entry_int_text((int16_t)cursor_take_word(c, 2), ret->number);
        break;
    case RDB_ENC_INT32:
        ret->bytes.n = entry_int_text((int32_t)cursor_take_word(c, 4), ret->number);
        break;
    case RDB_ENC_LZF:
        ret->bytes = take_packed(c);
        break;
    default:
        cursor_fail(c, "unknown encoding %llu of a string", (unsigned long long)n);
    }
}
