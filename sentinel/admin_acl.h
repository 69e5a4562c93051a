/*
 * admin_acl: who may do what. Each request is held against the rights of the connection's user
 * before it runs; so nothing that another supervisor says reaches the core from somebody who has
 * not proved who it is.
 *
 * Users are changed at once, and the client is answered when the change is durable; how it becomes
 * that is the shell's affair (sentinel/users_io.h).
 */
#ifndef SENTINEL_ADMIN_ACL_H
#define SENTINEL_ADMIN_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/acl_reply.h"

struct acl;
struct admin;
struct client;

/* The shell's side. Each of the last three ends, later, with admin_acl_done for the client of that
 * ticket, if it is still there (ticket 0: for nobody). */
struct admin_acl_ops {
    acl_random_fn *random;
    void (*store)(void *arg, uint64_t ticket); /* make durable what the users are now */
    void (*save)(void *arg,
                 uint64_t ticket); /* the users to acl_file; NULL: there is no such file */
    void (*load)(void *arg, uint64_t ticket); /* the users from acl_file; NULL likewise */
};

/* Without this, changes are answered at once and kept nowhere. OPS are copied. */
void admin_acl_join(struct admin *admin, const struct admin_acl_ops *ops, void *arg);

/* For whoever loads and stores them. After a change, admin_acl_enforce. */
struct acl *admin_acl(struct admin *admin);

/* Close the connections of users who are no more, and those whose subscriptions their users may not
 * have any more. */
void admin_acl_enforce(struct admin *admin);

/* Write the reply; the caller has found the client by its ticket and resumes it afterwards. ASKED:
 * as given to defer(). FAULT: the text of an error without its code word; NULL: it is done. */
void admin_acl_done(struct admin *admin, struct client *client, int asked, const char *fault);

#endif
