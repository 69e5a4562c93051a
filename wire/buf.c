#include "wire/buf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BYTES ((size_t)256)

void buf_init(struct buf *b, size_t limit_bytes)
{
    memset(b, 0, sizeof(*b));
    b->limit_bytes = limit_bytes;
}

void buf_set_limit(struct buf *b, size_t limit_bytes)
{
    b->limit_bytes = limit_bytes;
}

void buf_done(struct buf *b)
{
    free(b->mem);
    buf_init(b, b->limit_bytes);
}

void buf_reset(struct buf *b)
{
    if (b->cap > BUF_KEEP_MAX) {
        buf_done(b);
        return;
    }
    b->head = b->tail = 0;
    b->overflow = false;
}

/* The capacity to have when `need` bytes must fit: grows by doubling, within the limit (need is).
 */
static size_t next_cap(const struct buf *b, size_t need)
{
    size_t cap = b->cap > FIRST_BYTES / 2 ? b->cap : FIRST_BYTES / 2;
    cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
    if (cap < need)
        cap = need;
    if (b->limit_bytes > 0 && cap > b->limit_bytes)
        cap = b->limit_bytes;
    return cap;
}

/* Moves the content to new memory of cap bytes, and one to spare for a zero. */
static bool grow(struct buf *b, size_t cap)
{
    size_t used = buf_used(b);
    char *mem;
    if (cap == SIZE_MAX)
        return false;
    if (b->head == 0) {
        mem = realloc(b->mem, cap + 1);
        if (!mem)
            return false;
    } else {
        mem = malloc(cap + 1);
        if (!mem)
            return false;
        memcpy(mem, buf_data(b), used);
        free(b->mem);
    }
    b->mem = mem;
    b->head = 0;
    b->tail = used;
    b->cap = cap;
    return true;
}

char *buf_reserve_slow(struct buf *b, size_t n)
{
    size_t used = buf_used(b);
    size_t need;
    if (b->overflow)
        return NULL;
    if (__builtin_add_overflow(used, n, &need) || (b->limit_bytes > 0 && need > b->limit_bytes))
        goto fail;
    if (b->mem && b->cap - b->tail >= n)
        return b->mem + b->tail;
    /* Moving the content to the front pays only if much was consumed, or nothing else is left to
     * do. */
    size_t cap = next_cap(b, need);
    if (b->mem && need <= b->cap && (b->head >= used || cap <= b->cap)) {
        memmove(b->mem, b->mem + b->head, used);
        b->head = 0;
        b->tail = used;
    } else if (!grow(b, cap)) {
        goto fail;
    }
    return b->mem + b->tail;

fail:
    b->overflow = true;
    return NULL;
}

bool buf_append_str(struct buf *b, const char *text)
{
    return buf_append(b, text, strlen(text));
}

bool buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    char *to = buf_reserve(b, 0);
    int n = to ? vsnprintf(to, buf_room(b) + 1, format, args) : -1;
    if (n >= 0 && (size_t)n > buf_room(b)) {
        to = buf_reserve(b, (size_t)n);
        n = to ? vsnprintf(to, (size_t)n + 1, format, again) : -1;
    }
    va_end(again);
    if (n < 0)
        return false;
    b->tail += (size_t)n;
    return true;
}

bool buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool ok = buf_vprintf(b, format, args);
    va_end(args);
    return ok;
}

bool buf_insert(struct buf *b, size_t at, const void *bytes, size_t n)
{
    assert(at <= buf_used(b));
    if (!buf_reserve(b, n))
        return false;
    char *place = b->mem + b->head + at;
    memmove(place + n, place, buf_used(b) - at);
    if (n > 0)
        memcpy(place, bytes, n);
    b->tail += n;
    return true;
}

void buf_consume(struct buf *b, size_t n)
{
    assert(n <= buf_used(b));
    b->head += n;
    if (b->head < b->tail)
        return;
    b->head = b->tail = 0;
    if (b->cap > BUF_KEEP_MAX) {
        free(b->mem);
        b->mem = NULL;
        b->cap = 0;
    }
}

void buf_truncate(struct buf *b, size_t n)
{
    assert(n <= buf_used(b));
    b->tail = b->head + n;
}

void buf_swap(struct buf *a, struct buf *b)
{
    struct buf was = *a;
    *a = *b;
    *b = was;
}

const char *buf_text(struct buf *b)
{
    if (!b->mem)
        return "";
    b->mem[b->tail] = '\0';
    return b->mem + b->head;
}
