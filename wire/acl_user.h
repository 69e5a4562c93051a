/*
 * acl_user: one user: whether it may log in, with which passwords, and what it may do. Passwords
 * are kept as digests only.
 */
#ifndef WIRE_ACL_USER_H
#define WIRE_ACL_USER_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/acl_fault.h"
#include "wire/acl_selector.h"
#include "wire/slice.h"

struct buf;
struct command_match;
struct command_table;
struct resp_writer;

#define ACL_NAME_BYTES_MAX 128
#define ACL_PASSWORDS_MAX  64 /* of one user */
#define ACL_SELECTORS_MAX  32 /* of one user, its own included */
#define ACL_HASH_LEN       64 /* hex digits of a digest */

/* Said for one selector in parentheses. */
#define ACL_SELECTOR_RULES_MAX 1024

/* Writes the digest of TEXT in lower-case hex, with its end (SHA-256, as Redis writes it). */
typedef void acl_digest_fn(struct slice text, char ret_hex[ACL_HASH_LEN + 1]);

/* Shown once it was said. */
enum acl_sanitize { ACL_SANITIZE_UNSAID, ACL_SANITIZE_YES, ACL_SANITIZE_NO };

struct acl_user {
    char name[ACL_NAME_BYTES_MAX + 1];
    bool on;
    bool nopass; /* any password will do */
    enum acl_sanitize sanitize;
    char (*hashes)[ACL_HASH_LEN + 1];
    size_t n_hashes;
    struct acl_selector *selectors; /* the first is the user's own */
    size_t n_selectors;
};

/* Names: 1 to ACL_NAME_BYTES_MAX bytes without spaces and control characters. */
bool acl_user_name_valid(struct slice name);

/* A user that is off and allowed nothing. NULL: memory. NAME is valid. */
struct acl_user *acl_user_new(struct slice name);
struct acl_user *acl_user_copy(const struct acl_user *user);
void acl_user_free(struct acl_user *user);

/* One rule; those in parentheses whole. After a fault the user may be half changed: work on a copy.
 */
enum acl_fault acl_user_apply(struct acl_user *user, const struct command_table *table,
                              acl_digest_fn *digest, struct slice rule);

/* Whether a password of that digest lets it in. Takes as long whatever is right of it. */
bool acl_user_admits(const struct acl_user *user, const char hex[ACL_HASH_LEN + 1]);

/* The best that one of its selectors says. */
enum acl_verdict acl_user_check(const struct acl_user *user, const struct command_match *m,
                                size_t argc, const struct slice *argv, size_t *ret_arg);
/* Whether it may do everything, whatever the request; false also when that is too much to find out.
 */
bool acl_user_is_free(const struct acl_user *user);

/* Whether the request may read keys that its words do not name. */
bool acl_user_reads_all(const struct acl_user *user, const struct command_match *m, size_t argc,
                        const struct slice *argv);
bool acl_user_allows_channel(const struct acl_user *user, struct slice channel, bool pattern);

/* "on nopass ~* &* +@all": rules that make the same user out of a new one. */
void acl_user_write_rules(const struct acl_user *user, struct buf *to);

/* The reply of ACL GETUSER. */
void acl_user_reply(const struct acl_user *user, struct resp_writer *w);

#endif
