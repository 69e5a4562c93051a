/*
 * Reading the parts of an RDB item from the bytes at hand: numbers, lengths, strings. Each function
 * returns something harmless once the cursor has stopped, so that a reader may ask once, at the end
 * of an item.
 */
#ifndef STORE_RDB_CURSOR_H
#define STORE_RDB_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/entry.h"
#include "wire/slice.h"

struct rdb_reader;

/* A position in the bytes at hand. `lack` and `bad` end the reading of an item: wait for more, or
 * give up. */
struct cursor {
    struct rdb_reader *r;
    const unsigned char *p;
    size_t n;
    size_t at;
    bool lack;
    bool bad;
};

/* A string as the file has it: bytes in place, or an integer, or packed. */
struct text {
    struct slice bytes;
    char number[ENTRY_INT_TEXT_MAX];
};

/* True when the item cannot be read, or not yet. */
bool cursor_stopped(const struct cursor *c);

/* Gives up; the error begins with the offset at which the item went wrong. The first one counts. */
void cursor_fail(struct cursor *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The next n bytes, or NULL. */
const unsigned char *cursor_take(struct cursor *c, uint64_t n);

unsigned cursor_take_byte(struct cursor *c);

/* Little-endian. */
uint64_t cursor_take_word(struct cursor *c, size_t bytes);

/* A length; `what` it is of is named in the error. */
uint64_t cursor_take_plain_length(struct cursor *c, const char *what);

/* A string in any of its forms. The bytes are valid until the next packed string, or the end of the
 * item. */
void cursor_take_text(struct cursor *c, struct text *ret);

#endif
