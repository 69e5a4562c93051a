/*
 * Where the users come from: the file that the option aclfile names, read at start and by ACL LOAD
 * and written by ACL SAVE alone; or else the option user, and what CONFIG REWRITE has made of it.
 * Without a word about the default user its password is the option requirepass.
 */
#ifndef STORE_USERS_IO_H
#define STORE_USERS_IO_H

#include <stdbool.h>

#include "store/config_io.h"
#include "store/store.h"
#include "wire/command.h"

#define USERS_ERROR_TEXT_MAX CONFIG_ERROR_TEXT_MAX

/* At start, the options being read and before `dir` is left; false with the reason. */
bool users_load(struct store *s, char ret_error[USERS_ERROR_TEXT_MAX]);

/* Puts the users into the option, where CONFIG REWRITE finds them, if they were changed and there
 * is no file for them. */
void users_note(struct store *s);

/* Ops of the store. */
void users_changed(struct store *s, struct client *asks);
acl_random_fn users_random;

command_fn cmd_acl_load, cmd_acl_save;

#endif
