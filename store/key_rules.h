/*
 * Keys of commands that the rules of wire/command_keys.h cannot tell. Each has the type
 * command_keys_fn.
 */
#ifndef STORE_KEY_RULES_H
#define STORE_KEY_RULES_H

#include "wire/command_keys.h"

command_keys_fn keys_of_set, keys_of_sort, keys_of_sort_ro;

#endif
