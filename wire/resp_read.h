/*
 * Incremental reader of requests as clients send them: multibulk (`*2\r\n$3\r\nGET\r\n$1\r\na\r\n`)
 * and inline
 * (`GET a\r\n`, with Redis's quoting: "..." with \n \r \t \b \a \xHH \" \\, '...' with \').
 *
 * The reader keeps its place between calls, so a request that arrives in many pieces is looked at
 * once. It copies nothing: the arguments of a request point into the caller's bytes (inline quoting
 * is undone in place, hence `char *`).
 *
 *     buf: [ unread bytes ........ ]
 *     for (;;) {
 *         status = resp_reader_next(&r, buf_data(b), buf_used(b), &req, &used);
 *         if (status == RESP_REQUEST) handle(&req);      // arguments valid until the bytes go
 *         buf_consume(b, used);                          // in every case
 *         if (status != RESP_REQUEST) break;             // RESP_MORE: read on; RESP_BROKEN: answer
 * and close
 *     }
 *
 * Between two calls that returned RESP_MORE the caller may move the bytes and append to them, not
 * change or drop more than `used`.
 */
#ifndef WIRE_RESP_READ_H
#define WIRE_RESP_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

#define RESP_ARGS_MAX         ((size_t)1024 * 1024)       /* arguments of one request */
#define RESP_BULK_BYTES_MAX   ((size_t)512 * 1024 * 1024) /* one argument */
#define RESP_INLINE_BYTES_MAX ((size_t)64 * 1024) /* an inline request; also a length line */
#define RESP_ERROR_TEXT_MAX   80

/* What a client that has not authenticated may send. */
#define RESP_UNAUTH_ARGS_MAX       ((size_t)10)
#define RESP_UNAUTH_BULK_BYTES_MAX ((size_t)16 * 1024)

struct resp_limits {
    size_t args_max;
    size_t bulk_bytes_max;
    size_t inline_bytes_max;
    bool unauthenticated; /* only changes the words of the error */
};

extern const struct resp_limits resp_limits_default;
extern const struct resp_limits resp_limits_unauth;

enum resp_status {
    RESP_MORE,    /* no complete request in these bytes */
    RESP_REQUEST, /* *ret_request is set */
    RESP_BROKEN   /* not the protocol, or over a limit: `error` tells; the reader stays broken until
                     reset */
};

/*
 * One request, argc at least 1. The array is the reader's and valid until the next call. wire: the
 * bytes as they came, empty requests before it left out; of an inline request they are changed by
 * the undoing of its quotes, so it cannot be replayed from them.
 */
struct resp_request {
    size_t argc;
    struct slice *argv;
    struct slice wire;
};

struct resp_reader {
    const struct resp_limits *limits; /* may be changed between requests */
    struct slice *argv;               /* of a request under way: p is an offset into the data */
    size_t argv_cap;
    size_t argc;     /* arguments complete so far */
    size_t expected; /* arguments of the multibulk request under way; 0: none is */
    size_t at;       /* the bytes before this offset are understood */
    size_t scanned;  /* no line end before this offset */
    size_t bulk;     /* length of the argument under way */
    bool in_bulk;    /* that length is known */
    bool broken;
    char error[RESP_ERROR_TEXT_MAX]; /* "Protocol error: ...", without "ERR " */
};

/* limits NULL: resp_limits_default. They are not copied. */
void resp_reader_init(struct resp_reader *r, const struct resp_limits *limits);

/* Frees what the reader owns. */
void resp_reader_done(struct resp_reader *r);

/* Forgets a request under way (and a break): the next byte given begins a request. */
void resp_reader_reset(struct resp_reader *r);

/*
 * Looks for the next request in n bytes at data, which begin with what earlier calls left unused.
 * *ret_used is always set: the bytes that the caller must drop from the front before the next call.
 * Empty requests (blank lines, `*0`, `*-1`) are skipped and counted in it; so the sum of all
 * *ret_used is the offset in the stream.
 */
enum resp_status resp_reader_next(struct resp_reader *r, char *data, size_t n,
                                  struct resp_request *ret_request, size_t *ret_used);

/*
 * After RESP_MORE: bytes still missing of the argument under way, line end included (0: unknown),
 * counted from the end of the data last given. Lets the caller reserve the memory of a large
 * argument at once.
 */
size_t resp_reader_missing(const struct resp_reader *r, size_t n);

#endif
