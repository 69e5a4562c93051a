/*
 * A run of bytes that somebody else owns: an argument of a request, a line of a file, a part of a
 * name. Not zero terminated. Valid only as long as the owner says so; copy what must outlive the
 * call.
 */
#ifndef WIRE_SLICE_H
#define WIRE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const char *p;
    size_t n;
};

/* The bytes of a zero-terminated string, without the zero. */
static inline struct slice slice_str(const char *text)
{
    struct slice s = { text, strlen(text) };
    return s;
}

/* True when both hold the same bytes. */
static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* True when the slice holds exactly this text. */
static inline bool slice_is(struct slice s, const char *text)
{
    return slice_equal(s, slice_str(text));
}

/* True when the slice holds this text, upper and lower case of ASCII letters being the same. */
bool slice_is_nocase(struct slice s, const char *text);

/*
 * Reads a whole slice as a signed decimal integer, as strictly as Redis reads one: no sign '+', no
 * space, no leading zero, nothing behind the digits, no overflow. False (and *ret untouched) when
 * it is anything else.
 */
bool slice_to_int64(struct slice s, int64_t *ret);

/* The same for 0 to UINT64_MAX (epochs); a minus sign is refused. */
bool slice_to_uint64(struct slice s, uint64_t *ret);

/*
 * Reads a whole slice as a floating point number (decimal, exponent, hex, inf, infinity); refuses
 * spaces, NaN, the empty slice, and more than SLICE_DOUBLE_MAX bytes.
 */
#define SLICE_DOUBLE_MAX 255
bool slice_to_double(struct slice s, double *ret);

/*
 * Copies at most size - 1 bytes into text and ends it with a zero (size >= 1). True when all of it
 * fitted and it holds no zero byte itself, so that the copy says the same as the slice.
 */
bool slice_copy(struct slice s, char *text, size_t size);

#endif
