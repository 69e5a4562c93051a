/*
 * What the handlers of lists have in common.
 */
#ifndef STORE_CMD_LIST_H
#define STORE_CMD_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/list.h"
#include "wire/slice.h"

struct client;
struct key_ref;
struct store;

/* The list of a key, or NULL; *ret_ok false after the error, when it is something else. */
struct entry *cmd_list_read(struct store *s, struct client *c, struct slice key, bool *ret_ok);
struct entry *cmd_list_write(struct store *s, struct client *c, struct slice key,
                             struct key_ref *ret_ref, bool *ret_ok);

/* Writes the number of n elements of a list, from an end on, and those. */
void cmd_list_reply(struct client *c, const struct entry *e, enum list_end end, size_t n);

/* Takes n elements (or all) away from an end of the list of a key, which goes if it is empty then;
 * n > 0. */
void cmd_list_drop(struct store *s, struct client *c, struct slice key, enum list_end end,
                   size_t n);

/* LEFT or RIGHT; false after the error was written. */
bool cmd_list_arg_end(struct client *c, struct slice arg, enum list_end *ret);

#endif
