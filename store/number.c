#include "store/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/entry.h"

/* Overflow looks like infinity, and underflow like zero: the text tells them apart. */
static bool says_infinity(const char *text)
{
    return strpbrk(text, "iI") != NULL;
}

static bool says_zero(const char *text)
{
    size_t mantissa = strcspn(text, strpbrk(text, "xX") != NULL ? "pP" : "eE");
    size_t digit = strcspn(text, "123456789abcdfABCDF");

    return digit >= mantissa;
}

bool number_read(struct slice text, long double *ret)
{
    char copy[NUMBER_INPUT_MAX];
    char *end;
    long double v;

    if (text.n == 0 || !slice_copy(text, copy, sizeof(copy)) || copy[0] == ' ' ||
        (copy[0] >= '\t' && copy[0] <= '\r'))
        return false;
    v = strtold(copy, &end);
    if (*end != '\0' || isnan(v) || (isinf(v) && !says_infinity(copy)) ||
        (v == 0 && !says_zero(copy)))
        return false;
    *ret = v;
    return true;
}

bool number_read_score(struct slice text, double *ret)
{
    char copy[NUMBER_INPUT_MAX];
    int64_t number;
    char *end;
    double v;

    if (slice_to_int64(text, &number)) {
        *ret = (double)number;
        return true;
    }
    if (text.n == 0 || !slice_copy(text, copy, sizeof(copy)) || copy[0] == ' ' ||
        (copy[0] >= '\t' && copy[0] <= '\r'))
        return false;
    v = strtod(copy, &end);
    if (*end != '\0' || isnan(v) || (isinf(v) && !says_infinity(copy)) ||
        (v == 0 && !says_zero(copy)))
        return false;
    *ret = v;
    return true;
}

/* Integers up to the half of their range: beyond, Redis shows the significant digits. */
struct slice number_show_score(double v, char text[SCORE_TEXT_MAX])
{
    struct slice s = { text, 0 };

    if (v >= (double)(INT64_MIN / 2) && v <= (double)(INT64_MAX / 2) && (double)(int64_t)v == v)
        s.n = entry_int_text((int64_t)v, text);
    else
        s.n = (size_t)snprintf(text, SCORE_TEXT_MAX, "%.17g", v);
    return s;
}

struct slice number_show(long double v, char *text)
{
    int len = snprintf(text, NUMBER_TEXT_MAX, "%.17Lf", v);
    struct slice s = { text, (size_t)len };

    while (s.n > 0 && text[s.n - 1] == '0')
        s.n--;
    if (s.n > 0 && text[s.n - 1] == '.')
        s.n--;
    if (slice_is(s, "-0")) {
        s.p++;
        s.n--;
    }
    return s;
}
