#include "wire/resp_read.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define ARGV_FIRST    8    /* arguments that a new reader has room for */
#define ARGV_KEEP_MAX 1024 /* room that is kept between requests */
#define LENGTH_DIGITS 18   /* that many cannot overflow; longer ones go the slow way */

const struct resp_limits resp_limits_default = {
    .args_max = RESP_ARGS_MAX,
    .bulk_bytes_max = RESP_BULK_BYTES_MAX,
    .inline_bytes_max = RESP_INLINE_BYTES_MAX,
};
const struct resp_limits resp_limits_unauth = {
    .args_max = RESP_UNAUTH_ARGS_MAX,
    .bulk_bytes_max = RESP_UNAUTH_BULK_BYTES_MAX,
    .inline_bytes_max = RESP_INLINE_BYTES_MAX,
    .unauthenticated = true,
};

/* What one attempt found; STEP_EMPTY is a request without words. */
enum step { STEP_MORE, STEP_REQUEST, STEP_EMPTY, STEP_BROKEN, STEP_ON };

void resp_reader_init(struct resp_reader *r, const struct resp_limits *limits)
{
    memset(r, 0, sizeof(*r));
    r->limits = limits ? limits : &resp_limits_default;
}

void resp_reader_done(struct resp_reader *r)
{
    free(r->argv);
    r->argv = NULL;
    r->argv_cap = 0;
}

/* The next byte begins a request. */
static void begin(struct resp_reader *r)
{
    r->argc = r->expected = 0;
    r->at = r->scanned = r->bulk = 0;
    r->in_bulk = false;
}

void resp_reader_reset(struct resp_reader *r)
{
    begin(r);
    r->broken = false;
    r->error[0] = '\0';
}

static enum step fail(struct resp_reader *r, const char *what)
{
    snprintf(r->error, sizeof(r->error), "Protocol error: %s", what);
    return STEP_BROKEN;
}

/* Room for one more argument. */
static bool more_room(struct resp_reader *r)
{
    if (r->argc < r->argv_cap)
        return true;
    size_t cap = r->argv_cap ? r->argv_cap * 2 : ARGV_FIRST;
    struct slice *argv = realloc(r->argv, cap * sizeof(*argv));
    if (!argv)
        return false;
    r->argv = argv;
    r->argv_cap = cap;
    return true;
}

/*
 * Reads a length that is not the plain case: negative, malformed, or its line has not come whole.
 * STEP_ON: *ret is set and `at` stands behind the line.
 */
static enum step read_length_slowly(struct resp_reader *r, const char *d, size_t n,
                                    const char *too_long, const char *invalid, int64_t *ret)
{
    size_t from = r->at + 1;
    size_t scan = r->scanned > from ? r->scanned : from;
    const char *cr = scan < n ? memchr(d + scan, '\r', n - scan) : NULL;
    if (!cr) {
        r->scanned = n;
        return n - r->at > r->limits->inline_bytes_max ? fail(r, too_long) : STEP_MORE;
    }
    r->scanned = (size_t)(cr - d);
    if (r->scanned + 1 >= n)
        return STEP_MORE;
    struct slice line = { d + from, r->scanned - from };
    if (cr[1] != '\n' || !slice_to_int64(line, ret))
        return fail(r, invalid);
    r->at = r->scanned + 2;
    return STEP_ON;
}

/* Reads the length at d[at + 1]: digits and a line end at once, all else slowly. */
static inline enum step read_length(struct resp_reader *r, const char *d, size_t n,
                                    const char *too_long, const char *invalid, int64_t *ret)
{
    const char *from = d + r->at + 1, *end = d + n;
    const char *p = from;
    int64_t value = 0;
    while (p < end && p - from < LENGTH_DIGITS && *p >= '0' && *p <= '9')
        value = value * 10 + (*p++ - '0');
    if (end - p < 2 || p[0] != '\r' || p[1] != '\n' || p == from || (*from == '0' && p - from > 1))
        return read_length_slowly(r, d, n, too_long, invalid, ret);
    *ret = value;
    r->at = (size_t)(p - d) + 2;
    return STEP_ON;
}

/* The line `*N`. */
static enum step read_head(struct resp_reader *r, const char *d, size_t n)
{
    int64_t count = 0;
    enum step step =
        read_length(r, d, n, "too big mbulk count string", "invalid multibulk length", &count);
    if (step != STEP_ON)
        return step;
    if (count <= 0)
        return STEP_EMPTY;
    if ((uint64_t)count > r->limits->args_max) {
        return fail(r, r->limits->unauthenticated ? "unauthenticated multibulk length"
                                                  : "invalid multibulk length");
    }
    r->expected = (size_t)count;
    return STEP_ON;
}

/* The line `$N` of one argument. */
static enum step read_bulk_head(struct resp_reader *r, const char *d, size_t n)
{
    int64_t length = 0;
    if (r->at >= n)
        return STEP_MORE;
    if (d[r->at] != '$') {
        char c = d[r->at];
        char what[32];
        snprintf(what, sizeof(what), "expected '$', got '%c'", c >= ' ' && c <= '~' ? c : '?');
        return fail(r, what);
    }
    enum step step =
        read_length(r, d, n, "too big bulk count string", "invalid bulk length", &length);
    if (step != STEP_ON)
        return step;
    if (length < 0)
        return fail(r, "invalid bulk length");
    if ((uint64_t)length > r->limits->bulk_bytes_max) {
        return fail(r, r->limits->unauthenticated ? "unauthenticated bulk length"
                                                  : "invalid bulk length");
    }
    r->bulk = (size_t)length;
    r->in_bulk = true;
    return STEP_ON;
}

