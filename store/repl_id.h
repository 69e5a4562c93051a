/*
 * The name of a replication history: 40 hexadecimal digits.
 */
#ifndef STORE_REPL_ID_H
#define STORE_REPL_ID_H

#include <stdbool.h>
#include <string.h>

#include "wire/slice.h"

struct prng;

#define REPL_ID_LEN  40
#define REPL_ID_SIZE (REPL_ID_LEN + 1)

/* A new id, drawn by chance. */
void repl_id_draw(char ret_id[REPL_ID_SIZE], struct prng *prng);

/* The id of "no history": forty zeroes. */
void repl_id_clear(char ret_id[REPL_ID_SIZE]);

/* Copies an id from a message; false, and nothing copied, unless it is forty bytes of printable
 * text. */
bool repl_id_set(char ret_id[REPL_ID_SIZE], struct slice text);

/* As ids are compared on the wire: without regard to case. */
bool repl_id_is(const char id[REPL_ID_SIZE], struct slice text);

#endif
