/*
 * The arguments of HRANDFIELD, ZRANDMEMBER and SRANDMEMBER: KEY [COUNT [word]].
 */
#ifndef STORE_RANDOM_ARG_H
#define STORE_RANDOM_ARG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/slice.h"

struct client;

/* Reads a count: as many different ones; below zero, as many that may be the same. False after the
 * error was written. */
bool random_arg_count(struct client *c, struct slice arg, int64_t *ret);

/* Reads the count and, behind it, the word that asks for more than names (*ret_more); argc is 3 at
 * least. False after the error was written. */
bool random_arg_read(struct client *c, size_t argc, const struct slice *argv, const char *word,
                     int64_t *ret_count, bool *ret_more);

#endif
