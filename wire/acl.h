/*
 * acl: all users. There is always one called "default", which every connection is until it logs in
 * as somebody else; it cannot be removed.
 *
 * Users are found by name; a connection keeps the name, not the user, because the user may be
 * changed or removed meanwhile.
 */
#ifndef WIRE_ACL_H
#define WIRE_ACL_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/acl_user.h"
#include "wire/slice.h"

struct acl;
struct buf;
struct command_table;

#define ACL_DEFAULT        "default"
#define ACL_USERS_MAX      4096
#define ACL_RULES_SAID_MAX 1024 /* in one ACL SETUSER or one line of a file; a selector is one */
#define ACL_ERROR_MAX      1024
#define ACL_TEXT_MAX       ((size_t)16 * 1024 * 1024) /* bytes of all users as text */

/* The default user alone, who may do everything without a password. TABLE outlives it. NULL:
 * memory. */
struct acl *acl_new(const struct command_table *table, acl_digest_fn *digest);
void acl_free(struct acl *acl);

const struct command_table *acl_table(const struct acl *acl);

/* In the order of their names. */
size_t acl_count(const struct acl *acl);
const struct acl_user *acl_at(const struct acl *acl, size_t i);

/* NULL: there is none. */
const struct acl_user *acl_find(const struct acl *acl, struct slice name);
const struct acl_user *acl_default(const struct acl *acl);

/* Whether connections need not log in. */
bool acl_is_open(const struct acl *acl);

/* The user who logs in with that name and password, or NULL. */
const struct acl_user *acl_log_in(const struct acl *acl, struct slice name, struct slice password);

/*
 * Change a user, or make it: all rules or none. A selector may stand in several words. False: a
 * text of the fault in ret_error (without a code word), nothing was changed. Passwords are never
 * repeated in it.
 */
bool acl_set(struct acl *acl, struct slice name, size_t n, const struct slice *rules,
             char ret_error[ACL_ERROR_MAX]);

/* False: there is no such user. Asserts that it is not the default user. */
bool acl_remove(struct acl *acl, struct slice name);

/* Give the default user this password alone; the empty one: any will do. False: memory. */
bool acl_require(struct acl *acl, struct slice password);

/* All users, a line each: "user NAME rules...". */
void acl_write(const struct acl *acl, struct buf *to);

/*
 * Takes all users from such lines instead of those that are there; empty lines and those that begin
 * with # are passed over; a default user that is not mentioned is as in a new acl. False: nothing
 * was changed, ret_error begins with the number of the line.
 */
bool acl_read(struct acl *acl, struct slice text, char ret_error[ACL_ERROR_MAX]);

#endif
