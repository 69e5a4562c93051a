/*
 * Writer of replies onto a buf, in protocol 2 or 3. What protocol 2 lacks is written as Redis
 * writes it there: a map as a flat array of twice the length, a set and a push as an array, a
 * double and a verbatim text as a bulk, a bool as 1 or 0, null as `$-1`.
 *
 * No function fails: a reply that does not fit sets out->overflow, which the owner of the client
 * looks at (the server closes such a client and says why). A muted writer (CLIENT REPLY OFF) writes
 * nothing.
 */
#ifndef WIRE_RESP_WRITE_H
#define WIRE_RESP_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct buf;

struct resp_writer {
    struct buf *out; /* not owned */
    int proto;       /* 2 or 3 */
    bool muted;
};

/* `+text`; text without line ends (they become spaces). */
void resp_simple(struct resp_writer *w, const char *text);
void resp_ok(struct resp_writer *w);

/*
 * `-text`: text begins with its code word ("ERR no such key"). Line ends become spaces, so that
 * arguments of a client may be quoted in it. Longer than RESP_ERROR_BYTES_MAX: cut.
 */
#define RESP_ERROR_BYTES_MAX ((size_t)4096)
void resp_error(struct resp_writer *w, const char *text);
void resp_errorf(struct resp_writer *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void resp_int(struct resp_writer *w, int64_t value);
void resp_bulk(struct resp_writer *w, struct slice bytes);
void resp_bulk_bytes(struct resp_writer *w, const void *bytes, size_t n);
void resp_bulk_str(struct resp_writer *w, const char *text); /* NULL: resp_null */
void resp_bulk_int(struct resp_writer *w, int64_t value);    /* the decimal digits as a bulk */
void resp_bulkf(struct resp_writer *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void resp_null(struct resp_writer *w);       /* `$-1` or `_` */
void resp_null_array(struct resp_writer *w); /* `*-1` or `_` */

/* Heads of aggregates: the n elements (a map: n pairs) are written next. */
void resp_array(struct resp_writer *w, size_t n);
void resp_map(struct resp_writer *w, size_t n);
void resp_set(struct resp_writer *w, size_t n);
void resp_push(struct resp_writer *w, size_t n);

/*
 * When the number of elements is known only at the end: hold marks the place, the other calls put
 * the head in there (one move of what was written since). No consume may happen in between: both
 * within one request.
 */
size_t resp_hold(const struct resp_writer *w);
void resp_array_at(struct resp_writer *w, size_t mark, size_t n);
void resp_map_at(struct resp_writer *w, size_t mark, size_t n);
void resp_set_at(struct resp_writer *w, size_t mark, size_t n);

/* 17 significant digits (`%.17g`), as Redis 7.0; inf and -inf as such. */
void resp_double(struct resp_writer *w, double value);

/* A text with its three-letter format ("txt", "mkd"). */
void resp_verbatim(struct resp_writer *w, const char format[3], struct slice text);

/* Bytes that are a reply already. */
void resp_raw(struct resp_writer *w, const void *bytes, size_t n);

#endif
