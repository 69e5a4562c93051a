/*
 * A growing run of bytes with a limit: written at the end, consumed at the front.
 *
 * Life: zero bytes are a valid empty buffer without a limit; buf_init sets one. buf_done frees, and
 * leaves a valid empty buffer behind. Copying the struct moves it (use buf_swap).
 *
 * Errors: an append that would pass the limit, or that memory cannot hold, appends nothing, returns
 * false and sets `overflow`, which stays set until buf_reset or buf_done. So a writer may append
 * without looking and ask once at the end.
 *
 * Pointers into the buffer are valid until the next append, reserve or consume.
 */
#ifndef WIRE_BUF_H
#define WIRE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "wire/slice.h"

/* Memory that an emptied buffer keeps for the next use; buf_consume gives back what is above it. */
#define BUF_KEEP_MAX ((size_t)16 * 1024)

struct buf {
    char *mem;          /* what was allocated, NULL when nothing is */
    size_t head;        /* first unconsumed byte */
    size_t tail;        /* one past the last byte */
    size_t cap;         /* bytes it has room for; one more is allocated, for buf_text */
    size_t limit_bytes; /* most bytes held at a time, 0: no limit; buf_set_limit changes it */
    bool overflow;      /* an append was refused */
};

/* An empty buffer which never holds more than limit_bytes (0: no limit). */
void buf_init(struct buf *b, size_t limit_bytes);

/* A lower limit than what is held lets it stay, and refuses the next append. */
void buf_set_limit(struct buf *b, size_t limit_bytes);

/* Frees the memory; the limit stays. */
void buf_done(struct buf *b);

/* Empties the buffer and forgets an overflow; the limit and up to BUF_KEEP_MAX of the memory stay.
 */
void buf_reset(struct buf *b);

/* Bytes held. */
static inline size_t buf_used(const struct buf *b)
{
    return b->tail - b->head;
}

/* The first byte held; not zero terminated. Not NULL even when empty. */
static inline char *buf_data(const struct buf *b)
{
    return b->mem ? b->mem + b->head : (char *)"";
}

/* The content as a slice. */
static inline struct slice buf_slice(const struct buf *b)
{
    struct slice s = { buf_data(b), buf_used(b) };
    return s;
}

/*
 * Makes room for n more bytes at the end and returns where they go, or NULL (overflow set). Tell
 * with buf_commit how many were written. The memory never exceeds the limit, so whatever has room
 * may be written without another look.
 */
char *buf_reserve_slow(struct buf *b, size_t n);
static inline char *buf_reserve(struct buf *b, size_t n)
{
    if (b->cap - b->tail > n && !b->overflow)
        return b->mem + b->tail;
    return buf_reserve_slow(b, n);
}

/* Bytes that can be written behind the content without another reserve. */
static inline size_t buf_room(const struct buf *b)
{
    return b->cap - b->tail;
}

/* Adds the n bytes that were written at the pointer that buf_reserve gave. */
static inline void buf_commit(struct buf *b, size_t n)
{
    b->tail += n;
}

/* Appends n bytes. */
static inline bool buf_append(struct buf *b, const void *bytes, size_t n)
{
    char *to = buf_reserve(b, n);
    if (!to)
        return false;
    if (n > 0)
        memcpy(to, bytes, n);
    b->tail += n;
    return true;
}

/* Appends a zero-terminated text, without the zero. */
bool buf_append_str(struct buf *b, const char *text);

/* Appends as printf does. */
bool buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_vprintf(struct buf *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Puts n bytes in at offset at (0 to buf_used) of the content, moving what is behind. */
bool buf_insert(struct buf *b, size_t at, const void *bytes, size_t n);

/* Drops the first n bytes held (n <= buf_used). Cheap: nothing moves until room is needed. */
void buf_consume(struct buf *b, size_t n);

/* Keeps only the first n bytes held (n <= buf_used). */
void buf_truncate(struct buf *b, size_t n);

/* Exchanges two buffers, limits included. */
void buf_swap(struct buf *a, struct buf *b);

/* The content as a text: ends it with a zero that is not counted. */
const char *buf_text(struct buf *b);

#endif