/* The arguments, each its length line and its bytes. */
static enum step read_bulks(struct resp_reader *r, char *d, size_t n)
{
    while (r->argc < r->expected) {
        enum step step = r->in_bulk ? STEP_ON : read_bulk_head(r, d, n);
        if (step != STEP_ON)
            return step;
        if (n - r->at < r->bulk + 2)
            return STEP_MORE;
        const char *line_end = d + r->at + r->bulk;
        /* A wrong length would make data into commands: stop there. */
        if (line_end[0] != '\r' || line_end[1] != '\n')
            return fail(r, "argument is not followed by CRLF");
        if (!more_room(r))
            return fail(r, "out of memory");
        r->argv[r->argc].p = (const char *)(uintptr_t)r->at;
        r->argv[r->argc].n = r->bulk;
        r->argc++;
        r->at += r->bulk + 2;
        r->in_bulk = false;
    }
    for (size_t i = 0; i < r->argc; i++)
        r->argv[i].p = d + (uintptr_t)r->argv[i].p;
    return STEP_REQUEST;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Value of a hex digit, or -1. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes one escape of a "..." run: p stands on the backslash, something follows. Returns the place
 * behind it. */
static const char *unescape(const char *p, const char *end, char *ret)
{
    static const char names[] = "nrtba", values[] = "\n\r\t\b\a";
    if (end - p >= 4 && p[1] == 'x' && hex_value(p[2]) >= 0 && hex_value(p[3]) >= 0) {
        *ret = (char)(hex_value(p[2]) * 16 + hex_value(p[3]));
        return p + 4;
    }
    const char *name = p[1] ? strchr(names, p[1]) : NULL;
    *ret = name ? values[name - names] : p[1];
    return p + 2;
}

/* Undoes a quoted run that begins at p; writes to *to, which never overtakes p. NULL: it is not
 * closed as it should be. */
static const char *unquote(const char *p, const char *end, char **to)
{
    char quote = *p++;
    while (p < end && *p != quote) {
        if (*p == '\\' && quote == '"' && end - p >= 2)
            p = unescape(p, end, (*to)++);
        else if (*p == '\\' && quote == '\'' && end - p >= 2 && p[1] == '\'')
            *(*to)++ = '\'', p += 2;
        else
            *(*to)++ = *p++;
    }
    bool closed = p < end && (p + 1 == end || is_space(p[1]));
    return closed ? p + 1 : NULL;
}

/* One word of an inline request from p on. NULL: unbalanced quotes. */
static const char *read_word(const char *p, const char *end, char *to, struct slice *ret)
{
    ret->p = to;
    while (p && p < end && !is_space(*p)) {
        if (*p == '"' || *p == '\'')
            p = unquote(p, end, &to);
        else
            *to++ = *p++;
    }
    ret->n = (size_t)(to - ret->p);
    return p;
}

/* The words of a line, undoing their quoting in place. */
static enum step split_line(struct resp_reader *r, char *line, size_t n)
{
    const char *p = line, *end = line + n;
    for (;;) {
        while (p < end && is_space(*p))
            p++;
        if (p == end)
            return r->argc > 0 ? STEP_REQUEST : STEP_EMPTY;
        if (r->argc == r->limits->args_max)
            return fail(r, "too many arguments in inline request");
        if (!more_room(r))
            return fail(r, "out of memory");
        p = read_word(p, end, line + (p - line), &r->argv[r->argc]);
        if (!p)
            return fail(r, "unbalanced quotes in request");
        r->argc++;
    }
}

/* A request that does not begin with '*': one line of words. */
static enum step read_inline(struct resp_reader *r, char *d, size_t n)
{
    const char *lf = memchr(d + r->scanned, '\n', n - r->scanned);
    if (!lf)
        r->scanned = n;
    size_t length = lf ? (size_t)(lf - d) : n;
    if (length > r->limits->inline_bytes_max)
        return fail(r, "too big inline request");
    if (!lf)
        return STEP_MORE;
    r->at = length + 1;
    const char *zero = memchr(d, '\0', length);
    return split_line(r, d, zero ? (size_t)(zero - d) : length);
}

/* One request, or a part of it, at d. */
static enum step read_one(struct resp_reader *r, char *d, size_t n)
{
    if (n == 0)
        return STEP_MORE;
    if (r->expected == 0) {
        if (d[0] != '*')
            return read_inline(r, d, n);
        enum step step = read_head(r, d, n);
        if (step != STEP_ON)
            return step;
    }
    return read_bulks(r, d, n);
}

/* Gives back the room of an extraordinary request once it is over. */
static void trim(struct resp_reader *r)
{
    if (r->argv_cap > ARGV_KEEP_MAX && r->expected == 0)
        resp_reader_done(r);
}

enum resp_status resp_reader_next(struct resp_reader *r, char *data, size_t n,
                                  struct resp_request *ret_request, size_t *ret_used)
{
    size_t from = 0;
    enum step step = r->broken ? STEP_BROKEN : STEP_EMPTY;
    trim(r);
    while (step == STEP_EMPTY) {
        step = read_one(r, data + from, n - from);
        if (step == STEP_EMPTY) {
            from += r->at;
            begin(r);
        }
    }
    *ret_used = from;
    if (step == STEP_MORE)
        return RESP_MORE;
    if (step == STEP_BROKEN) {
        r->broken = true;
        return RESP_BROKEN;
    }
    ret_request->argc = r->argc;
    ret_request->argv = r->argv;
    ret_request->wire.p = data + from;
    ret_request->wire.n = r->at;
    *ret_used = from + r->at;
    begin(r);
    return RESP_REQUEST;
}

size_t resp_reader_missing(const struct resp_reader *r, size_t n)
{
    size_t end = r->at + r->bulk + 2;
    return r->in_bulk && end > n ? end - n : 0;
}
