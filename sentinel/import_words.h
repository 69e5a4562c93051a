/*
 * import_words: one line of a sentinel.conf taken apart into words, with the quoting that Redis and
 * Valkey know:
 *
 *   plain            up to the next blank
 *   "..."            \n \r \t \a \b, \xHH for any byte, a backslash before any other byte is
 * dropped
 *   '...'            \' is the only escape
 *
 * A quote may begin inside a plain word; behind a closing quote a blank or the end must follow.
 */
#ifndef SENTINEL_IMPORT_WORDS_H
#define SENTINEL_IMPORT_WORDS_H

#include <stddef.h>

#include "wire/slice.h"

struct import_words {
    size_t n;
    struct slice *list; /* owned, as are the bytes; a word may hold any byte, also zeros */
    char *bytes;
};

enum import_words_result { IMPORT_WORDS_GOOD, IMPORT_WORDS_UNBALANCED, IMPORT_WORDS_NO_MEMORY };

/* Take LINE apart. Anything but GOOD leaves nothing to free. */
enum import_words_result import_words_split(struct import_words *ret_words, struct slice line);

void import_words_done(struct import_words *words);

#endif
