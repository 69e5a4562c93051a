#include "wire/resp_write.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "wire/buf.h"

#define HEAD_BYTES_MAX 32   /* a type byte, the longest number, a line end */
#define DOUBLE_INT_MAX 1e15 /* integers below it are shown as such by %.17g */

/* Room for n bytes of reply; NULL when they are not wanted or do not fit. */
static inline char *room(struct resp_writer *w, size_t n)
{
    return w->muted ? NULL : buf_reserve(w->out, n);
}

/* Writes the decimal digits of value; returns the place behind them. */
static char *put_uint(char *to, uint64_t value)
{
    char digits[20];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (n > 0)
        *to++ = digits[--n];
    return to;
}

static char *put_int(char *to, int64_t value)
{
    if (value >= 0)
        return put_uint(to, (uint64_t)value);
    *to++ = '-';
    return put_uint(to, 0 - (uint64_t)value);
}

static char *put_end(char *to)
{
    to[0] = '\r';
    to[1] = '\n';
    return to + 2;
}

/* Copies n bytes, line ends as spaces: a reply of one line must stay one. */
static char *put_line(char *to, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *to++ = text[i] == '\r' || text[i] == '\n' ? ' ' : text[i];
    return put_end(to);
}

/* A line of a type and a text. */
static void write_line(struct resp_writer *w, char type, const char *text, size_t n)
{
    char *to = room(w, n + 3);
    if (!to)
        return;
    to[0] = type;
    put_line(to + 1, text, n);
    buf_commit(w->out, n + 3);
}

/* A head: type and number. */
static void write_head(struct resp_writer *w, char type, int64_t value)
{
    char *to = room(w, HEAD_BYTES_MAX);
    if (!to)
        return;
    to[0] = type;
    buf_commit(w->out, (size_t)(put_end(put_int(to + 1, value)) - to));
}

void resp_raw(struct resp_writer *w, const void *bytes, size_t n)
{
    if (!w->muted)
        buf_append(w->out, bytes, n);
}

void resp_simple(struct resp_writer *w, const char *text)
{
    write_line(w, '+', text, strlen(text));
}

void resp_ok(struct resp_writer *w)
{
    resp_raw(w, "+OK\r\n", 5);
}

void resp_error(struct resp_writer *w, const char *text)
{
    size_t n = strlen(text);
    write_line(w, '-', text, n < RESP_ERROR_BYTES_MAX ? n : RESP_ERROR_BYTES_MAX);
}

void resp_errorf(struct resp_writer *w, const char *format, ...)
{
    char text[RESP_ERROR_BYTES_MAX + 1];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    resp_error(w, text);
}

void resp_int(struct resp_writer *w, int64_t value)
{
    write_head(w, ':', value);
}

void resp_bulk_bytes(struct resp_writer *w, const void *bytes, size_t n)
{
    char *start = room(w, n + HEAD_BYTES_MAX);
    if (!start)
        return;
    start[0] = '$';
    char *to = put_end(put_uint(start + 1, n));
    if (n > 0)
        memcpy(to, bytes, n);
    to = put_end(to + n);
    buf_commit(w->out, (size_t)(to - start));
}

void resp_bulk(struct resp_writer *w, struct slice bytes)
{
    resp_bulk_bytes(w, bytes.p, bytes.n);
}

void resp_bulk_str(struct resp_writer *w, const char *text)
{
    if (text)
        resp_bulk_bytes(w, text, strlen(text));
    else
        resp_null(w);
}

void resp_bulk_int(struct resp_writer *w, int64_t value)
{
    char text[HEAD_BYTES_MAX];
    resp_bulk_bytes(w, text, (size_t)(put_int(text, value) - text));
}

void resp_bulkf(struct resp_writer *w, const char *format, ...)
{
    struct buf text = { 0 };
    va_list args;
    if (w->muted)
        return;
    va_start(args, format);
    if (buf_vprintf(&text, format, args))
        resp_bulk(w, buf_slice(&text));
    else
        w->out->overflow = true;
    va_end(args);
    buf_done(&text);
}

void resp_null(struct resp_writer *w)
{
    resp_raw(w, w->proto >= 3 ? "_\r\n" : "$-1\r\n", w->proto >= 3 ? 3 : 5);
}

void resp_null_array(struct resp_writer *w)
{
    resp_raw(w, w->proto >= 3 ? "_\r\n" : "*-1\r\n", w->proto >= 3 ? 3 : 5);
}

/* The head of an aggregate of `each` elements per unit where protocol 2 has only arrays. */
static char aggregate(const struct resp_writer *w, char type, size_t each, size_t *n)
{
    if (w->proto >= 3 || type == '*')
        return type;
    *n *= each;
    return '*';
}

void resp_array(struct resp_writer *w, size_t n)
{
    write_head(w, '*', (int64_t)n);
}

void resp_map(struct resp_writer *w, size_t n)
{
    char type = aggregate(w, '%', 2, &n);
    write_head(w, type, (int64_t)n);
}

void resp_set(struct resp_writer *w, size_t n)
{
    char type = aggregate(w, '~', 1, &n);
    write_head(w, type, (int64_t)n);
}

void resp_push(struct resp_writer *w, size_t n)
{
    char type = aggregate(w, '>', 1, &n);
    write_head(w, type, (int64_t)n);
}

size_t resp_hold(const struct resp_writer *w)
{
    return buf_used(w->out);
}

/* Puts the head of an aggregate in where resp_hold was called. */
static void head_at(struct resp_writer *w, size_t mark, char type, size_t n)
{
    char head[HEAD_BYTES_MAX];
    if (w->muted || w->out->overflow)
        return;
    head[0] = type;
    buf_insert(w->out, mark, head, (size_t)(put_end(put_uint(head + 1, n)) - head));
}

void resp_array_at(struct resp_writer *w, size_t mark, size_t n)
{
    head_at(w, mark, '*', n);
}

void resp_map_at(struct resp_writer *w, size_t mark, size_t n)
{
    char type = aggregate(w, '%', 2, &n);
    head_at(w, mark, type, n);
}

void resp_set_at(struct resp_writer *w, size_t mark, size_t n)
{
    char type = aggregate(w, '~', 1, &n);
    head_at(w, mark, type, n);
}

/* Writes the digits of a double; those of most integers without the slow printf. */
static size_t put_double(char *text, size_t size, double value)
{
    if (value > -DOUBLE_INT_MAX && value < DOUBLE_INT_MAX && (double)(int64_t)value == value &&
        (value != 0 || !signbit(value)))
        return (size_t)(put_int(text, (int64_t)value) - text);
    if (isinf(value))
        return (size_t)snprintf(text, size, "%s", value > 0 ? "inf" : "-inf");
    return (size_t)snprintf(text, size, "%.17g", value);
}

void resp_double(struct resp_writer *w, double value)
{
    char text[64];
    size_t n = put_double(text, sizeof(text), value);
    if (w->proto >= 3)
        write_line(w, ',', text, n);
    else
        resp_bulk_bytes(w, text, n);
}

void resp_verbatim(struct resp_writer *w, const char format[3], struct slice text)
{
    if (w->proto < 3) {
        resp_bulk(w, text);
        return;
    }
    write_head(w, '=', (int64_t)(text.n + 4));
    resp_raw(w, format, 3);
    resp_raw(w, ":", 1);
    resp_raw(w, text.p, text.n);
    resp_raw(w, "\r\n", 2);
}
