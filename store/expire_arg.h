/*
 * The times that commands take: seconds or milliseconds, from now or since 1970, and what makes
 * them wrong.
 */
#ifndef STORE_EXPIRE_ARG_H
#define STORE_EXPIRE_ARG_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/slice.h"

struct client;
struct store;

/* How a time is given. */
struct expire_unit {
    int64_t factor_ms; /* 1 or 1000 */
    bool absolute;     /* Unix time */
};

/*
 * Reads a time that must lie in the future of 1970 (SET EX and the like). command is named in the
 * error. False after the error was written.
 */
bool expire_arg_positive(struct store *s, struct client *c, struct slice arg,
                         struct expire_unit unit, const char *command, int64_t *ret_at_ms);

/* The same for EXPIRE and its kin, where any time is allowed that can be counted. */
bool expire_arg_any(struct store *s, struct client *c, struct slice arg, struct expire_unit unit,
                    const char *command, int64_t *ret_at_ms);

/* EX, PX, EXAT, PXAT: true and the unit. */
bool expire_option(struct slice word, struct expire_unit *ret_unit);

/* True when a key with this time is to be deleted at once: on a primary, if the time is past. */
bool expire_is_past(const struct store *s, const struct client *c, int64_t at_ms);

#endif
