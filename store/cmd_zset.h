/*
 * What the commands on sorted sets have in common.
 */
#ifndef STORE_CMD_ZSET_H
#define STORE_CMD_ZSET_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/slice.h"

struct client;
struct entry;
struct key_ref;
struct store;
struct zset_walk;

/* The sorted set of a key, or NULL; *ret_ok false after the error, when it is something else. For
 * writing, the ref is set too. */
struct entry *cmd_zset_read(struct store *s, struct client *c, struct slice key, bool *ret_ok);
struct entry *cmd_zset_write(struct store *s, struct client *c, struct slice key,
                             struct key_ref *ret_ref, bool *ret_ok);

/* An entry that belongs to no key, with a sorted set without members; for store_put. */
struct entry *cmd_zset_build(void);

/* How members are written: without scores; with them, in arrays of two each if the protocol is 3;
 * in such arrays in any protocol. */
enum zset_form { ZSET_NAMES, ZSET_SCORES, ZSET_PAIRS };

/* Writes a head and n members from a walk. */
void cmd_zset_reply(struct client *c, struct zset_walk *walk, size_t n, enum zset_form form);

/* Deletes n members from a place on, and the key with the last of them; counts the change if there
 * is one. */
void cmd_zset_cut(struct store *s, struct client *c, struct key_ref *ref, size_t place, size_t n);

#endif
