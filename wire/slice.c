#include "wire/slice.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* Lower case of an ASCII letter. */
static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool slice_is_nocase(struct slice s, const char *text)
{
    size_t i = 0;
    for (; i < s.n && text[i]; i++) {
        if (lower((unsigned char)s.p[i]) != lower((unsigned char)text[i]))
            return false;
    }
    return i == s.n && text[i] == '\0';
}

bool slice_to_uint64(struct slice s, uint64_t *ret)
{
    uint64_t value = 0;
    if (s.n == 0 || s.n > 20 || (s.n > 1 && s.p[0] == '0'))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';
        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *ret = value;
    return true;
}

bool slice_to_int64(struct slice s, int64_t *ret)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    struct slice digits = { s.p + minus, s.n - minus };
    uint64_t value = 0;
    if (!slice_to_uint64(digits, &value) || (minus && value == 0))
        return false;
    if (value > (uint64_t)INT64_MAX + minus)
        return false;
    *ret = minus ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

bool slice_to_double(struct slice s, double *ret)
{
    char text[SLICE_DOUBLE_MAX + 1];
    char *end = NULL;
    if (s.n == 0 || !slice_copy(s, text, sizeof(text)) || strchr(" \t\n\v\f\r", text[0]))
        return false;
    double value = strtod(text, &end);
    if (*end != '\0' || isnan(value))
        return false;
    *ret = value;
    return true;
}

bool slice_copy(struct slice s, char *text, size_t size)
{
    assert(size > 0);
    size_t n = s.n < size ? s.n : size - 1;
    if (n > 0)
        memcpy(text, s.p, n);
    text[n] = '\0';
    return n == s.n && memchr(text, '\0', n) == NULL;
}
