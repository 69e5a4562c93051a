/*
 * The command table: rows that say name, arity, flags, handler and help of each command, and a
 * quick look-up of a request in it, upper and lower case being the same. Two levels: a container
 * (SENTINEL, CLIENT, CONFIG) has rows of its own, found by the second argument.
 *
 * The rows are the program's, constant, and outlive the table.
 */
#ifndef WIRE_COMMAND_H
#define WIRE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct client;
struct command_keys;
struct resp_writer;

#define COMMAND_NAME_MAX 32   /* bytes of one name */
#define COMMAND_ROWS_MAX 4096 /* rows of a table, subcommands included */

/* name in C, as COMMAND INFO prints it */
#define COMMAND_FLAGS(X)                                                                           \
    X(WRITE, "write")                                                                              \
    X(READONLY, "readonly")                                                                        \
    X(DENYOOM, "denyoom")                                                                          \
    X(ADMIN, "admin")                                                                              \
    X(PUBSUB, "pubsub")                                                                            \
    X(NOSCRIPT, "noscript")                                                                        \
    X(BLOCKING, "blocking")                                                                        \
    X(LOADING, "loading")                                                                          \
    X(STALE, "stale")                                                                              \
    X(FAST, "fast")                                                                                \
    X(NO_AUTH, "no_auth")                                                                          \
    X(NO_MULTI, "no_multi")                                                                        \
    X(MAY_REPLICATE, "may_replicate")                                                              \
    X(SENTINEL, "sentinel")                                                                        \
    X(ALLOW_BUSY, "allow_busy")                                                                    \
    X(NO_ASYNC_LOADING, "no_async_loading")                                                        \
    X(SKIP_SLOWLOG, "skip_slowlog")

enum {
#define X(id, text) COMMAND_BIT_##id,
    COMMAND_FLAGS(X)
#undef X
        COMMAND_BIT_COUNT
};

enum command_flag {
#define X(id, text) COMMAND_##id = 1 << COMMAND_BIT_##id,
    COMMAND_FLAGS(X)
#undef X
    /* ACL categories that no flag implies (wire/acl_category.h); COMMAND INFO shows no flag */
    COMMAND_IN_KEYSPACE = 1 << 17,
    COMMAND_IN_STRING = 1 << 18,
    COMMAND_IN_LIST = 1 << 19,
    COMMAND_IN_SET = 1 << 20,
    COMMAND_IN_SORTEDSET = 1 << 21,
    COMMAND_IN_HASH = 1 << 22,
    COMMAND_IN_TRANSACTION = 1 << 23,
    COMMAND_IN_CONNECTION = 1 << 24,
    COMMAND_IN_ADMIN = 1 << 25,
    COMMAND_IN_DANGEROUS = 1 << 26,
    COMMAND_APP = 1 << 27 /* this bit and those above are the program's own */
};

_Static_assert(COMMAND_BIT_COUNT <= 17, "flags and categories share a word");

/* app is the program's own object, argv[0] the command's name (argv[1] the subcommand's); argc fits
 * the arity. */
typedef void command_fn(void *app, struct client *c, size_t argc, const struct slice *argv);

struct command {
    const char *name; /* lower case; NULL ends an array of rows */
    int arity;       /* n: exactly n words, -n: n or more; the names count, for a subcommand both */
    unsigned flags;  /* enum command_flag */
    command_fn *run; /* NULL: a container that does nothing without a subcommand */
    const char *summary; /* one line of help */
    const struct command
        *subs; /* rows of the subcommands, ended by a NULL name; NULL: no container */
    const struct command_keys *keys; /* where its keys are; NULL: it has none */
};

struct command_table;

/* NULL when memory is out. Asserts that names are lower case, unique, and within the limits. */
struct command_table *command_table_new(const struct command *rows);
void command_table_free(struct command_table *t);

/* The rows, as given to command_table_new. */
const struct command *command_table_rows(const struct command_table *t);

/* Number of top-level rows (COMMAND COUNT). */
size_t command_table_count(const struct command_table *t);

struct command_match {
    const struct command
        *command; /* the row that runs: of the subcommand, if there is one. NULL: unknown */
    const struct command *parent; /* its container, or NULL */
};

/*
 * Finds the row of a request (argc >= 1). True: *ret may run, the number of words fits.
 * False: *ret is set as far as it was found; command_write_error says why. A container without a
 * second word is matched itself, and then its own arity decides.
 */
bool command_find(const struct command_table *t, size_t argc, const struct slice *argv,
                  struct command_match *ret);

/*
 * Writes the error of a command_find that returned false, in Redis's words: unknown command (with
 * the beginning of its arguments), unknown subcommand, wrong number of arguments.
 */
void command_write_error(struct resp_writer *w, const struct command_match *m, size_t argc,
                         const struct slice *argv);

/* The row of a name as COMMAND INFO and DOCS take it ("get", "config|get"), or none (command NULL).
 */
struct command_match command_find_name(const struct command_table *t, struct slice name);

/* Writes "get" or "config|get" and a zero into text; returns text. */
#define COMMAND_FULL_NAME_SIZE (2 * COMMAND_NAME_MAX + 2)
const char *command_full_name(const struct command_match *m, char text[COMMAND_FULL_NAME_SIZE]);

#endif
