/*
 * SLOWLOG: the last commands that took long, each with as much of its arguments as tells what it
 * was. The newest comes first.
 */
#ifndef STORE_SLOWLOG_H
#define STORE_SLOWLOG_H

#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

#define SLOWLOG_WORDS_MAX      32  /* of one command; the last one says how many are left out */
#define SLOWLOG_WORD_BYTES_MAX 128 /* of one word; behind it is said how many are left out */

struct slow_command {
    struct slow_command *next;
    int64_t id;
    int64_t at_s; /* Unix time */
    int64_t took_us;
    char *addr, *name; /* of the client; zero terminated */
    size_t words;
    struct slice word[]; /* the bytes stand behind it */
};

/* Zero bytes: an empty one. */
struct slowlog {
    struct slow_command *first;
    size_t count;
    int64_t next_id;
};

/* What is to be noted. secret: a bit for each word that is not to be shown. */
struct slow_note {
    int64_t at_s;
    int64_t took_us;
    const char *addr, *name; /* name NULL: none */
    uint32_t secret;
    size_t argc;
    const struct slice *argv;
};

/* Notes a command; the oldest ones beyond `most` are forgotten. */
void slowlog_add(struct slowlog *log, const struct slow_note *note, size_t most);

/* Forgets all but the newest. */
void slowlog_trim(struct slowlog *log, size_t most);

#endif
