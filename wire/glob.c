#include "wire/glob.h"

/* Lower case of an ASCII letter when case does not count. */
static unsigned char fold(char c, bool nocase)
{
    return nocase && c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

/*
 * Matches one byte against the class that begins at p (behind its '['); *ret_end is set behind the
 * closing bracket, or to the end of the pattern, which closes it as well.
 */
static bool match_class(const char *p, const char *end, char c, bool nocase, const char **ret_end)
{
    bool negated = p < end && *p == '^';
    bool found = false;
    unsigned char wanted = fold(c, nocase);
    p += negated;
    while (p < end && *p != ']') {
        if (*p == '\\' && p + 1 < end) {
            p++;
            found |= fold(*p, nocase) == wanted;
        } else if (p + 2 < end && p[1] == '-') {
            unsigned char from = fold(p[0], nocase), to = fold(p[2], nocase);
            found |= from <= to ? from <= wanted && wanted <= to : to <= wanted && wanted <= from;
            p += 2;
        } else {
            found |= fold(*p, nocase) == wanted;
        }
        p++;
    }
    *ret_end = p < end ? p + 1 : p;
    return found != negated;
}

/* Matches one byte against the pattern element at p, which is no '*'; *ret_next is set behind the
 * element. */
static bool match_one(const char *p, const char *end, char c, bool nocase, const char **ret_next)
{
    *ret_next = p + 1;
    switch (*p) {
    case '?':
        return true;
    case '[':
        return match_class(p + 1, end, c, nocase, ret_next);
    case '\\':
        if (p + 1 < end)
            *ret_next = ++p + 1;
        return fold(*p, nocase) == fold(c, nocase);
    default:
        return fold(*p, nocase) == fold(c, nocase);
    }
}

bool glob_match(struct slice pattern, struct slice text, bool nocase)
{
    const char *p = pattern.p, *p_end = p + pattern.n;
    const char *t = text.p, *t_end = t + text.n;
    const char *star = NULL;   /* behind the last '*' seen */
    const char *resume = NULL; /* where in the text the run of that '*' ends so far */
    const char *next = NULL;

    while (t < t_end) {
        if (p < p_end && *p == '*') {
            star = ++p;
            resume = t;
        } else if (p < p_end && match_one(p, p_end, *t, nocase, &next)) {
            p = next;
            t++;
        } else if (star) {
            /* Only the last '*' can help: what stands before it has matched already, as early as
             * possible. */
            p = star;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < p_end && *p == '*')
        p++;
    return p == p_end;
}
