/*
 * command_keys: which words of a request are keys, and what the command does to them. A row of the
 * command table says so by an array of rules; COMMAND INFO shows them as key specifications, ACL
 * rules about keys and COMMAND GETKEYS follow them.
 */
#ifndef WIRE_COMMAND_KEYS_H
#define WIRE_COMMAND_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/slice.h"

struct command;
struct resp_writer;

#define COMMAND_KEYS_FOUND_MAX 2 /* by a function */

/* name in C, as COMMAND INFO prints it. The first four say what happens to the key as a whole: it
 * is read, read and written, overwritten, removed; the next four, what happens to the data in it.
 */
#define COMMAND_KEY_FLAGS(X)                                                                       \
    X(RO, "RO")                                                                                    \
    X(RW, "RW")                                                                                    \
    X(OW, "OW")                                                                                    \
    X(RM, "RM")                                                                                    \
    X(ACCESS, "access")                                                                            \
    X(UPDATE, "update")                                                                            \
    X(INSERT, "insert")                                                                            \
    X(DELETE, "delete")                                                                            \
    X(INCOMPLETE, "incomplete")                                                                    \
    X(VARIABLE, "variable_flags")

enum {
#define X(id, text) COMMAND_KEY_BIT_##id,
    COMMAND_KEY_FLAGS(X)
#undef X
        COMMAND_KEY_BIT_COUNT
};

enum command_key_flag {
#define X(id, text) COMMAND_KEY_##id = 1 << COMMAND_KEY_BIT_##id,
    COMMAND_KEY_FLAGS(X)
#undef X
};

struct command_key {
    size_t at; /* position of the word */
    unsigned flags;
};

/* Finds what rules cannot say; returns how many. */
typedef size_t command_keys_fn(size_t argc, const struct slice *argv,
                               struct command_key ret[COMMAND_KEYS_FOUND_MAX]);

struct command_keys {
    unsigned flags; /* enum command_key_flag; 0 ends an array */
    short begin;    /* position of the first key, or of the number of keys; 0: unknown */
    short last; /* of the last key: counted from begin; negative: from the end, -1 the last word */
    short step;
    bool counted;          /* at begin stands how many keys follow */
    command_keys_fn *find; /* in the first rule only: finds the keys in place of all rules */
};

/* Rules. */
#define COMMAND_KEYS(...)                                                                          \
    (const struct command_keys[])                                                                  \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define COMMAND_KEY_AT(flags, at)                                                                  \
    {                                                                                              \
        flags, at, 0, 1, false, NULL                                                               \
    }
#define COMMAND_KEY_FOUND(flags, at, find)                                                         \
    {                                                                                              \
        flags, at, 0, 1, false, find                                                               \
    }
#define COMMAND_KEY_FROM(flags, at, last, step)                                                    \
    {                                                                                              \
        flags, at, last, step, false, NULL                                                         \
    }
#define COMMAND_KEY_COUNTED(flags, at)                                                             \
    {                                                                                              \
        flags, at, 0, 1, true, NULL                                                                \
    }
#define COMMAND_KEY_UNKNOWN(flags)                                                                 \
    {                                                                                              \
        flags, 0, 0, 0, false, NULL                                                                \
    }

/* Told of each key in turn; false ends it. */
typedef bool command_key_seen_fn(void *ctx, const struct command_key *key);

/* False: the words do not say how many keys there are; those before were told. */
bool command_keys_each(const struct command *row, size_t argc, const struct slice *argv,
                       command_key_seen_fn *seen, void *ctx);

/* Whether keys are where only the words themselves tell. */
bool command_keys_move(const struct command *row);

/* First key, last one and step as far as one range says it all; else zeros. */
struct command_key_range {
    int first, last, step;
};
struct command_key_range command_keys_range(const struct command *row);

/* The flags as a set; the rules as COMMAND INFO shows them. */
void command_keys_reply_flags(struct resp_writer *w, unsigned flags);
void command_keys_reply(struct resp_writer *w, const struct command *row);

#endif
